"""Properties of characters against another implementation of Unicode."""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest
import regex  # type: ignore[import-untyped]  # it has no types

from grammars.charsets import unicode_property
from grammars.determinise import determinise
from grammars.errors import GrammarError
from grammars.regex_parser import parse_pattern

NAMES = [
    *("Script=Greek", "sc=Grek", "Script=Latin", "sc=Cyrl", "sc=Han", "sc=Hira", "Script=Common", "Script=Old_Italic"),
    *(
        "Uppercase",
        "Lowercase",
        "ID_Start",
        "Math",
        "Ideographic",
        "White_Space",
        "Hex_Digit",
        "Noncharacter_Code_Point",
    ),
    *("L", "Lu", "gc=Nd", "General_Category=Punctuation", "Emoji", "XID_Start", "Dash", "Join_Control"),
]


@cache
def settled() -> list[str]:
    """Characters old enough for their properties to be settled."""
    chars = map(chr, [*range(0xD800), *range(0xE000, 0x30000)])
    old = [char for char in chars if unicodedata.ucd_3_2_0.category(char) not in ("Cn", "Cs")]
    return [char for char in old if char != "\u0295"]


@pytest.mark.parametrize("name", NAMES)
def test_agrees(name: str) -> None:
    points = unicode_property(name)
    assert points is not None
    holds = regex.compile(rf"\p{{{name}}}").match
    wrong = [char for char in settled() if (ord(char) in points) != (holds(char) is not None)]
    assert wrong == []


def test_extensions_of_scripts() -> None:
    """The mark of prolonged sound is common, but only used in two scripts."""
    scripts = {
        name: unicode_property(name) for name in ("sc=Kana", "scx=Kana", "Script_Extensions=Hiragana", "scx=Latn")
    }
    assert {name: 0x30FC in (points or ()) for name, points in scripts.items()} == {
        "sc=Kana": False,
        "scx=Kana": True,
        "Script_Extensions=Hiragana": True,
        "scx=Latn": False,
    }


@pytest.mark.parametrize(
    "name", ["Greek", "sc=Klingon", "Script=", "greek", "sc=L", "gc=Greek", "x=Alphabetic", "sc=greek"]
)
def test_names_are_those_of_the_standard(name: str) -> None:
    with pytest.raises(GrammarError, match="property"):
        parse_pattern(rf"\p{{{name}}}")


def test_in_patterns() -> None:
    dfa = determinise(parse_pattern(r"\p{Script=Greek}+[\p{Emoji_Presentation}\d]?\P{Alphabetic}"))
    assert [text for text in ("αβ!", "α😀-", "α1.", "αa", "a!", "αβ") if dfa.matches(text) >= 0] == [
        "αβ!",
        "α😀-",
        "α1.",
    ]
