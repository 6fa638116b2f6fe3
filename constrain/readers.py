"""Which rules may be reading the lexeme of a configuration: its stack only says where it goes on afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constrain import kernels as k
from constrain.arena import Arena
from constrain.program import Program
from constrain.wording import alternatives

MOST_READERS = 3
START_RULE = 0


@dataclass(frozen=True)
class Readers:
    """Finds the places that read a lexeme and then go on at a stack cell."""

    program: Program
    arena: Arena

    def describe(self, q: int, span: list[int]) -> str:
        """What the rules stand for that read a lexeme at code point state `q` and go on as a cell's span says."""
        after = span[0] if len(span) >= 3 else -1
        places = self._places()
        found = [self.program.describe(place) for place in self._reading(places, self._lexemes(q), after)]
        if not any(found) and after >= 0:
            found = [self.program.describe(after)]
        return alternatives(filter(None, found), MOST_READERS)

    def _places(self) -> NDArray[np.int64]:
        table: NDArray[np.int64] = self.arena.tables[k.PLACES]
        return table[: self.arena.used(k.PLACES)].reshape(-1, 4)

    def _lexemes(self, q: int) -> NDArray[np.int64]:
        """The lexemes whose automaton has a code point state: the last one that begins at or before it."""
        entries = self.arena.tables[k.LEXEMES][: self.arena.used(k.LEXEMES)].reshape(-1, 4)[:, 0]
        tables = self.program.lexicon.arena.tables
        firsts = tables[k.X_POOL][tables[k.X_OFFSETS][entries]]
        return np.flatnonzero(firsts == firsts[firsts <= q].max(initial=-1))

    def _reading(self, places: NDArray[np.int64], lexemes: NDArray[np.int64], after: int) -> list[int]:
        reading = (places[:, 0] == k.OP_LEX) & np.isin(places[:, 1], lexemes)
        direct = reading & (places[:, 3] == after)
        last = reading & (places[places[:, 3], 0] == k.OP_END)
        owners = np.array([owner for _, owner in self.program.sources])
        found: list[int] = np.flatnonzero(
            direct | (last & np.isin(owners, self._ending(places, owners, after)))
        ).tolist()
        return found

    @staticmethod
    def _ending(places: NDArray[np.int64], owners: NDArray[np.int64], after: int) -> NDArray[np.int64]:
        """The rules behind whose end the text goes on at `after` (-1: ends)."""
        calls = places[:, 0] == k.OP_CALL
        tails = calls & (places[places[:, 3], 0] == k.OP_END)
        rules = places[calls & (places[:, 3] == after), 1] if after >= 0 else np.array([START_RULE])
        while True:
            more = np.union1d(rules, places[tails & np.isin(owners, rules), 1])
            if len(more) == len(rules):
                return more
            rules = more
