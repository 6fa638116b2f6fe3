"""The model in the package: small enough, complete, and it has learnt what its card says."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from constrain.prompting import render_prompt
from constrain.shipped import MODEL_DIR, load_model, load_shipped_model

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
TEXTS = [
    "",
    " ",
    '{"name": "Ada Lovelace", "age": 36}',
    "two  spaces,\ttabs\r\nand\n\n\nlines",
    "ﬁne  Ünïcödé – 東京 🙂👩‍👩‍👧 \u0000\u007f\u2028",
    "it 's , he ' ll . n't",
    "1234567890.5e-07",
]


@pytest.fixture(scope="module")
def shipped() -> tuple[Any, Any]:
    return load_shipped_model()


def next_probabilities(shipped: tuple[Any, Any], text: str) -> torch.Tensor:
    model, tokenizer = shipped
    with torch.no_grad():
        logits = model(**tokenizer(text, return_tensors="pt", return_token_type_ids=False)).logits
    return torch.softmax(logits[0, -1], -1)


def test_the_package_holds_everything_and_stays_small() -> None:
    names = {path.name for path in MODEL_DIR.iterdir()}
    assert names >= {
        "MODEL_CARD.md",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert sum(path.stat().st_size for path in MODEL_DIR.iterdir()) <= 8_000_000


def test_sizes_and_special_tokens_agree(shipped: tuple[Any, Any]) -> None:
    model, tokenizer = shipped
    assert 1_000_000 <= model.num_parameters() <= 4_000_000
    assert model.config.vocab_size == len(tokenizer)
    assert model.dtype == torch.float32
    assert {tokenizer.eos_token, tokenizer.pad_token} == {"<eos>", "<pad>"}
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id != tokenizer.pad_token_id
    assert not model.training


def test_every_byte_is_a_token(shipped: tuple[Any, Any]) -> None:
    tokenizer = shipped[1]
    for byte in range(256):
        text = bytes([byte]).decode("latin-1")
        ids = tokenizer(text).input_ids
        assert tokenizer.decode(ids) == text
    single = [token for token in tokenizer.get_vocab() if len(token) == 1]
    assert len(single) == 256


@pytest.mark.parametrize("text", TEXTS)
def test_texts_survive_the_tokenizer(shipped: tuple[Any, Any], text: str) -> None:
    tokenizer = shipped[1]
    assert tokenizer.decode(tokenizer(text).input_ids) == text


def test_the_template_is_what_the_model_was_trained_on() -> None:
    assert render_prompt("Hi", {"type": "null"}) == '### Request\nHi\n### Schema\n{"type":"null"}\n### JSON\n'
    assert render_prompt("Hi") == "### Request\nHi\n### Answer\n"
    assert render_prompt("é", True) == "### Request\né\n### Schema\ntrue\n### JSON\n"


def test_it_expects_an_object_after_the_schema_of_one(shipped: tuple[Any, Any]) -> None:
    probabilities = next_probabilities(shipped, render_prompt("Describe a person named Ada.", PERSON))
    opening = [i for token, i in shipped[1].get_vocab().items() if token.startswith("{")]
    assert probabilities[opening].sum() > 0.8


def test_it_ends_after_a_complete_value(shipped: tuple[Any, Any]) -> None:
    done = render_prompt("Describe a person named Ada.", PERSON) + '{"name": "Ada", "age": 36}'
    assert next_probabilities(shipped, done)[shipped[1].eos_token_id] > 0.5


def test_it_writes_json_on_its_own_for_an_easy_request(
    shipped: tuple[Any, Any],
) -> None:
    model, tokenizer = shipped
    inputs = tokenizer(
        render_prompt("Describe a person named Ada.", PERSON), return_tensors="pt", return_token_type_ids=False
    )
    with torch.no_grad():
        output = model.generate(**inputs, do_sample=False, max_new_tokens=48)
    value = json.loads(tokenizer.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))
    assert set(value) == {"name", "age"}


def test_any_other_model_loads_by_path(shipped: tuple[Any, Any]) -> None:
    model, tokenizer = load_model(MODEL_DIR)
    assert model.num_parameters() == shipped[0].num_parameters()
    assert len(tokenizer) == len(shipped[1])
