"""Schemas with texts that are let through and texts that are not, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """`good` and `bad` are texts as they stand; `options` go to the grammar."""

    name: str
    schema: Any
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


DRAFT4 = "http://json-schema.org/draft-04/schema#"
DRAFT7 = "http://json-schema.org/draft-07/schema#"
DRAFT2019 = "https://json-schema.org/draft/2019-09/schema"
CLOSED = {"unevaluatedProperties": False}
TREE = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}}, "required": ["kids"]}
NO_ONE = {
    "type": "object",
    "properties": {"a": True, "b": True},
    "additionalProperties": False,
    "not": {"const": {"a": 1}},
}
PAIR = {"properties": {"a": {"type": "null"}, "b": {"type": "null"}}}
KINDS = [
    {"properties": {"kind": {"const": kind}, "x": {"type": kind}}, "required": ["kind", "x"]}
    for kind in ("string", "number", "boolean")
]
COLOURED = {
    "properties": {"kind": True},
    "oneOf": [
        {"properties": {"kind": {"const": "red"}, "r": True}, "required": ["kind"]},
        {"properties": {"kind": {"const": "blue"}, "b": True}, "required": ["kind"]},
    ],
    "unevaluatedProperties": False,
    "type": "object",
}

CASES = [
    Case("integers in every spelling", {"type": "integer"}, ("1", "-0", "1.0", "1e3", "10E-1"), ("1.5", "01", "1e-1")),
    Case("draft 4 integers are spelled", {"$schema": DRAFT4, "type": "integer"}, ("1", "-3"), ("1.0", "1e3")),
    Case("not an integer in draft 4", {"$schema": DRAFT4, "not": {"type": "integer"}}, ("1.0", '"a"'), ("1",)),
    Case("bounds", {"type": "number", "minimum": 0.5, "exclusiveMaximum": 2}, ("0.5", "1.999", "5e-1"), ("2", "0.49")),
    Case(
        "boolean bounds",
        {"$schema": DRAFT4, "type": "number", "minimum": 0, "exclusiveMinimum": True},
        ("0.1",),
        ("0", "-0.0"),
    ),
    Case("negated bounds", {"type": "integer", "not": {"minimum": 3, "maximum": 5}}, ("2", "6"), ("3", "4", "5")),
    Case("lengths count code points", {"type": "string", "minLength": 2, "maxLength": 2}, ('"éa"', r'"\u00e9a"')),
    Case("surrogate pairs", {"type": "string", "maxLength": 1}, (r'"\ud83d\ude00"', '"😀"'), ('"ab"', r'"\u0061b"')),
    Case("a long string", {"type": "string", "maxLength": 65535}, ('"' + "x" * 200 + '"',)),
    Case("unanchored pattern", {"type": "string", "pattern": "b+"}, ('"abc"', '"b"'), ('"ac"', '""')),
    Case(
        "pattern with lengths",
        {"type": "string", "pattern": "^a*$", "minLength": 2, "maxLength": 3},
        ('"aa"', '"aaa"'),
        ('"a"', '"aaaa"', '"ab"'),
    ),
    Case(
        "patterns together and negated",
        {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "z$"}], "not": {"pattern": "m"}},
        ('"az"', '"abz"'),
        ('"amz"', '"a"'),
    ),
    Case("format", {"type": "string", "format": "date"}, ('"2024-02-29"',), ('"2023-02-29"', '"x"')),
    Case("format as annotation", {"format": "date", "type": "string"}, ('"x"',), ("1",), {"formats": "annotate"}),
    Case("unknown format", {"type": "string", "format": "what-not"}, ('"x"',), ("1",)),
    Case("not a format", {"type": "string", "not": {"format": "ipv4"}}, ('"x"',), ('"1.2.3.4"',)),
    Case("enum of any values", {"enum": [1, "1", None, [1, {"a": True}]]}, ("1.0", '"1"', "null", '[1, {"a": true}]')),
    Case("enum beside other keywords", {"enum": [1, "a", 2.5], "type": "integer"}, ("1",), ('"a"', "2.5")),
    Case("true is not one", {"const": 1}, ("1", "1.0", "10e-1"), ("true", '"1"')),
    Case("const object", {"const": {"a": 1, "b": [2]}}, ('{"a":1,"b":[2]}',), ('{"a":1}', '{"a":1,"b":[2],"c":3}')),
    Case("not a const object", NO_ONE, ('{"a":2}', "{}", '{"a":1,"b":1}'), ('{"a":1}',)),
    Case("not a const array", {"type": "array", "not": {"const": [1]}}, ("[]", "[2]", "[1,1]"), ("[1]", "[1.0]")),
    Case("declared order", PAIR, ('{"a":null,"b":null,"c":1}',), ('{"b":null,"a":null}', '{"c":1,"a":null}')),
    Case("any order", PAIR, ('{"b":null,"c":2,"a":null}',), ('{"b":null,"a":1}',), {"property_order": "any"}),
    Case("a name comes once", PAIR, ('{"a":null}',), ('{"a":null,"a":null}',), {"property_order": "any"}),
    Case("required and undeclared", {"required": ["z"], "additionalProperties": {"type": "null"}}, ('{"z":null}',)),
    Case("closed", {"properties": {"a": True}, "additionalProperties": False, "type": "object"}, ("{}",), ('{"b":1}',)),
    Case(
        "keys by pattern",
        {"patternProperties": {"^x": {"type": "string"}}, "properties": {"xa": {"minLength": 2}}},
        ('{"xa":"bb"}', '{"xb":"b","c":1}'),
        ('{"xa":"b"}', '{"xa":12}', '{"xb":1}'),
    ),
    Case(
        "overlapping patterns",
        {"patternProperties": {"a": {"minimum": 3}, "b": {"maximum": 5}}, "additionalProperties": False},
        ('{"ab":4}', '{"a":9}', '{"b":1}', '{"a":3,"b":5}'),
        ('{"ab":6}', '{"ba":1}', '{"c":1}'),
    ),
    Case("names", {"propertyNames": {"maxLength": 2}, "required": ["ab"]}, ('{"ab":1,"c":2}',), ('{"ab":1,"abc":2}',)),
    Case(
        "sizes", {"type": "object", "minProperties": 1, "maxProperties": 2}, ('{"a":1}',), ("{}", '{"a":1,"b":1,"c":1}')
    ),
    Case("negated required", {"type": "object", "not": {"required": ["a"]}}, ("{}", '{"b":1}'), ('{"a":1}',)),
    Case(
        "negated properties",
        {"type": "object", "not": {"properties": {"a": {"type": "string"}}}},
        ('{"a":1}', '{"b":1,"a":null}'),
        ("{}", '{"a":"x"}'),
        {"property_order": "any"},
    ),
    Case("dependent names", {"dependentRequired": {"a": ["b"]}}, ('{"b":2,"a":1}', '{"b":1}', "{}"), ('{"a":1}',)),
    Case(
        "old dependencies",
        {"$schema": DRAFT7, "dependencies": {"a": ["b"], "c": {"maxProperties": 1}}},
        ('{"a":1,"b":2}', '{"c":1}'),
        ('{"a":1}', '{"c":1,"d":2}'),
        {"property_order": "any"},
    ),
    Case("tuples", {"prefixItems": [{"type": "null"}], "items": {"type": "string"}}, ("[]", '[null,"a"]'), ('["a"]',)),
    Case(
        "old tuples",
        {"$schema": DRAFT7, "items": [{"type": "null"}], "additionalItems": False},
        ("[]", "[null]"),
        ("[null,null]", "[1]"),
    ),
    Case("array sizes", {"type": "array", "minItems": 1, "maxItems": 2}, ("[1]", "[1,2]"), ("[]", "[1,2,3]")),
    Case("an item that can not be", {"type": "array", "prefixItems": [True, False]}, ("[]", "[1]"), ("[1,2]",)),
    Case("contains", {"type": "array", "contains": {"const": 1}}, ("[1]", "[0,1,0]"), ("[]", "[0,2]")),
    Case(
        "contains with bounds",
        {"type": "array", "contains": {"type": "null"}, "minContains": 1, "maxContains": 2, "maxItems": 4},
        ("[null]", "[0,null,0,null]"),
        ("[]", "[null,null,null]", "[0,0,0,0,null]"),
    ),
    Case("negated items", {"type": "array", "not": {"items": {"type": "null"}}}, ("[1]", "[null,1]"), ("[]", "[null]")),
    Case("one of, by kind", {"oneOf": KINDS}, ('{"kind":"number","x":1}',), ('{"kind":"number","x":"a"}',)),
    Case(
        "one of, overlapping",
        {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
        ("1", "2.5", '"a"'),
        ("3", "1.5"),
    ),
    Case(
        "if",
        {"if": {"type": "string"}, "then": {"maxLength": 1}, "else": {"type": "null"}},
        ('"a"', "null"),
        ('"ab"', "1"),
    ),
    Case(
        "siblings of a reference",
        {"$ref": "#/$defs/a", "maxLength": 1, "$defs": {"a": {"type": "string"}}},
        ('"a"',),
        ('"ab"',),
    ),
    Case(
        "siblings hidden by a reference",
        {"$schema": DRAFT7, "$ref": "#/definitions/a", "maxLength": 1, "definitions": {"a": {"type": "string"}}},
        ('"ab"',),
        ("1",),
    ),
    Case("recursion", TREE, ('{"kids":[]}', '{"kids":[{"kids":[]}]}'), ('{"kids":[{}]}', "{}")),
    Case("a reference to itself", {"$ref": "#"}, ("1", '{"a":[]}')),
    Case("escaped pointers", {"$ref": "#/$defs/a~1b%25", "$defs": {"a/b%": {"type": "null"}}}, ("null",), ("1",)),
    Case("anchors", {"$ref": "#here", "$defs": {"x": {"$anchor": "here", "type": "null"}}}, ("null",), ("1",)),
    Case(
        "embedded ids",
        {"$id": "http://x/a.json", "$ref": "b.json", "$defs": {"x": {"$id": "b.json", "type": "null"}}},
        ("null",),
        ("1",),
    ),
    Case("compact", {"type": "array"}, ("[1,2]", "[]"), ("[1, 2]", "[ ]"), {"whitespace": "compact"}),
    Case("separators", {"type": "array"}, ("[1, 2]",), ("[1,2]",), {"whitespace": (", ", ": ")}),
    Case(
        "flexible", True, ("[1, 2]", "[\n  1,\n  2\n]", "[\r\n\t1\r\n]", "[ ]", '{ "a" : 1 }'), (" 1", "[1  ,2]", "1\n")
    ),
    Case("white space ends", {"type": "array"}, ("[\n" + " " * 100 + "1]",), ("[\n" + " " * 200 + "1]",)),
    Case(
        "unevaluated beside references",
        {"$ref": "#/$defs/a", "properties": {"b": True}, "unevaluatedProperties": False, "$defs": {"a": PAIR}},
        ('{"b":null,"a":null}', "{}", "1"),
        ('{"c":1}', '{"b":1}'),
    ),
    Case(
        "unevaluated with one of",
        COLOURED,
        ('{"kind":"red","r":1}', '{"kind":"blue"}'),
        ('{"kind":"red","b":1}', '{"kind":"blue","r":1}', "{}"),
    ),
    Case(
        "unevaluated with any of",
        {
            "anyOf": [{"properties": {"a": {"type": "null"}}}, {"patternProperties": {"^b": {"type": "null"}}}],
            "unevaluatedProperties": {"type": "boolean"},
        },
        ('{"a":null,"b":null,"c":true}', '{"a":null,"b":true}', '{"a":true,"b":null}'),
        ('{"a":1,"b":null}', '{"a":1,"b":true}', '{"c":null}'),
        {"property_order": "any"},
    ),
    Case(
        "unevaluated with if",
        {
            "if": {"required": ["a"], "properties": {"a": True}},
            "then": {"properties": {"b": True}},
            "else": {"properties": {"c": True}},
            "unevaluatedProperties": False,
        },
        ('{"a":1,"b":1}', '{"c":1}', "{}"),
        ('{"a":1,"c":1}', '{"b":1}'),
    ),
    Case(
        "unevaluated with a dependent schema",
        {"properties": {"a": True}, "dependentSchemas": {"a": PAIR}, "unevaluatedProperties": False},
        ('{"a":null,"b":null}', "{}"),
        ('{"b":null}', '{"a":1}'),
    ),
    Case(
        "not evaluated under not",
        {"not": {"not": {"properties": {"a": True}}}, "unevaluatedProperties": False},
        ("{}",),
        ('{"a":1}',),
    ),
    Case(
        "nested unevaluated members",
        {"allOf": [{"properties": {"a": True}, "unevaluatedProperties": {"type": "null"}}], **CLOSED},
        ('{"a":1,"b":null}',),
        ('{"b":1}',),
    ),
    Case(
        "negated unevaluated members",
        {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "not": {"properties": {"a": True}, **CLOSED}},
        ('{"b":1}', '{"a":1,"b":1}'),
        ('{"a":1}', "{}"),
        {"property_order": "any"},
    ),
    Case(
        "unevaluated items",
        {"prefixItems": [True], "anyOf": [{"prefixItems": [True, {"const": 1}]}, True], "unevaluatedItems": False},
        ("[]", "[2]", "[2,1]"),
        ("[2,2]", "[2,1,1]"),
    ),
    Case(
        "items that contains evaluates",
        {"contains": {"type": "null"}, "prefixItems": [True], "unevaluatedItems": {"type": "string"}},
        ("[null]", '[1,null,"a",null]'),
        ('[1,"a"]', "[1,null,2]"),
    ),
    Case(
        "items that contains does not evaluate in 2019-09",
        {"$schema": DRAFT2019, "contains": {"type": "null"}, "items": [True], "unevaluatedItems": {"type": "string"}},
        ("[null]", '[null,"a"]'),
        ("[null,null]", '[1,"a"]'),
    ),
    Case(
        "negated unevaluated items",
        {"type": "array", "not": {"prefixItems": [True], "unevaluatedItems": {"type": "null"}}},
        ("[1,null,2]",),
        ("[]", "[1]", "[1,null]"),
    ),
    Case(
        "negated unevaluated items beside any of",
        {
            "type": "array",
            "not": {"anyOf": [{"prefixItems": [{"const": 1}]}, {"minItems": 1}], "unevaluatedItems": {"type": "null"}},
        },
        ("[2]", "[2,1]", "[1,2]"),
        ("[]", "[1]", "[null]", "[1,null]"),
    ),
    Case(
        "negated unevaluated items, of which there may be none",
        {"type": "array", "not": {"prefixItems": [True], "unevaluatedItems": False}},
        ("[1,2]",),
        ("[]", "[1]"),
    ),
    Case(
        "unevaluated members under any of",
        {"anyOf": [{"required": ["a"], "unevaluatedProperties": True}, {"required": ["b"]}], **CLOSED},
        ('{"a":1,"c":1}',),
        ('{"b":1}',),
    ),
    Case("unevaluated before 2019", {"$schema": DRAFT7, **CLOSED}, ('{"a":1}',)),
]
