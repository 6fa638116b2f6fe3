"""Memory for mask rows: large blocks, cut into rows, so that the system hands out pages in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from constrain.blocks import BlockPool

BLOCK_BYTES = 1 << 22
KEPT_BLOCKS = 16
AT_ONCE = 16

Row: TypeAlias = NDArray[np.uint32]
Spare: TypeAlias = tuple[Row, int]


class RowPool:
    """Read-only rows of one width. A block lives as long as any of its rows is held, the first ones longer.

    It is for one thread at a time.
    """

    def __init__(self, words: int) -> None:
        self._blocks = BlockPool((max(1, BLOCK_BYTES // (4 * words)), words), np.uint32, KEPT_BLOCKS)
        self._rows: Iterator[NDArray[np.uint32]] = iter(())
        self._spare: list[Spare] = []
        self._bytes = 4 * words
        self._next = 0

    @property
    def memory_bytes(self) -> int:
        """What all blocks take of which a row is held, and those that are kept."""
        return self._blocks.memory_bytes

    def take(self) -> Spare:
        """A row of undefined content and its address."""
        if not self._spare:
            self._cut_rows()
        return self._spare.pop()

    def _cut_rows(self) -> None:
        rows = list(islice(self._rows, AT_ONCE))
        if not rows:
            self._rows = iter(())  # lets go of the last block
            block = self._blocks.take()
            block.flags.writeable = False
            self._rows, self._next = iter(block), block.ctypes.data
            rows = list(islice(self._rows, AT_ONCE))
        end = self._next + len(rows) * self._bytes
        self._spare.extend(zip(rows, range(self._next, end, self._bytes), strict=True))
        self._spare.reverse()
        self._next = end


def forget_oldest(memo: dict[Any, Any]) -> Any:
    """Takes out the entry that was made first; its key."""
    oldest = next(iter(memo))
    del memo[oldest]
    return oldest
