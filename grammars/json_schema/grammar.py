"""JSON Schema as a grammar: rules are sets of obligations, their expressions are made when asked for."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from grammars.deadline import check_seconds, within
from grammars.errors import PlacedAt
from grammars.ir import EMPTY, Expr
from grammars.json_schema.annotations import check_annotations
from grammars.json_schema.at_sight import seen_in
from grammars.json_schema.contradiction import Accuser
from grammars.json_schema.counted import Tail
from grammars.json_schema.describe import describe_rule
from grammars.json_schema.dialect import Dialects
from grammars.json_schema.digits import Digits
from grammars.json_schema.documents import Documents
from grammars.json_schema.expressions import NO_VALUE, Writer
from grammars.json_schema.interpreter import Interpreter
from grammars.json_schema.keywords import names_of
from grammars.json_schema.layout import layout_of
from grammars.json_schema.leaves import keep_leaf, known_leaf, leaf_key
from grammars.json_schema.locate import Locator
from grammars.json_schema.named_formats import CustomFormats, asserted_formats
from grammars.json_schema.nodes import Json, Rule, pointer_of
from grammars.json_schema.outline import outline_of
from grammars.json_schema.satisfiable import Satisfiability
from grammars.json_schema.schema_text import Written, parse_schema, write_schema
from grammars.json_schema.survey import Survey, expand_ahead
from grammars.values import Value

if TYPE_CHECKING:
    from grammars.json_schema.documents import AnyRegistry


class JsonSchemaGrammar:
    """The texts of the JSON values that a schema accepts.

    `property_order` is `schema` (declared members come in declared order, others after them) or `any`; `whitespace` is
    `compact`, `flexible`, or a pair of separators as `json.dumps` takes it; `formats` is `assert` or `annotate`.
    `draft` is for a schema without `$schema`; `registry` has the other documents that references lead to.
    `custom_formats` maps names of formats to a pattern that their texts match from end to end, or to an automaton.
    `deadline` is how many seconds the making of the grammar may take, and then every question that it is asked.
    """

    def __init__(
        self,
        schema: dict[str, Any] | bool | str,
        *,
        property_order: str = "schema",
        whitespace: str | tuple[str, str] = "flexible",
        formats: str = "assert",
        draft: str | None = None,
        registry: AnyRegistry | None = None,
        custom_formats: CustomFormats | None = None,
        deadline: float | None = None,
    ) -> None:
        check_seconds(deadline)
        _one_of("property_order", property_order, "schema", "any")
        _one_of("formats", formats, "assert", "annotate")
        read: Json = parse_schema(schema) if isinstance(schema, str) else schema
        asserted = asserted_formats(formats, custom_formats)
        documents = Documents(registry)
        dialects = Dialects(documents, names_of)
        written = write_schema(read)
        self.interpreter = Interpreter(Locator(read, dialects.default(draft), documents, dialects, written), asserted)
        self._satisfiable = Satisfiability(self.interpreter)
        layout = layout_of(whitespace)
        self._writer = Writer(self.interpreter, self._satisfiable, layout, property_order == "schema")
        self._deadline = deadline
        # Custom formats may be anything; what is written with them serves this grammar alone.
        spaces = whitespace if isinstance(whitespace, str) else tuple(whitespace)
        self._style = None if custom_formats else (formats, property_order, spaces)
        self._ahead: dict[Hashable, Expr] = {}
        locator = self.interpreter.locator
        self.start: Hashable = locator.rule(locator.root)
        with within(deadline), PlacedAt(lambda: locator.root.pointer):
            self._look_ahead(locator, written)

    def _look_ahead(self, locator: Locator, written: Written) -> None:
        """Raises for what nothing satisfies, and for what is not supported as far as that is seen from here."""
        outline = outline_of(locator.root)
        check_annotations(locator.root, outline.places)
        start = locator.rule(locator.root)
        if not self._satisfiable.rule(start):
            raise Accuser(self.interpreter, self._satisfiable).error(locator.root, start)
        suspects = Survey(locator, outline, written, self.interpreter.plain_values.has_part).suspects()
        self._ahead = expand_ahead(map(locator.rule, suspects), self.expand)

    def expand(self, rule: Hashable) -> Expr:
        """The expression of a rule."""
        if rule in self._ahead:
            return self._ahead[rule]
        if isinstance(rule, Digits):
            return rule.expression()
        if rule == NO_VALUE:
            return EMPTY
        if isinstance(rule, Tail):
            with within(self._deadline), PlacedAt(lambda: rule.where):
                return self._writer.tail(rule)
        obligations = _as_rule(rule)
        leaf = None if self._style is None else leaf_key(obligations)
        if leaf is None:
            return self._written(obligations)
        self.interpreter.note_leaf(obligations)
        known = known_leaf((self._style, leaf))
        if known is None:
            known = self._written(obligations)
            keep_leaf((self._style, leaf), known)
        return known

    def _written(self, obligations: Rule) -> Expr:
        with within(self._deadline), PlacedAt(lambda: pointer_of(obligations)):
            seen = seen_in(obligations, self.interpreter.locator)
            written = None if seen is None else self._writer.at_sight(seen)
            if written is None:
                return self._writer.normal(self.interpreter.normal_of(obligations))
            self.interpreter.note_leaf(obligations)
            return written

    def brief(self, rule: Hashable) -> Expr:
        """A way to end an array in which items are compared, or a number; else the expression of a rule."""
        if isinstance(rule, Digits):
            return rule.end()
        if not (isinstance(rule, Tail) and rule.shape.unique):
            return self.expand(rule)
        with within(self._deadline), PlacedAt(lambda: rule.where):
            return self._writer.brief(rule)

    def follow(self, key: Hashable, value: Value | None) -> Hashable:
        """What follows an item whose value is known now: `key` is what is left of the array but for that."""
        if not isinstance(key, Tail):
            raise TypeError(f"{key!r} is no array of this grammar")
        if key.wants_equal and value is None:
            return key.with_equal()
        return key if value is None else key.with_value(value)

    def describe(self, rule: Hashable) -> str:
        """What a rule stands for, in words."""
        if rule == NO_VALUE:
            return "nothing"
        if isinstance(rule, Digits):
            return "the digits of a multiple"
        if isinstance(rule, Tail):
            return f"the items of an array, as {rule.where} asks"
        return describe_rule(_as_rule(rule))


def _one_of(name: str, value: str, *allowed: str) -> None:
    if value not in allowed:
        raise ValueError(f"{name} has to be one of {', '.join(map(repr, allowed))}, not {value!r}")


def _as_rule(rule: Hashable) -> Rule:
    if not isinstance(rule, tuple):
        raise TypeError(f"{rule!r} is no rule of this grammar")
    return rule
