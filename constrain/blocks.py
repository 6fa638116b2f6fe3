"""Blocks of memory that are used again when nobody holds them any more: new ones cost the system a page at a time."""

from __future__ import annotations

import mmap
import sys
import threading
import weakref
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGE_BYTES = 1 << 22


def zeros(size: int, dtype: type[np.generic]) -> NDArray[Any]:
    """An array of `size` zeros. A large one takes no memory but for the pages that are touched.

    `numpy.zeros` asks for huge pages, each of which the system clears as a whole when it is first touched: up to some
    milliseconds, in mid-text.
    """
    size_bytes = size * np.dtype(dtype).itemsize
    if size_bytes < LARGE_BYTES:
        return np.zeros(size, dtype)
    return np.frombuffer(mmap.mmap(-1, size_bytes), dtype)


def _holders(blocks: Sequence[NDArray[Any]]) -> list[int]:
    """How many references there are to each block, those of this look among them; a view holds its block."""
    return [sys.getrefcount(block) for block in blocks]


# How many a look takes differs between versions of Python, so it is found out with a block that nobody holds.
_FREE = _holders([np.empty(1)])[0]


class BlockPool:
    """Arrays of one shape and type. The first `kept` of them stay, and are handed out again once they are free."""

    def __init__(self, shape: tuple[int, ...], dtype: type[np.generic], kept: int) -> None:
        self._shape, self._dtype, self._kept = shape, dtype, kept
        # Flat, since it is the flat array that a view of a view holds.
        self._blocks: list[NDArray[Any]] = []
        self._alive: dict[int, weakref.ref[NDArray[Any]]] = {}
        self._lock = threading.Lock()

    def take(self) -> NDArray[Any]:
        """A block of undefined content that nobody else holds, nor a view of it."""
        with self._lock:
            return self._block().reshape(self._shape)

    def _block(self) -> NDArray[Any]:
        for number, holders in enumerate(_holders(self._blocks)):
            if holders == _FREE:
                return self._blocks[number]
        block = zeros(prod(self._shape), self._dtype)
        self._count(block)
        if len(self._blocks) < self._kept:
            self._blocks.append(block)
        return block

    def _count(self, block: NDArray[Any]) -> None:
        alive, key = self._alive, id(block)

        def forget(_: object) -> None:
            alive.pop(key, None)

        alive[key] = weakref.ref(block, forget)

    @property
    def memory_bytes(self) -> int:
        """What all its blocks take that somebody holds or that are kept."""
        return len(self._alive) * self._block_bytes

    @property
    def spare_bytes(self) -> int:
        """What the blocks take that are kept and held by nobody."""
        with self._lock:
            return sum(holders == _FREE for holders in _holders(self._blocks)) * self._block_bytes

    @property
    def _block_bytes(self) -> int:
        return prod(self._shape) * np.dtype(self._dtype).itemsize
