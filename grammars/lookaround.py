"""Assertions in regular expressions, as regular languages of the rest of the text and of the text before.

What a look-ahead demands of the rest of the text is an *obligation*: a state in a complete automaton of that demand,
carried along while the text is read. A look-behind is an automaton that runs from the start of the text in parallel;
at every place it says whether the assertion holds there. So a state of the whole is the states of the look-behinds,
and alternatives, each a set of places of the regex with the obligations under which they count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from grammars.codepoints import CodePoints
from grammars.crawl import Rows, explore
from grammars.errors import UnsupportedError
from grammars.minimise import minimised
from grammars.positions import ACCEPT, bits, positions_of, readable_by_symbol
from grammars.regex import ANY_TEXT, Alternation, Concat, Look, Regex, Repeat, concat

Obligations: TypeAlias = frozenset[tuple[int, int]]
"""Pairs (number of the demand, state in it), all of which have to accept in the end."""

Alternatives: TypeAlias = frozenset[tuple[Obligations, int]]
State: TypeAlias = tuple[tuple[int, ...], Alternatives]

_NONE: Obligations = frozenset()


@dataclass(frozen=True)
class Demand:
    """A complete minimal automaton; `dead` and `free` are its states that no and that every text satisfies."""

    rows: Rows
    accepts: list[bool]
    dead: int | None
    free: int | None


def _completed(rows: Rows, labels: list[int], negative: bool) -> tuple[Rows, list[bool]]:
    """Adds the sink, and turns the answer round for a negative assertion."""
    sink = len(rows)
    width = len(rows[0]) if rows else 0
    complete = [[target if target >= 0 else sink for target in row] for row in rows]
    return [*complete, [sink] * width], [(label >= 0) != negative for label in labels] + [negative]


def _constant(rows: Rows, accepts: list[bool], answer: bool) -> int | None:
    """The state that loops to itself with that answer; there is at most one in a minimal automaton."""
    for state, row in enumerate(rows):
        if accepts[state] == answer and all(target == state for target in row):
            return state
    return None


@dataclass
class Assertions:
    """What the parts of one regex with assertions share: symbols, and an automaton per assertion."""

    symbols: Mapping[CodePoints, tuple[int, ...]]
    width: int
    limit: int
    demands: list[Demand] = field(default_factory=list)
    _ahead: dict[tuple[Look, tuple[int, ...]], int] = field(default_factory=dict)
    _numbers: dict[object, int] = field(default_factory=dict)
    _behind: dict[Look, Demand] = field(default_factory=dict)
    _walks: dict[Regex, Walk] = field(default_factory=dict)

    def walk(self, regex: Regex) -> Walk:
        """The walk through `regex`."""
        if regex not in self._walks:
            self._walks[regex] = Walk(regex, self)
        return self._walks[regex]

    def behind(self, look: Look) -> Demand:
        """Accepts the texts after which a look-behind holds."""
        if look not in self._behind:
            self._behind[look] = self._demand(concat(ANY_TEXT, look.body), {}, look.negative)
        return self._behind[look]

    def ahead(self, look: Look, context: Mapping[Look, int]) -> int:
        """The number of the demand that a look-ahead makes; its own look-behinds start in `context`."""
        walk = self.walk(concat(look.body, ANY_TEXT))
        key = look, tuple(context[behind] for behind in walk.behinds)
        if key not in self._ahead:
            demand = self._demand(concat(look.body, ANY_TEXT), context, look.negative)
            content = tuple(map(tuple, demand.rows)), tuple(demand.accepts)
            self._ahead[key] = self._numbers.setdefault(content, len(self.demands))
            if self._ahead[key] == len(self.demands):
                self.demands.append(demand)
        return self._ahead[key]

    def _demand(self, regex: Regex, context: Mapping[Look, int], negative: bool) -> Demand:
        walk = self.walk(regex)
        found = explore(self.width, walk.initial(context), walk.follow, walk.label, self.limit)
        table, labels = minimised(*found)
        rows, accepts = _completed(table.tolist(), labels.tolist(), negative)
        if not rows[0]:
            rows = [[0] * self.width]
        return Demand(rows, accepts, _constant(rows, accepts, False), _constant(rows, accepts, True))


def _behinds(regex: Regex) -> Iterator[Look]:
    """The look-behinds that have to run while `regex` is read, those inside look-aheads included."""
    match regex:
        case Look(body, behind, _):
            if behind:
                yield regex
            else:
                yield from _behinds(body)
        case Concat(parts) | Alternation(parts):
            for part in parts:
                yield from _behinds(part)
        case Repeat(body):
            yield from _behinds(body)


class Walk:
    """Reads one regex symbol by symbol."""

    def __init__(self, regex: Regex, shared: Assertions) -> None:
        positions = positions_of(regex)
        self.shared = shared
        self.edges, self.looks = positions.edges, positions.looks
        self.behinds = list(dict.fromkeys(_behinds(regex)))
        self.running = [shared.behind(look) for look in self.behinds]
        self.readable = readable_by_symbol(positions.readable, shared.symbols, shared.width)
        self._known: dict[tuple[int, tuple[int, ...]], Obligations | None] = {}
        self._behind: dict[tuple[int, tuple[int, ...]], list[tuple[Obligations, int]]] = {}

    def initial(self, context: Mapping[Look, int]) -> State:
        """The state before anything is read; look-behinds stand where `context` says (else at the start of a text)."""
        before = tuple(context.get(look, 0) for look in self.behinds)
        alternatives: dict[Obligations, int] = {}
        self._arrive(1, before, _NONE, alternatives)
        return before, _settled(alternatives)

    def follow(self, state: State) -> Iterator[tuple[int, State]]:
        """All steps from `state`."""
        before, alternatives = state
        for symbol, mask in enumerate(self.readable):
            if not any(places & mask for _, places in alternatives):
                continue
            after = tuple(demand.rows[at][symbol] for demand, at in zip(self.running, before, strict=True))
            found: dict[Obligations, int] = {}
            for obligations, places in alternatives:
                advanced = self._advanced(obligations, symbol) if places & mask else None
                if advanced is not None:
                    self._arrive(places & mask, after, advanced, found)
            yield symbol, (after, _settled(found))

    def label(self, state: State) -> int:
        """0 where the text may end."""
        demands = self.shared.demands
        for obligations, places in state[1]:
            if places & ACCEPT and all(demands[number].accepts[at] for number, at in obligations):
                return 0
        return -1

    def _arrive(
        self, places: int, before: tuple[int, ...], obligations: Obligations, found: dict[Obligations, int]
    ) -> None:
        """Adds what may come after `places` to `found`."""
        key = places, before
        if key not in self._behind:
            self._behind[key] = list(self._behind_of(places, before).items())
        for added, ahead in self._behind[key]:
            together = obligations | added
            found[together] = found.get(together, 0) | ahead

    def _behind_of(self, places: int, before: tuple[int, ...]) -> dict[Obligations, int]:
        """The obligations under which one gets from `places`, each with where to."""
        found: dict[Obligations, int] = {}
        for place in bits(places):
            for guard, ahead in self.edges[place].items():
                added = self._crossed(guard, before) if guard else _NONE
                if added is not None:
                    found[added] = found.get(added, 0) | ahead
        return found

    def _crossed(self, guard: int, before: tuple[int, ...]) -> Obligations | None:
        """The obligations that assertions give rise to at this place; None where one of them fails at once."""
        key = guard, before
        if key not in self._known:
            self._known[key] = self._cross([self.looks[index] for index in bits(guard)], before)
        return self._known[key]

    def _cross(self, looks: list[Look], before: tuple[int, ...]) -> Obligations | None:
        context = dict(zip(self.behinds, before, strict=True))
        added = set()
        for look in looks:
            if look.behind:
                if not self.shared.behind(look).accepts[context[look]]:
                    return None
                continue
            added.add((self.shared.ahead(look, context), 0))
        return self._pruned(added)

    def _advanced(self, obligations: Obligations, symbol: int) -> Obligations | None:
        if not obligations:
            return obligations
        demands = self.shared.demands
        return self._pruned({(number, demands[number].rows[at][symbol]) for number, at in obligations})

    def _pruned(self, obligations: set[tuple[int, int]]) -> Obligations | None:
        demands = self.shared.demands
        if any(demands[number].dead == at for number, at in obligations):
            return None
        return frozenset((number, at) for number, at in obligations if demands[number].free != at)


def _settled(found: dict[Obligations, int]) -> Alternatives:
    """Leaves out places that count anyway, under fewer obligations."""
    settled: dict[Obligations, int] = {}
    for obligations in sorted(found, key=len):
        places = found[obligations]
        for fewer, known in settled.items():
            if fewer < obligations:
                places &= ~known
        if places:
            settled[obligations] = places
    return frozenset(settled.items())


def reject_ahead_in_behind(regex: Regex, inside: bool = False) -> None:
    """Raises where a look-behind contains a look-ahead: what it asks for is not known when it is asked."""
    match regex:
        case Look(body, behind, _):
            if inside and not behind:
                raise UnsupportedError("look-ahead inside a look-behind is not supported", advice="rewrite the pattern")
            reject_ahead_in_behind(body, inside or behind)
        case Concat(parts) | Alternation(parts):
            for part in parts:
                reject_ahead_in_behind(part, inside)
        case Repeat(body):
            reject_ahead_in_behind(body, inside)
