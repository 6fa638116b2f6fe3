"""Rows of masks come from blocks that are used again, but never while somebody holds one of their rows."""

from __future__ import annotations

import gc

import numpy as np

from constrain.rows import BLOCK_BYTES, KEPT_BLOCKS, RowPool

WORDS = 1 << 16
PER_BLOCK = BLOCK_BYTES // (4 * WORDS)


def test_a_row_that_is_held_is_never_handed_out_again() -> None:
    pool = RowPool(WORDS)
    held = [pool.take() for _ in range(3 * PER_BLOCK)]
    for number, row in enumerate(held):
        row[:] = number
    others = [pool.take() for _ in range(3 * PER_BLOCK)]
    for row in others:
        row[:] = 2**32 - 1
    assert all((row == number).all() for number, row in enumerate(held))


def test_a_block_is_used_again_when_none_of_its_rows_is_held() -> None:
    pool = RowPool(WORDS)
    first = [pool.take() for _ in range(PER_BLOCK)]
    addresses = {row.ctypes.data for row in first}
    one = first.pop()
    del first
    gc.collect()
    assert not addresses & {pool.take().ctypes.data for _ in range(PER_BLOCK)}
    del one
    gc.collect()
    again = [pool.take() for _ in range(2 * PER_BLOCK)]
    assert addresses & {row.ctypes.data for row in again}


def test_only_so_many_blocks_are_kept() -> None:
    pool = RowPool(WORDS)
    held = [pool.take() for _ in range((KEPT_BLOCKS + 5) * PER_BLOCK)]
    assert len({row.ctypes.data for row in held}) == len(held)
    assert len(pool._blocks._blocks) == KEPT_BLOCKS


def test_rows_wider_than_a_block_have_blocks_of_their_own() -> None:
    pool = RowPool(BLOCK_BYTES)
    assert pool.take().shape == (BLOCK_BYTES,)
    assert pool.take().dtype == np.uint32
