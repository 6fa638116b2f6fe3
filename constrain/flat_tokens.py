"""The tokens of a vocabulary one behind the other: to look through all of them at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class FlatTokens:
    """`text` are the bytes of all tokens, `ends[i]` is where those of token `i` end."""

    text: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @staticmethod
    def of(tokens: Sequence[bytes]) -> FlatTokens:
        """Some tokens in their order."""
        ends = np.cumsum(np.fromiter(map(len, tokens), np.int64, len(tokens)))
        return FlatTokens(np.frombuffer(b"".join(tokens), np.uint8), ends)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """How many bytes each token has."""
        return np.diff(self.ends, prepend=0)

    @cached_property
    def digest(self) -> str:
        """A name for the content of the tokens, in their order."""
        return hashlib.sha256(self.lengths.astype("<i8").tobytes() + self.text.tobytes()).hexdigest()

    @property
    def single_bytes(self) -> set[int]:
        """The bytes that are a token by themselves."""
        alone: list[int] = self.text[self.ends[self.lengths == 1] - 1].tolist()
        return set(alone)

    def with_any(self, marks: bytes) -> list[int]:
        """The tokens with any of some bytes: one in a hundred has a quote, a comma or a bracket."""
        is_mark = np.zeros(256, np.bool_)
        is_mark[list(marks)] = True
        places = np.flatnonzero(is_mark[self.text])
        found: list[int] = np.unique(np.searchsorted(self.ends, places, side="right")).tolist()
        return found
