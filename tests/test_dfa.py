"""Automata and their operations against Python's sets of short texts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammars import dfa_ops
from grammars.determinise import determinise
from grammars.dfa import UNBOUNDED, Dfa
from grammars.errors import LimitError
from grammars.regex import literal
from grammars.regex_parser import parse_pattern

SHORT = ["".join(chars) for length in range(6) for chars in itertools.product("ab", repeat=length)]
words = st.sets(st.text("ab", max_size=4), max_size=6)
patterns = st.sampled_from(
    ["a*", "(ab|b)*", "a{2,4}b?", "[^a]*", "(?!aa).*", ".*ab.*", "", "b+a{0,2}", "(?:aa)*|b", "[]"]
)


def _dfa(pattern: str) -> Dfa:
    return determinise(parse_pattern(pattern))


def _texts(dfa: Dfa) -> set[str]:
    return {text for text in SHORT if dfa.matches(text) >= 0}


@given(words)
def test_tries(given_words: set[str]) -> None:
    trie = Dfa.of_words(given_words)
    ordered = sorted(given_words)
    assert [trie.matches(word) for word in ordered] == list(range(len(ordered)))
    assert _texts(trie) == given_words
    assert _texts(dfa_ops.of_words(given_words)) == given_words
    assert trie.is_empty == (not given_words)


def test_labels_below_a_trie_state_are_a_range() -> None:
    trie = Dfa.of_words(["a", "ab", "abc", "b", "ba", "c😀"])
    below: list[set[int]] = [set() for _ in range(trie.size)]
    for state in reversed(range(trie.size)):
        below[state] = {int(trie.labels[state])} - {-1}
        below[state].update(*(below[target] for _, _, target in trie.rows[state]))
        assert max(below[state]) - min(below[state]) + 1 == len(below[state])


@given(words)
def test_prefix_of_words(given_words: set[str]) -> None:
    first, last = (min(given_words), max(given_words)) if given_words else ("", "")
    common = [first[:length] for length in range(len(first) + 1) if last.startswith(first[:length])]
    assert Dfa.of_words(given_words).prefix == common[-1]


@pytest.mark.parametrize(("pattern", "prefix"), [("ab*", "a"), ("aab(?:a|b)", "aab"), ("(?:aa)+", "aa"), ("[ab]a", "")])
def test_prefix_of_a_pattern(pattern: str, prefix: str) -> None:
    assert _dfa(pattern).prefix == prefix


def test_surrogates_are_no_words() -> None:
    assert Dfa.of_words(["\ud800"]).is_empty


@settings(deadline=None)
@given(patterns, patterns)
def test_operations_are_those_of_sets(one: str, two: str) -> None:
    left, right = _dfa(one), _dfa(two)
    a, b = _texts(left), _texts(right)
    assert _texts(dfa_ops.intersect(left, right)) == a & b
    assert _texts(dfa_ops.union(left, right)) == a | b
    assert _texts(dfa_ops.difference(left, right)) == a - b
    assert _texts(dfa_ops.complement(left)) == set(SHORT) - a
    joined = {x + y for x in a for y in b}
    assert _texts(dfa_ops.concatenate(left, right)) == {text for text in SHORT if text in joined}
    assert dfa_ops.difference(dfa_ops.intersect(left, right), left).is_empty


@settings(deadline=None)
@given(patterns, patterns)
def test_equal_languages_are_equal_automata(one: str, two: str) -> None:
    left, right = _dfa(one), _dfa(two)
    assert dfa_ops.union(left, right) == dfa_ops.union(right, left)
    assert dfa_ops.complement(dfa_ops.complement(left)) == left
    assert dfa_ops.intersect(left, dfa_ops.complement(left)) == Dfa.empty()
    assert dfa_ops.union(left, dfa_ops.complement(left)) == Dfa.any_text()
    again = dfa_ops.complement(dfa_ops.intersect(dfa_ops.complement(left), dfa_ops.complement(right)))
    assert again == dfa_ops.union(left, right)
    assert hash(again) == hash(dfa_ops.union(left, right))
    assert again.key == dfa_ops.union(left, right).key


@settings(deadline=None)
@given(patterns)
def test_states_are_trimmed_and_edges_ascend(pattern: str) -> None:
    dfa = _dfa(pattern)
    for state, row in enumerate(dfa.rows):
        assert all(low <= high for low, high, _ in row)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(row))
        assert dfa.labels[state] >= 0 or row
    if not dfa.is_empty:
        assert dfa.matches(dfa.shortest()) >= 0
        assert len(dfa.shortest()) == min(map(len, _texts(dfa)))


@settings(deadline=None)
@given(patterns)
def test_lengths(pattern: str) -> None:
    dfa = _dfa(pattern)
    if dfa.lengths is None or dfa.is_empty:
        return
    least, greatest = (int(bounds[0]) for bounds in dfa.lengths)
    found = {len(text) for text in _texts(dfa)}
    assert found == set(range(least, min(greatest, 5) + 1))


def test_lengths_of_known_languages() -> None:
    ranges = _dfa("a{2,4}b?").lengths
    assert ranges is not None
    assert (ranges[0][0], ranges[1][0]) == (2, 5)
    loop = Dfa.any_text().lengths
    assert loop is not None
    assert (loop[0].tolist(), loop[1].tolist()) == ([0], [UNBOUNDED])
    assert _dfa("(aa)*").lengths is None
    assert _dfa("x(a|bbb)").lengths is None
    assert [bounds.tolist() for bounds in _dfa("x(a|bbb)").spans] == [[2, 1, 0, 2, 1], [4, 3, 0, 2, 1]]


@settings(deadline=None)
@given(patterns, st.integers(0, 5), st.none() | st.integers(0, 5))
def test_with_length(pattern: str, low: int, high: int | None) -> None:
    dfa, least, greatest = dfa_ops.with_length(_dfa(pattern), low, high)
    wanted = {text for text in _texts(_dfa(pattern)) if low <= len(text) <= (5 if high is None else high)}
    most = UNBOUNDED if greatest is None else greatest
    assert {text for text in _texts(dfa) if least <= len(text) <= most} == wanted
    assert dfa.lengths is not None or least == 0 or greatest is None


@settings(deadline=None)
@given(patterns)
def test_spans(pattern: str) -> None:
    dfa = _dfa(pattern)
    found = {len(text) for text in _texts(dfa)}
    if not dfa.is_empty:
        least, greatest = (int(bounds[0]) for bounds in dfa.spans)
        assert least == min(found)
        assert min(greatest, 5) == max(found) or greatest == UNBOUNDED


def test_labels() -> None:
    trie = Dfa.of_words(["if", "in", "is"])
    assert [dfa_ops.intersect(trie, _dfa(".[fs]")).matches(word) for word in ("if", "in", "is")] == [0, -1, 2]
    assert [dfa_ops.difference(trie, _dfa("if")).matches(word) for word in ("if", "in", "is")] == [-1, 1, 2]


def test_long_chains_are_minimised() -> None:
    dfa = _dfa(r"(?:\S+\s+){0,99}\S+")
    assert dfa.size == 200
    assert dfa_ops.union(dfa) == dfa


def test_limits_say_what_was_needed() -> None:
    with pytest.raises(LimitError) as caught:
        dfa_ops.intersect(_dfa("(?:a{7})*"), _dfa("(?:a{11})*"), limit=50)
    assert (caught.value.limit, caught.value.allowed) == ("states", 50)
    assert caught.value.given > 50


def test_shortest_prefers_readable_text() -> None:
    assert _dfa("[^]{3}").shortest() == "aaa"
    assert _dfa("[\\0-\\x7f]").shortest() == "a"
    assert _dfa("[^a-z]").shortest() == "0"
    assert determinise(literal("x\n")).shortest_from(1) == "\n"


def test_many_words_share_their_beginnings() -> None:
    trie = Dfa.of_words(f"word {number:05}" for number in range(10_000))
    assert trie.matches("word 09999") == 9_999
    # "word 0", then 10 states for the second digit, 100 for the third and so on.
    assert trie.size == len("word 0") + 1 + 10 + 100 + 1_000 + 10_000
