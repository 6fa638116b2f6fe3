"""The coverage report: verdicts as data, and that it refuses exactly what compiling refuses."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings

from constrain import Coverage, describe
from constrain.cli import main
from grammars.errors import GrammarError
from grammars.json_schema import JsonSchemaGrammar
from grammars.json_schema.cuts import Cuts
from grammars.json_schema.walk import walk
from tests.coverage_cases import CASES, LARGE, Case
from tests.doubtful_schemas import doubtful


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_verdicts(case: Case) -> None:
    records = {(each.pointer, each.keyword): each for each in describe(case.schema, **case.options).records}
    for pointer, keyword, verdict, words in case.records:
        assert records[pointer, keyword].verdict == verdict
        assert words in records[pointer, keyword].reason


def test_definitions_that_nobody_refers_to_are_not_listed() -> None:
    coverage = describe({"$defs": {"a": {"type": 3}}, "items": {"type": "null"}})
    assert [(each.pointer, each.keyword) for each in coverage.records] == [
        ("#", "$defs"),
        ("#", "items"),
        ("#/items", "type"),
    ]
    assert coverage.is_complete


def test_bounds_are_told() -> None:
    schema: Any = {"type": "object", "properties": {f"a{i}": {"items": {"maxLength": i}} for i in range(3200)}}
    coverage = describe(schema)
    assert "only the first 3000 rules were looked at" in coverage.unseen
    assert coverage.of("unseen")
    assert not coverage.is_complete
    assert not coverage.refused


def test_a_report_as_text_and_as_json() -> None:
    coverage = describe({"properties": {"a": LARGE}, "title": "t"})
    lines = str(coverage).splitlines()
    assert lines[0].split() == ["pointer", "keyword", "verdict", "reason"]
    assert [line.split()[:3] for line in lines[1:]] == [
        ["#", "properties", "enforced"],
        ["#", "title", "annotation"],
        ["#/properties/a", "multipleOf", "refused"],
    ]
    found = json.loads(json.dumps(coverage.to_dict()))
    assert found["is_complete"] is False
    assert found["records"][2]["verdict"] == "refused"
    assert isinstance(coverage, Coverage)
    with pytest.raises(FrozenInstanceError):
        coverage.records = ()  # type: ignore[misc]  # the error is tested


def test_the_schema_is_left_as_it_is() -> None:
    schema = {"oneOf": [{"items": [LARGE]}, {"not": LARGE}], "properties": {"a": LARGE}}
    before = json.dumps(schema)
    assert describe(schema).refused
    assert json.dumps(schema) == before


def raises(schema: Any) -> bool:
    """Whether a schema, or a text of it, leads to an error; every rule is tried."""
    try:
        return bool(walk(JsonSchemaGrammar(schema)).errors)
    except GrammarError:
        return True


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(doubtful())
def test_refused_is_what_compiling_refuses(schema: Any) -> None:
    coverage = describe(schema)
    assert bool(coverage.refused) == raises(schema)
    assert len({(each.pointer, each.keyword) for each in coverage.records}) == len(coverage.records)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(doubtful())
def test_pointers_lead_to_keywords_of_the_schema(schema: Any) -> None:
    for record in describe(schema).records:
        place = schema
        for step in unquote(record.pointer).split("/")[1:]:
            place = place[int(step)] if isinstance(place, list) else place[step]
        assert not record.keyword or record.keyword in place


def test_a_cut_leads_back_to_the_place_it_was_made_at() -> None:
    schema: Any = {"oneOf": [{"oneOf": [LARGE, {"minimum": "x"}]}]}
    cuts = Cuts(schema)
    assert cuts.cut(GrammarError("wrong", "#/oneOf/0/oneOf/0/multipleOf"))
    assert cuts.schema == {"anyOf": [{"anyOf": [{}, {"minimum": "x"}]}]}
    assert cuts.cut(GrammarError("wrong too", "#/anyOf/0/anyOf/1/minimum"))
    assert not cuts.cut(GrammarError("gone", "#/anyOf/0/anyOf/1/minimum"))
    assert [cut.pointer for cut in cuts.made.values()] == ["#", "#/oneOf/0", "#/oneOf/0/oneOf/0", "#/oneOf/0/oneOf/1"]


def test_what_asserts_the_same_keeps_its_own_annotations() -> None:
    texts = [{"title": "a"}, {"title": "b", "default": 1}, {}, {"$ref": "#/$defs/c"}]
    schema = {"prefixItems": texts, "$defs": {"c": {"examples": [1]}}}
    found = describe(schema).annotations
    assert [(record.pointer, record.keyword) for record in found if record.pointer != "#"] == [
        ("#/prefixItems/0", "title"),
        ("#/prefixItems/1", "title"),
        ("#/prefixItems/1", "default"),
        ("#/$defs/c", "examples"),
    ]


@pytest.mark.parametrize(("schema", "status"), [({"type": "null"}, 0), ({"items": LARGE}, 1), ([1], 2)])
def test_the_command(schema: Any, status: int, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(schema))
    assert main(["describe", "--schema", str(path)]) == status
    printed = capsys.readouterr().out
    assert main(["describe", "--schema", str(path), "--json"]) == status
    if status < 2:
        assert printed.split()[:4] == ["pointer", "keyword", "verdict", "reason"]
        assert json.loads(capsys.readouterr().out) == describe(schema).to_dict()
