"""Masks of packed bits as torch tensors."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from constrain.masks import unpack


def allowed_tensor(words: NDArray[np.uint32], width: int, device: torch.device) -> torch.Tensor:
    """The first `width` bits of every row as a boolean tensor on `device`."""
    if device.type == "cpu":
        return torch.from_numpy(unpack(words, width))
    return unpack_tensor(torch.from_numpy(words.view(np.int32)).to(device), width)


def unpack_tensor(words: torch.Tensor, width: int) -> torch.Tensor:
    """`unpack` for int32 words that already lie on an accelerator: 32 times fewer bytes cross the bus that way."""
    bits = torch.tensor([1 << bit for bit in range(8)], dtype=torch.uint8, device=words.device)
    chosen = words.contiguous().view(torch.uint8).unsqueeze(-1) & bits
    return chosen.flatten(start_dim=-2)[..., :width] != 0
