"""From normal forms to expressions of the intermediate form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from grammars.deadline import check
from grammars.errors import LimitError, UnsupportedError
from grammars.ir import EMPTY, Call, Choice, Expr, Extra, Lex, Lexeme, Members, Repeat, Seq
from grammars.json_schema.at_sight import Named, Seen
from grammars.json_schema.counted import Tail, is_live
from grammars.json_schema.digits import digits_of
from grammars.json_schema.layout import Layout, text
from grammars.json_schema.nodes import Rule
from grammars.json_schema.normal_form import Normal, Shape
from grammars.json_schema.numerals import number_lexeme_of
from grammars.json_schema.objects import ObjectShape
from grammars.json_schema.satisfiable import Reading, Satisfiability
from grammars.json_schema.shapes import ArrayShape, NumberShape, StringShape
from grammars.json_schema.strings import keys_up_to, lexeme_of
from grammars.json_schema.unique import Unique

MAX_WRITTEN = 32
"""Up to so many first items are written within each other; more are rules, each of which leads to the next."""
MAX_FOLLOWED = 240
"""So many alternatives of objects are read side by side."""

NO_VALUE = "no value"
"""The rule of what follows a name that has no value: nothing."""

S = TypeVar("S", bound=Shape)


class Writer:
    """Writes the expression of a normal form; every rule that it calls has a value."""

    def __init__(self, reading: Reading, satisfiable: Satisfiability, layout: Layout, ordered: bool) -> None:
        self._reading = reading
        self._satisfiable = satisfiable
        self._layout = layout
        self._ordered = ordered
        self._live: dict[Tail, bool] = {}
        self._unique = Unique(reading)

    def normal(self, normal: Normal) -> Expr:
        """The values of a normal form that has at least one."""
        options: list[Expr] = []
        literals = _literals(normal)
        if literals:
            options.append(text(*literals))
        options += _lexemes(lexeme_of(shape) for shape in normal.strings)
        options += _numbers(normal.numbers)
        options += self._bracketed("[", [self._array(shape) for shape in self._possible(normal.arrays)], "]")
        options += self._bracketed("{", self._objects(normal.objects), "}")
        return _choice(options)

    def at_sight(self, seen: Seen) -> Expr | None:
        """The values of what is seen at a glance; None where there are none, or not all of it can be there."""
        match seen:
            case StringShape():
                lexeme = lexeme_of(seen)
                return None if lexeme is None else Lex(lexeme)
            case ArrayShape():
                return _choice(self._bracketed("[", [self._array(shape) for shape in self._possible([seen])], "]"))
            case Named():
                return self._named(seen)

    def _named(self, named: Named) -> Expr | None:
        kept = [(name, rule) for name, rule in named.rules.items() if self._satisfiable.rule(rule)]
        if len(kept) < len(named.rules) and not named.required.issubset(name for name, _ in kept):
            return None
        keys = named.other_keys if self._satisfiable.rule(named.others) else None
        extras = [] if keys is None else [Extra(keys, named.others)]
        return _choice(self._bracketed("{", [self._members(kept, named.required, extras)], "}"))

    def _possible(self, shapes: Iterable[S]) -> list[S]:
        return [shape for shape in shapes if self._satisfiable.shape(shape)]

    def _objects(self, shapes: tuple[ObjectShape, ...]) -> list[Expr]:
        possible = (shape for shape in shapes if not shape.some or self._satisfiable.shape(shape))
        plain = [plain for shape in possible for plain in self._reading.plain_objects(shape)]
        kept = [each for each in plain if self._satisfiable.plain(each)]
        if len(kept) > MAX_FOLLOWED:
            what = "too many kinds of objects to follow at once"
            raise LimitError(what, limit="followed", allowed=MAX_FOLLOWED, given=len(kept))
        return [self._object(*each) for each in kept]

    def _bracketed(self, left: str, bodies: list[Expr], right: str) -> list[Expr]:
        if not bodies:
            return []
        return [Seq((text(left), self._layout.gap, _choice(bodies), text(right)))]

    def _array(self, shape: ArrayShape) -> Expr:
        """The items, with the gap after the last; nothing for no items."""
        words = self._unique.words(shape)
        if words:
            return self._words(shape, words)
        if shape.counts or shape.unique or len(shape.prefix) > MAX_WRITTEN:
            return Call(Tail.start(shape))
        last = len(shape.prefix)
        if shape.high is not None:
            last = min(last, shape.high)
        blocked = next((i for i in range(last) if not self._satisfiable.rule(shape.prefix[i])), None)
        tail: Expr = EMPTY
        if blocked is not None:
            last = blocked
        else:
            tail = self._rest(shape, last)
        for i in reversed(range(last)):
            tail = self._item(shape, i, tail)
        return tail

    def _words(self, shape: ArrayShape, words: list[str]) -> Expr:
        """Texts of which none comes twice are read as the names of an object are, with nothing behind them."""
        texts = Members(
            names=tuple(words),
            values=(NO_VALUE,) * len(words),
            required=frozenset(),
            extras=(),
            ordered=False,
            colon=EMPTY,
            comma=self._layout.comma,
            min_size=max(shape.low, 1),
            max_size=shape.high,
        )
        items = _seq([texts, self._layout.gap])
        return items if shape.low else Choice((EMPTY, items))

    def tail(self, tail: Tail) -> Expr:
        """What may follow inside of an array that is read item by item."""
        if tail.is_plain_rest:
            return _seq([self._rest(tail.shape, tail.read), self._layout.gap])
        comma = [self._layout.comma] if tail.read else []
        end = [self._layout.gap if tail.read else EMPTY] if tail.may_end else []
        steps = self._unique.options(tail, self._satisfiable.rule) if tail.shape.unique else self._counted(tail)
        return _choice([*end, *(_seq([*comma, item, *([Call(after)] if after else [])]) for item, after in steps)])

    def brief(self, tail: Tail) -> Expr:
        """One way to go on inside of an array with items that are compared, to its end where that may be."""
        if tail.may_end:
            return self._layout.gap if tail.read else EMPTY
        options = self._unique.options(tail, self._satisfiable.rule)
        item, after = next(options, (Choice(()), None))  # what follows a value that was only guessed may be nothing
        return _seq([*([self._layout.comma] if tail.read else []), item, *([Call(after)] if after else [])])

    def _counted(self, tail: Tail) -> Iterator[tuple[Expr, Tail]]:
        for rule, after in tail.steps():
            if self._satisfiable.rule(rule) and is_live(after, self._satisfiable.rule, self._live):
                yield Call(rule), after

    def _item(self, shape: ArrayShape, index: int, tail: Expr) -> Expr:
        """The item at `index` and all after it; optional where the array may end before it."""
        item = _seq([*([self._layout.comma] if index else []), Call(shape.prefix[index]), tail])
        if not index:
            item = _seq([item, self._layout.gap])
        return item if index < shape.low else Choice((EMPTY, item))

    def _rest(self, shape: ArrayShape, read: int) -> Expr:
        """The items after the first `read`."""
        low = max(shape.low - read, 0)
        high = None if shape.high is None else shape.high - read
        if high == 0 or not self._satisfiable.rule(shape.rest):
            return EMPTY
        if read:
            return Repeat(Seq((self._layout.comma, Call(shape.rest))), low, high)
        items = _seq([Repeat(Call(shape.rest), max(low, 1), high, self._layout.comma), self._layout.gap])
        return items if low else Choice((EMPTY, items))

    def _object(self, shape: ObjectShape, counted: tuple[tuple[Lexeme, Rule], ...]) -> Expr:
        """The members, with the gap after the last; nothing for no members."""
        check()
        table = self._reading.table(shape)
        rules = [(name, self._reading.value_rule(shape, name)) for name in table.names]
        kept = [(name, rule) for name, rule in rules if self._satisfiable.rule(rule)]
        extras = [Extra(key, rule, 1) for key, rule in counted]
        extras += [Extra(key, rule) for key, rule in table.extras if self._satisfiable.rule(rule)]
        if shape.high == 0:
            return EMPTY
        if self._ordered and extras:
            _check_enough(max(shape.low - len(shape.required) - len(counted), 0), extras)
        low = max(shape.low, min(len(counted), 1))
        return self._members(kept, frozenset(shape.required), extras, low, shape.high)

    def _members(
        self,
        kept: list[tuple[str, Rule]],
        required: frozenset[str],
        extras: list[Extra],
        low: int = 0,
        high: int | None = None,
    ) -> Expr:
        """Members, with the gap after the last; nothing for no members."""
        if not kept and not extras:
            return EMPTY
        members = Members(
            names=tuple(name for name, _ in kept),
            values=tuple(rule for _, rule in kept),
            required=frozenset(i for i, (name, _) in enumerate(kept) if name in required),
            extras=tuple(extras),
            ordered=self._ordered,
            colon=self._layout.colon,
            comma=self._layout.comma,
            min_size=max(low, 1),
            max_size=high,
        )
        written = _seq([members, self._layout.gap])
        return written if low or required else Choice((EMPTY, written))


def _check_enough(missing: int, extras: list[Extra]) -> None:
    """Raises where a name that is passed over, and can not come any more in order, may leave too few members."""
    if missing > sum(keys_up_to(missing, extra.key) for extra in extras):
        advice = 'use property_order="any"'
        raise UnsupportedError("too few keys besides those declared", found=f"{missing} more members", advice=advice)


def _literals(normal: Normal) -> list[str]:
    words = ["null"] if normal.nulls else []
    values = {value for shape in normal.booleans for value in shape.values}
    return words + sorted("true" if value else "false" for value in values)


def _numbers(shapes: Iterable[NumberShape]) -> list[Expr]:
    digits = {shape: digits_of(shape) for shape in shapes}
    far = [each.number_expression() for each in digits.values() if each is not None]
    return far + _lexemes(number_lexeme_of(shape) for shape, each in digits.items() if each is None)


def _lexemes(lexemes: Iterable[Lexeme | None]) -> list[Expr]:
    return [Lex(lexeme) for lexeme in dict.fromkeys(lexemes) if lexeme is not None]


def _choice(options: list[Expr]) -> Expr:
    if len(options) == 1:
        return options[0]
    distinct = list(dict.fromkeys(options))
    return distinct[0] if len(distinct) == 1 else Choice(tuple(distinct))


def _seq(parts: list[Expr]) -> Expr:
    kept = [part for part in parts if part != EMPTY]
    return kept[0] if len(kept) == 1 else Seq(tuple(kept))
