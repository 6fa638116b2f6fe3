"""The subschemas that are being read in place, and what is known of those that come back to themselves.

Where subschemas lead back to each other without a step into the value, all of them are read together, again and again:
first as if one that is met again said nothing, then as it was found to be in the round before, until nothing changes.
What is found is never too little, and after as many rounds as there are subschemas it is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grammars.errors import LimitError
from grammars.json_schema.nodes import Obligation
from grammars.json_schema.normal_form import NONE, Normal, both

MAX_NESTED = 80
"""How many subschemas may be nested in place."""


class Walk:
    """One way down from a subschema; `outer` are those that were being read when it began."""

    def __init__(self, outer: frozenset[Obligation] = frozenset()) -> None:
        self.outer = outer
        self.open: list[Obligation] = []
        self.found: dict[Obligation, Normal] = {}
        """What this round has found of subschemas that rest on one that is open."""
        self._assumed: dict[Obligation, Normal] = {}
        self._met_again: set[Obligation] = set()

    @contextmanager
    def opened(self, obligation: Obligation) -> Iterator[None]:
        """While a subschema is read."""
        nested = len(self.open) + len(self.outer) + 1
        if nested > MAX_NESTED:
            raise LimitError(
                "too many schemas within each other that are about one value",
                obligation[0].pointer,
                limit="nested",
                allowed=MAX_NESTED,
                given=nested,
            )
        self.open.append(obligation)
        try:
            yield
        finally:
            self.open.pop()

    @contextmanager
    def beside(self, obligation: Obligation) -> Iterator[None]:
        """While a subschema is read together with what is known: what rests on that is forgotten afterwards."""
        before = dict(self.found)
        yield
        if obligation in self._met_again:
            self._met_again.discard(obligation)
            self.found = before

    def come_back(self, obligation: Obligation, so_far: Normal) -> Normal:
        """What a subschema that is open already adds to what is known."""
        self._met_again.add(obligation)
        assumed = self._assumed.get(obligation)
        if assumed is None:
            return so_far if obligation[1] else NONE
        return both(so_far, assumed)

    def ends_with(self, obligation: Obligation) -> bool:
        """Whether subschemas lead back to this one, and none of them to another that is open."""
        return self._met_again == {obligation}

    def goes_on(self, obligation: Obligation, found: Normal, rounds: int) -> bool:
        """Whether another round has to be made; if so, it is begun."""
        self.found[obligation] = found
        if self.found == self._assumed or rounds > len(self.found):
            return False
        self._assumed, self.found = self.found, {}
        self._met_again.clear()
        return True

    def result(self, obligation: Obligation, found: Normal) -> dict[Obligation, Normal]:
        """What is final once a subschema was read."""
        self._met_again.discard(obligation)
        if self._met_again:
            self.found[obligation] = found
            return {}
        final = {**self.found, obligation: found}
        self.found, self._assumed = {}, {}
        return final
