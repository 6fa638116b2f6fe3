"""Masks applied to scores on an accelerator, from a table of packed rows that lies there: Triton, or plain torch."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import torch

from constrain.mask_tensors import unpack_tensor


@cache
def has_triton() -> bool:
    """Whether the package `triton` is there; torch for CUDA brings it along."""
    return find_spec("triton") is not None


def mask_from_table(logits: torch.Tensor, table: torch.Tensor, places: torch.Tensor, out: torch.Tensor) -> None:
    """Writes `logits` to `out`, which may be `logits`, with minus infinity for refused tokens.

    `logits` and `out` are `[batch, width]`, `table` is int32 `[rows, mask_words]`, `places` int32 `[batch]`: row `i` is
    masked by row `places[i]` of the table, or kept as it is where that is -1. All lie on one device.
    """
    if logits.is_cuda and has_triton() and logits.stride(1) == 1 == out.stride(1):
        from constrain.triton_kernels import mask_scores

        mask_scores(logits, table, places, out)
    else:
        mask_with_torch(logits, table, places, out)


def mask_with_torch(logits: torch.Tensor, table: torch.Tensor, places: torch.Tensor, out: torch.Tensor) -> None:
    """`mask_from_table` in operations that every device has."""
    free = (places < 0).unsqueeze(1)
    known = min(logits.shape[1], 32 * table.shape[1])
    refused = ~(unpack_tensor(table.index_select(0, places.clamp(min=0)), known) | free)
    if out.data_ptr() != logits.data_ptr():
        out.copy_(logits)
    out[:, :known].masked_fill_(refused, -torch.inf)
    out[:, known:].masked_fill_(~free, -torch.inf)
