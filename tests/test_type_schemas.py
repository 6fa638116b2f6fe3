"""Whatever the schema of a Python type accepts, pydantic reads: random texts of many types, and hostile ones."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import fractions
import ipaddress
import pathlib
import random
import re
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_json_schema
from constrain.schemas import reader_of
from grammars.errors import GrammarError

VOCABULARY = byte_vocabulary()


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    count: int
    share: float
    when: dt.date
    level: Literal[1, 2]


class Named(BaseModel):
    model_config = ConfigDict(populate_by_name=True, str_strip_whitespace=True, str_min_length=2, str_max_length=5)
    size: int = Field(3, alias="Size")
    text: str = "ab"


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    one: int


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    friends: list[Cat] = []


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    weight: Decimal


class Encoded(BaseModel):
    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")
    data: bytes


@dataclasses.dataclass
class Point:
    x: float
    y: float = 0.0


class Pair(NamedTuple):
    first: int
    second: str = ""


class Row(TypedDict, total=False):
    when: dt.datetime
    size: int


NOW = dt.date(2024, 2, 29)
TYPES: list[Any] = [
    int,
    float,
    bool,
    str,
    type(None),
    bytes,
    complex,
    Decimal,
    fractions.Fraction,
    uuid.UUID,
    pathlib.Path,
    dt.date,
    dt.time,
    dt.datetime,
    dt.timedelta,
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Interface,
    pydantic.IPvAnyNetwork,
    pydantic.HttpUrl,
    pydantic.AnyUrl,
    pydantic.PostgresDsn,
    pydantic.Base64Bytes,
    pydantic.Base64Str,
    pydantic.SecretStr,
    pydantic.UUID4,
    pydantic.UUID1,
    pydantic.NaiveDatetime,
    pydantic.AwareDatetime,
    pydantic.PastDate,
    pydantic.FutureDate,
    pydantic.PastDatetime,
    pydantic.FutureDatetime,
    pydantic.FiniteFloat,
    Annotated[bytes, Field(min_length=2, max_length=4)],
    Annotated[float, Field(gt=0, lt=1)],
    Annotated[float, Field(ge=0.1, le=0.3)],
    Annotated[Decimal, Field(gt=0)],
    Annotated[Decimal, Field(ge=Decimal("0.1234567890123456789"), lt=Decimal(3))],
    Annotated[Decimal, Field(max_digits=5, decimal_places=2)],
    Annotated[Decimal, Field(max_digits=3, ge=0)],
    Annotated[Decimal, Field(decimal_places=1)],
    Annotated[int, Field(gt=-5, lt=10**20)],
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)],
    Annotated[str, Field(pattern=r"^\D{2}\S\W$")],
    Annotated[str, Field(pattern=r"^[^\d]+\b")],
    Annotated[dt.date, Field(ge=NOW, lt=dt.date(2025, 3, 1))],
    Annotated[dt.datetime, Field(gt=dt.datetime(2020, 1, 1, tzinfo=dt.UTC), le=dt.datetime(2021, 1, 1, tzinfo=dt.UTC))],
    dict[int, str],
    dict[float, int],
    dict[bool, int],
    dict[Decimal, int],
    dict[dt.date, int],
    dict[dt.timedelta, int],
    dict[uuid.UUID, int],
    dict[Colour, int],
    dict[Literal["a", "b"], int],
    dict[Annotated[str, Field(min_length=2)], int],
    collections.Counter[str],
    collections.OrderedDict[int, int],
    collections.deque[int],
    list[Decimal | None],
    tuple[dt.time, Pair],
    int | str | dt.date,
    Colour,
    Level,
    Literal[1, "a", True, None],
    Annotated[Cat | Dog, Field(discriminator="kind")],
    Strict,
    Named,
    Open,
    Encoded,
    Point,
    Row,
]


def random_text(automaton: Any, rng: random.Random, longest: int) -> str:
    """A walk of random allowed bytes, the common ones first, that then takes the shortest way to the end."""
    state, text = automaton.start, b""
    for _ in range(rng.randrange(longest)):
        following = [byte for byte in range(256) if automaton.mask(state)[byte // 32] >> (byte % 32) & 1]
        if not following:
            break
        digits = [byte for byte in following if chr(byte) in "0123456789eE.-+:TZ"]
        byte = rng.choice(digits if digits and rng.random() < 0.5 else following)
        state, text = automaton.advance(state, byte), text + bytes([byte])
    whole: bytes = text + automaton.shortest_text(state)
    return whole.decode()


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_every_text_of_a_type_is_read(kind: Any) -> None:
    automaton = compile_json_schema(kind, VOCABULARY)
    read, rng = reader_of(kind), random.Random(0)
    for longest in (2, 20, 60, 60, 200) * 8:
        text = random_text(automaton, rng, longest)
        # What the type refuses it refuses by an exception.
        read(text)
        assert automaton.is_accepting(automaton.advance_bytes(automaton.start, text.encode()))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Decimal, "1e400"),
        (Decimal, '"x"'),
        (int, "1" * 4301),
        (int, "1e5000"),
        (Annotated[float, Field(gt=0)], "1e-400"),
        (Annotated[float, Field(lt=1)], "0." + "9" * 30),
        (dt.time, '"23:59:60Z"'),
        (dt.datetime, '"2016-12-31T23:59:60Z"'),
        (pydantic.NaiveDatetime, '"2020-01-01T00:00:00Z"'),
        (pydantic.NaiveDatetime, '"2023-02-29T00:00:00"'),
        (dt.timedelta, '"P9999999999Y"'),
        (Annotated[bytes, Field(max_length=1)], '"é"'),
        (ipaddress.IPv4Network, '"1.2.3.4/8"'),
        (pydantic.HttpUrl, '"a:b"'),
        (pydantic.UUID4, '"00000000-0000-0000-0000-000000000000"'),
        (Annotated[dt.date, Field(ge=NOW)], '"2024-02-28"'),
        (Annotated[Decimal, Field(max_digits=3, decimal_places=1)], '"123.4"'),
        (Annotated[Cat | Dog, Field(discriminator="kind")], '{"friends": []}'),
        (dict[float, int], '{"a": 1}'),
        (Named, '{"size": "x"}'),
        (Named, '{"text": " a"}'),
    ],
)
def test_what_pydantic_refuses_the_schema_refuses(kind: Any, text: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        TypeAdapter(kind).validate_json(text)
    assert check_text(compile_json_schema(kind, VOCABULARY), text) is not None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (dt.date, '"2024-02-29"'),
        (dt.datetime, '"2024-02-29T12:00:00.5+01:00"'),
        (pydantic.NaiveDatetime, '"2024-02-29T12:00:00"'),
        (dt.timedelta, '"P3DT4H"'),
        (Decimal, "12.50"),
        (Annotated[Decimal, Field(max_digits=5, decimal_places=2)], '"-123.45"'),
        (pydantic.HttpUrl, '"https://www.example.org/a/b?c=d"'),
        (Annotated[dt.date, Field(ge=NOW)], '"2024-03-01"'),
        (dict[bool, int], '{"true": 1}'),
        (Strict, '{"count": 1.0, "share": 2, "when": "2024-01-01", "level": 2.0}'),
    ],
)
def test_ordinary_texts_stay(kind: Any, text: str) -> None:
    assert check_text(compile_json_schema(kind, VOCABULARY), text) is None
    reader_of(kind)(text)


class Unknown:
    pass


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "type(None)"),
        (3, "no schema can be made of this: 3"),
        (1.5, "no schema can be made of this: 1.5"),
        ({1, 2}, "no schema can be made of this: {1, 2}"),
        ([1], r"no schema can be made of this: [1]"),
        (b"{}", "no schema can be made of this: b'{}'"),
        (Unknown, "Unknown"),
        (Unknown(), "Unknown"),
        (list["Missing"], "Missing"),  # type: ignore[name-defined]  # noqa: F821  # that it is missing is the point
        (Annotated[str, Field(pattern="(?=a)")], "no schema can be made of this"),
    ],
)
def test_what_is_no_schema_is_named(given: Any, words: str) -> None:
    with pytest.raises(GrammarError, match=re.escape(words)) as caught:
        compile_json_schema(given, VOCABULARY)
    assert "a schema is a dict, True, False or JSON text, or else a pydantic model" in str(caught.value)


@pytest.mark.parametrize(
    "kind",
    [
        re.Pattern,
        pydantic.Json[int],
        pydantic.FilePath,
        pydantic.ImportString,
        type[int],
        dict[int | str, int],
        dict[tuple[int, int], int],
        dict[Annotated[int, Field(ge=0)], int],
        Annotated[dt.time, Field(ge=dt.time(3))],
        Annotated[dt.timedelta, Field(ge=dt.timedelta(3))],
        Annotated[Decimal, Field(max_digits=3, le=5)],
    ],
)
def test_types_that_cannot_be_told_are_refused(kind: Any) -> None:
    with pytest.raises(GrammarError, match="so that pydantic reads all of it"):
        compile_json_schema(kind, VOCABULARY)
