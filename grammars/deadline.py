"""How long the reading of a grammar may take: an end that is set for a while, and looked at where work may multiply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from math import isfinite
from time import monotonic
from typing import Final, NamedTuple

from grammars.errors import GrammarError, LimitError

SECONDS: Final = "seconds"
"""The name of the limit."""


class _End(NamedTuple):
    """When the time is up, and how long it was."""

    at: float
    allowed: float


_end: ContextVar[_End | None] = ContextVar("deadline", default=None)
_NO_END: Final = nullcontext()
_get: Callable[[], _End | None] = _end.get


def check_seconds(allowed: float | None) -> None:
    """Refuses what is no length of time."""
    if allowed is not None and (isinstance(allowed, bool) or not isinstance(allowed, int | float)):
        raise TypeError(f"deadline is a number of seconds or None, not {allowed!r}")
    if allowed is not None and not (isfinite(allowed) and allowed > 0):
        raise ValueError(f"deadline has to be more than 0 seconds, not {allowed!r}")


def within(allowed: float | None) -> AbstractContextManager[None]:
    """What is done inside may take so many seconds, or what is left of an earlier end; None sets no end."""
    return _NO_END if allowed is None else _within(allowed)


@contextmanager
def _within(allowed: float) -> Iterator[None]:
    outer, mine = _end.get(), _End(monotonic() + allowed, allowed)
    token = _end.set(mine if outer is None or mine.at < outer.at else outer)
    try:
        yield
    finally:
        _end.reset(token)


def check() -> None:
    """Raises `LimitError` when the time is up."""
    end = _get()
    if end is not None and monotonic() > end.at:
        given = round(monotonic() - end.at + end.allowed, 3)
        advice = "give it more time, or say less in the schema"
        raise LimitError("this takes too long", "", "", advice, limit=SECONDS, allowed=end.allowed, given=given)


def is_over(error: GrammarError) -> bool:
    """Whether an error says that the time is up."""
    return isinstance(error, LimitError) and error.limit == SECONDS
