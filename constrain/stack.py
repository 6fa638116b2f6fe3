"""What the tables of an automaton say about its states and stack cells."""

from __future__ import annotations

from dataclasses import dataclass

from constrain import kernels as k
from constrain.arena import Arena

CAPTURE = k.CAPTURE

Config = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Stack:
    """Reads states and cells out of an automaton's tables."""

    arena: Arena

    def configs(self, state: int) -> list[Config]:
        """The configurations of a state, one for each cell that is no join: (x, low, high, cell, shadow)."""
        tables = self.arena.tables
        start, end = tables[k.STATE_OFFSETS][state : state + 2].tolist()
        rows = tables[k.STATE_POOL][start:end].reshape(-1, k.CONFIG).tolist()
        return [(x, low, high, frame, shadow) for x, low, high, cell, shadow in rows for frame in self.frames(cell)]

    def frames(self, cell: int) -> list[int]:
        """The cells that a cell stands for: the members of a join, itself otherwise."""
        span = self.span(cell)
        return span[1:] if span[0] == k.JOIN else [cell]

    def is_capture(self, cell: int) -> bool:
        """Whether a cell remembers a text."""
        span = self.span(cell)
        return span[0] != k.JOIN and len(span) == CAPTURE

    def parents(self, cell: int) -> list[int]:
        """The cells below one."""
        span = self.span(cell)
        return span[1:] if span[0] == k.JOIN else [span[2]]

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
