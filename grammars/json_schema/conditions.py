"""Conditions in place, on values of one type: a subschema holds or not, a member is there or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from grammars.json_schema.nodes import ANY, Node
from grammars.json_schema.normal_form import NONE, OBJECT, Normal, all_of, both, only, where
from grammars.json_schema.objects import has, lacks
from grammars.json_schema.reader import Context

Condition: TypeAlias = tuple[Node | str, bool]
"""Whether a subschema holds, or whether there is a member of a name."""


class Conditions:
    """Reads conditions, and remembers which of them exclude each other."""

    def __init__(self, context: Context, kind: str) -> None:
        self._context = context
        self._kind = kind
        self._apart: dict[tuple[Condition, Condition], bool] = {}

    def under(self, so_far: Normal, conditions: Iterable[Condition]) -> Normal:
        """`so_far` where all of the conditions are met."""
        return both(so_far, all_of(map(self._normal, sorted(conditions, key=_place))))

    def are_apart(self, first: Iterable[Condition], second: Iterable[Condition]) -> bool:
        """Whether some condition plainly excludes another."""
        return any(self._is_apart(one, other) for one in first for other in second)

    def _is_apart(self, one: Condition, other: Condition) -> bool:
        if one[0] == other[0]:
            return one[1] != other[1]
        known = self._apart.get((one, other))
        if known is None:
            met = getattr(both(self._normal(one), self._normal(other)), self._kind)
            known = self._apart[one, other] = not met
        return known

    def _normal(self, condition: Condition) -> Normal:
        what, holds = condition
        if isinstance(what, Node):
            normal = self._context.normal(what, holds)
        else:
            normal = only(OBJECT, has(what, ANY)) if holds else where(OBJECT, lacks(what))
        return NONE._replace(**{self._kind: getattr(normal, self._kind)})


def _place(condition: Condition) -> tuple[int, str]:
    """Where a condition comes in an order that is the same in every run."""
    what, _ = condition
    return (-1, what) if isinstance(what, str) else (what.number, "")
