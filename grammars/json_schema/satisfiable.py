"""Which rules have a value: a least fixpoint over what values cannot do without, looked at only where needed."""

from __future__ import annotations

from typing import Protocol

from grammars.deadline import check
from grammars.json_schema.arithmetic import has_number
from grammars.json_schema.counted import Tail, is_live
from grammars.json_schema.demands import Plain
from grammars.json_schema.members import Table
from grammars.json_schema.nodes import ANY, NEVER, Ask, Rule
from grammars.json_schema.normal_form import Normal, Shape
from grammars.json_schema.objects import ObjectShape
from grammars.json_schema.shapes import ArrayShape, NumberShape, StringShape
from grammars.json_schema.strings import has_text, keys_up_to
from grammars.json_schema.unique import Unique, Values

MAX_DEPTH = 20
"""How deep needed rules are looked at on Python's stack."""


class Reading(Values, Protocol):
    """What is asked about rules and shapes."""

    def normal_of(self, rule: Rule) -> Normal:
        """The normal form of a rule."""

    def plainly_has_value(self, rule: Rule) -> bool:
        """Whether a rule has a value that needs no looking into."""

    def value_rule(self, shape: ObjectShape, name: str) -> Rule:
        """The rule of a member."""

    def plain_objects(self, shape: ObjectShape) -> tuple[Plain, ...]:
        """The alternatives that say which members there have to be."""

    def table(self, shape: ObjectShape) -> Table:
        """The names that members may have, and the other keys."""


class Satisfiability:
    """Decides and remembers which rules have a value."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._known: dict[Rule, bool] = {ANY: True, NEVER: False}
        self._visited: set[Rule] = set()
        self._proved = False
        self._deep: list[Rule] = []
        self._depth = 0

    def rule(self, rule: Rule) -> bool:
        """Whether a rule has a value.

        Goes over the rules that it cannot do without again and again, until nothing more is proved to have a value;
        then those left have none.
        """
        known = self._known.get(rule)
        if known is not None:
            return known
        if self._reading.plainly_has_value(rule):
            self._known[rule] = True
            return True
        self._depth = 0
        while not self._pass(rule):
            if not self._proved:
                self._known.update(dict.fromkeys(self._visited - self._known.keys(), False))
                return False
        return True

    def _pass(self, rule: Rule) -> bool:
        """Looks at every rule that is needed once; those too deep to be looked at from here, in their own turn."""
        self._visited, self._proved, self._deep = set(), False, []
        found = self._visit(rule)
        for deep in () if found else self._deep:
            self._visit(deep)
        return self._conclude(rule) if self._proved and not found else found

    def _conclude(self, rule: Rule) -> bool:
        """Looks again at what was too deep, from the inside out: what is proved there others have waited for."""
        for deep in (*reversed(self._deep), rule):
            self._visited = set()
            self._visit(deep)
        return self._known.get(rule, False)

    def _visit(self, rule: Rule) -> bool:
        known = self._known.get(rule)
        if known is not None or rule in self._visited:
            return bool(known)
        check()
        if self._depth >= MAX_DEPTH:
            self._deep.append(rule)
            return False
        self._visited.add(rule)
        self._depth += 1
        found = self._reading.plainly_has_value(rule) or self._has_shape(rule)
        self._depth -= 1
        if found:
            self._known[rule] = self._proved = True
        return found

    def _has_shape(self, rule: Rule) -> bool:
        return any(self.shape(shape, self._visit) for shape in self._reading.normal_of(rule).shapes())

    def shape(self, shape: Shape, ask: Ask | None = None) -> bool:
        """Whether a shape has a value."""
        asked = ask or self.rule
        match shape:
            case StringShape():
                return has_text(shape)
            case NumberShape():
                return has_number(shape)
            case ArrayShape():
                return self._array(shape, asked)
            case ObjectShape():
                if shape.some and not self._has_required(shape, asked):
                    return False
                return any(self._object(plain, asked) for plain in self._reading.plain_objects(shape))
            case _:
                return True

    def _array(self, shape: ArrayShape, ask: Ask) -> bool:
        if shape.unique:
            return Unique(self._reading).is_live(Tail.start(shape), ask)
        if shape.counts:
            return is_live(Tail.start(shape), ask, {})
        return all(ask(shape.item(i)) for i in range(min(shape.low, len(shape.prefix) + 1)))

    def plain(self, plain: Plain) -> bool:
        """Whether an alternative of objects has a value."""
        return self._object(plain, self.rule)

    def _object(self, plain: Plain, ask: Ask) -> bool:
        shape, counted = plain
        due = len(shape.required) + len(counted)
        if (shape.high is not None and due > shape.high) or not self._has_required(shape, ask):
            return False
        missing = shape.low - due
        return all(ask(rule) for _, rule in counted) and (missing <= 0 or self._has_room(shape, missing, ask))

    def _has_required(self, shape: ObjectShape, ask: Ask) -> bool:
        return all(ask(self._reading.value_rule(shape, name)) for name in shape.required)

    def _has_room(self, shape: ObjectShape, missing: int, ask: Ask) -> bool:
        """Whether there can be `missing` members besides the required ones."""
        table = self._reading.table(shape)
        missing -= sum(keys_up_to(missing, lexeme) for lexeme, rule in table.extras if ask(rule))
        if missing <= 0:
            return True
        for name in set(table.names).difference(shape.required):
            missing -= ask(self._reading.value_rule(shape, name))
            if missing <= 0:
                return True
        return False
