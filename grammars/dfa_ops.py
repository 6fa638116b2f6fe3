"""Boolean operations on automata, concatenation, and bounds on the length of texts.

Every operation is one `crawl` with its own `follow`; results are minimal and canonical.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import TypeAlias

from grammars import product
from grammars.alphabet import Alphabet
from grammars.codepoints import CodePoints
from grammars.crawl import STATE_LIMIT, crawl
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.ir import Lexeme
from grammars.memo import weighed
from grammars.regex import Chars, Concat, Regex, Repeat, concat, fixed_length

Steps: TypeAlias = list[list[tuple[int, int]]]
"""Per state the pairs (symbol, target)."""

SMALL = 40
"""Up to so many states each, automata are combined state by state, which begins faster than whole frontiers do."""

ANY_TEXT = Dfa.any_text()

Places: TypeAlias = tuple[tuple[int, int], ...]
"""Where one stands in several automata at once: pairs (number of the automaton, state), dead ones left out."""


def intersect(left: Dfa, right: Dfa, limit: int = STATE_LIMIT) -> Dfa:
    """The texts of both, with the labels of `left`."""
    if right in (left, ANY_TEXT):
        return left
    if _is_small([left, right]):
        return _combined((left, right), _are_both_alive, _label_if_both, limit)
    return product.intersect(left, right, limit)


def union(*dfas: Dfa, limit: int = STATE_LIMIT) -> Dfa:
    """The texts of any of `dfas`; the label is that of the first automaton that accepts."""
    if len(dfas) < 2 or _is_small(dfas):
        return _combined(dfas, bool, _first_label, limit)
    return reduce(lambda left, right: product.union(left, right, limit), dfas)


def difference(left: Dfa, right: Dfa, limit: int = STATE_LIMIT) -> Dfa:
    """The texts of `left` that `right` does not accept, with the labels of `left`."""
    if right.is_empty:
        return left
    if _is_small([left, right]):
        return _combined((left, right), _is_first_alive, _label_unless_both, limit)
    return product.difference(left, right, limit)


def complement(dfa: Dfa, limit: int = STATE_LIMIT) -> Dfa:
    """All texts that `dfa` does not accept."""
    return difference(ANY_TEXT, dfa, limit)


def concatenate(*dfas: Dfa, limit: int = STATE_LIMIT) -> Dfa:
    """A text of the first, then one of the second, and so on; label 0."""
    if any(dfa.is_empty for dfa in dfas):
        return Dfa.empty()
    alphabet, steps = _joint(dfas)
    last = len(dfas) - 1

    def closed(places: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
        found, pending = set(), list(places)
        while pending:
            index, state = pending.pop()
            found.add((index, state))
            if index < last and dfas[index].labels[state] >= 0:
                pending.append((index + 1, 0))
        return frozenset(found)

    def follow(places: frozenset[tuple[int, int]]) -> Iterator[tuple[int, frozenset[tuple[int, int]]]]:
        for symbol, after in _moves(steps, places).items():
            yield symbol, closed(after)

    def label(places: frozenset[tuple[int, int]]) -> int:
        return 0 if any(index == last and dfas[last].labels[state] >= 0 for index, state in places) else -1

    return crawl(alphabet, closed([(0, 0)] if dfas else []), follow, label, limit)


def of_words(words: Iterable[str]) -> Dfa:
    """The minimal automaton of a finite set of words, label 0."""
    trie = Dfa.of_words(words)
    return trie if trie.is_empty else _combine((trie,), bool, _zero_if_any, trie.size)


def _is_small(dfas: Sequence[Dfa]) -> bool:
    return all(dfa.size <= SMALL for dfa in dfas)


def _zero_if_any(labels: list[int]) -> int:
    return min(labels[0], 0)


def _first_label(labels: list[int]) -> int:
    return next((label for label in labels if label >= 0), -1)


def _are_both_alive(alive: Places) -> bool:
    return len(alive) == 2


def _label_if_both(labels: list[int]) -> int:
    return labels[0] if labels[1] >= 0 else -1


def _is_first_alive(alive: Places) -> bool:
    return bool(alive) and alive[0][0] == 0


def _label_unless_both(labels: list[int]) -> int:
    return -1 if labels[1] >= 0 else labels[0]


def _combine(
    dfas: Sequence[Dfa], keep: Callable[[Places], bool], decide: Callable[[list[int]], int], limit: int
) -> Dfa:
    """The product of `dfas`: states that `keep` refuses are dropped, `decide` makes one label of theirs."""
    alphabet, steps = _joint(dfas)
    labels = [dfa.labels.tolist() for dfa in dfas]
    start: Places = tuple((index, 0) for index, dfa in enumerate(dfas) if not dfa.is_empty)

    def follow(places: Places) -> Iterator[tuple[int, Places]]:
        for symbol, after in _moves(steps, places).items():
            alive = tuple(after)
            if keep(alive):
                yield symbol, alive

    def label(places: Places) -> int:
        found = [-1] * len(dfas)
        for index, state in places:
            found[index] = labels[index][state]
        return decide(found)

    return crawl(alphabet, start, follow, label, limit) if keep(start) else Dfa.empty()


_combined = weighed(2048)(_combine)
"""Remembers the results for small automata: the alternatives of a schema ask for the same ones again and again."""


def _moves(steps: list[Steps], places: Iterable[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    """Symbol -> the places that reading it leads to."""
    moves: dict[int, list[tuple[int, int]]] = {}
    for index, state in places:
        for symbol, target in steps[index][state]:
            moves.setdefault(symbol, []).append((index, target))
    return moves


Arcs: TypeAlias = list[list[tuple[CodePoints, int]]]


def _bytes_of_arcs(arcs: Arcs) -> int:
    return 200 * sum(len(row) + 1 for row in arcs)


@weighed(64, _bytes_of_arcs)
def _arcs(dfa: Dfa) -> Arcs:
    """The edges of every state, joined per target."""
    arcs: Arcs = []
    for row in dfa.rows:
        joined: dict[int, list[tuple[int, int]]] = {}
        for low, high, target in row:
            joined.setdefault(target, []).append((low, high))
        arcs.append([(CodePoints(tuple(intervals)), target) for target, intervals in joined.items()])
    return arcs


def _joint(dfas: Sequence[Dfa]) -> tuple[Alphabet, list[Steps]]:
    """An alphabet for all of `dfas`, and their steps over it."""
    arcs = [_arcs(dfa) for dfa in dfas]
    sets = list(dict.fromkeys(points for states in arcs for row in states for points, _ in row))
    alphabet = Alphabet.of(sets)
    symbols = dict(zip(sets, alphabet.members, strict=True))
    return alphabet, [
        [[(symbol, target) for points, target in row for symbol in symbols[points]] for row in states]
        for states in arcs
    ]


def with_length(
    dfa: Dfa, minimum: int = 0, maximum: int | None = None, limit: int = STATE_LIMIT
) -> tuple[Dfa, int, int | None]:
    """The texts of `dfa` with a length in `minimum..maximum`, as an automaton and the bounds left to be counted.

    Counting is left to the reader, who can tell from `dfa.spans` whether a bound can still be kept. Where lengths have
    gaps that is only true of one of the two bounds; so the other is multiplied in. Bounds that say nothing are
    dropped; the automaton is empty when the bounds contradict it.
    """
    if dfa.is_empty or (maximum is not None and maximum < minimum):
        return Dfa.empty(), 0, None
    if minimum == 0 and maximum is None:
        return dfa, 0, None
    least, greatest = (int(bounds[0]) for bounds in dfa.spans)
    if minimum > greatest or (maximum is not None and maximum < least):
        return Dfa.empty(), 0, None
    low = 0 if minimum <= least else minimum
    high = None if maximum is None or maximum >= greatest else maximum
    if low == 0 or high is None or dfa.lengths is not None:
        return dfa, low, high
    if low <= high - low:
        return with_length(_counted(dfa, low, None, limit), 0, high)
    return with_length(_counted(dfa, 0, high, limit), low, None)


def _counted(dfa: Dfa, minimum: int, maximum: int | None, limit: int) -> Dfa:
    """The exact product with a counter; beyond the least length an unbounded counter stands still."""
    alphabet, (steps,) = _joint([dfa])
    labels = dfa.labels.tolist()
    distances = dfa.distances

    def follow(place: tuple[int, int]) -> Iterator[tuple[int, tuple[int, int]]]:
        state, count = place
        after = count + 1 if maximum is not None else min(count + 1, minimum)
        for symbol, target in steps[state]:
            if maximum is None or after + distances[target] <= maximum:
                yield symbol, (target, after)

    def label(place: tuple[int, int]) -> int:
        return labels[place[0]] if place[1] >= minimum else -1

    if maximum is not None and distances[0] > maximum:
        return Dfa.empty()
    return crawl(alphabet, (0, 0), follow, label, limit)


_WORTH_COUNTING = 8
"""Repetitions of a class up to this many times are written out: a few states are cheaper to read than a counter."""


@weighed(1024)
def lexeme_of_regex(
    regex: Regex, quoted: bool = False, min_length: int = 0, max_length: int | None = None, limit: int = STATE_LIMIT
) -> Lexeme | None:
    """The texts that `regex` matches as a whole, of a length within the bounds; None when there are none.

    (For a pattern that may match anywhere pass `search_language(regex)`.) One long counted class, as in
    `[a-z]{3,64}`, becomes a loop with bounds on the length of the text, as long as all else has a fixed length.
    """
    counted = _counted_class(regex)
    if counted is not None:
        looped, low, high = counted
        dfa = determinise(looped, limit)
        if dfa.lengths is not None:
            highest = min((bound for bound in (high, max_length) if bound is not None), default=None)
            return lexeme(dfa, quoted, max(low, min_length), highest, limit)
    return lexeme(determinise(regex, limit), quoted, min_length, max_length, limit)


def lexeme(
    dfa: Dfa, quoted: bool = False, min_length: int = 0, max_length: int | None = None, limit: int = STATE_LIMIT
) -> Lexeme | None:
    """`dfa` with bounds on the length of its texts as a lexeme; None when no text is left."""
    bounded, low, high = with_length(dfa, min_length, max_length, limit)
    return None if bounded.is_empty else Lexeme(bounded, quoted, low, high)


def _counted_class(regex: Regex) -> tuple[Regex, int, int | None] | None:
    """(`regex` with its one counted class as a loop, least length, greatest length), if that says the same."""
    parts = regex.parts if isinstance(regex, Concat) else (regex,)
    variable = [index for index, part in enumerate(parts) if _is_long(part) or fixed_length(part) is None]
    if len(variable) != 1:
        return None
    index = variable[0]
    part = parts[index]
    if not isinstance(part, Repeat) or not isinstance(part.body, Chars) or not _is_long(part):
        return None
    others = sum(fixed_length(other) or 0 for other in (*parts[:index], *parts[index + 1 :]))
    looped = concat(*parts[:index], Repeat(part.body, 0, None), *parts[index + 1 :])
    return looped, others + part.min, None if part.max is None else others + part.max


def _is_long(part: Regex) -> bool:
    return isinstance(part, Repeat) and max(part.min, part.max or 0) > _WORTH_COUNTING
