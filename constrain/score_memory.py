"""Memory for masked scores on the CPU: the system clears large new tensors page by page, longer than masking takes.

Numpy asks it for large pages, torch does not; and memory that nobody holds any more can be used again.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from constrain.blocks import BlockPool

LARGE_BYTES: Final = 1 << 22
"""Smaller tensors come back from the allocator as they were given to it."""
KEPT_BLOCKS: Final = 2
"""`model.generate` still holds the scores of one step while those of the next are made."""


def empty_scores(scores: torch.Tensor) -> torch.Tensor:
    """A new, contiguous tensor of undefined content, like `scores`."""
    size = scores.numel() * scores.element_size()
    if scores.is_cpu and size >= LARGE_BYTES:
        return _in_block(np.empty(size, np.uint8), scores)
    return torch.empty_like(scores, memory_format=torch.contiguous_format)


def _in_block(block: NDArray[Any], scores: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(block).view(scores.dtype).view(scores.shape)


class ScoreMemory:
    """Two pieces of memory for the scores of one batch; a tensor that somebody holds is never written over."""

    def __init__(self) -> None:
        self._size = 0
        self._pool: BlockPool | None = None

    def empty_scores(self, scores: torch.Tensor) -> torch.Tensor:
        """As the function, on the CPU alone, in memory that an earlier one may have had."""
        size = scores.numel() * scores.element_size()
        if size < LARGE_BYTES:
            return empty_scores(scores)
        if self._pool is None or size != self._size:
            self._size, self._pool = size, BlockPool((size,), np.uint8, KEPT_BLOCKS)
        # The tensor holds the block, and so does every view of the tensor.
        return _in_block(self._pool.take(), scores)
