"""The vocabularies of the benchmarks: what their tokens spell is the text that was cut, and parts are parts."""

from __future__ import annotations

import pytest

from constrain import Vocabulary, compile_json_schema
from jsonschema_bench.engines.base import Options
from jsonschema_bench.engines.llguidance import LlguidanceEngine
from jsonschema_bench.engines.ours import OurEngine, make_vocabulary
from jsonschema_bench.errors import BenchError
from jsonschema_bench.tokenise import Tokeniser, allowed
from jsonschema_bench.vocabularies import UNION, VOCABULARIES, vocabulary_named

TEXTS = ['{"a b": "x  yé\\n", "n": [1.5, true]}\n', " ", "", "日本語 \U0001f600"]
SIZES = {"tekken-32k": 1 << 15, "tekken-65k": 1 << 16, "tekken-151k": 151_000, "sentencepiece": 1 << 15, "union": UNION}
SCHEMA = {"type": "object", "properties": {"a b": {"type": "string"}, "n": {"type": "array"}}, "required": ["n"]}


@pytest.fixture(scope="module", params=SIZES)
def tokeniser(request: pytest.FixtureRequest) -> Tokeniser:
    return vocabulary_named(request.param)


def test_tokens_spell_what_was_cut(tokeniser: Tokeniser) -> None:
    assert len(tokeniser.tokens) == SIZES[tokeniser.name]
    for text in TEXTS:
        assert b"".join(tokeniser.tokens[i] for i in tokeniser.encode(text)) == text.encode()
    assert not any(tokeniser.tokens[: tokeniser.special])
    assert all(tokeniser.tokens[tokeniser.special :])
    assert tokeniser.eos < tokeniser.special


def test_engines_let_a_valid_text_through(tokeniser: Tokeniser) -> None:
    ids = tokeniser.encode('{"a b": "x  y", "n": [1.5, true]}')
    for engine in (OurEngine(tokeniser, Options()), LlguidanceEngine(tokeniser, Options())):
        times: list[int] = []
        walk = engine.open(SCHEMA).walk(ids, times)
        assert (walk.steps, walk.ended, walk.agrees) == (len(ids), True, True)
        assert len(times) == len(ids)


def test_a_part_of_the_ranks_has_the_masks_of_the_whole() -> None:
    part, whole = (vocabulary_named(name) for name in ("tekken-32k", "tekken-65k"))
    assert whole.tokens[: len(part.tokens)] == part.tokens
    small, large = (compile_json_schema(SCHEMA, make_vocabulary(each)) for each in (part, whole))
    rows = small.mask(small.start), large.mask(large.start)
    assert [allowed(rows[0], i) for i in range(len(part.tokens))] == [
        allowed(rows[1], i) for i in range(len(part.tokens))
    ]


def test_ids_that_spell_the_same_are_allowed_together() -> None:
    tokeniser = vocabulary_named("sentencepiece")
    twins = [i for i, token in enumerate(tokeniser.tokens) if token == b"{"]
    assert len(twins) == 2
    vocabulary: Vocabulary = make_vocabulary(tokeniser)
    automaton = compile_json_schema(SCHEMA, vocabulary)
    assert all(allowed(automaton.mask(automaton.start), i) for i in twins)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(BenchError, match=f"choose from {', '.join(VOCABULARIES)}"):
        vocabulary_named("other")
