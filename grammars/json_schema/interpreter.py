"""Reads nodes and rules as normal forms, on demand and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import TypeVar

from grammars.deadline import check, is_over
from grammars.errors import GrammarError, LimitError, PlacedAt, UnsupportedError
from grammars.formats import ASSERTED_FORMATS
from grammars.json_schema.arithmetic import has_number
from grammars.json_schema.demands import Plain, plain_objects
from grammars.json_schema.few_values import few_values, most_values, most_words, only_words
from grammars.json_schema.few_wholes import Parts
from grammars.json_schema.in_place import Walk
from grammars.json_schema.keywords import KEYWORDS
from grammars.json_schema.locate import Locator
from grammars.json_schema.members import Table, rule_of_name, table_of
from grammars.json_schema.nodes import NEVER, Node, Obligation, Rule, pointer_of
from grammars.json_schema.normal_form import ALL, NONE, Normal, Shape, all_of, any_of, both, in_common
from grammars.json_schema.objects import ObjectShape
from grammars.json_schema.plain_values import PlainValues
from grammars.json_schema.reader import Keyword, ReadKeyword, branches
from grammars.json_schema.scopes import REFERENCES
from grammars.json_schema.shapes import ArrayShape, Language, NumberShape, StringShape
from grammars.json_schema.strings import may_have_text
from grammars.memo import unless_kept_from
from grammars.values import Value

T = TypeVar("T")
_FALSE = Keyword(lambda _context, _node, _positive: NONE, order=0)
_LAST_PLAIN = 1
"""Keywords up to this order say the same wherever they are read: they read no other schema in place."""

_DEPTH = 3
"""How deep required members are looked at to tell alternatives apart."""


class _InProgressError(Exception):
    """A look ahead came to a schema that is being read."""


class Interpreter:
    """The normal forms of a document's nodes and rules."""

    def __init__(self, locator: Locator, formats: Mapping[str, Language]) -> None:
        self.locator = locator
        self._formats = formats
        self.plain_values = PlainValues(locator, formats)
        self._in_place: dict[Obligation, Normal] = {}
        self._keywords: dict[Node, list[tuple[str, Keyword]]] = {}
        self._plain_read: dict[tuple[Node, ReadKeyword], Normal] = {}
        self._walk = Walk()
        self._rules: dict[Rule, Normal] = {}
        self._leaves: set[Rule] = set()
        self._few: dict[Rule, frozenset[Value] | None] = {}
        self._most: dict[Rule, int | None] = {}
        self._tables: dict[ObjectShape, Table] = {}
        self._plain: dict[ObjectShape, tuple[Plain, ...]] = {}

    def nodes_read(self) -> frozenset[Node]:
        """The nodes of all rules that were looked into."""
        return frozenset(node for rule in (*self._rules, *self._leaves) for node, _ in rule)

    def note_leaf(self, rule: Rule) -> None:
        """Counts a rule as looked into whose expression was known."""
        self._leaves.add(rule)

    def normal_of(self, rule: Rule) -> Normal:
        """The normal form of a rule."""
        known = self._rules.get(rule)
        if known is None:
            with PlacedAt(lambda: pointer_of(rule)):
                known = self.normal(*rule[0]) if len(rule) == 1 else self._conjunction(rule)
            self._rules[rule] = known
        return known

    def plainly_has_value(self, rule: Rule) -> bool:
        """Whether a rule asks for a type and says something about parts that values can do without."""
        return len(rule) == 1 and rule[0][1] and self.plain_values.has(rule[0][0])

    def normal(self, node: Node, positive: bool) -> Normal:
        """The normal form of the values valid (or not valid) against a subschema in place.

        A subschema that comes back to itself without a step into the value says nothing new there.
        """
        known = self._in_place.get((node, positive))
        if known is None:
            is_plain = positive and self._is_plain(node)
            known = self._of_plain(node) if is_plain else self._guarded(node, positive, ALL)
        return known

    def _is_plain(self, node: Node) -> bool:
        """Whether a node reads no other in place, so that it can not come back to itself."""
        if isinstance(node.schema, bool):
            return False
        return all(keyword.order <= _LAST_PLAIN for _, keyword in self._keywords_in(node))

    def _of_plain(self, node: Node) -> Normal:
        check()
        found = reduce(both, (self._asserted(node, keyword) for _, keyword in self._keywords_in(node)), ALL)
        self._in_place[node, True] = found
        return found

    def within(self, node: Node, so_far: Normal) -> Normal:
        """`so_far` and the values valid against a subschema in place."""
        return self.normal(node, True) if so_far is ALL else self._guarded(node, True, so_far)

    def _guarded(self, node: Node, positive: bool, so_far: Normal) -> Normal:
        obligation, walk = (node, positive), self._walk
        if not walk.outer.isdisjoint((obligation, (node, not positive))):
            raise _InProgressError
        if (node, not positive) in walk.open:
            raise GrammarError("this schema is true exactly when it is not", node.pointer)
        if obligation in walk.open:
            return walk.come_back(obligation, so_far)
        if so_far is not ALL:
            with walk.beside(obligation):
                return self._opened(obligation, so_far)
        known = walk.found.get(obligation)
        return self._settled(obligation) if known is None else known

    def _settled(self, obligation: Obligation) -> Normal:
        """The normal form, final where it rests on nothing that is still being read."""
        walk = self._walk
        found = self._opened(obligation, ALL)
        rounds = 0
        while walk.ends_with(obligation) and walk.goes_on(obligation, found, rounds):
            found = self._opened(obligation, ALL)
            rounds += 1
        self._in_place.update(walk.result(obligation, found))
        return found

    def _opened(self, obligation: Obligation, so_far: Normal) -> Normal:
        with self._walk.opened(obligation):
            return self._read(*obligation, so_far)

    def _read(self, node: Node, positive: bool, so_far: Normal) -> Normal:
        check()
        if isinstance(node.schema, bool):
            return so_far if node.schema == positive else NONE
        if positive:
            return self._conjunction(((node, True),), so_far)
        return any_of(keyword.read(self, node, False) for _, keyword in self._keywords_in(node))

    def _conjunction(self, rule: Rule, so_far: Normal = ALL) -> Normal:
        """What obligations say together: plain keywords first, so that alternatives are told apart by them."""
        normal = all_of([so_far, *(self.normal(node, False) for node, positive in rule if not positive)])
        seen: set[Node] = set()
        parts = [part for node, positive in rule if positive for part in self._parts(node, seen)]
        for node, keyword in sorted(parts, key=lambda part: part[1].order):
            if keyword.within is not None:
                normal = keyword.within(self, node, normal)
            else:
                normal = both(normal, self._asserted(node, keyword))
        return normal

    def _asserted(self, node: Node, keyword: Keyword) -> Normal:
        """What a keyword of a node says by itself: plain ones once, so that equal shapes are seen to be equal."""
        if keyword.order > _LAST_PLAIN:
            return keyword.read(self, node, True)
        known = self._plain_read.get((node, keyword.read))
        if known is None:
            known = self._plain_read[node, keyword.read] = keyword.read(self, node, True)
        return known

    def _parts(self, node: Node, seen: set[Node]) -> Iterator[tuple[Node, Keyword]]:
        """The keywords of a node, and of the nodes that it refers to or joins in place."""
        ways: list[Iterator[Node | tuple[Node, Keyword]]] = [iter((node,))]
        while ways:
            step = next(ways[-1], None)
            if step is None:
                ways.pop()
            elif not isinstance(step, Node):
                yield step
            elif step not in seen:
                seen.add(step)
                ways.append(self._steps(step))

    def _steps(self, node: Node) -> Iterator[Node | tuple[Node, Keyword]]:
        """The keywords of a node, and the nodes that those stand for which only join others."""
        for name, keyword in self._keywords_in(node):
            if name in REFERENCES:
                yield self.locator.target(node, name)
            elif name == "allOf":
                yield from branches(self, node, "allOf")
            else:
                yield node, keyword
        if node.schema is False:
            yield node, _FALSE

    def claims(self, node: Node, positive: bool) -> Iterator[tuple[str, Normal]]:
        """What each keyword of a node says by itself."""
        for name, keyword in self._keywords_in(node):
            yield name, keyword.read(self, node, positive)

    def _keywords_in(self, node: Node) -> list[tuple[str, Keyword]]:
        """The readers for a node's keywords (those read together once), the plainest first, each with its keyword."""
        known = self._keywords.get(node)
        if known is None:
            found = {KEYWORDS[key]: key for key in reversed(node.keywords)}
            known = sorted(((key, keyword) for keyword, key in found.items()), key=lambda item: item[1].order)
            self._keywords[node] = known
        return known

    def few_values(self, rule: Rule) -> frozenset[Value] | None:
        """The values of a rule if there are only few."""
        return self._counted(self._few, rule, few_values)

    def only_words(self, rule: Rule) -> list[str] | None:
        """The values of a rule where all of them are texts of a given set, in order."""
        return only_words(self.normal_of(rule))

    def most_values(self, rule: Rule) -> int | None:
        """How many values a rule may have at most; None for endlessly many, or where that is not known."""
        return self._counted(self._most, rule, most_values)

    def _counted(self, known: dict[Rule, T | None], rule: Rule, count: Callable[[Normal, Parts], T | None]) -> T | None:
        """What is found out once for a rule; what comes back to itself has many values, as far as that is known."""
        if rule not in known:
            known[rule] = None
            with unless_kept_from(known, rule):
                known[rule] = count(self.normal_of(rule), self)
        return known[rule]

    def may_run_out(self, rule: Rule) -> bool:
        """Whether there may be only so many strings, arrays or objects of a rule."""
        normal = self.normal_of(rule)
        if any(shape.high is not None or shape.rest == NEVER for shape in normal.arrays):
            return True
        if normal.strings and None not in map(most_words, normal.strings):
            return True
        return not all(self._is_endless(shape) for shape in normal.objects)

    def _is_endless(self, shape: ObjectShape) -> bool:
        """Whether objects of a shape plainly are endlessly many: by other members, or by a member of endless values."""
        table = self.table(shape)
        rules = [self.value_rule(shape, name) for name in table.names]
        return bool(table.extras) or any(self.normal_of(rule).strings and self._all_endless(rule) for rule in rules)

    def _all_endless(self, rule: Rule) -> bool:
        return all(shape.words is None and not shape.languages for shape in self.normal_of(rule).strings)

    def one_of(self, values: frozenset[Value], positive: bool) -> Rule:
        """The rule of some values, or of all others."""
        return self.locator.one_of(values, positive)

    def key_shapes(self, rule: Rule) -> tuple[StringShape, ...]:
        """The strings of a rule of keys."""
        return self.normal_of(rule).strings

    def value_rule(self, shape: ObjectShape, name: str) -> Rule:
        """The rule of the value of a member."""
        known = shape.rules.get(name)
        if known is None:
            known = shape.rules[name] = rule_of_name(shape, name, self.key_shapes)
        return known

    def table(self, shape: ObjectShape) -> Table:
        """The names that members may have, and the other keys."""
        known = self._tables.get(shape)
        if known is None:
            known = self._tables[shape] = table_of(shape, self.key_shapes)
        return known

    def plain_objects(self, shape: ObjectShape) -> tuple[Plain, ...]:
        """The same objects as alternatives that say which members there have to be, where the shape says `some`."""
        if not shape.some:
            return (Plain(shape),)
        known = self._plain.get(shape)
        if known is None:
            known = self._plain[shape] = tuple(plain_objects(shape, self.key_shapes))
        return known

    def format_language(self, node: Node, name: str) -> Language | None:
        """The strings of a format, where it is asserted: as the caller wishes, or because a node's dialect says so."""
        found = self._formats.get(name)
        if found is not None or not node.dialect.asserts_formats:
            return found
        if name not in ASSERTED_FORMATS:
            advice = "its dialect asserts formats: use one without the format-assertion vocabulary"
            raise UnsupportedError("this format is not supported", node.at("format"), name, advice)
        return "format", name

    def surely_apart(self, first: Normal, second: Normal) -> bool:
        """Whether no value meets both, as far as that is easily seen."""
        return all(self._surely_empty(shape, _DEPTH) for shape in in_common(first, second))

    def _surely_empty(self, shape: Shape, depth: int) -> bool:
        match shape:
            case StringShape():
                return not may_have_text(shape)
            case NumberShape():
                return not has_number(shape)
            case ArrayShape():
                rules = [shape.item(i) for i in range(min(shape.low, len(shape.prefix) + 1))]
            case ObjectShape():
                rules = [self.value_rule(shape, name) for name in shape.required]
            case _:
                return False
        return any(self._surely_never(rule, depth - 1) for rule in rules)

    def _surely_never(self, rule: Rule, depth: int) -> bool:
        if depth < 0:
            return False
        kept = self._walk
        self._walk = Walk(kept.outer.union(kept.open))
        try:
            return all(self._surely_empty(shape, depth) for shape in self.normal_of(rule).shapes())
        except _InProgressError:
            return False
        except LimitError as error:
            if is_over(error):
                raise
            return False
        finally:
            self._walk = kept
