"""From a regex to its minimal automaton: sets of positions, and obligations where there are assertions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from grammars.alphabet import Alphabet
from grammars.codepoints import ALL_POINTS, CodePoints
from grammars.crawl import STATE_LIMIT, crawl
from grammars.deadline import is_over
from grammars.dfa import Dfa
from grammars.errors import LimitError
from grammars.lookaround import Assertions, reject_ahead_in_behind
from grammars.memo import weighed
from grammars.neighbours import asks_neighbours, split, steps_between
from grammars.positions import ACCEPT, bits, positions_of, readable_by_symbol
from grammars.product import difference, intersect
from grammars.regex import ANY_TEXT, Alternation, Chars, Concat, Look, Regex, Repeat, concat, has_assertions


def determinise(regex: Regex, limit: int = STATE_LIMIT) -> Dfa:
    """The minimal automaton of the texts that `regex` matches as a whole."""
    return _determinise(regex, limit)


APART_LIMIT = 5_000
"""How many states what a look-ahead asks for, and what is asked beside it, may have to be made apart."""


@weighed(1024)
def _determinise(regex: Regex, limit: int) -> Dfa:
    if asks_neighbours(regex):
        return _of_places(split(regex) if has_assertions(regex) else regex, limit)
    reject_ahead_in_behind(regex)
    found = _led(regex, limit)
    return _walked(regex, limit) if found is None else found


def _led(regex: Regex, limit: int) -> Dfa | None:
    """Where a look-ahead comes first, what it asks for has an automaton of its own; None where that is no way."""
    first, *others = regex.parts if isinstance(regex, Concat) and regex.parts else [regex]
    if not isinstance(first, Look) or first.behind:
        return None
    try:
        asked = determinise(concat(first.body, ANY_TEXT), min(limit, APART_LIMIT))
        rest = determinise(concat(*others), min(limit, APART_LIMIT))
        return difference(rest, asked, limit) if first.negative else intersect(rest, asked, limit)
    except LimitError as error:
        # Together they may be small, as where one bounds the length of the other.
        if is_over(error):
            raise
        return None


def _walked(regex: Regex, limit: int) -> Dfa:
    alphabet, symbols = _alphabet([*_classes(regex), ALL_POINTS])
    walk = Assertions(symbols, alphabet.size, limit).walk(regex)
    return crawl(alphabet, walk.initial({}), walk.follow, walk.label, limit)


def _of_places(regex: Regex, limit: int) -> Dfa:
    positions = positions_of(regex)
    nexts = steps_between(positions)
    alphabet, symbols = _alphabet(positions.readable)
    readable = readable_by_symbol(positions.readable, symbols, alphabet.size)
    return crawl(alphabet, nexts[0], _follow(nexts, readable), _label, limit)


def _alphabet(classes: Iterable[CodePoints]) -> tuple[Alphabet, dict[CodePoints, tuple[int, ...]]]:
    """An alphabet that tells classes apart, and the symbols of each."""
    sets = list(dict.fromkeys(classes))
    alphabet = Alphabet.of(sets)
    return alphabet, dict(zip(sets, alphabet.members, strict=True))


def _classes(regex: Regex) -> Iterator[CodePoints]:
    match regex:
        case Chars(points):
            yield points
        case Concat(parts) | Alternation(parts):
            for part in parts:
                yield from _classes(part)
        case Repeat(body) | Look(body):
            yield from _classes(body)


def _label(places: int) -> int:
    return 0 if places & ACCEPT else -1


def _follow(nexts: list[int], readable: list[int]) -> Callable[[int], list[tuple[int, int]]]:
    """States are the places that may come next."""
    masks = list(enumerate(readable))
    known: dict[int, int] = {}

    def arrive(read: int) -> int:
        places = 0
        for place in bits(read):
            places |= nexts[place]
        known[read] = places
        return places

    def follow(places: int) -> list[tuple[int, int]]:
        found = []
        for symbol, mask in masks:
            read = places & mask
            if read:
                found.append((symbol, known[read] if read in known else arrive(read)))
        return found

    return follow
