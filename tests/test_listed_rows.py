"""Rows are listed before they are written, and written once for all states that list the same."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest

from constrain.automaton import Automaton
from constrain.compile import compile_json_schema, compile_regex
from constrain.lexicon import Lexicon, lexicon_for
from constrain.vocabulary import Vocabulary

LETTERS = "abcdefgh"
TEXTS = ["".join(letters) for length in range(1, 5) for letters in product(LETTERS, repeat=length)]
VOCABULARY = Vocabulary([*(text.encode() for text in TEXTS), *(bytes([byte]) for byte in range(256)), b""], [4936])


def allowed(automaton: Automaton, state: int) -> set[bytes]:
    """The tokens that may come next."""
    bits = np.unpackbits(automaton.mask(state).view(np.uint8), bitorder="little")
    return {VOCABULARY.tokens[token] for token in np.flatnonzero(bits)}


def test_a_row_may_list_more_than_there_is_room_for_at_first() -> None:
    automaton = compile_regex("[a-h]{6}", VOCABULARY)
    state = automaton.start
    for _ in range(3):
        assert allowed(automaton, state) >= {text.encode() for text in TEXTS}
        state = automaton.advance(state, 0)
    short = [text.encode() for text in TEXTS if re.fullmatch("[a-h]{1,3}", text)]
    assert allowed(automaton, state) == set(short)


def test_states_and_automata_with_the_same_tokens_share_a_row() -> None:
    first, second = (compile_regex(pattern, VOCABULARY) for pattern in ("[ab]{8}", "[ab]{7}"))
    state = first.advance(first.start, 0)
    assert first.mask(first.start) is first.mask(state) is second.mask(second.start)
    assert first.mask(first.start) is not compile_regex("[abc]{8}", VOCABULARY).mask(1)


def test_words_taken_out_are_no_part_of_what_is_shared() -> None:
    plain = compile_json_schema({"type": "object"}, VOCABULARY, whitespace="compact")
    names = {"properties": {"ab": {"type": "null"}, "abc": {"type": "null"}}, "additionalProperties": {"type": "null"}}
    named = compile_json_schema({"type": "object", **names}, VOCABULARY, whitespace="compact")
    for automaton in (plain, named):
        inside = automaton.advance_bytes(automaton.start, b'{"ab')
        assert {b'"', b"c", b"d"} <= allowed(automaton, inside)
        again = automaton.advance_bytes(automaton.start, b'{"ab":null,"ab')
        assert (b'"' in allowed(automaton, again)) is False
        assert {b"c", b"d"} <= allowed(automaton, again)


def test_rows_are_found_again_only_while_they_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constrain.lexicon.SHARED_ROW_BYTES", 1)
    own = Vocabulary([bytes([byte]) for byte in range(256)] + [b"", b"listed"], [256])
    automaton = Automaton(compile_regex("abab", own).program.grammar, own)
    lexicon: Lexicon = lexicon_for(own)
    states = [automaton.advance_bytes(automaton.start, b"abab"[:length]) for length in range(4)]
    rows = [automaton.mask(state) for state in states]
    assert len(lexicon._written) == 1  # the latest one
    assert rows[0] is not rows[2]
    assert np.array_equal(rows[0], rows[2])
