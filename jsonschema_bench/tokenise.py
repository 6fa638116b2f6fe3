"""What the benchmarks know of a vocabulary: its tokens as bytes, and how a text is cut into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Row = npt.NDArray[np.integer]
"""A mask over a vocabulary, one bit a token, in 32-bit words."""


@dataclass(frozen=True)
class Tokeniser:
    """A vocabulary as bytes, special tokens first, and the function that cuts a text into its ids.

    `pattern` cuts a text into the pieces that tokens never cross. `source` is the tokenizer object of the library
    that the vocabulary came from, `None` for one made by hand.
    """

    name: str
    tokens: Sequence[bytes]
    special: int
    eos: int
    pattern: str
    encode: Callable[[str], list[int]] = field(repr=False)
    source: object = field(default=None, repr=False)

    def text(self, ids: Sequence[int]) -> str:
        """The text that the tokens spell, with replacement characters where they cut a code point."""
        return b"".join(self.tokens[i] for i in ids).decode(errors="replace")

    @property
    def words(self) -> int:
        """The number of 32-bit words in a row of this vocabulary."""
        return -(-len(self.tokens) // 32)


def allowed(row: Row, token: int) -> bool:
    """Whether the bit of `token` is set in `row`."""
    return bool(int(row[token >> 5]) >> (token & 31) & 1)
