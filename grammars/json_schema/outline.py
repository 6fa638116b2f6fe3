"""A document as it is written: its subschemas, and which of them lead to some others, before any of them is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote

from grammars.deadline import check
from grammars.json_schema.nodes import Json, Node
from grammars.json_schema.places import holders_of, parts_of
from grammars.json_schema.resources import Chain, value_at
from grammars.json_schema.scopes import REFERENCES

Place: TypeAlias = tuple[Json, Chain, Json]
"""What stands where there is a subschema, the steps to it, and the schema that holds it."""


class Outline(NamedTuple):
    """The places of a document's subschemas, each object once, the root first; `repeated` has their other places.

    `is_whole` says whether all that stands there are schemas. `targets` has what references were found to lead to.
    """

    places: list[Place]
    repeated: list[Place]
    is_whole: bool
    targets: dict[str, Json]

    def apart_from(self, is_sought: Callable[[dict[str, Json]], bool]) -> set[int]:
        """The identities of the parts that neither are sought nor lead to such by what they hold and refer to.

        What is no schema counts as sought, and so does a reference where it is not easily seen what it means.
        """
        check()
        known = {id(schema): schema for schema, _, _ in self.places}
        found = {own for own, schema in known.items() if not isinstance(schema, dict) or is_sought(schema)}
        found -= {id(True), id(False)}
        holders = {id(schema): id(holder) for schema, _, holder in self.places}
        others: defaultdict[int, list[int]] = defaultdict(list)
        for schema, _, holder in self.repeated:
            others[id(schema)].append(id(holder))
        for own, reference in _references(known):
            target = id(self.target(reference))
            others[target].append(own)
            if target not in known:
                found.add(own)
        return known.keys() - _upwards(found, holders, others)

    def target(self, reference: str) -> Json:
        """What a pointer from the root leads to; nothing for references of other kinds."""
        if reference not in self.targets:
            is_pointer = reference == "#" or reference.startswith("#/")
            steps = unquote(reference[1:]).split("/")[1:]
            self.targets[reference] = value_at(self.places[0][0], steps) if is_pointer else None
        return self.targets[reference]


def outline_of(root: Node) -> Outline:
    """The outline of the document with that root."""
    places: list[Place] = []
    repeated: list[Place] = []
    pending: list[Place] = [(root.schema, None, None)]
    seen: set[int] = set()
    names = holders_of(root.dialect)
    is_whole = True
    while pending:
        place = pending.pop()
        schema, chain, _ = place
        if not isinstance(schema, dict):
            if not isinstance(schema, bool):
                is_whole = False
                repeated.append(place)
        # One object may stand at many places in a schema that is not from JSON text.
        elif id(schema) in seen:
            repeated.append(place)
            continue
        else:
            seen.add(id(schema))
            # Most are leaves.
            if not names.isdisjoint(schema):
                pending += [(part, (chain, steps), schema) for part, steps in reversed(parts_of(schema, names))]
        places.append(place)
    return Outline(places, repeated, is_whole, {})


def _references(known: Mapping[int, Json]) -> Iterator[tuple[int, str]]:
    """The identities of schemas that refer to others, and how; nothing is said of other references than `$ref`."""
    for own, schema in known.items():
        if isinstance(schema, dict) and not REFERENCES.isdisjoint(schema):
            yield own, str(schema["$ref"]) if REFERENCES & schema.keys() == {"$ref"} else ""


def _upwards(found: Iterable[int], holders: Mapping[int, int], others: Mapping[int, Iterable[int]]) -> set[int]:
    reached = set(found)
    pending = list(reached)
    while pending:
        own = pending.pop()
        fresh = {holders.get(own, own), *others.get(own, ())} - reached
        reached |= fresh
        pending += fresh
    return reached
