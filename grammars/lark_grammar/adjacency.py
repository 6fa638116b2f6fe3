"""Which terminals may follow which, with longest match: two names in a row need something ignored between them.

`Adjacency.allows(a, b)` asks for words u of a and v of b such that u v is cut into exactly these two, or into these
two with ignored terminals between them. For that, u must be what wins when only a and the ignored terminals are looked
for, and while v is read the search for u must not accept again; likewise v with b and the ignored ones. This is a
necessary condition: in a text more terminals may be looked for, which can only take away possibilities, and what
comes after v is not looked at. So a production that is removed for it has no text, but one that is kept may have
texts only for some words: with NUMBER: /[0-9]+|x/ and `NUMBER NUMBER`, only `x` can be the first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter

from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.lark_grammar.cfg import Cfg, Part, Production, Rules
from grammars.lark_grammar.scanner import Scanners


@dataclass(frozen=True, eq=False)
class Adjacency:
    """Answers for the terminals of one grammar, remembered."""

    scanners: Scanners
    _known: dict[tuple[int, int, int], bool] = field(default_factory=dict, repr=False)

    def exists(self, terminal: int) -> bool:
        """Is some text cut out as this terminal?"""
        try:
            return terminal in self._alone(terminal).labels
        except GrammarError as error:
            error.found = error.found or self.scanners.terminals[terminal].shown
            raise

    def allows(self, before: int, after: int) -> bool:
        """May `after` follow `before`, directly or behind ignored terminals?"""
        reached = dict.fromkeys([before])
        for last in reached:
            if self._directly(last, after, after):
                return True
            reached |= dict.fromkeys(skip for skip in self.scanners.ignored if self._directly(last, skip, after))
        return False

    def _alone(self, terminal: int) -> Dfa:
        return self.scanners.of(self.scanners.ignored | {terminal})

    def _directly(self, first: int, second: int, sought: int) -> bool:
        """May `second`, found where `sought` is looked for, follow `first`?"""
        key = (first, second, sought)
        if key not in self._known:
            self._known[key] = _in_sequence(self._alone(first), first, self._alone(sought), second)
        return self._known[key]


def _in_sequence(before: Dfa, first: int, after: Dfa, second: int) -> bool:
    """Is there a word of `second` during which `before`, having found `first`, does not accept again?"""
    if second not in after.labels:
        return False
    met = {(state, 0): None for state, label in enumerate(before.labels.tolist()) if label == first}
    todo = list(met)
    while todo:
        watched, state = todo.pop()
        for pair in _steps(before, watched, after, state):
            if pair[0] < 0 or after.labels[pair[1]] == second:
                return True
            if pair not in met:
                met[pair] = None
                todo.append(pair)
    return False


def _steps(before: Dfa, watched: int, after: Dfa, state: int) -> Iterator[tuple[int, int]]:
    """The pairs of states after one character; the first is -1 once nothing longer is possible.

    Where the first accepts, there is none: a longer match was found.
    """
    taken = before.rows[watched]
    for low, high, target in after.rows[state]:
        first = bisect_left(taken, low, key=itemgetter(1))
        inside = taken[first : bisect_right(taken, high, key=itemgetter(0))]
        if sum(min(high, edge[1]) - max(low, edge[0]) + 1 for edge in inside) <= high - low:
            yield -1, target
        yield from ((edge[2], target) for edge in inside if before.labels[edge[2]] < 0)


def adjacent(cfg: Cfg) -> frozenset[tuple[int, int]]:
    """The pairs of terminals that some production puts side by side; no nonterminal derives the empty text."""
    first = _ends(cfg.rules, 1)
    last = _ends(cfg.rules, -1)
    pairs: set[tuple[int, int]] = set()
    for production in {cfg.start, *(production for options in cfg.rules.values() for production in options)}:
        for i, part in enumerate(production):
            lefts = _end_of(part, last)
            for neighbour in _leading(production[i + 1 :]):
                pairs.update((left, right) for left in lefts for right in _end_of(neighbour, first))
    return frozenset(pairs)


def _leading(production: Production) -> Iterator[Part]:
    """The parts that may come first."""
    for part in production:
        yield part
        if not part.optional:
            return


def _end_of(part: Part, ends: dict[str, frozenset[int]]) -> frozenset[int]:
    return frozenset([part.symbol]) if isinstance(part.symbol, int) else ends[part.symbol]


def _ends(rules: Rules, direction: int) -> dict[str, frozenset[int]]:
    """The terminals with which a nonterminal may begin (`direction` 1) or end (-1)."""
    ends = {name: frozenset[int]() for name in rules}
    changed = True
    while changed:
        changed = False
        for name, productions in rules.items():
            outer = [part for production in productions for part in _leading(production[::direction])]
            found = ends[name].union(*(_end_of(part, ends) for part in outer))
            changed |= found != ends[name]
            ends[name] = found
    return ends
