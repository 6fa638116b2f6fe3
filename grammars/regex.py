"""Regular expressions as immutable trees.

Anchors are assertions: `^` is "not preceded by any character", `$` "not followed by any character". What a pattern
matches somewhere in a text is itself a regular language of whole texts: `search_language`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import itemgetter
from typing import TypeAlias

from grammars.codepoints import ALL_POINTS, CodePoints
from grammars.memo import remembered


@dataclass(frozen=True)
class Chars:
    """One character out of a set."""

    points: CodePoints


@dataclass(frozen=True)
class Concat:
    """Its parts one after the other; no parts: the empty text."""

    parts: tuple[Regex, ...]


@dataclass(frozen=True)
class Alternation:
    """One of its options; no options: no text at all."""

    options: tuple[Regex, ...]


@dataclass(frozen=True)
class Repeat:
    """`body` at least `min` and at most `max` times (None: no bound)."""

    body: Regex
    min: int
    max: int | None


@dataclass(frozen=True)
class Look:
    """Reads nothing; holds where `body` matches what follows (or, with `behind`, what precedes); or does not."""

    body: Regex
    behind: bool
    negative: bool


Regex: TypeAlias = Chars | Concat | Alternation | Repeat | Look

EMPTY = Concat(())
NOTHING = Alternation(())
ANY_CHAR = Chars(ALL_POINTS)
ANY_TEXT = Repeat(ANY_CHAR, 0, None)
START = Look(ANY_CHAR, behind=True, negative=True)
END = Look(ANY_CHAR, behind=False, negative=True)


def concat(*parts: Regex) -> Regex:
    """Concatenation, flattened; nothing swallows everything."""
    flat: list[Regex] = []
    for part in parts:
        if part == NOTHING:
            return NOTHING
        flat.extend(part.parts if isinstance(part, Concat) else [part])
    return flat[0] if len(flat) == 1 else Concat(tuple(flat))


def alternation(*options: Regex) -> Regex:
    """Alternation, flattened, without doubles; classes become one."""
    flat: dict[Regex, None] = {}
    for option in options:
        flat.update(dict.fromkeys(option.options if isinstance(option, Alternation) else [option]))
    classes = [option for option in flat if isinstance(option, Chars)]
    if len(classes) > 1:
        union = Chars(CodePoints.of(interval for option in classes for interval in option.points))
        flat = {union: None} | {option: None for option in flat if not isinstance(option, Chars)}
    return next(iter(flat)) if len(flat) == 1 else Alternation(tuple(flat))


def chars(points: CodePoints) -> Regex:
    """One of `points`; `NOTHING` when there are none."""
    return Chars(points) if points else NOTHING


def literal(text: str) -> Regex:
    """Exactly `text`."""
    return concat(*(Chars(CodePoints.of_text(char)) for char in text))


def repeat(body: Regex, minimum: int, maximum: int | None) -> Regex:
    """Repetition; trivial cases disappear."""
    if maximum == 0 or body == EMPTY:
        return EMPTY
    if body == NOTHING:
        return NOTHING if minimum else EMPTY
    return body if minimum == maximum == 1 else Repeat(body, minimum, maximum)


def search_language(regex: Regex) -> Regex:
    """The texts in which `regex` matches somewhere, as a regex of whole texts."""
    return alternation(
        *(
            concat(*([] if at_start else [ANY_TEXT]), body, *([] if at_end else [ANY_TEXT]))
            for at_start, at_end, body in _unanchored(regex)
        )
    )


def match_language(regex: Regex) -> Regex:
    """The texts that `regex` matches as a whole, without the anchors that then say nothing."""
    return alternation(*(body for _, _, body in _unanchored(regex)))


def _unanchored(regex: Regex) -> list[tuple[bool, bool, Regex]]:
    """(anchored at the start, at the end, body): alternatives that together are `regex`, outer anchors removed."""
    found = []
    for at_start, left in zip((True, False), _split(regex, START, 0), strict=True):
        for at_end, body in zip((True, False), _split(left, END, -1), strict=True):
            if body != NOTHING:
                found.append((at_start, at_end, body))
    return found


@remembered(512)
def _split(regex: Regex, anchor: Look, side: int) -> tuple[Regex, Regex]:
    """`regex` as a pair (rest after `anchor` on that side, what does not visibly begin with the anchor)."""
    if regex == anchor:
        return EMPTY, NOTHING
    if isinstance(regex, Alternation):
        pairs = [_split(option, anchor, side) for option in regex.options]
        if all(held == NOTHING for held, _ in pairs):
            return NOTHING, regex
        return alternation(*(held for held, _ in pairs)), alternation(*(free for _, free in pairs))
    if isinstance(regex, Concat) and regex.parts:
        return _split_concat(regex.parts, anchor, side)
    return NOTHING, regex


def _split_concat(parts: tuple[Regex, ...], anchor: Look, side: int) -> tuple[Regex, Regex]:
    held, free = _split(parts[side], anchor, side)
    if side == 0:
        return concat(held, *parts[1:]), concat(free, *parts[1:])
    return concat(*parts[:-1], held), concat(*parts[:-1], free)


def fixed_length(regex: Regex) -> int | None:
    """The number of characters of every match, where it is always the same."""
    match regex:
        case Chars():
            return 1
        case Concat(parts):
            lengths = [fixed_length(part) for part in parts]
            known = [length for length in lengths if length is not None]
            return sum(known) if len(known) == len(lengths) else None
        case Alternation(options):
            alternatives = {fixed_length(option) for option in options}
            return alternatives.pop() if len(alternatives) == 1 else None
        case Repeat(body, minimum, maximum):
            once = fixed_length(body) if minimum == maximum else None
            return None if once is None else once * minimum
        case Look():
            return 0


def has_assertions(regex: Regex) -> bool:
    """Whether a `Look` occurs anywhere in `regex`."""
    match regex:
        case Look():
            return True
        case Chars():
            return False
        case Concat(parts) | Alternation(parts):
            return any(has_assertions(part) for part in parts)
        case Repeat(body):
            return has_assertions(body)


Lengths: TypeAlias = tuple[int, int | None]
"""A least and a greatest length, None for no bound."""
_NO_TEXT: Lengths = (0, 0)


def match_lengths(regex: Regex) -> Lengths | None:
    """Lengths between which `regex` surely matches a text of every length; None where none are seen at a look."""
    match regex:
        case Look():
            return None
        case Chars(points):
            return (1, 1) if points.intervals else None
        case Concat(parts):
            found = [match_lengths(part) for part in parts]
            known = [lengths for lengths in found if lengths is not None]
            return reduce(_one_after_the_other, known, _NO_TEXT) if len(known) == len(found) else None
        case Alternation(options):
            known = [lengths for option in options if (lengths := match_lengths(option)) is not None]
            return reduce(_either, known) if known else None
        case Repeat(body, least, greatest):
            once = match_lengths(body)
            return _repeated(once, least, greatest) if once is not None else None if least else _NO_TEXT


def _one_after_the_other(first: Lengths, second: Lengths) -> Lengths:
    high = None if first[1] is None or second[1] is None else first[1] + second[1]
    return first[0] + second[0], high


def _either(first: Lengths, second: Lengths) -> Lengths:
    """Both where there is no gap between them, else the wider one."""
    low, high = sorted((first, second), key=itemgetter(0))
    if low[1] is None:
        return low
    if high[0] <= low[1] + 1:
        return low[0], None if high[1] is None else max(low[1], high[1])
    return high if high[1] is None or high[1] - high[0] > low[1] - low[0] else low


def _repeated(once: Lengths, least: int, greatest: int | None) -> Lengths:
    low, high = once[0] * least, _times(once[1], least)
    # More repetitions leave no gap where the shortest text of one more is not longer than all before by two.
    has_gap = high is not None and low + once[0] > high + 1
    return low, high if has_gap else _times(once[1], greatest)


def _times(length: int | None, count: int | None) -> int | None:
    if 0 in (length, count):
        return 0
    return None if length is None or count is None else length * count
