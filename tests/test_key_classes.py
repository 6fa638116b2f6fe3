"""The classes of keys that patterns tell apart: every key is in one, with the patterns that it matches."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from grammars.json_schema.members import KeyClass, _classes, _split
from grammars.json_schema.nodes import NEVER
from grammars.json_schema.objects import Members, ObjectShape
from grammars.json_schema.strings import language

PATTERNS = ["^a", "^b", "a$", "^[ab]*$", "^(a|b)$", "^.{2}$", "c", "^aa", "", "^x-"]
KEYS = ["", "a", "b", "ab", "ba", "aa", "c", "ac", "x-a", "zz", "é"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4, unique=True))
def test_every_key_is_in_one_class(patterns: list[str]) -> None:
    shape = ObjectShape((Members({}, lambda _: (), tuple((pattern, ()) for pattern in patterns), NEVER),))
    classes = [part for part, _ in _classes(shape)]
    for key in KEYS:
        matched = frozenset(pattern for pattern in patterns if re.search(pattern, key))
        found = [part.matched for part in classes if part.dfa is None or part.dfa.matches(key) >= 0]
        # Keys in no pattern have the rule that none has a value.
        assert found == ([matched] if matched else [])


def test_classes_that_a_pattern_does_not_touch_stay_whole() -> None:
    whole = KeyClass(language(("pattern", "^a")), frozenset({"^a"}))
    assert _split(whole, "^b") == [whole]
    assert [part.matched for part in _split(whole, "b$")] == [{"^a", "b$"}, {"^a"}]
    assert [part.matched for part in _split(whole, "^")] == [{"^a", "^"}]
