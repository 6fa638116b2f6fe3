"""Arrays in which two items have to be equal: whether that can still come, and which later items an item may equal.

As far as two items may be equal is not known of single values but of the rules of places: two places make a pair where
their rules have a value in common, and the array can be ended behind the later one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from grammars.deadline import check
from grammars.errors import LimitError
from grammars.json_schema.counted import Tail, is_live
from grammars.json_schema.nodes import Ask, Rule, join

MAX_PAIRS = 5_000
"""How many pairs of places in an array are looked at to find two that may have the same value."""


class Pairs:
    """Looks for equal items among those that are still to come."""

    def __init__(self) -> None:
        self._found: dict[Tail, bool] = {}
        self._places: dict[Tail, tuple[Rule, ...]] = {}
        self._live: dict[Tail, bool] = {}

    def exist(self, tail: Tail, ask: Ask) -> bool:
        """Whether two items from here on can be equal."""
        bare = replace(tail, seen=frozenset())
        if bare not in self._found:
            self._found[bare] = self._comes_twice(bare, ask) or self._search(bare, ask)
        return self._found[bare]

    def places(self, tail: Tail, ask: Ask) -> tuple[Rule, ...]:
        """The rules of the items from here on; of those only where the array can be ended behind them."""
        bare = replace(tail, seen=frozenset())
        if bare not in self._places:
            self._places[bare] = self._reach(bare, ask)
        return self._places[bare]

    def steps(self, tail: Tail, ask: Ask) -> Iterator[tuple[Rule, Tail]]:
        """The next item and what follows it, where the array can be ended once there were two equal items."""
        for rule, after in tail.steps():
            if ask(rule) and is_live(after.with_equal(), ask, self._live):
                yield rule, after

    def _comes_twice(self, start: Tail, ask: Ask) -> bool:
        """Whether a rule comes twice on the first way that is found, as that of all items behind a prefix does."""
        met = set[Rule]()
        step = next(self.steps(start, ask), None)
        while step is not None and step[0] not in met:
            met.add(step[0])
            step = next(self.steps(step[1], ask), None)
        return step is not None

    def _search(self, start: Tail, ask: Ask) -> bool:
        """Goes through the places with the rules of all items that may have come before, until those do not grow."""
        before: dict[Tail, frozenset[Rule]] = {start: frozenset()}
        pending, looked_at = deque([start]), 0
        while pending:
            tail = pending.popleft()
            check()
            for rule, after in self.steps(tail, ask):
                looked_at += 1 + len(before[tail])
                _check_number(looked_at, tail)
                if any(ask(join(rule, other)) for other in before[tail]):
                    return True
                known, now = before.get(after), before[tail] | {rule}
                if known is None or not now <= known:
                    before[after] = now | (known or frozenset())
                    pending.append(after)
        return False

    def _reach(self, start: Tail, ask: Ask) -> tuple[Rule, ...]:
        found: dict[Rule, None] = {}
        reached, pending = {start}, deque([start])
        while pending:
            tail = pending.popleft()
            check()
            for rule, after in self.steps(tail, ask):
                found[rule] = None
                if after not in reached:
                    reached.add(after)
                    pending.append(after)
                    _check_number(len(reached), tail)
        return tuple(found)


def _check_number(looked_at: int, tail: Tail) -> None:
    if looked_at > MAX_PAIRS:
        what = "too many pairs of items that may be equal"
        raise LimitError(what, tail.where, limit="pairs", allowed=MAX_PAIRS, given=looked_at)
