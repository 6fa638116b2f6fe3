"""Memory for mask rows: large blocks, cut into rows, so that the system hands out pages in bulk, and used again."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK_BYTES = 1 << 22
KEPT_BLOCKS = 16
"""So many blocks are kept for use again when nobody holds their rows any more."""

Row = NDArray[np.uint32]


class RowPool:
    """Rows of one width. A block lives as long as any of its rows is held by anybody, the first ones longer.

    A row of a block that was used before costs a third of one of a new block, whose pages the system has to clear.
    """

    def __init__(self, words: int) -> None:
        self._shape = max(1, BLOCK_BYTES // (4 * words)), words
        self._rows: Iterator[Row] = iter(())
        self._blocks: list[NDArray[np.uint32]] = []
        self._lock = threading.Lock()

    def take(self) -> Row:
        """A row of undefined content."""
        with self._lock:
            for row in self._rows:
                return row
            self._rows = iter(())  # lets go of the last block
            self._rows = iter(self._block())
            return next(self._rows)

    def _block(self) -> NDArray[np.uint32]:
        """A block none of whose rows is held by anybody."""
        for block in self._blocks:
            # Held by the list, by this loop, and as an argument.
            if sys.getrefcount(block) == 3:
                return block
        block = np.empty(self._shape, np.uint32)
        if len(self._blocks) < KEPT_BLOCKS:
            self._blocks.append(block)
        return block
