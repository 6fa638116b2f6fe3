"""The position automaton (Glushkov) of a regex: one place per character class, sets of places as bits of an integer.

Edges carry a guard, the set of assertions that are crossed on the way (bits again, 0 for none).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
        if len(self.edges) > POSITION_LIMIT:
            raise LimitError("pattern too large", limit="positions", allowed=POSITION_LIMIT, given=len(self.edges))
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
        """Writes the repetition out: what must come, then a chain of what may (or a loop).

        An optional round that reads nothing can as well be left out, so optional rounds count as reading something;
        so do all rounds of a body that can be empty unconditionally.
        """
        whole, optional = _EMPTY_PIECE, maximum
        if minimum:
            whole = self.piece(body)
            if 0 in whole.empty:
                return self.optional(whole, body, maximum)
            for _ in range(minimum - 1):
                whole = self.concat(whole, self.piece(body))
            optional = None if maximum is None else maximum - minimum
        if optional == 0:
            return whole
        return self.concat(whole, self.optional(self.piece(body), body, optional))

    def optional(self, one: _Piece, body: Regex, maximum: int | None) -> _Piece:
        """Up to `maximum` rounds, `one` being the first of them."""
        if maximum is None:
            self.link(one, one.first)
            return _Piece(one.first, one.last, (0,))
        last, tail = one.last, one
        for _ in range(maximum - 1):
            following = self.piece(body)
            self.link(tail, following.first)
            last, tail = _joined(last, following.last), following
        return _Piece(one.first, last, (0,))
