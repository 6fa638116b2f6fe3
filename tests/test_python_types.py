"""Python types as schemas, and text as their instances."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field, ValidationError

from constrain.json_numbers import parse_json
from constrain.schemas import reader_of, to_json_schema
from grammars.errors import GrammarError


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(ge=1, le=9)


class Dog(BaseModel):
    kind: Literal["dog"]
    friends: list[Dog] = []


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


@pytest.mark.parametrize("schema", [True, False, {}, {"type": "string"}])
def test_a_json_schema_stays_as_it_is(schema: Any) -> None:
    assert to_json_schema(schema) == schema


def test_json_text_is_read() -> None:
    assert to_json_schema('{"type": "string"}') == {"type": "string"}
    assert to_json_schema("true") is True
    with pytest.raises(GrammarError, match="the schema is not JSON at line 2, column 1"):
        to_json_schema("{\n")
    with pytest.raises(GrammarError, match="a schema has to be an object, true or false"):
        to_json_schema("[1]")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (int, "3", 3),
        (int, "-2.5e30", -25 * 10**29),
        (int, "1E300", 10**300),
        (int, "9007199254740993.0", 9007199254740993),
        (float, "1.5e300", 1.5e300),
        (int | float, "1.0", 1.0),
        (list[str], '["a"]', ["a"]),
        (type(None), "null", None),
        (tuple[int, str], '[1, "a"]', (1, "a")),
        (dict[int, bool], '{"-3": true}', {-3: True}),
        (dict[uuid.UUID, int], '{"00000000-0000-0000-0000-000000000001": 1}', {uuid.UUID(int=1): 1}),
        (Cat, '{"kind": "cat", "lives": 9}', Cat(kind="cat", lives=9)),
        (Pet, '{"kind": "dog", "friends": [{"kind": "dog"}]}', Dog(kind="dog", friends=[Dog(kind="dog")])),
    ],
)
def test_valid_text_becomes_an_instance(kind: Any, text: str, value: Any) -> None:
    Draft202012Validator(to_json_schema(kind)).validate(parse_json(text))
    assert reader_of(kind)(text) == value


def test_tagged_unions_are_said_in_json_schema() -> None:
    schema = to_json_schema(Pet)
    assert isinstance(schema, dict)
    assert "discriminator" not in schema
    assert len(schema["anyOf"]) == 2


@pytest.mark.parametrize("text", ['{"a": 1}', '{"1.5": true}', '{"01": true}'])
def test_integer_keys_are_integers(text: str) -> None:
    assert not Draft202012Validator(to_json_schema(dict[int, bool])).is_valid(parse_json(text))


def test_a_validator_has_the_last_word() -> None:
    with pytest.raises(ValidationError):
        reader_of(Cat)('{"kind": "cat", "lives": 10}')


def test_a_json_schema_gives_plain_values() -> None:
    assert reader_of({"type": "integer"})("9" * 5000) == 10**5000 - 1
    assert reader_of('{"type": "array"}')("[1, null]") == [1, None]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e400", 10**400),
        ("-1.5e309", -15 * 10**308),
        ("1e-400", Decimal("1e-400")),
        ("1e999999", Decimal("1e999999")),
        ("0e-999999", 0),
        ("0e" + "9" * 30, 0.0),
        ("1.0", 1),
        ("5e82", 5 * 10**82),
        ("0.5", 0.5),
    ],
)
def test_numbers_of_every_size_keep_their_value(text: str, value: Any) -> None:
    parsed = parse_json(text)
    assert parsed == value
    assert type(parsed) is type(value)
