"""Masks of packed bits turned into what numpy indexes with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def unpack(words: NDArray[np.uint32], width: int) -> NDArray[np.bool_]:
    """The first `width` bits of every row of `words`, one boolean each."""
    octets = np.ascontiguousarray(words).astype("<u4", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=width, bitorder="little").view(np.bool_)


def token_ids(words: NDArray[np.uint32], width: int) -> NDArray[np.int64]:
    """The tokens whose bit is set in one row."""
    return np.flatnonzero(unpack(words, width)).astype(np.int64)


def count(words: NDArray[np.uint32]) -> int:
    """How many bits are set in one row."""
    return int(np.bitwise_count(words).sum())
