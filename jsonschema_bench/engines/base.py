"""What a measured engine has to offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol

from jsonschema_bench.tokenise import Tokeniser


@dataclass(frozen=True)
class Options:
    """How an engine is asked to read schemas; each engine takes what it knows.

    `remotes` is a folder served to schemas as `http://localhost:1234/`, as the official test suite has it.
    """

    property_order: str = "any"
    formats: str = "assert"
    remotes: Path | None = None


class Walk(NamedTuple):
    """How far the masks let a text through: `steps` tokens, and then the end of the text (`ended`).

    `agrees` is false where a mask bit and the answer to the token contradicted each other.
    """

    steps: int
    ended: bool
    agrees: bool = True


class Session(Protocol):
    """A compiled schema whose first mask has been made."""

    def walk(self, tokens: Sequence[int], times: list[int]) -> Walk:
        """Send tokens one by one through the masks, from the beginning; add the nanoseconds of each allowed step.

        A step is a mask and the advance by one token; testing the bit is not timed. A refused token is no step.
        `RefusedError` where a limit of the engine is met on the way.
        """


class Engine(Protocol):
    """An engine with a vocabulary loaded."""

    version: str

    def open(self, schema: Any) -> Session:
        """Compile, make what holds the state, make the first mask; `RefusedError` where the engine says no."""


class EngineType(Protocol):
    """Makes an engine; the import of its package happens here."""

    def __call__(self, tokeniser: Tokeniser, options: Options) -> Engine:
        """Load the engine with a vocabulary."""


class Peer:
    """What the adapters of the peers have in common: the version of a package, and no use for the options."""

    package: ClassVar[str]

    def __init__(self, tokeniser: Tokeniser, options: Options) -> None:  # noqa: ARG002 - they have no such options
        self.version = metadata.version(self.package)
        self.eos = tokeniser.eos
        self.load(tokeniser)

    def load(self, tokeniser: Tokeniser) -> None:
        """Loads the vocabulary."""
        raise NotImplementedError


class EmptySession:
    """What stands for a schema of which an engine says, at compile time, that nothing satisfies it: no text passes."""

    def walk(self, tokens: Sequence[int], times: list[int]) -> Walk:  # noqa: ARG002 - nothing is let through
        """See `Session.walk`."""
        return Walk(0, False)
