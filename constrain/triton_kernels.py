"""The fused kernel for accelerators: looks a row of the batch up in a table of masks and applies it to the scores.

Importing this needs the package `triton`.
"""

from __future__ import annotations

from typing import Final

import torch
import triton
import triton.language as tl

BLOCK: Final = 2048
"""How many scores one program of the grid masks: 64 words of bits."""


@triton.jit
def _mask_scores(
    table, places, source, out, tokens, width, words, source_step, out_step,
    in_place: tl.constexpr, block: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    column = tl.program_id(1) * block + tl.arange(0, block)
    place = tl.load(places + row).to(tl.int64)
    inside, known = column < width, column < tl.where(place < 0, 0, tokens)
    bits = tl.load(table + place * words + column // 32, mask=known, other=0)
    kept = (((bits >> (column % 32)) & 1) != 0) | (column >= tl.where(place < 0, 0, width))
    if in_place:
        tl.store(out + row * out_step + column, float("-inf"), mask=inside & ~kept)
    else:
        scores = tl.load(source + row * source_step + column, mask=inside & kept, other=float("-inf"))
        tl.store(out + row * out_step + column, scores, mask=inside)


def mask_scores(logits: torch.Tensor, table: torch.Tensor, places: torch.Tensor, out: torch.Tensor) -> None:
    """`constrain.device_masks.mask_from_table`, for tensors whose rows are contiguous in themselves."""
    batch, width = logits.shape
    words = table.shape[1]
    grid = (batch, triton.cdiv(width, BLOCK))
    is_same = logits.data_ptr() == out.data_ptr()
    _mask_scores[grid](
        table, places, logits, out, min(32 * words, width), width, table.stride(0), logits.stride(0), out.stride(0),
        is_same, BLOCK,
    )  # fmt: skip
