"""A vocabulary, a prompt and a model that do not belong together are refused before the model runs."""

from __future__ import annotations

from typing import Any

import pytest

from constrain.compile import compile_choice
from constrain.errors import BudgetError, ContextError
from constrain.generate import generate_json, generate_text, stream_json
from constrain.logits import ConstraintLogitsProcessor
from constrain.shipped import load_shipped_model
from constrain.token_bytes.extracted import VocabularyError
from constrain.vocabulary import Vocabulary
from samplers import MaskedSampling
from tests.tiny_model import tiny_model

TEXTS = [b"", b"", b"a", b"b", b""]
MODEL = tiny_model(len(TEXTS), (1,))


def automaton(texts: list[bytes], *ends: int) -> Any:
    return compile_choice(["ab"], Vocabulary(texts, ends))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (automaton(TEXTS, 4), r"ends a text at \[1\], the vocabulary at \[4\].*eos_token_ids=model.generation_config"),
        (automaton([b"", b"c", b"a", b"b", b""], 4), "ends a text at"),
        (
            automaton([*TEXTS, b"c"], 1),
            "scores 5 tokens and the vocabulary has text for 6.*size=model.config",
        ),
        (automaton([*TEXTS, b""], 1, 5), "the model scores 5 tokens"),
    ],
)
def test_a_vocabulary_of_another_model_is_refused(given: Any, message: str) -> None:
    tokenizer = load_shipped_model()[1]
    with pytest.raises(VocabularyError, match=message):
        ConstraintLogitsProcessor(given, MODEL)
    with pytest.raises(VocabularyError, match=message):
        generate_text(MODEL, tokenizer, given, "x")


@pytest.mark.parametrize("given", [automaton(TEXTS, 1), automaton(TEXTS, 0, 1), automaton(TEXTS[:4], 1)])
def test_padding_and_further_ends_are_no_reason(given: Any) -> None:
    assert ConstraintLogitsProcessor(given, MODEL).vocabulary is given.vocabulary


def test_one_batch_has_one_set_of_ends() -> None:
    with pytest.raises(ValueError, match="one vocabulary"):
        ConstraintLogitsProcessor([automaton(TEXTS, 1), automaton(TEXTS, 4)])


def words(tokenizer: Any, count: int) -> str:
    """A prompt of `count` tokens."""
    prompt = " name" * count
    assert len(tokenizer(prompt)["input_ids"]) == count
    return prompt


def test_a_prompt_longer_than_the_context_is_refused() -> None:
    model, tokenizer = load_shipped_model()
    context = model.config.max_position_embeddings
    prompt = words(tokenizer, context + 1)
    calls: list[Any] = []
    model.register_forward_pre_hook(lambda *seen: calls.append(seen))
    for run in (generate_json, stream_json):
        with pytest.raises(ContextError, match=f"the prompt takes {context + 1} tokens .* holds {context}"):
            run(model, tokenizer, {"type": "integer"}, prompt)
    assert not calls


@pytest.mark.parametrize("sampler", [None, MaskedSampling()])
def test_the_budget_ends_with_the_context(sampler: Any) -> None:
    model, tokenizer = load_shipped_model()
    room = 12
    prompt = words(tokenizer, model.config.max_position_embeddings - room)
    schema = {"type": "string", "minLength": 5}
    read: list[int] = []
    model.register_forward_pre_hook(lambda _, __, given: read.append(given["input_ids"].shape[1]), with_kwargs=True)
    for seed in range(5):
        read.clear()
        assert len(generate_json(model, tokenizer, schema, prompt, seed=seed, sampler=sampler)) >= 5
        assert sum(read) <= model.config.max_position_embeddings
    with pytest.raises(BudgetError):
        generate_json(model, tokenizer, schema, prompt, max_new_tokens=1)
