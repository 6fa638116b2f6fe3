"""Both ways to see to assertions give the same automaton."""

from __future__ import annotations

import pytest

from grammars.determinise import _determinise, _led, _walked
from grammars.regex import match_language, search_language
from grammars.regex_parser import parse_pattern


@pytest.mark.parametrize(
    "pattern",
    [r"^a|b$", r"\ba{1,3}\b", r"a\B.\b", r"(^|a)b*($|\Ba)", r"\b", r"\B", r"(?<!a)b(?!a)", r"(?:a|\b){2}b", r"$a|b\b^"],
)
def test_neighbours_are_asked_as_other_assertions_are(pattern: str) -> None:
    for regex in (match_language(parse_pattern(pattern)), search_language(parse_pattern(pattern))):
        assert _determinise(regex, 1000) == _walked(regex, 1000)


@pytest.mark.parametrize("pattern", [r"^(?!a|b$)[ab]+$", r"^(?=.{2}$)(?!.*ab).*", r"^(?=a)$", r"^(?=)$", r"^(?!)$"])
def test_a_leading_look_ahead_has_an_automaton_of_its_own(pattern: str) -> None:
    regex = search_language(parse_pattern(pattern))
    assert _led(regex, 1000) == _walked(regex, 1000)
