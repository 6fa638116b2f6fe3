"""What goes wrong while a grammar or a schema is read, as records that say where and what to do.

Not frozen, unlike other records here: Python itself sets `__traceback__` and `__notes__` on a raised exception.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

QUOTED = 80
"""How much of an offending text is quoted."""


def shortened(text: str) -> str:
    """`text`, or its beginning and an ellipsis where it is too long to quote."""
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"


@dataclass(unsafe_hash=True)
class GrammarError(ValueError):
    """A schema, grammar or pattern that cannot be compiled.

    `where` is a JSON Pointer into a schema (`#/properties/a`), or `line 3, column 7` in a grammar.
    `what` says what is wrong, `found` is the offending text or keyword, `advice` says what to do.
    """

    what: str
    where: str = ""
    found: str = ""
    advice: str = ""

    def __str__(self) -> str:
        place = f" at {self.where}" if self.where else ""
        found = f": {shortened(self.found)}" if self.found else ""
        advice = f" ({self.advice})" if self.advice else ""
        return f"{self.what}{place}{found}{advice}"


@dataclass(unsafe_hash=True)
class UnsupportedError(GrammarError):
    """What is right, and more than can be compiled."""


@dataclass(unsafe_hash=True)
class UnsatisfiableError(GrammarError):
    """Nothing satisfies the schema."""


@dataclass(unsafe_hash=True)
class LimitError(GrammarError):
    """An explicit resource limit was reached: `limit` is its name, `allowed` its value, `given` what was needed."""

    limit: str = ""
    allowed: float = 0
    given: float = 0

    def __str__(self) -> str:
        return f"{super().__str__()} [limit {self.limit} = {self.allowed}, needed {self.given}]"


@dataclass(frozen=True)
class PlacedAt:
    """Errors that know no place get this one; only then it is put into words."""

    pointer: Callable[[], str]

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Names the place."""
        if isinstance(error, GrammarError):
            error.where = error.where or self.pointer()
        elif isinstance(error, RecursionError):
            allowed = sys.getrecursionlimit()
            what = "nested too deeply"
            raise LimitError(what, self.pointer(), limit="recursion", allowed=allowed, given=allowed + 1) from error
