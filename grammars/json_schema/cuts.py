"""A schema without some of its keywords: what errors point to is taken out of a copy, so that it only asks for less.

Where a keyword counts against what it says (under `not` or `if`), the outer keyword goes; a `oneOf` around it becomes
an `anyOf`; and what goes by what a keyword leaves over (`additionalProperties`, `unevaluated…`) goes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from grammars.errors import GrammarError
from grammars.json_schema.keywords import KEYWORDS
from grammars.json_schema.nodes import Json, escape, unescape
from grammars.json_schema.places import Steps, places
from grammars.json_schema.strings import regex_of

_UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
_IN_PLACE = frozenset({"allOf", "anyOf", "oneOf", "then", "else", "dependentSchemas", "dependencies"})
_COMPANIONS: dict[str, tuple[str, ...]] = {
    "properties": ("additionalProperties",),
    "patternProperties": ("additionalProperties",),
    "prefixItems": ("items", "additionalItems"),
    "items": ("additionalItems",),
    "contains": ("minContains", "maxContains"),
    "if": ("then", "else"),
}
_EVALUATING = frozenset(
    {
        *("properties", "patternProperties", "additionalProperties", "items", "prefixItems", "additionalItems"),
        *("contains", "if", "$ref", "$dynamicRef", "$recursiveRef", *_IN_PLACE),
    }
)


@dataclass(frozen=True)
class Cut:
    """A keyword that is not enforced, the pointer to the schema that has it, and the error because of which.

    `instead` is the keyword that its value is read as, if it is not taken out altogether.
    """

    pointer: str
    keyword: str
    reason: str
    instead: str = ""


class Passage(NamedTuple):
    """A keyword on the way to a place: the schema that has it, and the steps to that schema."""

    schema: dict[str, Json]
    steps: Steps
    keyword: str


class Cuts:
    """Takes keywords out, and knows where they stood."""

    def __init__(self, schema: Json) -> None:
        self.schema = self._given = schema
        self.made: dict[tuple[str, str], Cut] = {}
        self._renamed: list[tuple[str, str]] = []

    def original(self, pointer: str) -> str:
        """Where something stood in the schema as it was given."""
        for new, old in reversed(self._renamed):
            if pointer == new or pointer.startswith(f"{new}/"):
                pointer = old + pointer[len(new) :]
        return pointer

    def placed(self, pointer: str, keyword: str) -> tuple[str, str]:
        """Where a keyword stood, and what it was."""
        place, _, name = self.original(f"{pointer}/{escape(keyword)}").rpartition("/")
        return place, unescape(name)

    def cut(self, error: GrammarError) -> bool:
        """Takes out the keyword that an error is about; whether there was one."""
        steps = _steps_of(error.where)
        if steps is None or not isinstance(self.schema, dict):
            return False
        copied = _copied_along(self.schema, steps)
        way = _way(copied, steps)
        if not way:
            return False
        reason = self._in_words(error)
        self._take_out(self._outermost(way, reason), reason)
        self.schema = copied
        return True

    def place_of(self, where: str) -> tuple[str, str]:
        """The schema, as it was given, that a place is in, and the keyword, if it is not about a whole schema."""
        steps = _steps_of(where)
        if steps is None or not isinstance(self._given, dict):
            return where or "#", ""
        way, left, _ = _passages(self._given, steps)
        if not left or not way:
            return where, ""
        return _pointer(way[-1].steps), way[-1].keyword

    def _in_words(self, error: GrammarError) -> str:
        return str(error).replace(error.where, self.original(error.where))

    def _outermost(self, way: list[Passage], reason: str) -> list[Passage]:
        """The way to the keyword that has to go so that the schema asks for less, not for more."""
        for index in range(len(way) - 1):
            schema, steps, keyword = way[index]
            if keyword in {"not", "if"} or (keyword == "contains" and "maxContains" in schema):
                return way[: index + 1]
            if keyword == "oneOf" and "anyOf" in schema:
                return way[: index + 1]
            if keyword == "oneOf":
                self._note(steps, keyword, reason, "anyOf")
                self._renamed.append((_pointer((*steps, "anyOf")), _pointer((*steps, "oneOf"))))
                schema["anyOf"] = schema.pop("oneOf")
                way = [*way[:index], *(_renamed(passage, len(steps), "anyOf") for passage in way[index:])]
        return way

    def _take_out(self, way: list[Passage], reason: str) -> None:
        schema, _, keyword = way[-1]
        for name in (keyword, *_COMPANIONS.get(keyword, ())):
            self._remove(way[-1], name, reason)
        if keyword not in _EVALUATING:
            return
        for passage in reversed(way):
            if passage.schema is not schema and passage.keyword not in _IN_PLACE:
                break
            for name in _UNEVALUATED:
                self._remove(passage, name, reason)

    def _remove(self, passage: Passage, keyword: str, reason: str) -> None:
        if keyword in passage.schema:
            del passage.schema[keyword]
            self._note(passage.steps, keyword, reason)

    def _note(self, steps: Steps, keyword: str, reason: str, instead: str = "") -> None:
        pointer, name = self.placed(_pointer(steps), keyword)
        self.made.setdefault((pointer, name), Cut(pointer, name, reason, instead))


def _pointer(steps: Steps) -> str:
    return "/".join(["#", *map(escape, steps)])


def _steps_of(where: str) -> tuple[str, ...] | None:
    """The steps of a JSON Pointer into the document itself."""
    if where != "#" and not where.startswith("#/"):
        return None
    return tuple(unescape(step) for step in where.split("/")[1:])


def _copied_along(schema: dict[str, Json], steps: tuple[str, ...]) -> dict[str, Json]:
    """The schema with copies of all that lies on the way; the rest is shared."""
    root = dict(schema)
    place: Json = root
    for step in steps:
        if isinstance(place, dict) and step in place:
            inner = place[step] = _copy(place[step])
        elif isinstance(place, list) and step.isdigit() and int(step) < len(place):
            inner = place[int(step)] = _copy(place[int(step)])
        else:
            break
        place = inner
    return root


def _copy(value: Json) -> Json:
    if isinstance(value, dict):
        return dict(value)
    return list(value) if isinstance(value, list) else value


def _way(schema: dict[str, Json], steps: Steps) -> list[Passage]:
    """The keywords that lead to a place, the last one is what the place is about; none where there is no such place."""
    way, left, place = _passages(schema, steps)
    if not left:
        return way + _last(place, steps, way)
    is_gone = isinstance(place, dict) and (not way or way[-1].schema is not place)
    return [] if is_gone else way


def _passages(schema: Json, steps: Steps) -> tuple[list[Passage], Steps, Json]:
    """The keywords on the way, the steps that are left inside of the last one, and the innermost schema."""
    way: list[Passage] = []
    place = schema
    done: Steps = ()
    left = steps
    while left and isinstance(place, dict) and left[0] in place:
        way.append(Passage(place, done, str(left[0])))
        inner = _subschema(place, left)
        if inner is None:
            return way, left, place
        place, count = inner
        done, left = (*done, *left[:count]), left[count:]
    return way, left, place


def _renamed(passage: Passage, at: int, name: str) -> Passage:
    """A passage after the keyword at a step of its way got another name."""
    if len(passage.steps) == at:
        return passage._replace(keyword=name)
    return passage._replace(steps=(*passage.steps[:at], name, *passage.steps[at + 1 :]))


def _subschema(schema: dict[str, Json], steps: Steps) -> tuple[Json, int] | None:
    """The subschema that a keyword has on the way, and how many steps lead to it."""
    for inner, found in places(schema, str(steps[0])):
        if tuple(map(str, found)) == steps[: len(found)]:
            return inner, len(found)
    return None


def _last(place: Json, steps: Steps, way: list[Passage]) -> list[Passage]:
    """Where a place is a whole schema: the keyword of it that is read last, which makes it largest."""
    if not isinstance(place, dict) or (way and way[-1].keyword == "patternProperties" and _is_wrong(str(steps[-1]))):
        return []
    names = [name for name in place if name in KEYWORDS]
    return [Passage(place, steps, max(names, key=lambda name: KEYWORDS[name].order))] if names else []


def _is_wrong(pattern: str) -> bool:
    try:
        regex_of(pattern)
    except GrammarError:
        return True
    return False
