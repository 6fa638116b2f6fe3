"""`generate_json`, `generate_text` and `stream_json` with the model that ships."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import torch
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from constrain.budget import budget_of
from constrain.compile import compile_json_schema
from constrain.compiled import vocabulary_for
from constrain.decoding import Statistics
from constrain.errors import BudgetError, GenerationError, SettingsError
from constrain.generate import generate_json, generate_text, stream_json
from constrain.prompting import render_prompt
from constrain.shipped import load_shipped_model
from grammars.errors import GrammarError
from samplers import AdaptiveRejection, ASAp, Greedy, MaskedSampling, Sample, WeightedTree
from tests.schemas import SCHEMAS

Pair = tuple[Any, Any]
PERSON = SCHEMAS[11]
PROMPT = render_prompt("Make up a person.", PERSON)


@pytest.fixture(scope="module")
def shipped() -> Pair:
    return load_shipped_model()


def is_valid(schema: Any, value: Any) -> bool:
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(value)


@pytest.mark.parametrize("index", range(len(SCHEMAS)))
def test_values_are_valid_within_tight_budgets(shipped: Pair, index: int) -> None:
    """Two hundred calls in all: ten for each schema, with up to twenty tokens more than the shortest value takes."""
    schema = SCHEMAS[index]
    automaton = compile_json_schema(schema, vocabulary_for(*shipped))
    needed = budget_of(automaton).needed(automaton.start)
    for seed in range(10):
        statistics = Statistics()
        value = generate_json(
            *shipped,
            schema,
            render_prompt("Make something up.", schema),
            max_new_tokens=needed + (seed * 7 + index) % 21,
            seed=seed,
            statistics=statistics,
        )
        assert is_valid(schema, value)
        assert statistics.tokens <= needed + (seed * 7 + index) % 21


def test_a_budget_too_small_is_refused_before_the_model_runs(shipped: Pair) -> None:
    model, tokenizer = shipped
    calls: list[Any] = []
    hook = model.register_forward_pre_hook(lambda *given: calls.append(given))
    with pytest.raises(BudgetError) as caught:
        generate_json(model, tokenizer, PERSON, PROMPT, max_new_tokens=2)
    with pytest.raises(BudgetError):
        stream_json(model, tokenizer, PERSON, PROMPT, max_new_tokens=2)
    hook.remove()
    assert not calls
    assert generate_json(model, tokenizer, PERSON, PROMPT, max_new_tokens=caught.value.needed).keys() == {"name", "age"}


def test_a_seed_repeats_and_another_does_not(shipped: Pair) -> None:
    values = [generate_json(*shipped, PERSON, PROMPT, seed=seed) for seed in (1, 1, 2, 3)]
    assert values[0] == values[1]
    assert len({json.dumps(value) for value in values}) > 1


def test_the_generation_config_of_a_model_changes_nothing(shipped: Pair) -> None:
    model, tokenizer = shipped
    before = [generate_json(model, tokenizer, PERSON, PROMPT, seed=seed) for seed in range(3)]
    config = model.generation_config
    kept = (config.temperature, config.top_k, config.top_p, config.do_sample)
    config.temperature, config.top_k, config.top_p, config.do_sample = 0.01, 1, 0.01, True
    try:
        assert [generate_json(model, tokenizer, PERSON, PROMPT, seed=seed) for seed in range(3)] == before
    finally:
        config.temperature, config.top_k, config.top_p, config.do_sample = kept


def test_greedy_is_what_transformers_finds(shipped: Pair) -> None:
    from constrain.logits import ConstraintLogitsProcessor

    model, tokenizer = shipped
    automaton = compile_json_schema(PERSON, vocabulary_for(model, tokenizer))
    ours = generate_text(model, tokenizer, automaton, PROMPT, temperature=0)
    inputs = tokenizer(PROMPT, return_tensors="pt")
    processor = ConstraintLogitsProcessor(automaton)
    rows = model.generate(**inputs, do_sample=False, max_new_tokens=256, logits_processor=[processor])
    assert tokenizer.decode(rows[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True) == ours


class Task(BaseModel):
    title: str = Field(min_length=1, max_length=30)
    hours: float = Field(ge=0, le=40)
    parts: list[Task] = []


@pytest.mark.parametrize("kind", [Task, list[Task], int, bool | None, dict[int, bool], tuple[int, str]])
def test_python_types_give_instances(shipped: Pair, kind: Any) -> None:
    from pydantic import TypeAdapter

    for seed in range(3):
        value = generate_json(*shipped, kind, "Plan a task.", max_new_tokens=80, seed=seed)
        assert TypeAdapter(kind).validate_python(value, strict=True) == value


def test_formats_of_python_types_are_asserted(shipped: Pair) -> None:
    with pytest.raises(SettingsError, match="formats must be 'assert' for a Python type"):
        generate_json(*shipped, Task, "x", formats="annotate")


def test_schemas_that_are_not_json(shipped: Pair) -> None:
    assert generate_json(*shipped, {"const": 1, "default": {1}}, "x") == 1
    with pytest.raises(GrammarError, match=r"this value is not JSON at #/const: \{1\}"):
        generate_json(*shipped, {"const": {1}}, "x")
    with pytest.raises(GrammarError, match="None is no schema"):
        generate_json(*shipped, None, "x")


def test_a_registry_has_what_a_schema_refers_to(shipped: Pair) -> None:
    schema = {"$ref": "http://t/a.json"}
    for kind, found in (("null", None), ("boolean", True)):
        document = DRAFT202012.create_resource({"type": kind, "not": {"const": False}})
        registry: Registry[Any] = Registry().with_resource("http://t/a.json", document)
        assert generate_json(*shipped, schema, "Something.", registry=registry, max_new_tokens=8) is found
        assert [*stream_json(*shipped, schema, "Something.", registry=registry, max_new_tokens=8)][-1] == ("", found)


def test_formats_of_the_caller_are_asserted(shipped: Pair) -> None:
    schema = {"type": "string", "format": "plate"}
    formats = {"plate": "[AB]-1"}
    for formats["plate"] in ("[AB]-1", "C"):  # the same dict, changed
        value = generate_json(*shipped, schema, "A plate.", custom_formats=formats, max_new_tokens=8)
        assert re.fullmatch(formats["plate"], value)
        pieces = list(stream_json(*shipped, schema, "A plate.", custom_formats=formats, max_new_tokens=8))
        assert re.fullmatch(formats["plate"], pieces[-1][1])


def test_separators_may_be_a_list(shipped: Pair) -> None:
    separators: Any = [", ", ": "]
    pieces = stream_json(*shipped, {"const": [True, {}]}, "x", whitespace=separators)
    assert "".join(piece for piece, _ in pieces) == "[true, {}]"


def test_json_text_is_a_schema(shipped: Pair) -> None:
    assert generate_json(*shipped, '{"const": [1, "a"]}', "x") == [1, "a"]


@pytest.mark.parametrize(("whitespace", "separators"), [("compact", (",", ":")), ((", ", ": "), (", ", ": "))])
def test_whitespace_is_what_was_asked_for(shipped: Pair, whitespace: Any, separators: Any) -> None:
    for seed in range(3):
        pieces = list(stream_json(*shipped, {"const": [[True, None], {}]}, PROMPT, seed=seed, whitespace=whitespace))
        assert "".join(piece for piece, _ in pieces) == json.dumps([[True, None], {}], separators=separators)


def test_members_come_in_any_order(shipped: Pair) -> None:
    for seed in range(5):
        value = generate_json(*shipped, PERSON, PROMPT, seed=seed, property_order="any", max_new_tokens=60)
        assert is_valid(PERSON, value)


@pytest.mark.parametrize(
    "sampler",
    [
        MaskedSampling(),
        MaskedSampling(temperature=0.5),
        Greedy(),
        ASAp(),
        WeightedTree(max_new_tokens=3),
        AdaptiveRejection(),
    ],
)
def test_samplers_are_taken(shipped: Pair, sampler: Any) -> None:
    value = generate_json(*shipped, PERSON, PROMPT, sampler=sampler, seed=1, max_new_tokens=40)
    assert is_valid(PERSON, value)


def test_the_budget_of_a_sampler_counts_where_the_call_has_none(shipped: Pair) -> None:
    asked: list[int] = []

    class Asked(Greedy):
        def sample(self, *given: Any, **settings: Any) -> Any:
            asked.append(settings["max_new_tokens"])
            return super().sample(*given, **settings)

    budgets: list[dict[str, Any]] = [{}, {"max_new_tokens": 17}]
    for budget in budgets:
        generate_json(*shipped, PERSON, PROMPT, sampler=Asked(max_new_tokens=19), seed=1, **budget)
    assert asked == [19, 17]


def test_settings_of_a_sampler_are_its_own(shipped: Pair) -> None:
    with pytest.raises(ValueError, match="belong to the sampler"):
        generate_json(*shipped, PERSON, PROMPT, sampler=Greedy(), temperature=0.5)


class Liar:
    def __init__(self, samples: list[Sample]) -> None:
        self._samples = samples

    def sample(self, *_: Any, **__: Any) -> list[Sample]:
        return self._samples


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([], "the sampler found no value"),
        ([Sample('{"name": "x"', [5], 0.0, 0.0)], "not a complete member of the language"),
        ([Sample('{"name": 3}', [5], 0.0, 0.0)], "not a complete member of the language"),
        ([Sample('{"name": "x", "age": 3}', [5] * 99, 0.0, 0.0)], "the sampler took 99 tokens, 40 were allowed"),
    ],
)
def test_samplers_are_not_believed(shipped: Pair, samples: list[Sample], message: str) -> None:
    with pytest.raises(GenerationError, match=message):
        generate_json(*shipped, PERSON, PROMPT, sampler=Liar(samples), max_new_tokens=40)


@pytest.mark.parametrize("settings", [{"temperature": -1.0}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.5}])
def test_settings_that_mean_nothing_are_refused(shipped: Pair, settings: Any) -> None:
    with pytest.raises(SettingsError, match=next(iter(settings))):
        generate_json(*shipped, PERSON, PROMPT, **settings)


def test_scores_that_are_not_numbers_are_refused(shipped: Pair) -> None:
    model, tokenizer = shipped
    hook = model.lm_head.register_forward_hook(lambda _, __, output: torch.full_like(output, torch.nan))
    for sampler in (None, MaskedSampling(), Greedy()):
        with pytest.raises(GenerationError, match="not finite numbers"):
            generate_json(model, tokenizer, PERSON, PROMPT, sampler=sampler)
    hook.remove()
