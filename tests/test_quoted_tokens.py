"""The tokens that may end a string are found in one piece as they are one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from constrain.flat_tokens import FlatTokens
from constrain.quoted_tokens import QuotedTokens

TOKENS = st.lists(st.text('"",]ab\\:é', max_size=5).map(str.encode), max_size=12)


@given(TOKENS)
def test_marked_tokens_are_those_with_a_mark(tokens: list[bytes]) -> None:
    expected = [i for i, text in enumerate(tokens) if any(mark in text for mark in (b'"', b",", b"]"))]
    assert FlatTokens.of(tokens).with_any(b'",]') == expected


@given(TOKENS)
def test_tokens_are_sorted_by_what_they_hold(tokens: list[bytes]) -> None:
    found = QuotedTokens.of(tokens, FlatTokens.of(tokens))
    assert found.any == [i for i, text in enumerate(tokens) if b'"' in text]
    assert found.escaped == [i for i, text in enumerate(tokens) if b"\\" in text]
    assert found.closing == [i for i, text in enumerate(tokens) if b"," in text or b"]" in text]
    assert found.leaving == {*found.any} & {*found.closing}
    for i in found.any:
        assert i in found.ending[tokens[i].split(b'"')[0]]
