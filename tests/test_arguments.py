"""Arguments of a wrong type are refused by a message that says what is accepted."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from constrain.checking import byte_vocabulary
from constrain.compile import compile_choice, compile_json_schema, compile_lark, compile_regex
from constrain.errors import SettingsError
from constrain.generate import generate_json, generate_text, stream_json
from constrain.logits import ConstraintLogitsProcessor
from constrain.shipped import load_shipped_model
from constrain.task import Settings, Task
from constrain.vocabulary import Vocabulary
from samplers import Greedy, MaskedSampling

VOCABULARY: Any = byte_vocabulary()
AUTOMATON = compile_choice(["a", "b"], Vocabulary.from_tokenizer(load_shipped_model()[1]))
WRONG: list[Any] = [None, 3, b"a", ["a"], {"type": "string"}]


@pytest.mark.parametrize("given", WRONG)
def test_patterns_and_grammars_are_texts(given: Any) -> None:
    with pytest.raises(TypeError, match=r"pattern is a text \(str\), not"):
        compile_regex(given, VOCABULARY)
    with pytest.raises(TypeError, match=r"grammar is a text \(str\), not"):
        compile_lark(given, VOCABULARY)
    with pytest.raises(TypeError, match=r"start is a text \(str\), not"):
        compile_lark('start: "a"', VOCABULARY, start=given)


@pytest.mark.parametrize("given", [None, "ab", 3, [b"a"], load_shipped_model()[1]])
@pytest.mark.parametrize(
    "compiled",
    [
        lambda given: compile_regex("a", given),
        lambda given: compile_lark('start: "a"', given),
        lambda given: compile_choice(["a"], given),
        lambda given: compile_json_schema(True, given),
    ],
)
def test_a_vocabulary_is_a_vocabulary(compiled: Any, given: Any) -> None:
    with pytest.raises(TypeError, match=r"vocabulary is a constrain.Vocabulary \(Vocabulary.from_tokenizer"):
        compiled(given)


def test_a_flavour_is_one_of_two() -> None:
    flavour: Any = "perl"
    with pytest.raises(ValueError, match="flavour must be 'ecma' or 'python', not perl"):
        compile_regex("a", VOCABULARY, flavour=flavour)


@pytest.mark.parametrize("given", [3, ["a"], {"a": 3}, {3: "a"}])
def test_formats_are_patterns_or_automata(given: Any) -> None:
    with pytest.raises(TypeError, match="custom_formats is a mapping from names of formats to patterns"):
        compile_json_schema(True, VOCABULARY, custom_formats=given)
    with pytest.raises(TypeError, match=r"draft is a text \(str\), not"):
        compile_json_schema(True, VOCABULARY, draft=given)


@pytest.mark.parametrize("compiled", [compile_json_schema, partial(generate_json, *load_shipped_model(), prompt="x")])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        *(({"whitespace": given}, "whitespace is 'flexible'") for given in (None, (",",), [1, 2], 5)),
        *(({"approximate": given}, "approximate is True or False, not") for given in ("yes", 1, None)),
        ({"property_order": ["any"]}, r"property_order is a text \(str\)"),
        ({"formats": None}, r"formats is a text \(str\)"),
        ({"draft": 7}, r"draft is a text \(str\)"),
    ],
)
def test_options_of_schemas_are_checked(compiled: Any, changed: Any, message: str) -> None:
    given = {"vocabulary": VOCABULARY} if compiled is compile_json_schema else {}
    with pytest.raises(TypeError, match=message):
        compiled(schema=True, **given, **changed)


@pytest.mark.parametrize("given", [None, 3])
def test_choices_are_a_list(given: Any) -> None:
    with pytest.raises(TypeError, match="choices is a list of texts"):
        compile_choice(given, VOCABULARY)


@pytest.mark.parametrize("given", [None, {"type": "string"}, "a", 3, [None], compile_regex])
def test_a_processor_needs_automata(given: Any) -> None:
    with pytest.raises(TypeError, match=r"automaton is a compiled automaton \(of compile_json_schema"):
        ConstraintLogitsProcessor(given)


@pytest.mark.parametrize("run", [generate_json, stream_json])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model": "gpt2"}, "model is a causal language model of transformers, loaded, not 'gpt2'"),
        ({"tokenizer": "gpt2"}, "tokenizer is a tokenizer of transformers, loaded, not 'gpt2'"),
        ({"prompt": None}, "prompt is a text, or messages"),
        ({"prompt": ["a"]}, "prompt is a text, or messages"),
        ({"max_new_tokens": "9"}, "max_new_tokens is a whole number"),
        ({"max_new_tokens": 9.5}, "max_new_tokens is a whole number"),
        ({"seed": "a"}, "seed is a whole number"),
        ({"temperature": "hot"}, "temperature is a number"),
        ({"top_k": 1.5}, "top_k is a whole number"),
        ({"top_p": "a"}, "top_p is a number"),
    ],
)
def test_arguments_of_generation_are_checked(run: Any, changed: Any, message: str) -> None:
    model, tokenizer = load_shipped_model()
    with pytest.raises(TypeError, match=message):
        run(**{"model": model, "tokenizer": tokenizer, "schema": True, "prompt": "x"} | changed)


def test_text_needs_an_automaton() -> None:
    schema: Any = {"type": "string"}
    with pytest.raises(TypeError, match="automaton is a compiled automaton"):
        generate_text(*load_shipped_model(), schema, "x")


@pytest.mark.parametrize("given", ["greedy", 3, Greedy, len])
def test_a_sampler_is_no_name(given: Any) -> None:
    with pytest.raises(TypeError, match="sampler is a sampler"):
        generate_json(*load_shipped_model(), {"const": 1}, "x", sampler=given)


@pytest.mark.parametrize("seed", [-(2**63) - 1, 2**64, 10**30])
def test_seeds_have_bounds(seed: int) -> None:
    with pytest.raises(SettingsError, match=f"seed must be at least -2\\*\\*63 and below 2\\*\\*64, not {seed}"):
        generate_json(*load_shipped_model(), {"const": 1}, "x", seed=seed)
    with pytest.raises(SettingsError, match="seed must be"):
        MaskedSampling().sample(*load_shipped_model(), compile_choice(["a"], VOCABULARY), "x", seed=seed)


@pytest.mark.parametrize("seed", [-(2**63), 2**64 - 1])
def test_seeds_at_the_bounds_can_be_drawn_with(seed: int) -> None:
    model, tokenizer = load_shipped_model()
    for attempt in Task(model, tokenizer, AUTOMATON, "x", Settings(9, seed, None, None, None, None)).attempts(None):
        assert attempt.write(None) in {"a", "b"}


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("ab\ud800c", r"prompt must be Unicode text, .*, not '\\ud800' at character 3"),
        ([{"role": "user", "content": "\udfff"}], "content of a message must be Unicode text"),
    ],
)
def test_prompts_are_unicode(prompt: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        generate_json(*load_shipped_model(), {"const": 1}, prompt)


@pytest.mark.parametrize("size", ["4096", 4096.0, True])
def test_a_size_is_a_whole_number(size: Any) -> None:
    with pytest.raises(TypeError, match="size is a whole number"):
        Vocabulary.from_tokenizer(load_shipped_model()[1], size=size)
