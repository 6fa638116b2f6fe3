"""The text that the shipped model learns from: requests with schema and instance, short answers, Python's docstrings.

Everything is drawn from `random.Random(seed)`, so that a seed names a document. The docstrings are those of the Python
that runs this (under the PSF licence); the rest is made here, from the lists in `words`.
"""

from __future__ import annotations

import ast
import json
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from constrain.prompting import render_prompt
from training.answers import answer
from training.domains import TOPICS
from training.kinds import Kind, Schema
from training.objects import choose, record
from training.special import SPECIAL

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENINGS = (
    "Describe", "Write", "Make up", "Generate", "Give me", "Create", "Return", "I need", "Please describe",
    "Show me", "Invent",
)  # fmt: skip


@dataclass(frozen=True)
class Triple:
    """A request, the schema that the answer has to satisfy (or None for free text), and an answer."""

    request: str
    schema: Schema | None
    answer: str

    @property
    def prompt(self) -> str:
        """What the model is shown."""
        return render_prompt(self.request, self.schema)


def triple(seed: int | str) -> Triple:
    """The triple with this seed."""
    rng = Random(f"triple {seed}")
    draw = rng.random()
    if draw < 0.06:
        return Triple(*answer(rng))
    if draw < 0.2:
        return _special(rng)
    return _from_topic(rng)


def _special(rng: Random) -> Triple:
    request, kind = rng.choice(SPECIAL)(rng)
    return Triple(request, kind.schema, _written(rng, kind.draw(rng)))


def _from_topic(rng: Random) -> Triple:
    topic = rng.choice(TOPICS)(rng)
    fields = choose(rng, topic.fields)
    kind = record(rng, fields)
    if rng.random() < 0.06:
        return _several(rng, topic.noun, kind)
    value = kind.draw(rng)
    spoken = [field.speak(value[field.name]) for field in fields if _speakable(value.get(field.name))]
    told = rng.sample(spoken, rng.randint(0, min(3, len(spoken))))
    return Triple(_request(rng, topic.noun, told), _dressed(rng, kind.schema, topic.noun), _written(rng, value))


def _speakable(value: Any) -> bool:
    return isinstance(value, bool | int | float | str)


def _request(rng: Random, noun: str, told: list[str]) -> str:
    ending = "." if rng.random() < 0.8 else ""
    opening = rng.choice(OPENINGS)
    if rng.random() < 0.1:
        return ", ".join([noun, *told])
    return f"{opening} {', '.join([f'{noun} {told[0]}', *told[1:]]) if told else noun}{ending}"


def _several(rng: Random, noun: str, kind: Kind) -> Triple:
    plural = f"a list of {noun.split(' ', 1)[1]}s"
    many = Kind({"type": "array", "items": kind.schema}, lambda rng: [kind.draw(rng) for _ in range(rng.randint(1, 3))])
    return Triple(_request(rng, plural, []), many.schema, _written(rng, many.draw(rng)))


def _dressed(rng: Random, schema: Schema, noun: str) -> Schema:
    """The schema as people write it: sometimes with a title, a description or a dialect."""
    extra: Schema = {}
    if rng.random() < 0.12:
        extra["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    if rng.random() < 0.12:
        extra["title"] = noun.split(" ", 1)[1].title()
    if rng.random() < 0.06:
        extra["description"] = f"Facts about {noun}."
    return extra | schema


def _written(rng: Random, value: Any) -> str:
    style = rng.random()
    if style < 0.75:
        return json.dumps(value, ensure_ascii=False)
    if style < 0.9:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value, ensure_ascii=False, indent=2)


def docstrings() -> Iterator[str]:
    """Docstrings of Python's standard library, in the order of its files."""
    library = Path(sysconfig.get_path("stdlib"))
    for path in sorted(library.rglob("*.py")):
        inside = path.relative_to(library).parts
        if {"site-packages", "test", "tests", "idlelib", "lib2to3", "__pycache__"} & set(inside):
            continue
        yield from _docstrings_of(path)


def _docstrings_of(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node) or ""
            if 150 <= len(text) <= 4000:
                yield text
