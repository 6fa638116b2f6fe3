"""Arrays whose items are counted by their kind: states of a count, each of them a rule of its own.

A state says how many items were read (as far as it matters) and how many of them were counted. What may follow is one
item, counted or not, and the next state; so the rules are right-recursive and made only where a text gets to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from grammars.deadline import check
from grammars.errors import LimitError
from grammars.json_schema.nodes import ANY, NEVER, Ask, Rule, join
from grammars.json_schema.shapes import ArrayShape, Count
from grammars.values import Value

MAX_STATES = 20_000
"""How many states of a count are looked at to find out whether an array can be ended."""


@dataclass(frozen=True)
class Tail:
    """What may follow after `read` items of an array, of which `hits` were counted (one number per count).

    `seen` are their values where items have to differ, or two of them to be equal.
    """

    shape: ArrayShape
    read: int
    hits: tuple[int, ...]
    seen: frozenset[Value] = frozenset()

    @staticmethod
    def start(shape: ArrayShape) -> Tail:
        """Before the first item."""
        return Tail(shape, 0, (0,) * len(shape.counts))

    @property
    def where(self) -> str:
        """The place of the keyword that made the items matter."""
        shape = self.shape
        if shape.counts or shape.unique:
            return shape.counts[0].where if shape.counts else shape.unique[1] if shape.unique else "#"
        return next((rule[0][0].pointer for rule in shape.prefix if rule), "#")

    @property
    def may_end(self) -> bool:
        """Whether the array may end here."""
        enough = all(count.low <= hits for count, hits in zip(self.shape.counts, self.hits, strict=True))
        return enough and self.read >= self.shape.low and not self.wants_equal

    @property
    def is_too_late(self) -> bool:
        """Whether fewer items can follow than have to be counted still."""
        if self.shape.high is None:
            return False
        missing = max((count.low - hits for count, hits in zip(self.shape.counts, self.hits, strict=True)), default=0)
        return missing > self.shape.high - self.read

    @property
    def wants_equal(self) -> bool:
        """Whether two equal items have to be there, and are not yet."""
        return self.shape.unique is not None and not self.shape.unique[0]

    @property
    def is_homogeneous(self) -> bool:
        """Whether all items from here on are of one kind."""
        return not self.shape.counts and self.read >= len(self.shape.prefix)

    @property
    def is_plain_rest(self) -> bool:
        """Whether all items from here on are of one kind, and neither their number nor their values are remembered."""
        return self.is_homogeneous and self.shape.unique is None

    def with_value(self, value: Value) -> Tail:
        """With one more value that was there."""
        return replace(self, seen=self.seen | {value})

    def with_equal(self) -> Tail:
        """After two equal items, when values do not matter any more."""
        return replace(self, shape=replace(self.shape, unique=None), seen=frozenset())

    def steps(self) -> Iterator[tuple[Rule, Tail]]:
        """The next item and what follows it; several for one item where it may be counted or not."""
        if (self.shape.high is not None and self.read >= self.shape.high) or self.is_too_late:
            return
        base = self.shape.item(self.read)
        counted = zip(self.shape.counts, self.hits, strict=True)
        choices = [list(_choices(count, self.read, hits)) for count, hits in counted]
        for chosen in product(*choices):
            rule = base
            for wanted, _ in chosen:
                rule = join(rule, wanted)
            if rule != NEVER:
                yield rule, replace(self, read=self._next(), hits=tuple(hits for _, hits in chosen))

    def _next(self) -> int:
        """One more, up to where it makes no difference any more."""
        shape = self.shape
        if shape.high is not None:
            return self.read + 1
        return min(self.read + 1, max(len(shape.prefix), shape.low, 1, *(count.start for count in shape.counts)))


def _choices(count: Count, read: int, hits: int) -> Iterator[tuple[Rule, int]]:
    """What the item has to meet, and the number counted after it."""
    if read < count.start:
        yield ANY, hits
    elif count.high is None:
        if hits < count.low:
            yield count.rule, hits + 1
        yield ANY, hits
    else:
        if hits < count.high:
            yield count.rule, hits + 1
        ((node, positive),) = count.rule
        yield ((node, not positive),), hits


def is_live(tail: Tail, ask: Ask, known: dict[Tail, bool]) -> bool:
    """Whether the array can be ended from here on; `ask` tells whether a rule has a value."""
    if tail not in known:
        entered = dict[Tail, bool]()
        _look(tail, ask, known, entered)
        known.update(entered)
    return known[tail]


def _look(tail: Tail, ask: Ask, known: dict[Tail, bool], entered: dict[Tail, bool]) -> None:
    """Notes what is found out of states in `entered`, so that nothing half known is left where this is interrupted."""
    way, looked_at = [(tail, _enter(tail, ask, entered))], 1
    while way and not entered[tail]:
        rule, after = next(way[-1][1], (NEVER, None))
        if after is None:
            way.pop()
        elif ask(rule):
            if after not in known and after not in entered:
                way.append((after, _enter(after, ask, entered)))
                looked_at += 1
                _check_number(looked_at, tail)
            if entered.get(after, known.get(after)):
                entered.update((passed, True) for passed, _ in way)


def _enter(tail: Tail, ask: Ask, entered: dict[Tail, bool]) -> Iterator[tuple[Rule, Tail]]:
    """Notes what is plainly known of a state; the ways on from there.

    A state is only ever left for itself or for one further on, so `False` while it is looked at is right.
    """
    check()
    entered[tail] = tail.may_end or (tail.is_plain_rest and ask(tail.shape.rest))
    return tail.steps()


def _check_number(looked_at: int, tail: Tail) -> None:
    if looked_at > MAX_STATES:
        what = "too many numbers of items of a kind"
        raise LimitError(what, tail.where, limit="counts", allowed=MAX_STATES, given=looked_at)
