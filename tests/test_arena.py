"""Arenas: tables that grow by copies, and one that grows in place."""

from __future__ import annotations

import numpy as np
import pytest

from constrain import arena as arenas
from constrain.arena import Arena, Plan, TableSpec
from constrain.checking import byte_vocabulary
from constrain.lexicon import Lexicon
from grammars.errors import LimitError


def small(limit: int = 1 << 20) -> Arena:
    specs = [TableSpec(np.int64, 4), TableSpec(np.int32, 4, reserved=64), TableSpec(np.uint8, 4)]
    return Arena(Plan(specs), heaps=(), memos=(), limit=limit, name="test", advice="less")


@pytest.mark.parametrize("table", [0, 1, 2])
def test_tables_keep_what_they_hold(table: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arenas, "STEP", 16)
    arena, written = small(), []
    for value in range(100):
        if arena.used(table) == len(arena.tables[table]):
            arena.header[-1] = table
            arena.grow()
        arena.extend(table, np.array([value]))
        written.append(value)
        assert arena.tables[table][: len(written)].tolist() == written
        assert arena.header[3 * table : 3 * table + 3].tolist() == [
            arena.tables[table].ctypes.data, len(arena.tables[table]), len(written),
        ]  # fmt: skip
    # Tables begin at multiples of 8 bytes, so the last one has 4 to spare.
    assert arena.memory_bytes == sum(arena.tables[each].nbytes for each in range(3)) + 4


def test_what_is_reserved_is_not_copied() -> None:
    arena = small()
    before = arena.tables[1].ctypes.data
    arena.header[-1] = 1
    arena.grow()
    assert arena.tables[1].ctypes.data == before
    assert len(arena.tables[1]) == 8


def test_the_least_limit_lets_each_table_grow_once() -> None:
    with pytest.raises(LimitError) as caught:
        small(1)
    for table in range(3):
        arena = small(int(caught.value.given))
        arena.header[-1] = table
        arena.grow()
    with pytest.raises(LimitError, match="are full"):
        arena.reserve(0, 1000)


def test_names_that_do_not_fit_make_the_tables_grow() -> None:
    lexicon = Lexicon(byte_vocabulary())
    few, many = frozenset({"a", "b"}), frozenset(f"name{i}" for i in range(4000))
    first = lexicon.enter_names(few)
    lexicon.enter_names(many)
    assert lexicon.enter_names(few) == first
    assert lexicon.enter_names(many) != first


def test_several_tables_are_extended_or_none() -> None:
    arena = small(1000)
    columns = {0: np.arange(20), 2: np.zeros(2000, np.uint8)}
    with pytest.raises(LimitError, match="are full"):
        arena.extend_all(columns)
    assert [arena.used(table) for table in range(3)] == [0, 0, 0]
    arena.extend_all({0: np.arange(20), 2: np.ones(3, np.uint8)})
    assert arena.tables[0][:20].tolist() == list(range(20))
    assert [arena.used(table) for table in range(3)] == [20, 0, 3]
