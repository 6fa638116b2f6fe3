"""The keywords of a schema by their places, with what a grammar that was walked makes of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from grammars.deadline import check
from grammars.errors import GrammarError
from grammars.json_schema.coverage import Record
from grammars.json_schema.grammar import JsonSchemaGrammar
from grammars.json_schema.nodes import ANY, NEVER, Json, Node, escape, unescape
from grammars.json_schema.places import places
from grammars.json_schema.roles import silence_of
from grammars.json_schema.scopes import REFERENCES
from grammars.json_schema.survey import IN_PLACE

MAX_PLACES = 20_000
"""How many subschemas are listed."""


class Place(NamedTuple):
    """A subschema by its own pointer and keywords, and whether values get there.

    Subschemas that assert the same are one node, whatever else they say.
    """

    pointer: str
    names: tuple[str, ...]
    node: Node
    is_used: bool


class Listing:
    """Lists what is reachable from the root of a grammar's schema; `is_whole` where all rules were looked at."""

    def __init__(self, grammar: JsonSchemaGrammar, is_whole: bool) -> None:
        self._interpreter = grammar.interpreter
        self._locator = grammar.interpreter.locator
        self._read = grammar.interpreter.nodes_read()
        self._is_whole = is_whole
        self.unseen: tuple[str, ...] = ()

    def records(self, placed: Callable[[str, str], tuple[str, str]]) -> list[Record]:
        """A record for each keyword, as it was placed originally; what is used by one way counts as used."""
        found: dict[tuple[str, str], Record] = {}
        for place in self._places():
            for keyword in place.names:
                if (place.pointer, keyword) not in found or place.is_used:
                    found[place.pointer, keyword] = self._record(place, keyword)
        return [Record(*placed(*place), record.verdict, record.reason) for place, record in found.items()]

    def _record(self, place: Place, keyword: str) -> Record:
        silence = silence_of(place.node, keyword)
        if silence is not None:
            return Record(place.pointer, keyword, "annotation", silence)
        if not place.is_used:
            if self._is_whole:
                return Record(place.pointer, keyword, "unused", "no value gets there")
            return Record(place.pointer, keyword, "unseen", "beyond the bounds of this report")
        if keyword == "format":
            return self._format(place)
        return Record(place.pointer, keyword, "enforced")

    def _format(self, place: Place) -> Record:
        name = place.node.keywords["format"]
        if isinstance(name, str) and self._interpreter.format_language(place.node, name) is not None:
            return Record(place.pointer, "format", "enforced")
        return Record(place.pointer, "format", "annotation", f"{name!r} is not among the formats asserted")

    def _places(self) -> Iterator[Place]:
        node = self._locator.root
        root = Place(node.pointer, _names(node.schema), node, True)
        queue = deque([root])
        seen = {root}
        while queue:
            check()
            place = queue.popleft()
            yield place
            for inner in self._inside(place):
                if len(seen) >= MAX_PLACES:
                    self.unseen = (f"only the first {MAX_PLACES} subschemas are listed",)
                    break
                if inner not in seen:
                    seen.add(inner)
                    queue.append(inner)

    def _inside(self, place: Place) -> Iterator[Place]:
        node = place.node
        keys = node.keywords
        for keyword in keys:
            if silence_of(node, keyword) is not None:
                continue
            if keyword in REFERENCES:
                yield from self._target(place, keyword)
            for schema, steps in places(keys, keyword):
                pointer = "/".join([place.pointer, *map(escape, steps)])
                if isinstance(schema, dict):
                    inner = self._locator.node(schema, node, steps)
                    is_used = place.is_used and (keyword in IN_PLACE or self._is_read(inner))
                    yield Place(pointer, _names(schema), inner, is_used)

    def _target(self, place: Place, keyword: str) -> Iterator[Place]:
        try:
            target = self._locator.target(place.node, keyword)
        except GrammarError:
            # Where a value gets there, this was refused before.
            return
        pointer, schema = _own_place(place.node, keyword, target)
        yield Place(pointer, _names(schema), target, place.is_used)

    def _is_read(self, node: Node) -> bool:
        """Whether the grammar looked into the rule of a node, or need not."""
        try:
            rule = self._locator.rule(node)
        except GrammarError:
            return False
        return rule in {ANY, NEVER} or all(part in self._read for part, _ in rule)


def _names(schema: Json) -> tuple[str, ...]:
    return tuple(schema) if isinstance(schema, dict) else ()


def _own_place(node: Node, keyword: str, target: Node) -> tuple[str, Json]:
    """Where a reference leads, and what stands there: a node knows only one of its places."""
    reference = str(node.keywords[keyword])
    if keyword != "$ref" or not reference.startswith("#/"):
        return target.pointer, target.schema
    steps = [unescape(step) for step in reference.split("/")[1:]]
    schema: Any = node.resource.root
    for step in steps:
        schema = schema[int(step) if isinstance(schema, list) else step]
    return "/".join([node.resource.at, *map(escape, steps)]), schema
