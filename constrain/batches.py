"""Mask rows copied into a batch by one kernel call, without the GIL, on several threads where there are megabytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from constrain.parallel import in_parts, most_threads
from constrain.row_kernels import copy_rows

FEW_ROWS: Final = 32
"""So many rows numpy copies one by one as quickly."""

Located: TypeAlias = tuple[int, NDArray[np.uint32]]
"""A row with its address, which numpy takes a microsecond to tell. Whoever has it holds the row."""


def copy_located(located: Sequence[Located], out: NDArray[np.uint32]) -> None:
    """Copies rows into `out`, `uint32[len(located), mask_words]`; each of its rows has to be contiguous."""
    step, words = out.strides[0], out.shape[1]

    def work(first: int, last: int) -> None:
        addresses = np.array([address for address, _ in located[first:last]], np.int64)
        copy_rows(addresses, out[first:last].ctypes.data, step, words)

    in_parts(work, len(located), out.nbytes, most_threads())
