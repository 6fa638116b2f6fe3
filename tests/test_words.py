"""Short words of automata, against all words of small languages."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from grammars.dfa import Dfa
from grammars.words import NO_END, short_words, words_up_to

LANGUAGES = st.sets(st.text("abcde", max_size=6), max_size=30)
BOUNDS = st.tuples(st.integers(0, 7), st.integers(0, 7) | st.just(NO_END))


@given(LANGUAGES, st.integers(1, 12), BOUNDS)
def test_short_words_are_so_many_or_all(words: set[str], count: int, bounds: tuple[int, int]) -> None:
    low, high = bounds
    dfa = Dfa.of_words(words)
    assume(low == 0 or high == NO_END or dfa.is_empty or dfa.lengths is not None)
    meant = [word for word in words if low <= len(word) <= high]
    found = list(short_words(dfa, count, low, high))
    assert len(set(found)) == len(found) >= min(count, len(meant))
    assert set(found) <= set(meant)
    assert list(map(len, found)) == sorted(map(len, found))


@given(LANGUAGES, st.integers(1, 12), BOUNDS)
def test_words_are_counted(words: set[str], most: int, bounds: tuple[int, int]) -> None:
    low, high = bounds
    expected = sum(low <= len(word) <= high for word in words)
    assert words_up_to(most, Dfa.of_words(words), low, high) == min(expected, most)


def test_many_short_words_do_not_hide_a_long_one() -> None:
    words = {first + second for first in "abcdefgh" for second in "abcdefgh"} | {"zzzzzzz"}
    assert list(short_words(Dfa.of_words(words), 3, low=5)) == ["zzzzzzz"]
