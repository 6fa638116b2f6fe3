"""Which alternatives plainly exclude each other, as is seen from the keywords that most schemas use for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from grammars.json_schema.nodes import Json, plain_values

Refer = Callable[[str], Json]
"""What a reference leads to; nothing where that is not easily seen."""
_HOPS = 8
ELSEWHERE = frozenset({"$schema", "$id", "id"})
"""Keywords of parts that may be in another dialect, or have another base for their references."""
_NEEDED = frozenset({"type", "properties", "required", "enum"})


def are_apart(branches: Json, keywords: frozenset[str], refer: Refer) -> bool:
    """Whether each of some schemas asks for types of its own, and those for objects for values of one member.

    `keywords` are those that count.
    """
    if not isinstance(branches, list) or not keywords >= _NEEDED:
        return False
    found = [_referred(branch, refer) for branch in branches]
    types = [_types(branch) for branch in found]
    objects = [branch for branch, asked in zip(found, types, strict=True) if asked == {"object"}]
    others = [asked for asked in types if asked != {"object"}]
    return _are_disjoint([*others, {"object"}]) and (len(objects) < 2 or _have_mark(objects, keywords))


def _referred(schema: Json, refer: Refer) -> dict[str, Json]:
    """A schema, or what it refers to; an empty one where that is not easily seen."""
    for _ in range(_HOPS):
        if not isinstance(schema, dict) or "$ref" not in schema or not ELSEWHERE.isdisjoint(schema):
            break
        schema = refer(str(schema["$ref"]))
    return schema if isinstance(schema, dict) and ELSEWHERE.isdisjoint(schema) else {}


def _types(schema: dict[str, Json]) -> set[str]:
    """The types that a schema names; none where it names none."""
    asked = schema.get("type")
    listed = asked if isinstance(asked, list) else [asked]
    return {"number" if each == "integer" else each for each in listed if isinstance(each, str)}


def _have_mark(objects: Sequence[dict[str, Json]], keywords: frozenset[str]) -> bool:
    """Whether some member has other values in each of several schemas, which all require it."""
    marks = [_marks(schema, keywords) for schema in objects]
    return any(_are_disjoint([each.get(name, ()) for each in marks]) for name in marks[0])


def _marks(schema: dict[str, Json], keywords: frozenset[str]) -> dict[str, frozenset[object]]:
    """The members that a schema requires and gives a few plain values."""
    required, declared = schema.get("required"), schema.get("properties")
    if not isinstance(required, list) or not isinstance(declared, dict):
        return {}
    parts = {name: declared.get(name) for name in required if isinstance(name, str)}
    finite = {
        name: plain_values({key: value for key, value in part.items() if key in keywords})
        for name, part in parts.items()
        if isinstance(part, dict) and "$ref" not in part and ELSEWHERE.isdisjoint(part)
    }
    return {name: values for name, values in finite.items() if values is not None}


def _are_disjoint(groups: Sequence[Iterable[object]]) -> bool:
    """Whether no group is empty, and nothing is in two of them."""
    listed = [frozenset(group) for group in groups]
    return all(listed) and len(frozenset(chain(*listed))) == sum(map(len, listed))
