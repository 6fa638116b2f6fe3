"""Growing tables whose addresses the kernels read from one int64 array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constrain import kernels
from grammars.errors import LimitError


@dataclass(frozen=True)
class TableSpec:
    """One table: its element type and how many elements it starts with. `zeroed` tables start anew when they grow."""

    dtype: type[np.generic]
    capacity: int
    zeroed: bool = False

    @property
    def bytes(self) -> int:
        """What the table occupies at first."""
        return self.capacity * np.dtype(self.dtype).itemsize


class Arena:
    """Tables for the kernels; `header` is what they are given.

    `heaps` are the first tables of interned spans (pool, offsets, slots), `memos` those of memos (keys, values).
    `limit` bounds the bytes of all tables together: beyond it `LimitError` is raised.
    """

    def __init__(
        self, specs: list[TableSpec], *, heaps: tuple[int, ...], memos: tuple[int, ...], limit: int, name: str
    ):
        self.specs = specs
        self.tables = _small_tables(specs)
        self.header = np.zeros(kernels.HEADER, np.int64)
        self.address = self.header.ctypes.data
        kernels.link(self.header)
        self.heap_slots = {heap + 2: heap for heap in heaps}
        self.memo_keys = frozenset(memos)
        self.limit, self.name = limit, name
        self._check_limit()
        self.header[-1] = -1
        first = self.tables[0].ctypes.data
        self.header[0 : 3 * len(specs) : 3] = [first + start for start in _starts(specs)[:-1]]
        self.header[1 : 3 * len(specs) : 3] = [spec.capacity for spec in specs]

    def _check_limit(self) -> None:
        """Refuses a limit under which the tables could not grow even once: they double."""
        least = 2 * self.memory_bytes
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

    @property
    def memory_bytes(self) -> int:
        """What the tables occupy."""
        return sum(table.nbytes for table in self.tables)

    def used(self, table: int) -> int:
        """How many elements of a table are in use."""
        return int(self.header[3 * table + 2])

    def extend(self, table: int, values: NDArray[Any]) -> int:
        """Appends values to a table; where they start."""
        start = self.used(table)
        self.reserve(table, start + len(values))
        self.tables[table][start : start + len(values)] = values
        self.header[3 * table + 2] = start + len(values)
        return start

    def reserve(self, table: int, capacity: int) -> None:
        """Makes sure that a table holds `capacity` elements."""
        if capacity > len(self.tables[table]):
            self._resize(table, max(capacity, 2 * len(self.tables[table])))

    def grow(self) -> None:
        """Doubles the table that a kernel found full."""
        table, self.header[-1] = int(self.header[-1]), -1
        if table in self.memo_keys:
            self._grow_memo(table)
            return
        self._resize(table, 2 * len(self.tables[table]))
        if table in self.heap_slots:
            kernels.rehash_heap(self.address, self.heap_slots[table])

    def _resize(self, table: int, capacity: int) -> None:
        old, spec = self.tables[table], self.specs[table]
        self._check(old.itemsize * (capacity - len(old)))
        new = np.zeros(capacity, spec.dtype)
        if not (spec.zeroed or table in self.heap_slots):
            new[: len(old)] = old
        self.tables[table] = new
        self._publish(table)

    def _grow_memo(self, table: int) -> None:
        keys, values = self.tables[table], self.tables[table + 1]
        self._check(keys.nbytes + values.nbytes)
        for part in (table, table + 1):
            self.tables[part] = np.zeros(2 * len(keys), self.specs[part].dtype)
        kernels.rehash_memo(keys, values, self.tables[table], self.tables[table + 1])
        for part in (table, table + 1):
            self._publish(part)

    def _check(self, more: int) -> None:
        if self.memory_bytes + more > self.limit:
            raise LimitError(
                f"the tables of the {self.name} are full",
                advice="compile with a larger memory limit, or simplify the schema",
                limit=f"{self.name}_bytes",
                allowed=self.limit,
                given=self.memory_bytes + more,
            )


def _small_tables(specs: list[TableSpec]) -> list[NDArray[Any]]:
    """The first tables of an arena, out of one piece of memory: there are many, and an automaton is made in no time."""
    starts = _starts(specs)
    memory = np.zeros(starts[-1], np.uint8)
    places = zip(specs, starts, strict=False)
    return [memory[start : start + spec.bytes].view(spec.dtype) for spec, start in places]


def _starts(specs: list[TableSpec]) -> list[int]:
    """Where each table begins in that memory, at multiples of 8 bytes, and where it ends."""
    return [0, *accumulate(-(-spec.bytes // 8) * 8 for spec in specs)]


def run(kernel: Callable[..., int], lexicon: Arena, automaton: Arena, *args: Any) -> int:
    """Calls a kernel until no table is full; its value or a status other than `FULL`."""
    while True:
        status = int(kernel(lexicon.address, automaton.address, *args))
        if status != kernels.FULL:
            return status
        (lexicon if lexicon.header[-1] >= 0 else automaton).grow()
