"""Keywords about any value, numbers and strings: `type`, `enum`, `minimum`, `pattern`, …"""

from __future__ import annotations

from grammars.formats import FORMAT_LENGTHS
from grammars.json_schema.nodes import Node
from grammars.json_schema.normal_form import (
    ALL,
    ARRAY,
    BOOLEAN,
    NONE,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    Normal,
    all_of,
    both,
    either,
    of_kinds,
    only,
    where,
)
from grammars.json_schema.reader import Context, check_pattern, check_places, malformed, number_of, size_of
from grammars.json_schema.shapes import Bound, Language, NumberShape, StringShape

_KINDS = {"null": NULL, "boolean": BOOLEAN, "number": NUMBER, "string": STRING, "array": ARRAY, "object": OBJECT}


def read_type(_context: Context, node: Node, positive: bool) -> Normal:
    """`type`."""
    value = node.keywords["type"]
    names = value if isinstance(value, list) else [value]
    known = [name for name in names if isinstance(name, str) and (name in _KINDS or name == "integer")]
    if len(known) < len(names):
        raise malformed(node, "type", "the name of a JSON type, or a list of names")
    kinds = {_KINDS[name] for name in known if name != "integer"}
    normal = of_kinds(kind for kind in Normal._fields if (kind in kinds) == positive)
    if "integer" not in known or NUMBER in kinds:
        return normal
    spelled = node.dialect.draft.integers_are_spelled
    return normal._replace(numbers=(NumberShape(spelled=positive) if spelled else NumberShape(integer=positive),))


def read_limits(_context: Context, node: Node, positive: bool) -> Normal:
    """`minimum`, `maximum` and their exclusive forms."""
    lows = _limit(node, "minimum", "exclusiveMinimum")
    highs = _limit(node, "maximum", "exclusiveMaximum")
    if positive:
        bounds = [NumberShape(low=low) for low in lows] + [NumberShape(high=high) for high in highs]
        return all_of(where(NUMBER, bound) for bound in bounds)
    below = [NumberShape(high=Bound(low.value, not low.open)) for low in lows]
    above = [NumberShape(low=Bound(high.value, not high.open)) for high in highs]
    return only(NUMBER, *below, *above)


def _limit(node: Node, keyword: str, exclusive: str) -> list[Bound]:
    sharp = node.keywords.get(exclusive)
    value = number_of(node, keyword)
    if isinstance(sharp, bool):
        return [] if value is None else [Bound(value, sharp)]
    bounds = [] if value is None else [Bound(value)]
    other = number_of(node, exclusive)
    return bounds if other is None else [*bounds, Bound(other, True)]


def read_multiple_of(_context: Context, node: Node, positive: bool) -> Normal:
    """`multipleOf`."""
    value = number_of(node, "multipleOf")
    if value is None or value <= 0:
        raise malformed(node, "multipleOf", "a number above 0")
    check_places(value, node, "multipleOf")
    if value == 1:
        shape = NumberShape(integer=positive)
    else:
        shape = NumberShape(multiples=frozenset({(value, positive, node.at("multipleOf"))}))
    return where(NUMBER, shape) if positive else only(NUMBER, shape)


def read_lengths(_context: Context, node: Node, positive: bool) -> Normal:
    """`minLength` and `maxLength`."""
    low, high = size_of(node, "minLength", 0) or 0, size_of(node, "maxLength")
    if positive:
        return where(STRING, *([] if high is not None and high < low else [StringShape(low, high)]))
    shorter = [StringShape(0, low - 1)] if low else []
    longer = [] if high is None else [StringShape(high + 1)]
    return only(STRING, *shorter, *longer)


def read_pattern(_context: Context, node: Node, positive: bool) -> Normal:
    """`pattern`."""
    pattern = node.keywords["pattern"]
    if not isinstance(pattern, str):
        raise malformed(node, "pattern", "a string")
    check_pattern(pattern, node, "pattern")
    return _language(("pattern", pattern), positive)


def read_format(context: Context, node: Node, positive: bool) -> Normal:
    """`format`: an assertion where the format is one of those asserted, otherwise an annotation."""
    name = node.keywords["format"]
    language = context.format_language(node, name) if isinstance(name, str) else None
    if not isinstance(name, str) or language is None:
        return ALL if positive else NONE
    longest = FORMAT_LENGTHS.get(name) if language == ("format", name) else None
    normal = _language(language, positive)
    if longest is None:
        return normal
    if positive:
        return both(normal, where(STRING, StringShape(high=longest)))
    return either(normal, only(STRING, StringShape(low=longest + 1)))


def _language(language: Language, positive: bool) -> Normal:
    shape = StringShape(languages=frozenset({(language, positive)}))
    return where(STRING, shape) if positive else only(STRING, shape)
