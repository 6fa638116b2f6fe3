"""Sets of code points against Python's sets."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from grammars.alphabet import Alphabet
from grammars.charsets import any_case, unicode_digits, unicode_property, unicode_space, unicode_word
from grammars.codepoints import ALL_POINTS, LAST, NO_POINTS, CodePoints

SMALL = range(80)
intervals = st.lists(st.tuples(st.integers(0, 79), st.integers(0, 79)), max_size=5)


def _members(points: CodePoints) -> set[int]:
    return {point for point in SMALL if point in points}


def _plain(pairs: list[tuple[int, int]]) -> set[int]:
    return {point for low, high in pairs for point in range(low, high + 1)}


@given(intervals, intervals)
def test_operations_are_those_of_sets(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    one, two = CodePoints.of(left), CodePoints.of(right)
    a, b = _plain(left), _plain(right)
    assert _members(one) == a
    assert len(one) == len(a)
    assert _members(one | two) == a | b
    assert _members(one & two) == a & b
    assert _members(one - two) == a - b
    assert _members(~one) == set(SMALL) - a
    assert (one == two) == (a == b)


@given(intervals)
def test_normal_form(pairs: list[tuple[int, int]]) -> None:
    found = list(CodePoints.of(pairs))
    assert all(low <= high for low, high in found)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(found))


def test_surrogates_are_no_members() -> None:
    assert list(ALL_POINTS) == [(0, 0xD7FF), (0xE000, LAST)]
    assert CodePoints.of([(0xD800, 0xDFFF)]) == NO_POINTS == ~ALL_POINTS
    assert not NO_POINTS
    assert CodePoints.of([(0xD7FF, 0xE000)]).intervals == ((0xD7FF, 0xD7FF), (0xE000, 0xE000))
    assert ~NO_POINTS == ALL_POINTS


@given(st.lists(intervals, max_size=4))
def test_alphabets_partition(families: list[list[tuple[int, int]]]) -> None:
    sets = [CodePoints.of(pairs) for pairs in families]
    alphabet = Alphabet.of(sets)
    symbol = {
        p: s
        for (low, high), s in zip(alphabet.cells, alphabet.symbols, strict=True)
        for p in range(low, min(high, 79) + 1)
    }
    assert set(symbol) == set(SMALL)
    for points, members in zip(sets, alphabet.members, strict=True):
        assert {point for point in SMALL if symbol[point] in members} == _members(points)
    assert sum(high - low + 1 for low, high in alphabet.cells) == len(ALL_POINTS)


def test_python_classes() -> None:
    for point in (*range(0x3000), *range(0x1F00, 0x2100), 0x1D7CE, 0x20000, 0x10FFFF):
        if 0xD800 <= point <= 0xDFFF:
            continue
        char = chr(point)
        assert (point in unicode_word()) == (char.isalnum() or char == "_")
        assert (point in unicode_space()) == char.isspace()
        assert (point in unicode_digits()) == char.isdecimal()


def test_unicode_properties() -> None:
    letters = unicode_property("L")
    assert letters == unicode_property("Letter") == unicode_property("General_Category=L")
    assert letters is not None
    assert ord("é") in letters
    assert ord("1") not in letters
    assert unicode_property("Any") == ALL_POINTS
    assert unicode_property("Cs") == NO_POINTS
    assert unicode_property("Script=Grecian") is None


def test_any_case() -> None:
    assert any_case(CodePoints.of_text("k")) == CodePoints.of_text("kK\u212a")
    assert any_case(CodePoints.of_text("1_")) == CodePoints.of_text("1_")
