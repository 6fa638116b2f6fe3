"""Memory for mask rows: large blocks, cut into rows, so that the system hands out pages in bulk."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK_BYTES = 1 << 22


class RowPool:
    """Rows of one width. A block lives as long as any of its rows is held by anybody."""

    def __init__(self, words: int) -> None:
        self._words = words
        self._rows: Iterator[NDArray[np.uint32]] = iter(())
        self._lock = threading.Lock()

    def take(self) -> NDArray[np.uint32]:
        """A row of undefined content."""
        with self._lock:
            for row in self._rows:
                return row
            count = max(1, BLOCK_BYTES // (4 * self._words))
            self._rows = iter(np.empty((count, self._words), np.uint32))
            return next(self._rows)
