"""Why nothing satisfies a schema: the smallest set of keywords that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grammars.errors import UnsatisfiableError
from grammars.json_schema.interpreter import Interpreter
from grammars.json_schema.nodes import NEVER, Node, Rule
from grammars.json_schema.normal_form import Normal, all_of
from grammars.json_schema.objects import ObjectShape
from grammars.json_schema.satisfiable import Satisfiability
from grammars.json_schema.scopes import REFERENCES

BOUNDS = (
    ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
OF_ONE_TYPE = frozenset(keyword for group in BOUNDS for keyword in group) | {"pattern", "format"}
"""Keywords that say nothing of other types: beside `type` they contradict only themselves."""


@dataclass(frozen=True)
class Claim:
    """What a keyword of a node says, or several that are read together; without keywords, the node itself."""

    node: Node
    keywords: tuple[str, ...]
    normal: Normal

    @property
    def places(self) -> tuple[str, ...]:
        """JSON Pointers to what says it."""
        return tuple(self.node.at(keyword) for keyword in self.keywords) or (self.node.pointer,)

    @property
    def where(self) -> str:
        """The places in words."""
        return " with ".join(self.places)


class Accuser:
    """Finds out which parts of a rule without values contradict each other."""

    def __init__(self, interpreter: Interpreter, satisfiable: Satisfiability) -> None:
        self._interpreter = interpreter
        self._satisfiable = satisfiable

    def error(self, root: Node, rule: Rule) -> UnsatisfiableError:
        """The error for a schema that nothing satisfies."""
        what = "nothing satisfies this schema"
        advice = "take one of them back"
        if rule == NEVER:
            return UnsatisfiableError(what, root.pointer, "false", "no value is allowed here at all")
        core = self._core(rule)
        where = core[0].places[0]
        if len(core) == 1:
            return UnsatisfiableError(f"{what}: {core[0].where} alone allows no value", where)
        kinds = [claim for claim in core if claim.keywords == ("type",)]
        others = [claim for claim in core if claim.keywords != ("type",)]
        if len(kinds) == len(others) == 1 and OF_ONE_TYPE.intersection(others[0].keywords):
            text = f"{what}: {others[0].where} alone allows no value of the type that {kinds[0].where} asks for"
            return UnsatisfiableError(text, others[0].places[0])
        return UnsatisfiableError(
            f"{what}: {' contradicts '.join(claim.where for claim in core)}", where, advice=advice
        )

    def _core(self, rule: Rule) -> list[Claim]:
        """A smallest set of claims without a common value, followed into required members."""
        seen, inner = {NEVER}, [rule]
        while inner and inner[0] not in seen:
            seen.add(inner[0])
            core = self._smallest(
                [claim for node, positive in inner[0] for claim in self._claims(node, positive, set())]
            )
            shapes = list(all_of(claim.normal for claim in core).shapes())
            inner = [found for shape in shapes if isinstance(shape, ObjectShape) for found in self._needed(shape)]
            inner = inner if len(shapes) == 1 else []
        return list({claim.where: claim for claim in core}.values())

    def _needed(self, shape: ObjectShape) -> Iterator[Rule]:
        """The rules of required members that have no value."""
        for name in shape.required:
            rule = self._interpreter.value_rule(shape, name)
            if not self._satisfiable.rule(rule):
                yield rule

    def _claims(self, node: Node, positive: bool, seen: set[Node]) -> Iterator[Claim]:
        """What the keywords of a node say, those of references and `allOf` one by one."""
        seen.add(node)
        if node.schema is False:
            yield Claim(node, (), self._interpreter.normal(node, positive))
        for name, normal in self._interpreter.claims(node, positive):
            inner = self._inner(node, name) if positive else []
            if inner and seen.isdisjoint(inner):
                for child in inner:
                    yield from self._claims(child, positive, seen)
            else:
                yield Claim(node, _read_together(node, name), normal)

    def _inner(self, node: Node, name: str) -> list[Node]:
        locator = self._interpreter.locator
        if name in REFERENCES:
            return [locator.target(node, name)]
        if name == "allOf":
            parts = node.keywords["allOf"]
            return [locator.child(node, "allOf", i) for i in range(len(parts))] if isinstance(parts, list) else []
        return []

    def _smallest(self, claims: list[Claim]) -> list[Claim]:
        """Leaves out what is not needed, in ever smaller pieces: of thousands of claims mostly two are."""
        core, size = claims, max(len(claims) // 2, 1)
        while size:
            for start in range(len(core) - size, -size, -size):
                rest = core[: max(start, 0)] + core[start + size :]
                if rest and not self._has_value(rest):
                    core = rest
            size //= 2
        return core

    def _has_value(self, claims: list[Claim]) -> bool:
        normal = all_of(claim.normal for claim in claims)
        return any(map(self._satisfiable.shape, normal.shapes()))


def _read_together(node: Node, name: str) -> tuple[str, ...]:
    """A keyword with those beside it that are read together with it."""
    group = next((group for group in BOUNDS if name in group), (name,))
    return tuple(keyword for keyword in group if keyword in node.keywords) or (name,)
