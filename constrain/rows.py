"""Memory for mask rows: large blocks, cut into rows, so that the system hands out pages in bulk."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from constrain.blocks import BlockPool

BLOCK_BYTES = 1 << 22
KEPT_BLOCKS = 16


class RowPool:
    """Rows of one width. A block lives as long as any of its rows is held by anybody, the first ones longer."""

    def __init__(self, words: int) -> None:
        self._blocks = BlockPool((max(1, BLOCK_BYTES // (4 * words)), words), np.uint32, KEPT_BLOCKS)
        self._rows: Iterator[NDArray[np.uint32]] = iter(())
        self._lock = threading.Lock()

    @property
    def memory_bytes(self) -> int:
        """What all blocks take of which a row is held, and those that are kept."""
        return self._blocks.memory_bytes

    def take(self) -> NDArray[np.uint32]:
        """A row of undefined content."""
        with self._lock:
            for row in self._rows:
                return row
            self._rows = iter(())  # lets go of the last block
            self._rows = iter(self._blocks.take())
            return next(self._rows)
