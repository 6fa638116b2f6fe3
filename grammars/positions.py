"""The position automaton (Glushkov) of a regex: one place per character class, sets of places as bits of an integer.

Edges carry a guard, the set of assertions that are crossed on the way (bits again, 0 for none).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from grammars.codepoints import CodePoints
from grammars.errors import LimitError
from grammars.regex import Alternation, Chars, Concat, Look, Regex, Repeat

POSITION_LIMIT = 20_000
"""How many character classes a regex may have once its counted repetitions are written out."""

ACCEPT = 1
"""The bit of the place where a text may end; place 0 is also the start, which no edge leads to."""

Guarded: TypeAlias = dict[int, int]
"""Guard -> bits of the places behind it."""


@dataclass(frozen=True)
class Positions:
    """`edges[p]` is where one gets from place `p`; `readable[points]` are the places that read one of `points`."""

    edges: list[Guarded]
    readable: dict[CodePoints, int]
    looks: list[Look]


@dataclass(frozen=True)
class _Piece:
    first: Guarded
    last: Guarded
    empty: tuple[int, ...]
    """The guards under which the piece matches the empty text; `(0,)` where it does so unconditionally."""


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def positions_of(regex: Regex) -> Positions:
    """The position automaton of `regex`."""
    builder = _Builder()
    whole = builder.piece(regex)
    builder.link(_Piece({}, whole.last, ()), {0: ACCEPT})
    start = _joined(whole.first, dict.fromkeys(whole.empty, ACCEPT))
    builder.edges[0] = start
    return Positions(builder.edges, builder.readable, list(builder.looks))


def readable_by_symbol(
    readable: Mapping[CodePoints, int], symbols: Mapping[CodePoints, tuple[int, ...]], width: int
) -> list[int]:
    """For every symbol the places that read it."""
    masks = [0] * width
    for points, places in readable.items():
        for symbol in symbols[points]:
            masks[symbol] |= places
    return masks


def _joined(*parts: Guarded) -> Guarded:
    joined: Guarded = {}
    for part in parts:
        for guard, mask in part.items():
            joined[guard] = joined.get(guard, 0) | mask
    return joined


def _crossed(empties: tuple[int, ...], guarded: Guarded) -> Guarded:
    """What is met behind an empty match of a piece."""
    return _joined(*({guard | extra: mask} for extra in empties for guard, mask in guarded.items()))


def _shifted(guarded: Guarded, shift: int) -> Guarded:
    return {guard: places << shift for guard, places in guarded.items()}


def _weakest(guards: set[int]) -> tuple[int, ...]:
    return (0,) if 0 in guards else tuple(sorted(guards))


_EMPTY_PIECE = _Piece({}, {}, (0,))


@dataclass
class _Builder:
    edges: list[Guarded] = field(default_factory=lambda: [{}])
    readable: dict[CodePoints, int] = field(default_factory=dict)
    looks: dict[Look, int] = field(default_factory=dict)

    def piece(self, regex: Regex) -> _Piece:
        match regex:
            case Chars(points):
                return self.chars(points)
            case Look():
                return _Piece({}, {}, (1 << self.looks.setdefault(regex, len(self.looks)),))
            case Concat(parts):
                whole = _EMPTY_PIECE
                for part in parts:
                    whole = self.concat(whole, self.piece(part))
                return whole
            case Alternation(options):
                pieces = [self.piece(option) for option in options]
                empty = _weakest({guard for piece in pieces for guard in piece.empty})
                return _Piece(_joined(*(p.first for p in pieces)), _joined(*(p.last for p in pieces)), empty)
            case Repeat(body, minimum, maximum):
                return self.repeat(body, minimum, maximum)

    def chars(self, points: CodePoints) -> _Piece:
        _check_size(len(self.edges))
        bit = 1 << len(self.edges)
        self.edges.append({})
        self.readable[points] = self.readable.get(points, 0) | bit
        return _Piece({0: bit}, {0: bit}, ())

    def link(self, piece: _Piece, first: Guarded) -> None:
        """Lets `first` follow every place where `piece` may end."""
        for before, ends in piece.last.items():
            for place in bits(ends):
                edges = self.edges[place]
                for after, mask in first.items():
                    edges[before | after] = edges.get(before | after, 0) | mask

    def concat(self, left: _Piece, right: _Piece) -> _Piece:
        self.link(left, right.first)
        if not left.empty and not right.empty:
            return _Piece(left.first, right.last, ())
        empty = _weakest({one | two for one in left.empty for two in right.empty})
        first = _joined(left.first, _crossed(left.empty, right.first))
        return _Piece(first, _joined(right.last, _crossed(right.empty, left.last)), empty)

    def repeat(self, body: Regex, minimum: int, maximum: int | None) -> _Piece:
        """Writes the repetition out: what must come, then a chain of what may. Without an end, the last round loops.

        An optional round that reads nothing can as well be left out, so optional rounds count as reading something;
        so do all rounds of a body that can be empty unconditionally.
        """
        if maximum == 0:
            return _EMPTY_PIECE
        begin = len(self.edges)
        before, first = dict(self.readable), self.piece(body)
        needed = 0 if 0 in first.empty else minimum
        rounds = maximum or needed + (needed == 0 or bool(first.empty))
        pieces = [first, *self._copied(first, begin, before, rounds)]
        whole = _EMPTY_PIECE
        for piece in pieces[:needed]:
            whole = self.concat(whole, piece)
        if maximum is None:
            self.link(pieces[-1], pieces[-1].first)
        return whole if needed == rounds else self.concat(whole, self.optional(pieces[needed:]))

    def _copied(self, piece: _Piece, begin: int, before: Mapping[CodePoints, int], count: int) -> Iterator[_Piece]:
        """Further rounds of a piece, so that there are `count`: shifted copies, which is quicker than to read it again.

        Its places are those from `begin` on, of which none is in `before`; nothing follows it yet.
        """
        own, width = self.edges[begin:], len(self.edges) - begin
        _check_size(begin + count * width)
        every = sum(1 << (number * width) for number in range(count)) if width else 1
        for points, places in self.readable.items():
            added = places & ~before.get(points, 0)
            self.readable[points] = places | added * every
        self.edges.extend(_shifted(edges, number * width) for number in range(1, count) for edges in own)
        for number in range(1, count):
            yield _Piece(_shifted(piece.first, number * width), _shifted(piece.last, number * width), piece.empty)

    def optional(self, rounds: Sequence[_Piece]) -> _Piece:
        """A chain of rounds that may end before each of them."""
        last = rounds[0].last
        for one, following in pairwise(rounds):
            self.link(one, following.first)
            last = _joined(last, following.last)
        return _Piece(rounds[0].first, last, (0,))


def _check_size(places: int) -> None:
    if places > POSITION_LIMIT:
        raise LimitError("pattern too large", limit="positions", allowed=POSITION_LIMIT, given=places)
