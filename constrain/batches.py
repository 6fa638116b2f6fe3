"""Mask rows copied into a batch by one kernel call, without the GIL, on several threads where there are megabytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from constrain.parallel import in_parts, most_threads
from constrain.row_kernels import Rows, copy_rows

FEW_ROWS: Final = 32
"""Up to so many rows numpy copies one by one as quickly."""

Located: TypeAlias = tuple[int, NDArray[np.uint32]]
"""A row with its address, which numpy takes a microsecond to tell. Whoever has it holds the row."""


def copy_located(located: Sequence[Located], out: NDArray[np.uint32]) -> None:
    """Copies rows of `mask_words` words into `out`, `uint32[len(located), mask_words]`."""
    if len(located) <= FEW_ROWS or out.strides[1] != out.itemsize or not out.flags.writeable:
        for number, (_, row) in enumerate(located):
            out[number] = row
        return
    addresses = np.array([address for address, _ in located], np.int64)
    target, words = Rows(out.ctypes.data, out.strides[0]), out.shape[1]

    def work(first: int, last: int) -> None:
        copy_rows(addresses, target, first, last, words)

    in_parts(work, len(located), out.nbytes, most_threads())
