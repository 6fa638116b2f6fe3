"""The values of normal forms that have only few."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import chain

from grammars.codepoints import is_text
from grammars.json_schema.arithmetic import accepts as accepts_number
from grammars.json_schema.arithmetic import most_numbers
from grammars.json_schema.few_wholes import FEW, Parts, few_arrays, few_objects, most_arrays, most_objects
from grammars.json_schema.normal_form import Normal
from grammars.json_schema.shapes import NumberShape, StringShape
from grammars.json_schema.strings import accepts, few_words, keys_up_to, lexeme_of
from grammars.values import Value, canonical

MANY = 1_000_000


def few_values(normal: Normal, parts: Parts) -> frozenset[Value] | None:
    """The values of a normal form; None where there are many, or that is not known."""
    found: set[Value] = {canonical(None)} if normal.nulls else set()
    found |= {canonical(value) for shape in normal.booleans for value in shape.values}
    arrays = (few_arrays(shape, parts) for shape in normal.arrays)
    objects = (few_objects(shape, parts) for shape in normal.objects)
    for values in chain(map(_numbers, normal.numbers), map(_words, normal.strings), arrays, objects):
        if values is None or len(found) + len(values) > FEW:
            return None
        found |= values
    return frozenset(found)


def only_words(normal: Normal) -> list[str] | None:
    """The values of a normal form where all of them are texts of given sets, in order."""
    if any(shape.words is None for shape in normal.strings) or normal._replace(strings=()) != Normal():
        return None
    words = {word for shape in normal.strings for word in shape.words or () if accepts(shape, word)}
    return sorted(filter(is_text, words))


def most_values(normal: Normal, parts: Parts) -> int | None:
    """How many values a normal form has at most; None for endlessly many, or where that is not known."""
    total = len(normal.nulls) + sum(len(shape.values) for shape in normal.booleans)
    arrays = (most_arrays(shape, parts, MANY) for shape in normal.arrays)
    objects = (most_objects(shape, parts, MANY) for shape in normal.objects)
    for count in chain(map(most_numbers, normal.numbers), map(most_words, normal.strings), arrays, objects):
        if count is None:
            return None
        total += count
    return total


def most_words(shape: StringShape) -> int | None:
    """How many strings of a shape there may be at most; None for endlessly many, or where that is not known."""
    if shape.words is not None:
        return len(shape.words)
    if shape.high == 0:
        return 1
    if not shape.languages:
        return None
    lexeme = lexeme_of(shape)
    count = 0 if lexeme is None else keys_up_to(MANY, lexeme)
    return None if count == MANY else count


def _numbers(shape: NumberShape) -> set[Value] | None:
    if shape.values is not None:
        return {value for value in shape.values if accepts_number(shape, value)}
    if shape.low is None or shape.high is None:
        return None
    if shape.low.value == shape.high.value:
        only = canonical(shape.low.value)
        return {only} if accepts_number(shape, shape.low.value) else set()
    if not (shape.integer or shape.spelled):
        return None
    first, last = math.ceil(shape.low.value), math.floor(shape.high.value)
    if last - first >= FEW:
        return None
    return {value for value in map(Decimal, range(first, last + 1)) if accepts_number(shape, value)}


def _words(shape: StringShape) -> set[Value] | None:
    if shape.words is not None:
        return {word for word in shape.words if accepts(shape, word)}
    if shape.high == 0:
        return {""} if accepts(shape, "") else set()
    if not shape.languages:
        return None
    lexeme = lexeme_of(shape)
    if lexeme is None:
        return set()
    words = None if lexeme.without else few_words(lexeme.dfa)
    return None if words is None else {word for word in words if accepts(shape, word)}
