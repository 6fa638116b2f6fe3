"""A look for a common text against the automaton of all common texts."""

from __future__ import annotations

from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from grammars import dfa_ops
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.emptiness import have_text
from grammars.regex_parser import parse_pattern

PATTERNS = [
    "a*",
    "(?:ab|b)*",
    "a{2,4}b?",
    "[^a]*",
    "(?!aa)[\\s\\S]*",
    ".*ab.*",
    "",
    "b+a{0,2}",
    "(?:aa)*|b",
    "[]",
    "[a-c]é",
]
sets = st.lists(st.sampled_from(PATTERNS), max_size=3)


def _dfas(patterns: list[str]) -> list[Dfa]:
    return [determinise(parse_pattern(pattern)) for pattern in patterns]


@settings(max_examples=300, deadline=None)
@given(sets, sets, st.integers(0, 4), st.none() | st.integers(0, 5))
def test_a_common_text_is_found_if_there_is_one(some: list[str], none: list[str], least: int, most: int | None) -> None:
    wanted, unwanted = _dfas(some), _dfas(none)
    common = reduce(dfa_ops.difference, unwanted, reduce(dfa_ops.intersect, wanted, Dfa.any_text()))
    expected = dfa_ops.lexeme(common, False, least, most) is not None
    assert have_text(wanted, unwanted, least, most) == expected
