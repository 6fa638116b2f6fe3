"""Arrays whose items all differ: whether enough values are left for the items that have to come.

Needed are values of the rule of all items behind a prefix, of what is counted, and of what is not counted where only so
many items may be; an item takes none of them where the others need all that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from grammars.json_schema.counted import Tail
from grammars.json_schema.nodes import Ask, Rule, join
from grammars.json_schema.shapes import Count
from grammars.values import Value

MOST_KNOWN = 50_000
"""Of so many values it is remembered whether they meet a rule."""


class Numbers(Protocol):
    """What is asked about how many values rules have."""

    def most_values(self, rule: Rule) -> int | None:
        """How many values a rule may have at most; None for endlessly many, or where that is not known."""

    def one_of(self, values: frozenset[Value], positive: bool) -> Rule:
        """The rule of some values, or of all others."""


class Need(NamedTuple):
    """So many items have to meet a rule; others, with `takers`, may have no other values than such."""

    rule: Rule
    wanted: int
    takers: tuple[Rule, ...] = ()


class ValuesLeft:
    """Compares the numbers of values with those of items."""

    def __init__(self, values: Numbers) -> None:
        self._values = values
        self._meets: dict[tuple[Rule, Value], bool] = {}

    def suffice(self, tail: Tail, ask: Ask) -> bool:
        """Whether there may be enough for what has to come from here on."""
        return all(self._spare(need, tail, ask) >= 0 for need in _needs(tail))

    def sparing(self, rule: Rule, after: Tail, ask: Ask) -> list[Rule]:
        """What an item of a rule may be so that enough values are left after it: one of some rules."""
        rules = [rule]
        for need in _needs(after):
            if self._spare(need, after, ask) <= 0:
                rules = [kept for each in rules for kept in _outside(each, need.rule, ask)]
        return rules

    def _spare(self, need: Need, tail: Tail, ask: Ask) -> float:
        """How many values of a rule are not needed, as far as its number of values is known."""
        most = self._values.most_values(need.rule)
        if most is None:
            return float("inf")
        spare = most - need.wanted - sum(not any(_outside(rule, need.rule, ask)) for rule in need.takers)
        if len(tail.seen) < spare:
            return spare
        return spare - sum(self._is_met(need.rule, value, ask) for value in tail.seen)

    def _is_met(self, rule: Rule, value: Value, ask: Ask) -> bool:
        known = self._meets.get((rule, value))
        if known is None:
            if len(self._meets) > MOST_KNOWN:
                self._meets.clear()
            known = self._meets[rule, value] = ask(join(rule, self._values.one_of(frozenset({value}), True)))
        return known


def _needs(tail: Tail) -> Iterator[Need]:
    """What items have to be, as far as that is plain."""
    shape, prefix = tail.shape, tail.shape.prefix[tail.read :]
    missing = shape.low - tail.read - len(prefix)
    if missing > 0:
        yield Need(shape.rest, missing, prefix)
    for count, hits in zip(shape.counts, tail.hits, strict=True):
        wanted = count.low - hits
        if wanted > 0:
            yield Need(count.rule, wanted)
        if wanted > len(prefix):
            yield Need(join(shape.rest, count.rule), wanted - len(prefix), prefix)
        if count.high is not None:
            yield from _uncounted(count, tail, missing - (count.high - hits))


def _uncounted(count: Count, tail: Tail, missing: int) -> Iterator[Need]:
    """Items that have to come and may not be counted; those before the place where counting begins are left out."""
    ((node, positive),) = count.rule
    prefix = tail.shape.prefix[tail.read :]
    missing -= max(count.start - tail.read - len(prefix), 0)
    if missing > 0:
        yield Need(join(tail.shape.rest, ((node, not positive),)), missing, prefix)


def _outside(rule: Rule, other: Rule, ask: Ask) -> Iterator[Rule]:
    """The values of a rule that another one does not have: those of some rules."""
    parts = (join(rule, ((node, not positive),)) for node, positive in other)
    return (part for part in parts if ask(part))
