"""Rows of masks come from blocks that are used again, but never while somebody holds one of their rows."""

from __future__ import annotations

import gc

import numpy as np
from numpy.typing import NDArray

from constrain.rows import BLOCK_BYTES, KEPT_BLOCKS, RowPool

WORDS = 1 << 16
PER_BLOCK = BLOCK_BYTES // (4 * WORDS)

Row = NDArray[np.uint32]


def take(pool: RowPool, count: int) -> list[Row]:
    rows = []
    for _ in range(count):
        row, address = pool.take()
        assert address == row.ctypes.data
        rows.append(row)
    return rows


def addresses(rows: list[Row]) -> set[int]:
    return {row.ctypes.data for row in rows}


def test_a_row_that_is_held_is_never_handed_out_again() -> None:
    pool = RowPool(WORDS)
    held = take(pool, 3 * PER_BLOCK)
    others = take(pool, 3 * PER_BLOCK)
    assert len(addresses(held + others)) == 6 * PER_BLOCK
    assert all(abs(a.ctypes.data - b.ctypes.data) >= a.nbytes for a in held for b in others)


def test_rows_can_not_be_written_by_those_who_hold_them() -> None:
    assert not take(RowPool(WORDS), 1)[0].flags.writeable


def test_a_block_is_used_again_when_none_of_its_rows_is_held() -> None:
    pool = RowPool(WORDS)
    first = take(pool, PER_BLOCK)
    places = addresses(first)
    one = first.pop()
    del first
    gc.collect()
    assert not places & addresses(take(pool, PER_BLOCK))
    del one
    gc.collect()
    assert places & addresses(take(pool, 2 * PER_BLOCK))


def test_only_so_many_blocks_are_kept() -> None:
    pool = RowPool(WORDS)
    held = take(pool, (KEPT_BLOCKS + 5) * PER_BLOCK)
    assert len(addresses(held)) == len(held)
    assert len(pool._blocks._blocks) == KEPT_BLOCKS


def test_rows_wider_than_a_block_have_blocks_of_their_own() -> None:
    (row,) = take(RowPool(BLOCK_BYTES), 1)
    assert row.shape == (BLOCK_BYTES,)
    assert row.dtype == np.uint32
