"""From a regex to its minimal automaton: sets of positions, and obligations where there are assertions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from grammars.alphabet import Alphabet
from grammars.codepoints import ALL_POINTS, CodePoints
from grammars.crawl import STATE_LIMIT, crawl
from grammars.dfa import Dfa
from grammars.lookaround import Assertions, reject_ahead_in_behind
from grammars.positions import ACCEPT, Positions, bits, positions_of, readable_by_symbol
from grammars.regex import Alternation, Chars, Concat, Look, Regex, Repeat, has_assertions


@lru_cache(maxsize=1024)
def determinise(regex: Regex, limit: int = STATE_LIMIT) -> Dfa:
    """The minimal automaton of the texts that `regex` matches as a whole."""
    asserts = has_assertions(regex)
    sets = list(dict.fromkeys([*_classes(regex), *([ALL_POINTS] if asserts else [])]))
    alphabet = Alphabet.of(sets)
    symbols = dict(zip(sets, alphabet.members, strict=True))
    if asserts:
        reject_ahead_in_behind(regex)
        walk = Assertions(symbols, alphabet.size, limit).walk(regex)
        return crawl(alphabet, walk.initial({}), walk.follow, walk.label, limit)
    positions = positions_of(regex)
    return crawl(alphabet, positions.edges[0].get(0, 0), _follow(positions, symbols, alphabet.size), _label, limit)


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


def _follow(
    positions: Positions, symbols: dict[CodePoints, tuple[int, ...]], size: int
) -> Callable[[int], list[tuple[int, int]]]:
    """States are the places that may come next."""
    masks = list(enumerate(readable_by_symbol(positions.readable, symbols, size)))
    nexts = [edges.get(0, 0) for edges in positions.edges]
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
