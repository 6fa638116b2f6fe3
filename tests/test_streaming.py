"""`stream_json` with the model that ships: the pieces make up the text, and the values so far grow into the value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, Field

from constrain.decoding import Statistics
from constrain.generate import generate_json, stream_json
from constrain.prompting import render_prompt
from constrain.shipped import load_shipped_model
from tests.schemas import SCHEMAS

Pair = tuple[Any, Any]
PERSON = SCHEMAS[11]
PROMPT = render_prompt("Make up a person.", PERSON)


class Task(BaseModel):
    title: str = Field(min_length=1, max_length=30)
    hours: float = Field(ge=0, le=40)
    parts: list[Task] = []


@pytest.fixture(scope="module")
def shipped() -> Pair:
    return load_shipped_model()


def test_a_stream_ends_with_the_value(shipped: Pair) -> None:
    for seed in range(5):
        pieces = list(stream_json(*shipped, PERSON, PROMPT, seed=seed, max_new_tokens=60))
        text = "".join(piece for piece, _ in pieces)
        assert pieces[-1] == ("", json.loads(text))
        assert pieces[-1][1] == generate_json(*shipped, PERSON, PROMPT, seed=seed, max_new_tokens=60)
        assert all(isinstance(value, dict) for piece, value in pieces if piece.strip())
        assert all(piece for piece, _ in pieces[:-1])


def test_pieces_are_whole_characters(shipped: Pair) -> None:
    schema = {"const": "😀 é 中"}
    for whitespace in ("compact", "flexible"):
        pieces = [piece for piece, _ in stream_json(*shipped, schema, "x", seed=1, whitespace=whitespace)]
        assert json.loads("".join(pieces)) == "😀 é 中"


def test_a_stream_of_a_type_ends_with_an_instance(shipped: Pair) -> None:
    pieces = list(stream_json(*shipped, Task, "Plan a task.", seed=4, max_new_tokens=80))
    assert isinstance(pieces[-1][1], Task)


def test_a_stream_runs_as_far_as_it_is_read(shipped: Pair) -> None:
    statistics = Statistics()
    pieces = stream_json(*shipped, PERSON, PROMPT, seed=0, max_new_tokens=60, statistics=statistics)
    assert statistics.model_forwards == 0
    next(pieces)
    assert statistics.model_forwards == 1
