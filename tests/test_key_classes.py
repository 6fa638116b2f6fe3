"""The classes of keys that patterns tell apart: every key is in one, with the patterns that it matches."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from grammars.json_schema.key_classes import KeyClass, _split, classes_of

PATTERNS = ["^a", "^b", "a$", "^[ab]*$", "^(a|b)$", "^.{2}$", "c", "^aa", "", "^x-"]
KEYS = ["", "a", "b", "ab", "ba", "aa", "c", "ac", "x-a", "zz", "é"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4, unique=True))
def test_every_key_is_in_one_class(patterns: list[str]) -> None:
    classes = [(part.inside, part.dfa) for part in classes_of(patterns)]
    for key in KEYS:
        matched = tuple(pattern for pattern in patterns if re.search(pattern, key))
        assert [inside for inside, dfa in classes if dfa is None or dfa.matches(key) >= 0] == [matched]


def test_classes_that_a_pattern_does_not_touch_stay_whole() -> None:
    whole = KeyClass(("^a",))
    assert _split(whole, "^b") == [whole]
    assert [part.inside for part in _split(whole, "b$")] == [("^a", "b$"), ("^a",)]
    assert [part.inside for part in _split(whole, "^")] == [("^a", "^")]
    assert _split(KeyClass((), ("^a",)), "^ab") == [KeyClass((), ("^a",))]
