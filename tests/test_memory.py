"""What the package says that it holds is what it holds, and it lets go of it."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from constrain import Vocabulary, compile_json_schema, compiled, kernels, memory_usage
from constrain.automaton import Automaton, live_automata
from constrain.checking import byte_vocabulary
from constrain.lexicon import RETIRE_BYTES, Lexicon, lexicon_for, live_lexicons
from constrain.lru import WeighedLru
from constrain.options import SchemaOptions
from constrain.program import spare_table_bytes
from constrain.rows import BLOCK_BYTES, RowPool
from grammars.memo import memos

VOCABULARY = byte_vocabulary()


def written(name: str, length: int = 30) -> Automaton:
    """An automaton of its own that has made some rows and moves."""
    automaton = compile_json_schema({"type": "object", "required": [name]}, VOCABULARY)
    state = automaton.start
    for byte in b'{"' + name.encode() + b'": "' + b"x" * length:
        automaton.mask(state)
        state = automaton.advance(state, byte)
    return automaton


def test_automata_are_counted_while_they_are_held() -> None:
    gc.collect()
    before = memory_usage()
    held = [written(f"held{number}") for number in range(3)]
    during = memory_usage()
    assert during.automata - before.automata == sum(automaton.table_bytes for automaton in held)
    assert set(held) <= set(live_automata())
    spare = spare_table_bytes()
    held.clear()
    gc.collect()
    after = memory_usage()
    assert after.automata == before.automata
    assert after.spare == spare_table_bytes() >= spare


def test_an_automaton_counts_its_rows() -> None:
    automaton = written("rows")
    assert len(automaton._rows) > 5
    assert automaton.memory_bytes - automaton.table_bytes == 4 * VOCABULARY.mask_words * len(automaton._rows)


def take_rows(pool: RowPool, count: int) -> list[NDArray[np.uint32]]:
    return [pool.take()[0] for _ in range(count)]


def test_rows_are_counted_as_long_as_somebody_holds_one() -> None:
    words = BLOCK_BYTES // 8
    pool = RowPool(words)
    held = take_rows(pool, 5)
    assert pool.memory_bytes == 3 * BLOCK_BYTES
    many = take_rows(pool, 2 * 30)
    assert pool.memory_bytes > 30 * BLOCK_BYTES
    del many
    gc.collect()
    assert 3 * BLOCK_BYTES <= pool.memory_bytes < 20 * BLOCK_BYTES
    assert held[0].size == words


def retire(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> Lexicon:
    """The lexicon that replaces the one of a vocabulary, as if that were full."""
    with monkeypatch.context() as patch:
        patch.setattr("constrain.lexicon.RETIRE_BYTES", 0)
        return lexicon_for(vocabulary)


def test_the_shared_part_is_that_of_all_lexicons(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Vocabulary([bytes([byte]) for byte in range(256)] + [b"", b"own"], [256])
    first = compile_json_schema({"type": "string"}, own)
    usage = memory_usage()
    assert usage.lexicons == sum(each.arena.memory_bytes for each in live_lexicons())
    assert usage.vocabularies >= own.memory_bytes > sum(map(len, own.tokens)) + own.trie.memory_bytes
    retire(own, monkeypatch)
    second = compile_json_schema({"type": "string"}, own)
    lexicons = [each for each in live_lexicons() if each.vocabulary == own]
    assert len(lexicons) == 2
    assert memory_usage().lexicons >= sum(each.arena.memory_bytes for each in lexicons)
    del lexicons
    assert np.array_equal(first.mask(first.start), second.mask(second.start))
    del first
    gc.collect()
    assert len([each for each in live_lexicons() if each.vocabulary == own]) == 1


def test_a_lexicon_that_is_full_goes_with_its_last_automaton() -> None:
    assert lexicon_for(VOCABULARY) is lexicon_for(VOCABULARY)
    assert lexicon_for(VOCABULARY).arena.memory_bytes <= RETIRE_BYTES < Lexicon(VOCABULARY).arena.limit


def test_a_new_lexicon_has_what_most_texts_need(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Vocabulary([bytes([byte]) for byte in range(256)] + [b"", b"another"], [256])
    kept = compile_json_schema({"type": "string"}, own)
    following = retire(own, monkeypatch)
    assert following.is_new
    automaton = compile_json_schema({"type": "object"}, own)
    assert lexicon_for(own) is following
    assert not lexicon_for(own).is_new
    rows = following.arena.used(kernels.FRONT_ROWS)
    assert rows > 0
    automaton.mask(automaton.advance_bytes(automaton.start, b'{"a": "b'))
    assert following.arena.used(kernels.FRONT_ROWS) == rows
    assert kept.mask(kept.start).any()


def test_a_vocabulary_that_can_not_spell_every_text_serves_schemas_that_it_can() -> None:
    few = Vocabulary([b"true", b"false", b'"a"', b""], [3])
    automaton = compile_json_schema({"enum": [True, "a"]}, few, whitespace="compact")
    assert automaton.mask(automaton.start).tolist() == [0b101]


def test_the_total_is_the_sum() -> None:
    usage = memory_usage()
    parts = (usage.automata, usage.rows, usage.lexicons, usage.vocabularies, usage.spare, usage.memos)
    assert usage.total == sum(parts)
    assert usage.memos == sum(memo.memory_bytes for memo in memos())


def test_a_weighed_memo_keeps_what_fits_and_always_the_last() -> None:
    memo: WeighedLru[str, list[int]] = WeighedLru(3, len, 10)
    values: dict[str, Any] = {name: [0] * 3 for name in "abc"}
    for name, value in values.items():
        memo.put(name, value)
    assert [memo.get(name) is not None for name in "abc"] == [True, True, True]
    values["c"].extend([0] * 5)
    memo.put("d", [0])
    assert [memo.get(name) is not None for name in "abcd"] == [False, False, True, True]
    memo.put("e", [0] * 50)
    assert [memo.get(name) is not None for name in "cde"] == [False, False, True]


def test_automata_are_not_kept_beyond_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_automata", WeighedLru(32, lambda automaton: automaton.memory_bytes, 1))
    first = compiled.automaton_of({"const": 1}, VOCABULARY, SchemaOptions())
    assert compiled.automaton_of({"const": 1}, VOCABULARY, SchemaOptions()) is first
    compiled.automaton_of({"const": 2}, VOCABULARY, SchemaOptions())
    assert compiled.automaton_of({"const": 1}, VOCABULARY, SchemaOptions()) is not first
