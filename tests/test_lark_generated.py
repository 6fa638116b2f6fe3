"""The reference matcher against `lark`, on generated grammars."""

from __future__ import annotations

from collections.abc import Callable

from grammars.lark_grammar import LarkGrammar
from tests.lark_grammars import judged
from tests.naive import NaiveMatcher


def matcher(grammar: str) -> Callable[[str], bool]:
    found = NaiveMatcher(LarkGrammar(grammar))
    return lambda text: found.matches(text.encode())


def test_thousand_pairs() -> None:
    # The reference takes seconds for a text of twenty characters that can be read in many ways.
    found = judged(matcher, longest=12)
    assert sum(found.values()) >= 1000
    assert min(found.values()) >= 200
