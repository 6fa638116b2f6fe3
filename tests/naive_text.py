"""One lexeme read byte by byte, in the most obvious way: part of the slow reference in `tests/naive.py`.

A character may be spelled in several ways (UTF-8 as it is, `\\uXXXX`, `\\n`, ...). What has been read of a spelling is
kept as plain bytes, and all questions about it are answered by the code points that it can still become.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from grammars.dfa import Dfa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammars.ir import Lexeme

Interval: TypeAlias = tuple[int, int]

SCALARS: tuple[Interval, ...] = ((0, 0xD7FF), (0xE000, 0x10FFFF))
SHORT_ESCAPES = {b'"': 0x22, b"\\": 0x5C, b"/": 0x2F, b"b": 8, b"f": 12, b"n": 10, b"r": 13, b"t": 9}
HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")
UTF8_LEADS = ((0x00, 0x7F, 0, 0), (0xC2, 0xDF, 1, 0x80), (0xE0, 0xEF, 2, 0x800), (0xF0, 0xF4, 3, 0x10000))


def clip(low: int, high: int, bounds: tuple[Interval, ...] = SCALARS) -> tuple[Interval, ...]:
    """The parts of `low..high` that lie within `bounds`."""
    parts = ((max(low, first), min(high, last)) for first, last in bounds)
    return tuple((first, last) for first, last in parts if first <= last)


def utf8_readings(pending: bytes) -> tuple[Interval, ...]:
    """The code points whose UTF-8 begins with `pending`."""
    for first, last, continuation, least in UTF8_LEADS:
        if first <= pending[0] <= last and len(pending) <= continuation + 1:
            if any(not 0x80 <= byte <= 0xBF for byte in pending[1:]):
                return ()
            lead_bits = pending[0] if continuation == 0 else pending[0] & (0x3F >> continuation)
            low = high = lead_bits
            for index in range(1, continuation + 1):
                known = index < len(pending)
                low = low << 6 | (pending[index] & 0x3F if known else 0)
                high = high << 6 | (pending[index] & 0x3F if known else 0x3F)
            return clip(max(low, least), high)
    return ()


def hex_interval(digits: bytes) -> Interval | None:
    """The code units whose four hexadecimal digits begin with `digits`."""
    if len(digits) > 4 or any(byte not in HEX_DIGITS for byte in digits):
        return None
    return int(digits.ljust(4, b"0"), 16), int(digits.ljust(4, b"F"), 16)


def pair_readings(high_unit: int, rest: bytes) -> tuple[Interval, ...]:
    """The code points of a high surrogate followed by the beginning `rest` of a second escape."""
    base = 0x10000 + (high_unit - 0xD800) * 0x400
    if len(rest) < 2:
        return ((base, base + 0x3FF),) if b"\\u".startswith(rest) else ()
    units = hex_interval(rest[2:]) if rest.startswith(b"\\u") else None
    lows = clip(*units, ((0xDC00, 0xDFFF),)) if units else ()
    return tuple((base + low - 0xDC00, base + high - 0xDC00) for low, high in lows)


def escape_readings(pending: bytes) -> tuple[Interval, ...]:
    """The code points that an escape beginning with `pending` (a backslash first) can stand for."""
    if pending == b"\\":
        return SCALARS
    if pending[1:] in SHORT_ESCAPES:
        return ((SHORT_ESCAPES[pending[1:]],) * 2,)
    units = hex_interval(pending[2:6]) if pending[1:2] == b"u" else None
    if units is None:
        return ()
    if len(pending) >= 6 and 0xD800 <= units[0] <= 0xDBFF:
        return pair_readings(units[0], pending[6:])
    if len(pending) > 6:
        return ()
    astral = tuple(
        (0x10000 + (low - 0xD800) * 0x400, 0x10000 + (high - 0xD800) * 0x400 + 0x3FF)
        for low, high in clip(*units, ((0xD800, 0xDBFF),))
    )
    return clip(*units) + astral


def is_whole(pending: bytes, quoted: bool) -> bool:
    """Whether a valid `pending` spells a character to its end."""
    if not quoted or pending[0] != 0x5C:
        return len(pending) == next(n + 1 for first, last, n, _ in UTF8_LEADS if first <= pending[0] <= last)
    if pending[1:2] != b"u":
        return len(pending) == 2
    if len(pending) < 6:
        return False
    return len(pending) == (12 if 0xD800 <= int(pending[2:6], 16) <= 0xDBFF else 6)


def readings(pending: bytes, quoted: bool) -> tuple[Interval, ...]:
    """The code points that have a spelling which begins with `pending`; a closing quote is none."""
    if quoted and (pending[0] < 0x20 or pending[0] == 0x22):
        return ()
    if quoted and pending[0] == 0x5C:
        return escape_readings(pending)
    return utf8_readings(pending)


def edges(dfa: Dfa, state: int, low: int = 0, high: int = 0x10FFFF) -> Iterator[tuple[int, int, int]]:
    """The edges of `state` on scalar values within `low..high`, as (first, last, target)."""
    for edge in range(int(dfa.offsets[state]), int(dfa.offsets[state + 1])):
        for first, last in clip(int(dfa.lows[edge]), int(dfa.highs[edge])):
            for part in clip(first, last, ((low, high),)):
                yield *part, int(dfa.targets[edge])


def successor(dfa: Dfa, state: int, char: int) -> int | None:
    """The state after `char`, or None."""
    return next((target for _, _, target in edges(dfa, state, char, char)), None)


def is_accepting(dfa: Dfa, state: int) -> bool:
    """Whether a text may end in `state`."""
    return bool(dfa.labels[state] >= 0)


@lru_cache(maxsize=10_000)
def literal_dfa(text: str) -> Dfa:
    """The automaton of one text."""
    size = len(text)
    chars = np.array([ord(char) for char in text], np.int32)
    offsets = np.minimum(np.arange(size + 2), size).astype(np.int32)
    labels = np.array([-1] * size + [0], np.int32)
    return Dfa(offsets=offsets, lows=chars, highs=chars, targets=np.arange(1, size + 1, dtype=np.int32), labels=labels)


@lru_cache(maxsize=100_000)
def has_length(dfa: Dfa, state: int, low: int, high: int | None) -> bool:
    """Whether some text from `state` on, of `low..high` code points, is accepted."""
    current, met, length = frozenset([state]), set(), 0
    while current and current not in met and (high is None or length <= high):
        if length >= low:
            if any(is_accepting(dfa, member) for member in current):
                return True
            met.add(current)
        current = frozenset(target for member in current for _, _, target in edges(dfa, member))
        length += 1
    return False


@dataclass(frozen=True)
class Place:
    """After `length` code points of a lexeme: the states of its automaton and of the trie of words taken out."""

    lexeme: Lexeme
    state: int = 0
    word: int | None = None
    length: int = 0


@lru_cache
def trie_of(words: frozenset[str]) -> Dfa:
    """The words taken out of a lexeme, to be read along with it."""
    return Dfa.of_words(words)


def first_place(lexeme: Lexeme) -> Place:
    """Where reading begins."""
    return Place(lexeme, word=0 if lexeme.without else None)


def may_end(place: Place) -> bool:
    """Whether the text read so far belongs to the lexeme."""
    lexeme = place.lexeme
    if place.word is not None and is_accepting(trie_of(lexeme.without), place.word):
        return False
    fits = lexeme.min_length <= place.length and (lexeme.max_length is None or place.length <= lexeme.max_length)
    return fits and is_accepting(lexeme.dfa, place.state)


def next_places(place: Place, low: int, high: int) -> Iterator[Place]:
    """The places after one more code point out of `low..high`, each at least once."""
    for first, last, target in edges(place.lexeme.dfa, place.state, low, high):
        covered = 0
        if place.word is not None:
            for word_first, word_last, word in edges(trie_of(place.lexeme.without), place.word, first, last):
                covered += word_last - word_first + 1
                yield replace(place, state=target, word=word, length=place.length + 1)
        if covered < last - first + 1:
            yield replace(place, state=target, word=None, length=place.length + 1)


@lru_cache(maxsize=100_000)
def can_finish(place: Place) -> bool:
    """Whether some text from here on makes a word of the lexeme."""
    lexeme = place.lexeme
    if may_end(place):
        return True
    if lexeme.max_length is not None and place.length >= lexeme.max_length:
        return False
    if place.word is None:
        most = None if lexeme.max_length is None else lexeme.max_length - place.length
        return has_length(lexeme.dfa, place.state, max(0, lexeme.min_length - place.length), most)
    return any(can_finish(following) for low, high in SCALARS for following in next_places(place, low, high))


def is_possible(lexeme: Lexeme) -> bool:
    """Whether the lexeme has a word at all."""
    return len(lexeme.dfa.labels) > 0 and can_finish(first_place(lexeme))


@dataclass(frozen=True)
class Reading:
    """In the middle of a lexeme; `pending` is the part of a character's spelling that has been read."""

    place: Place
    opened: bool
    pending: bytes = b""

    @property
    def may_end(self) -> bool:
        """Whether an unquoted lexeme may end here (a quoted one ends by its quote)."""
        return not self.place.lexeme.quoted and not self.pending and may_end(self.place)


def begin(lexeme: Lexeme) -> Reading | None:
    """Before the first byte of a lexeme; None when it has no word."""
    return Reading(first_place(lexeme), opened=not lexeme.quoted) if is_possible(lexeme) else None


def closes(reading: Reading, byte: int) -> bool:
    """Whether `byte` is the closing quote of a word of the lexeme."""
    quoted = reading.place.lexeme.quoted and reading.opened and not reading.pending
    return quoted and byte == 0x22 and may_end(reading.place)


def read(reading: Reading, byte: int) -> Reading | None:
    """The reading after `byte`, if it can still be finished (a closing quote is for `closes`)."""
    if not reading.opened:
        return replace(reading, opened=True) if byte == 0x22 else None
    place, pending = reading.place, reading.pending + bytes([byte])
    intervals = readings(pending, place.lexeme.quoted)
    following = [after for low, high in intervals for after in next_places(place, low, high) if can_finish(after)]
    if not following:
        return None
    return (
        Reading(following[0], opened=True)
        if is_whole(pending, place.lexeme.quoted)
        else replace(reading, pending=pending)
    )
