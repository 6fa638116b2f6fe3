"""Memory for masked scores, used again when nobody holds them: large tensors cost the system a page at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch

from constrain.blocks import BlockPool

REUSED_BYTES: Final = 1 << 22
"""Smaller tensors come back from the allocator as they were given to it."""
KEPT_BLOCKS: Final = 2
"""`model.generate` still holds the scores of one step while those of the next are made."""


class ScoreMemory:
    """Two pieces of memory for the scores of one batch; a tensor that somebody holds is never written over."""

    def __init__(self) -> None:
        self._size = 0
        self._pool: BlockPool | None = None

    def empty_like(self, scores: torch.Tensor) -> torch.Tensor:
        """A tensor on the CPU of undefined content, contiguous."""
        size = scores.numel() * scores.element_size()
        if size < REUSED_BYTES:
            return torch.empty(scores.shape, dtype=scores.dtype)
        if self._pool is None or size != self._size:
            self._size, self._pool = size, BlockPool((size,), np.uint8, KEPT_BLOCKS)
        # The tensor holds the block, and so does every view of the tensor.
        return torch.from_numpy(self._pool.take()).view(scores.dtype).view(scores.shape)
