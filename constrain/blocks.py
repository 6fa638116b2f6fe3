"""Blocks of memory that are used again when nobody holds them any more: new ones cost the system a page at a time."""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray


class BlockPool:
    """Arrays of one shape and type. The first `kept` of them stay, and are handed out again once they are free."""

    def __init__(self, shape: tuple[int, ...], dtype: type[np.generic], kept: int) -> None:
        self._shape, self._dtype, self._kept = shape, dtype, kept
        self._blocks: list[NDArray[Any]] = []
        self._lock = threading.Lock()

    def take(self) -> NDArray[Any]:
        """A block of undefined content that nobody else holds, nor a view of it."""
        with self._lock:
            for block in self._blocks:
                # Held by the list, by this loop, and as an argument.
                if sys.getrefcount(block) == 3:
                    return block
            block = np.empty(self._shape, self._dtype)
            if len(self._blocks) < self._kept:
                self._blocks.append(block)
            return block
