"""What the shipped model is trained on: instances satisfy their schemas, and a seed names a document."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from training.corpus import triple


def test_every_instance_satisfies_its_schema() -> None:
    drawn = [triple(seed) for seed in range(600)]
    with_schema = [one for one in drawn if one.schema is not None]
    wrong = [
        one.answer for one in with_schema if not Draft202012Validator(one.schema or {}).is_valid(json.loads(one.answer))
    ]
    assert len(with_schema) > 500
    assert not wrong


def test_every_schema_is_one() -> None:
    for seed in range(200):
        Draft202012Validator.check_schema(triple(seed).schema or {})


def test_a_seed_names_a_document() -> None:
    assert [triple(seed) for seed in range(20)] == [triple(seed) for seed in range(20)]
    assert len({triple(seed).prompt for seed in range(200)}) > 180


def test_prompts_end_where_the_answer_begins() -> None:
    for seed in range(50):
        drawn = triple(seed)
        assert drawn.prompt.endswith("### Answer\n" if drawn.schema is None else "### JSON\n")
        assert drawn.request in drawn.prompt
