"""Masks applied to scores on the CPU: a jitted kernel reads the packed bits, and the scores 8 bytes at a time."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from constrain.parallel import in_parts
from constrain.row_kernels import mask_rows

MINUS_INFINITY: Final = {
    torch.float16: 0xFC00,
    torch.bfloat16: 0xFF80,
    torch.float32: 0xFF80_0000,
    torch.float64: 0xFFF0_0000_0000_0000,
}
"""The bits of minus infinity in every type of score that can be masked."""


class Layout(NamedTuple):
    """How scores of a type lie in 8 bytes, as `mask_rows` wants to know it."""

    patterns: NDArray[np.uint64]
    each: int
    refused: np.uint64


def _layout(dtype: torch.dtype) -> Layout:
    bits = 8 * dtype.itemsize
    each = 64 // bits

    def spread(value: int, chosen: int) -> int:
        return sum(value << (bits * place) for place in range(each) if chosen >> place & 1)

    patterns = [spread(2**bits - 1, chosen) for chosen in range(2**each)]
    return Layout(np.array(patterns, np.uint64), each, np.uint64(spread(MINUS_INFINITY[dtype], 2**each - 1)))


LAYOUTS: Final = {dtype: _layout(dtype) for dtype in MINUS_INFINITY}


def mask_on_cpu(
    logits: torch.Tensor, words: NDArray[np.uint32], out: torch.Tensor, chosen: NDArray[np.int64] | None = None
) -> None:
    """Masks the rows of `logits` (all, or those `chosen`) into `out`, which may be `logits`.

    Both are `[batch, width]`, on the CPU, with rows that are contiguous in themselves; `words` are contiguous,
    `[batch, mask_words]`, or `[1, mask_words]` for all rows.
    """
    batch, width = logits.shape
    size, layout = logits.element_size(), LAYOUTS[logits.dtype]
    source_step, target_step = size * logits.stride(0), size * out.stride(0)
    which = np.arange(batch) if chosen is None else chosen
    masks = words.view()
    masks.flags.writeable = False  # one type, one compiled kernel

    def work(first: int, last: int) -> None:
        rows = which[first:last]
        mask_rows(masks, logits.data_ptr(), source_step, out.data_ptr(), target_step, rows, width, *layout)

    in_parts(work, len(which), len(which) * width * size, torch.get_num_threads())
