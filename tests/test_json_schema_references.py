"""References mean what `jsonschema` says they mean, given the same documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft201909Validator, Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from grammars.errors import GrammarError, LimitError
from grammars.json_schema import JsonSchemaGrammar
from grammars.json_schema.dialect import Dialects
from grammars.json_schema.documents import Documents
from grammars.json_schema.keywords import names_of
from grammars.json_schema.locate import Locator
from tests.json_schema_cases import Case
from tests.json_schemas import instances
from tests.matching import matcher_of, matches
from tests.naive import NaiveMatcher
from tests.reference_cases import CASES, DOCUMENTS, DRAFT2019, DRAFT2020, METASCHEMAS, REGISTRY, UNJUDGED_CASES

Json = Any


@pytest.mark.parametrize("case", CASES + UNJUDGED_CASES, ids=lambda case: case.name)
def test_texts(case: Case) -> None:
    matcher = NaiveMatcher(JsonSchemaGrammar(case.schema, registry=METASCHEMAS, **case.options))
    assert {text: matcher.matches(text.encode()) for text in case.good} == dict.fromkeys(case.good, True)
    assert {text: matcher.matches(text.encode()) for text in case.bad} == dict.fromkeys(case.bad, False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cases_are_what_the_oracle_says(case: Case) -> None:
    oracle = validator_for(case.schema, default=Draft202012Validator)(case.schema, registry=REGISTRY)
    assert all(oracle.is_valid(json.loads(text)) for text in case.good)
    assert not any(oracle.is_valid(json.loads(text)) for text in case.bad)


ERRORS: list[tuple[str, Json, str, str]] = [
    ("no such document", {"items": {"$ref": "http://t/gone.json"}}, "#/items/$ref", "pass a referencing.Registry"),
    ("no such place", {"$ref": "http://t/pair.json#/gone"}, "#/$ref", "no such place"),
    ("no such anchor", {"$dynamicRef": "http://t/pair.json#gone"}, "#/$dynamicRef", "no such place"),
    ("a place with a number", {"$ref": "#/a/²", "a": [1]}, "#/$ref", "no such place"),
    ("no schema there", {"$ref": "#/a", "a": [1]}, "#/a", "has to be an object"),
    ("lost elsewhere", {"$ref": "http://t/lost.json"}, "http://t/lost.json#/items/$ref", "leads nowhere"),
    ("wrong elsewhere", {"$ref": "http://t/wrong.json"}, "http://t/wrong.json#/type", "name of a JSON type"),
    ("no reference", {"$dynamicRef": 1}, "#/$dynamicRef", "has to be a string"),
    ("no URI", {"$id": "http://t/a", "$ref": "//["}, "#/$ref", "no URI"),
    ("no URI as id", {"$id": "http://t/a", "items": {"$id": "//["}}, "#/items", "no URI"),
    (
        "no recursion",
        {"$schema": DRAFT2019, "$recursiveRef": "#/not", "not": {}},
        "#/$recursiveRef",
        'has to be "#"',
    ),
    ("unknown vocabulary", {"$schema": "http://t/unknown.json"}, "#/$schema", "http://t/vocabulary"),
    ("unknown format", {"$schema": "http://t/strict.json", "format": "what"}, "#/format", "not supported"),
    ("deep format", {"items": {"$schema": "http://t/strict.json", "$id": "x", "format": "?"}}, "#/items/format", "not"),
    ("no document", {"$ref": "http://t/none.json"}, "http://t/none.json#", "has to be an object"),
    ("never", {"$dynamicRef": "#a", "$defs": {"a": {"$dynamicAnchor": "a", "enum": []}}}, "#/$defs/a/enum", "no value"),
]
FAULTY: Registry[Any] = METASCHEMAS.with_resources(
    [
        ("http://t/lost.json", DRAFT202012.create_resource({"items": {"$ref": "#/gone"}})),
        ("http://t/wrong.json", DRAFT202012.create_resource({"type": 1})),
        ("http://t/none.json", Resource.opaque([1])),
    ]
)


@pytest.mark.parametrize(("schema", "where", "words"), [error[1:] for error in ERRORS], ids=[e[0] for e in ERRORS])
def test_errors_point_to_the_place(schema: Json, where: str, words: str) -> None:
    with pytest.raises(GrammarError) as caught:
        JsonSchemaGrammar(schema, registry=FAULTY)
    assert caught.value.where == where
    assert words in str(caught.value)


def test_a_registry_may_look_for_documents_itself() -> None:
    asked = []

    def retrieve(uri: str) -> Resource[Any]:
        asked.append(uri)
        if uri not in DOCUMENTS:
            raise LookupError(uri)
        return DRAFT202012.create_resource(DOCUMENTS[uri])

    registry: Registry[Any] = Registry(retrieve=retrieve)  # type: ignore[call-arg]  # attrs renames it
    schema = {"items": {"$ref": "http://t/word.json"}, "contains": {"$ref": "http://t/word.json"}}
    assert NaiveMatcher(JsonSchemaGrammar(schema, registry=registry)).matches(b'["ab"]')
    assert asked == ["http://t/word.json"]
    with pytest.raises(GrammarError, match="leads nowhere"):
        JsonSchemaGrammar({"$ref": "http://t/gone.json"}, registry=registry)


def test_a_registry_that_can_not_be_read_is_an_error() -> None:
    registry: Registry[Any] = Registry().with_resource("http://t/a", DRAFT202012.create_resource({"$defs": [1]}))
    with pytest.raises(GrammarError, match="registry can not be read"):
        JsonSchemaGrammar({"$ref": "http://t/b"}, registry=registry)


def test_too_many_dynamic_anchors_are_a_limit() -> None:
    ring = {f"d{i}": {"$dynamicAnchor": f"a{i}", "items": {"$dynamicRef": f"#a{(i + 1) % 2000}"}} for i in range(2000)}
    with pytest.raises(LimitError) as caught:
        JsonSchemaGrammar({"$ref": "#a0", "$defs": ring})
    assert caught.value.limit == "dynamic anchors"


def test_only_a_registry_is_one() -> None:
    with pytest.raises(TypeError, match=r"referencing\.Registry, not dict"):
        JsonSchemaGrammar(True, registry=DOCUMENTS)  # type: ignore[arg-type]  # the error is tested


def test_one_object_in_two_places_is_read_in_both() -> None:
    shared = {"$ref": "#/$defs/a"}
    inner = {"$id": "http://t/inner", "items": shared, "$defs": {"a": {"type": "string"}}}
    schema = {"properties": {"p": shared, "q": inner}, "$defs": {"a": {"type": "null"}}}
    matcher = NaiveMatcher(JsonSchemaGrammar(schema))
    assert matcher.matches(b'{"p":null,"q":["a"]}')
    assert not matcher.matches(b'{"q":[null]}')


def locator_of(schema: Json) -> Locator:
    documents = Documents(REGISTRY)
    dialects = Dialects(documents, names_of)
    return Locator(schema, dialects.default(None), documents, dialects)


def test_only_what_asks_for_a_scope_is_read_for_each() -> None:
    names = ("strings", "numbers", "list")
    locator = locator_of({"properties": {name: {"$ref": f"http://t/{name}.json"} for name in names}})
    tops = [locator.target(locator.child(locator.root, "properties", name), "$ref") for name in names]
    lists = [locator.target(top, "$ref") for top in tops[:2]] + tops[2:]
    for asking in (("properties", "value"), ("properties", "next")):
        assert len({locator.rule(locator.child(node, *asking)) for node in lists}) == 3
    assert len({locator.child(node, "properties", "note") for node in lists}) == 1


def test_a_scope_does_not_grow_with_the_way() -> None:
    locator = locator_of({"$ref": "http://t/strings.json"})
    first = locator.target(locator.target(locator.root, "$ref"), "$ref")
    node = first
    for _ in range(5):
        node = locator.target(locator.child(node, "properties", "next"), "$ref")
    assert node is first


def part(draw: st.DrawFn, references: st.SearchStrategy[Json]) -> Json:
    """A schema with references inside of values only, so that no way comes back in place."""
    plain: list[Json] = [
        {},
        {"type": "object"},
        {"type": "string"},
        {"type": ["number", "object"]},
        {"minProperties": 1},
    ]
    parts = st.dictionaries(st.sampled_from(["a", "b"]), references, max_size=2)
    found = dict(draw(st.sampled_from(plain)))
    return found | {"properties": draw(parts)} | draw(st.sampled_from([{}, {"items": draw(references)}]))


@st.composite
def dynamic_resources(draw: st.DrawFn) -> list[Json]:
    """Resources that have the anchors `n` and `m`, dynamic or not, and refer to them and to each other."""
    places = st.sampled_from([f"http://t/r{i}" for i in range(3)])
    references = places.map(lambda uri: {"$ref": uri}) | st.builds(
        lambda uri, name: {"$dynamicRef": f"{uri}#{name}"}, places, st.sampled_from("nm")
    )
    made = []
    for i in range(3):
        resource = {"$schema": DRAFT2020, "$id": f"http://t/r{i}", "$defs": {}, **part(draw, references)}
        for name in "nm":
            anchor = {draw(st.sampled_from(["$dynamicAnchor", "$dynamicAnchor", "$anchor"])): name}
            if draw(st.booleans()) and resource.keys().isdisjoint(anchor):
                resource |= anchor
            else:
                resource["$defs"][name] = anchor | part(draw, references)
        if i < 2 and draw(st.booleans()):
            resource["$ref"] = f"http://t/r{draw(st.integers(i + 1, 2))}"
        made.append(resource)
    return made


@st.composite
def recursive_resources(draw: st.DrawFn) -> list[Json]:
    """Resources that refer to each other and to themselves, all recursive or none.

    Mixed ones are left to the data: 2019-09 says the outermost anchor of all, `jsonschema` stops at a gap.
    """
    places = st.sampled_from([f"http://t/r{i}" for i in range(3)])
    references = places.map(lambda uri: {"$ref": uri}) | st.just({"$recursiveRef": "#"})
    anchor = draw(st.sampled_from([{"$recursiveAnchor": True}, {}]))
    made = []
    for i in range(3):
        resource = {"$schema": DRAFT2019, "$id": f"http://t/r{i}", **anchor, **part(draw, references)}
        if i < 2 and draw(st.booleans()):
            resource["$ref"] = f"http://t/r{draw(st.integers(i + 1, 2))}"
        made.append(resource)
    return made


def check_against(oracle: type, resources: list[Json], bundled: bool, values: list[Json]) -> None:
    first, *others = resources
    if bundled:
        first = {**first, "$defs": first.get("$defs", {}) | {f"r{i}": other for i, other in enumerate(others)}}
        others = []
    registry: Registry[Any] = Registry().with_resources(
        (other["$id"], Resource.from_contents(other)) for other in others
    )
    validator = oracle(first, registry=registry)
    matcher = matcher_of(first, registry=registry, property_order="any")
    for value in values:
        assert matches(matcher, json.dumps(value)) == validator.is_valid(value), value


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(dynamic_resources(), st.booleans(), st.lists(instances, min_size=1, max_size=6))
def test_dynamic_references(resources: list[Json], bundled: bool, values: list[Json]) -> None:
    check_against(Draft202012Validator, resources, bundled, values)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(recursive_resources(), st.booleans(), st.lists(instances, min_size=1, max_size=6))
def test_recursive_references(resources: list[Json], bundled: bool, values: list[Json]) -> None:
    check_against(Draft201909Validator, resources, bundled, values)
