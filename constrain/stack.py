"""What the tables of an automaton say about its states and stack cells."""

from __future__ import annotations

from dataclasses import dataclass

from constrain import kernels as k
from constrain.arena import Arena

CAPTURE = 4
"""The length of the span of a cell that remembers a text: place, register, parent, text."""

Config = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Stack:
    """Reads states and cells out of an automaton's tables."""

    arena: Arena

    def configs(self, state: int) -> list[Config]:
        """The configurations of a state: (x, low, high, cell, shadow)."""
        tables = self.arena.tables
        start, end = tables[k.STATE_OFFSETS][state : state + 2].tolist()
        return [tuple(row) for row in tables[k.STATE_POOL][start:end].reshape(-1, k.CONFIG).tolist()]

    def span(self, number: int) -> list[int]:
        """What an interned span (a cell, a register) holds."""
        tables = self.arena.tables
        start, end = tables[k.CELL_OFFSETS][number : number + 2].tolist()
        found: list[int] = tables[k.CELL_POOL][start:end].tolist()
        return found

    def register(self, number: int) -> list[int]:
        """What the register of an object holds."""
        return self.span(number - k.OBJECT_REGISTER)

    def op(self, place: int) -> int:
        """The operation of a place."""
        return int(self.arena.tables[k.PLACES][4 * place])

    def ends(self, place: int) -> bool:
        """Whether a remembered value decides if what it is part of may end."""
        return bool(self.arena.tables[k.PLACES][4 * place + 2])

    def is_scan(self, config: Config) -> bool:
        """Whether a configuration reads terminals."""
        return config[3] != 0 and self.span(config[3])[0] == k.OP_SCAN
