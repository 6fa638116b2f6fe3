"""Objects made of fields: which members are declared, required and present."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.kinds import Kind, Schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


@dataclass(frozen=True)
class Field:
    """A member: its name, its kind, and how a request speaks of its value ("" for: by name)."""

    name: str
    kind: Kind
    phrase: str = ""

    def speak(self, value: Any) -> str:
        """How a request mentions the value, for instance `aged 36`."""
        if self.phrase:
            return self.phrase.format(value)
        shown = str(value).lower() if isinstance(value, bool) else value
        return f"with {self.name} {shown}"


def choose(rng: Random, fields: Sequence[Field], most: int = 6) -> list[Field]:
    """Some of the fields, mostly in their own order; the first is usually among them. No name comes twice."""
    count = rng.randint(min(2, len(fields)), min(most, len(fields)))
    picked = set(rng.sample(range(len(fields)), count))
    if rng.random() < 0.7:
        picked.add(0)
    chosen = list({fields[i].name: fields[i] for i in sorted(picked)}.values())
    if rng.random() < 0.3:
        rng.shuffle(chosen)
    return chosen


def record(rng: Random, fields: Sequence[Field]) -> Kind:
    """An object with these members; some of them may be optional."""
    optional = {field.name for field in fields if rng.random() < 0.3} if rng.random() < 0.35 else set()
    required = [field.name for field in fields if field.name not in optional]
    schema: Schema = {"type": "object", "properties": {field.name: field.kind.schema for field in fields}}
    if required:
        schema["required"] = required
    if rng.random() < 0.6:
        schema["additionalProperties"] = False

    def draw(rng: Random) -> dict[str, Any]:
        present = (field for field in fields if field.name not in optional or rng.random() < 0.6)
        return {field.name: field.kind.draw(rng) for field in present}

    return Kind(schema, draw)
