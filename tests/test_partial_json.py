"""The value of the beginning of a JSON text, at every place where the text can be cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json

from constrain.partial_json import PartialJson

# whole floats come back as int
FRACTIONS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | FRACTIONS | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def so_far(text: str) -> Any:
    partial = PartialJson()
    partial.feed(text)
    return partial.value


def begins(part: Any, whole: Any) -> bool:
    """Whether `part` shows the beginning of `whole`: complete up to its last place, which may be open."""
    if isinstance(whole, str) and isinstance(part, str):
        return whole.startswith(part)
    if isinstance(whole, list) and isinstance(part, list):
        return part[:-1] == whole[: len(part)][:-1] and all(map(begins, part[-1:], whole[len(part) - 1 :]))
    if isinstance(whole, dict) and isinstance(part, dict):
        return list(part) == list(whole)[: len(part)] and begins(list(part.values()), list(whole.values()))
    return bool(part == whole) and type(part) is type(whole)


@settings(max_examples=60, deadline=None)
@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_every_beginning_shows_the_beginning_of_the_value(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    partial, sizes = PartialJson(), [0]
    for character in text:
        partial.feed(character)
        shown = partial.value
        assert shown is None or begins(shown, value)
        sizes.append(len(json.dumps(shown)) if shown is not None else 0)
    assert sizes == sorted(sizes)
    assert shown == so_far(text)
    if not isinstance(value, int | float) or isinstance(value, bool):
        assert partial.value == value


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text('ab\\"\n', max_size=4), max_size=3)
    | st.dictionaries(st.text("a\\", max_size=2), st.lists(st.booleans(), max_size=3), max_size=2)
)
def test_containers_are_shown_as_pydantic_shows_them(value: Any) -> None:
    text = json.dumps(value)
    for end in range(1, len(text) + 1):
        if text[end - 1] != "\\":
            assert so_far(text[:end]) == from_json(text[:end], allow_partial="trailing-strings")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (" ", None),
        ("{", {}),
        ('{"na', {}),
        ('{"name"', {}),
        ('{"name": ', {}),
        ('{"name": "', {"name": ""}),
        ('{"name": "Jo', {"name": "Jo"}),
        ('{"name": "Jo\\', {"name": "Jo"}),
        ('{"name": "Jo\\u00e', {"name": "Jo"}),
        ('{"name": "Jo\\u00e9', {"name": "Joé"}),
        ('"\\ud83d', ""),
        ('"\\ud83d\\u', ""),
        ('"\\ud83d\\ude00', "😀"),
        ('"\\ud83dx', "\ud83dx"),
        ('"\\\\ud83d', "\\ud83d"),
        ("[1, 2", [1]),
        ("[1, 2 ", [1, 2]),
        ("[1, 2,", [1, 2]),
        ('{"a": [tru', {"a": []}),
        ('{"a": [true, {"b": "]}', {"a": [True, {"b": "]}"}]}),
        ('{"a": [true', {"a": [True]}),
        ("12", None),
        ("12 ", 12),
        ("nul", None),
    ],
)
def test_what_is_shown(text: str, value: Any) -> None:
    assert so_far(text) == value


def test_integers_have_no_limit_of_digits() -> None:
    assert so_far("[" + "9" * 5000 + "]") == [10**5000 - 1]
