"""Assertions about one character before or after a place (`^`, `$`, `\\b`), settled between places of a regex.

Once every class of characters lies within or outside of what the assertions ask about, each step from one place to the
next either meets them or does not. So no automaton has to carry them along, as `grammars.lookaround` does for others.
"""

from __future__ import annotations

from collections.abc import Iterator

from grammars.codepoints import CodePoints
from grammars.positions import Positions, bits
from grammars.regex import Alternation, Chars, Concat, Look, Regex, Repeat


def looks_of(regex: Regex) -> Iterator[Look]:
    """The assertions that are not within others."""
    match regex:
        case Look():
            yield regex
        case Concat(parts) | Alternation(parts):
            for part in parts:
                yield from looks_of(part)
        case Repeat(body):
            yield from looks_of(body)


def asks_neighbours(regex: Regex) -> bool:
    """Whether all assertions are about single characters."""
    return all(isinstance(look.body, Chars) for look in looks_of(regex))


def split(regex: Regex) -> Regex:
    """The same with every class of characters in parts, each within or outside of what an assertion asks about."""
    asked = dict.fromkeys(look.body.points for look in looks_of(regex) if isinstance(look.body, Chars))
    return _split(regex, list(asked), {})


def _split(regex: Regex, asked: list[CodePoints], known: dict[CodePoints, Regex]) -> Regex:
    match regex:
        case Chars(points):
            if points not in known:
                parts = tuple(map(Chars, _parts(points, asked)))
                known[points] = parts[0] if len(parts) == 1 else Alternation(parts)
            return known[points]
        case Concat(parts):
            return Concat(tuple(_split(part, asked, known) for part in parts))
        case Alternation(options):
            return Alternation(tuple(_split(option, asked, known) for option in options))
        case Repeat(body, least, most):
            return Repeat(_split(body, asked, known), least, most)
        case Look():
            return regex


def _parts(points: CodePoints, asked: list[CodePoints]) -> list[CodePoints]:
    parts = [points]
    for other in asked:
        parts = [kept for part in parts for kept in (part & other, part - other) if kept]
    return parts


def steps_between(positions: Positions) -> list[int]:
    """Per place of a regex that was split (0 being the start) those that may come next."""
    inside = [_inside(positions, look) for look in positions.looks]
    found = []
    for place, edges in enumerate(positions.edges):
        ahead = 0
        for guard, places in edges.items():
            ahead |= _allowed(positions.looks, inside, place, guard, places)
        found.append(ahead)
    return found


def _inside(positions: Positions, look: Look) -> int:
    """The places that read what an assertion asks about."""
    asked = look.body.points if isinstance(look.body, Chars) else CodePoints(())
    places = 0
    for points, reading in positions.readable.items():
        places |= reading if points & asked else 0
    return places


def _allowed(looks: list[Look], inside: list[int], place: int, guard: int, after: int) -> int:
    """Those places of `after` to which one gets from `place` across the assertions of a guard.

    The bit of place 0 stands for the start where it is left, and for the end (`ACCEPT`) where it is reached; in
    neither is there a character.
    """
    for index in bits(guard):
        look = looks[index]
        if not look.behind:
            after &= ~inside[index] if look.negative else inside[index]
        elif bool(inside[index] >> place & 1) == look.negative:
            return 0
    return after
