"""Growing tables whose addresses the kernels read from one int64 array."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constrain import kernels
from constrain.blocks import BlockPool, zeros
from constrain.compiling import link
from grammars.errors import LimitError

STEP = 1 << 22
"""By how many elements at most a table grows within what is reserved for it."""
SMALL = 1 << 13
"""Tables of fewer elements grow fourfold, others double."""
KEPT_BLOCKS = 64
"""The first tables of so many arenas are used again by others."""


@dataclass(frozen=True)
class TableSpec:
    """One table: its element type and how many elements it starts with. `zeroed` tables start anew when they grow.

    With `reserved` a table is alone in memory for so many elements, which takes none before it is used: so it grows
    without being copied.
    """

    dtype: type[np.generic]
    capacity: int
    zeroed: bool = False
    reserved: int = 0

    @property
    def bytes(self) -> int:
        """What the table occupies at first."""
        return self.capacity * np.dtype(self.dtype).itemsize


class Plan:
    """The first tables of an arena in one piece of memory; automata are many, and share theirs."""

    def __init__(self, specs: list[TableSpec]) -> None:
        self.specs = specs
        # Tables begin at multiples of 8 bytes.
        ends = np.cumsum([-(-spec.bytes // 8) * 8 for spec in specs])
        self.bytes = int(ends[-1])
        starts = np.concatenate([[0], ends[:-1]])
        self._places = [(spec.capacity, np.dtype(spec.dtype), int(at)) for spec, at in zip(specs, starts, strict=True)]
        self._header = np.zeros(kernels.HEADER, np.int64)
        self._header[0 : 3 * len(specs) : 3] = starts
        self._header[1 : 3 * len(specs) : 3] = [spec.capacity for spec in specs]
        self._header[-1] = -1
        self._blocks = BlockPool((self.bytes,), np.uint8, KEPT_BLOCKS)
        self._reserving = [table for table, spec in enumerate(specs) if spec.reserved]
        link(self._header)

    @property
    def spare_bytes(self) -> int:
        """What is kept of former arenas for the next ones."""
        return self._blocks.spare_bytes

    def header(self) -> NDArray[np.int64]:
        """A new header, in which the addresses of tables are counted from the first one."""
        return self._header.copy()

    def tables(self) -> Tables:
        """New tables, all zero."""
        memory = self._blocks.take()
        memory[:] = 0
        return Tables(memory, self._places)

    def reserved(self) -> dict[int, NDArray[Any]]:
        """Per table with a reserve all of it, zero."""
        return {table: zeros(self.specs[table].reserved, self.specs[table].dtype) for table in self._reserving}


class Tables(dict[int, NDArray[Any]]):
    """The tables of an arena by their numbers. Most of the first ones are only used by kernels, which need no array."""

    def __init__(self, memory: NDArray[np.uint8], places: list[tuple[int, np.dtype[Any], int]]) -> None:
        super().__init__()
        self.memory, self._places = memory, places

    def __missing__(self, table: int) -> NDArray[Any]:
        capacity, dtype, start = self._places[table]
        # Another thread may have put a grown table there in the meantime: that one stays.
        return self.setdefault(table, np.ndarray(capacity, dtype, self.memory, start))


class Arena:
    """Tables for the kernels; `header` is what they are given.

    `heaps` are the first tables of interned spans (pool, offsets, slots), `memos` those of memos (keys, values).
    `limit` bounds the bytes of all tables together: beyond it `LimitError` is raised, with `advice`.
    """

    def __init__(
        self, plan: Plan, *, heaps: tuple[int, ...], memos: tuple[int, ...], limit: int, name: str, advice: str
    ) -> None:
        self.specs = plan.specs
        self.tables = plan.tables()
        self._reserved = plan.reserved()
        self.memory_bytes = plan.bytes
        """What the tables occupy."""
        self.header = plan.header()
        self.numbers: memoryview[int] = self.header.data
        """The header, for single numbers: quicker to read."""
        self.address = self.header.ctypes.data
        self.heap_slots = {heap + 2: heap for heap in heaps}
        self.memo_keys = frozenset(memos)
        self.limit, self.name, self.advice = limit, name, advice
        self._check_limit(3 * plan.bytes)
        self.header[0 : 3 * len(self.specs) : 3] += self.tables.memory.ctypes.data
        for table, whole in self._reserved.items():
            self.tables[table] = whole[: plan.specs[table].capacity]
            self._publish(table)

    def _check_limit(self, least: int) -> None:
        """Refuses a limit under which the tables could not grow even once."""
        if self.limit < least:
            raise LimitError(
                f"the memory limit is too small for the tables of the {self.name}",
                advice=f"give at least {least} bytes; most schemas take more",
                limit=f"{self.name}_bytes",
                allowed=self.limit,
                given=least,
            )

    def _publish(self, table: int) -> None:
        array = self.tables[table]
        self.header[3 * table] = array.ctypes.data
        self.header[3 * table + 1] = len(array)

    def used(self, table: int) -> int:
        """How many elements of a table are in use."""
        return int(self.numbers[3 * table + 2])

    def extend(self, table: int, values: NDArray[Any]) -> int:
        """Appends values to a table; where they start."""
        start = self.numbers[3 * table + 2]
        self.reserve(table, start + len(values))
        self._append(table, values)
        return start

    def extend_all(self, columns: Mapping[int, NDArray[Any]]) -> None:
        """Appends values to several tables, or to none of them where one raises `LimitError`."""
        for table, values in columns.items():
            self.reserve(table, self.numbers[3 * table + 2] + len(values))
        for table, values in columns.items():
            self._append(table, values)

    def _append(self, table: int, values: NDArray[Any]) -> None:
        start = self.numbers[3 * table + 2]
        end = start + len(values)
        self.tables[table][start:end] = values
        self.numbers[3 * table + 2] = end

    def reserve(self, table: int, capacity: int) -> None:
        """Makes sure that a table holds `capacity` elements."""
        size = self.numbers[3 * table + 1]
        if capacity > size:
            self._resize(table, max(capacity, 2 * size))

    def grow(self) -> None:
        """Makes room in the table that a kernel found full."""
        table, self.header[-1] = int(self.header[-1]), -1
        if table in self.memo_keys:
            self._grow_memo(table)
            return
        size, reserved = len(self.tables[table]), self.specs[table].reserved
        self._resize(table, min(2 * size, size + STEP, reserved) if size < reserved else _larger(size))
        if table in self.heap_slots:
            kernels.rehash_heap(self.address, self.heap_slots[table])

    def _resize(self, table: int, capacity: int) -> None:
        old, spec = self.tables[table], self.specs[table]
        self._take(old.itemsize * (capacity - len(old)))
        if capacity <= spec.reserved:
            self.tables[table] = self._reserved[table][:capacity]
        else:
            self._reserved.pop(table, None)
            grown = zeros(capacity, spec.dtype)
            if not (spec.zeroed or table in self.heap_slots):
                grown[: len(old)] = old
            self.tables[table] = grown  # whole: `Automaton.is_accepting` reads tables without the lock
        self._publish(table)

    def _grow_memo(self, table: int) -> None:
        keys, values = self.tables[table], self.tables[table + 1]
        self._take((keys.itemsize + values.itemsize) * (_larger(len(keys)) - len(keys)))
        for part in (table, table + 1):
            self.tables[part] = zeros(_larger(len(keys)), self.specs[part].dtype)
        kernels.rehash_memo(keys, values, self.tables[table], self.tables[table + 1])
        for part in (table, table + 1):
            self._publish(part)

    def _take(self, more: int) -> None:
        """Counts memory that is about to be taken; raises where it would be too much."""
        if self.memory_bytes + more > self.limit:
            raise LimitError(
                f"the tables of the {self.name} are full",
                advice=self.advice,
                limit=f"{self.name}_bytes",
                allowed=self.limit,
                given=self.memory_bytes + more,
            )
        self.memory_bytes += more


def _larger(size: int) -> int:
    """How many elements a full table of `size` gets: small ones are soon full again."""
    return (4 if size < SMALL else 2) * size


def grow_full(lexicon: Arena, automaton: Arena) -> None:
    """Makes room in the one of two arenas that a kernel found full."""
    (lexicon if lexicon.header[-1] >= 0 else automaton).grow()


def run(kernel: Callable[..., int], lexicon: Arena, automaton: Arena, *args: Any) -> int:
    """Calls a kernel until no table is full; its value or a status other than `FULL`."""
    while (status := int(kernel(lexicon.address, automaton.address, *args))) == kernels.FULL:
        grow_full(lexicon, automaton)
    return status
