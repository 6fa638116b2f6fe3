"""Schemas that refer to each other, with the documents that they need and texts that are let through or not."""

from __future__ import annotations

from typing import Any

from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.json_schema_cases import DRAFT4, DRAFT7, Case

DRAFT2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT2020 = "https://json-schema.org/draft/2020-12/schema"
NULL = {"type": "null"}

DOCUMENTS: dict[str, Any] = {
    "http://t/word.json": {"type": "string", "maxLength": 2},
    "http://t/pair.json": {
        "$schema": DRAFT2020,
        "properties": {"first": {"$ref": "#/$defs/word"}, "rest": {"$ref": "#"}, "other": {"$ref": "word.json"}},
        "$defs": {"word": {"$anchor": "w", "type": "string"}},
    },
    "http://t/moved.json": {
        "$id": "http://elsewhere/x.json",
        "$ref": "y.json",
        "$defs": {"y": {"$id": "y.json"} | NULL},
    },
    "http://t/nested.json": {"$defs": {"inner": {"$id": "deep/inner.json", "$ref": "leaf.json"}}},
    "http://t/deep/leaf.json": NULL,
    "http://t/folder/": {"$id": "folder/", "items": {"$ref": "leaf.json"}},
    "http://t/folder/leaf.json": NULL,
    "urn:t:null": NULL,
    "http://t/old.json": {
        "$schema": DRAFT7,
        "$ref": "#/definitions/word",
        "maxLength": 1,
        "definitions": {"word": {"$id": "#w", "type": "string"}},
    },
    "http://t/ask.json": {"$schema": DRAFT7, "$ref": "needs.json"},
    "http://t/older.json": {"$schema": DRAFT4, "minimum": 1, "exclusiveMinimum": True, "const": 3},
    "http://t/needs.json": {"dependentRequired": {"a": ["b"]}},
    "http://t/bool.json": False,
    "http://t/list.json": {
        "$schema": DRAFT2020,
        "$id": "http://t/list.json",
        "properties": {"next": {"$ref": "#"}, "value": {"$dynamicRef": "#item"}, "note": {"properties": {"x": NULL}}},
        "$defs": {"item": {"$dynamicAnchor": "item"}},
    },
    "http://t/strings.json": {
        "$schema": DRAFT2020,
        "$id": "http://t/strings.json",
        "$ref": "list.json",
        "$defs": {"item": {"$dynamicAnchor": "item", "type": "string"}},
    },
    "http://t/numbers.json": {
        "$schema": DRAFT2020,
        "$id": "http://t/numbers.json",
        "$ref": "list.json",
        "$defs": {"item": {"$dynamicAnchor": "item", "type": "number"}},
    },
    "http://t/holder.json": {
        "$schema": DRAFT2020,
        "$id": "http://t/holder.json",
        "$ref": "list.json",
        "$defs": {
            "item": {"$dynamicAnchor": "item", "properties": {"held": {"$dynamicRef": "http://t/holder.json#held"}}},
            "held": {"$dynamicAnchor": "held"},
        },
    },
    "http://t/tree.json": {
        "$schema": DRAFT2019,
        "$id": "http://t/tree.json",
        "$recursiveAnchor": True,
        "properties": {"kids": {"items": {"$recursiveRef": "#"}}},
    },
    "http://t/fixed.json": {
        "$schema": DRAFT2019,
        "$id": "http://t/fixed.json",
        "properties": {"kids": {"items": {"$recursiveRef": "#"}}},
    },
}


def with_documents(registry: Registry[Any], documents: dict[str, Any]) -> Registry[Any]:
    """The registry with more documents, those without a dialect in the latest."""
    made = ((uri, Resource.from_contents(document, DRAFT202012)) for uri, document in documents.items())
    return registry.with_resources(made)


REGISTRY = with_documents(Registry(), DOCUMENTS)

CASES = [
    Case("another document", {"$ref": "http://t/word.json"}, ('"ab"',), ('"abc"', "1")),
    Case("a relative reference", {"$id": "http://t/main.json", "$ref": "word.json"}, ('"ab"',), ("1",)),
    Case("into a document", {"$ref": "http://t/pair.json#/$defs/word"}, ('"abc"',), ("1",)),
    Case("an anchor there", {"$ref": "http://t/pair.json#w"}, ('"abc"',), ("1",)),
    Case(
        "references inside another document are its own",
        {"$ref": "http://t/pair.json", "$defs": {"word": NULL}},
        ('{"first":"a","rest":{"rest":{"first":"b"}},"other":"ab"}',),
        ('{"first":null}', '{"rest":{"rest":{"first":1}}}', '{"other":"abc"}'),
    ),
    Case("an id inside a document", {"$ref": "http://t/deep/inner.json"}, ("null",), ("1",)),
    Case("a pointer past an id", {"$ref": "http://t/nested.json#/$defs/inner"}, ("null",), ("1",)),
    Case("a relative id that is resolved already", {"$ref": "http://t/folder/"}, ("[null]",), ("[1]",)),
    Case("a URN", {"$ref": "urn:t:null"}, ("null",), ("1",)),
    Case("a document that is false", {"properties": {"a": {"$ref": "http://t/bool.json"}}}, ('{"b":1}',), ('{"a":1}',)),
    Case(
        "a URN as the base",
        {"$id": "urn:uuid:1", "$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#b"}, "b": {"$anchor": "b"} | NULL}},
        ("null",),
        ("1",),
    ),
    Case(
        "no id in a constant",
        {"$id": "http://t/m.json", "const": {"$id": "a.json"}, "$defs": {"a": {"const": {"$id": "deep/leaf.json"}}}},
        ('{"$id":"a.json"}',),
        ("null",),
    ),
    Case(
        "an id in a constant names nothing",
        {
            "$id": "http://t/m.json",
            "$ref": "deep/leaf.json",
            "$defs": {"a": {"const": {"$id": "deep/leaf.json", "type": "string"}}},
        },
        ("null",),
        ('"a"',),
    ),
    Case("into an unknown keyword", {"$ref": "#/unknown/a/0", "unknown": {"a": [NULL]}}, ("null",), ("1",)),
    Case(
        "an id in an unknown keyword names nothing",
        {"$ref": "http://t/deep/leaf.json", "unknown": {"$id": "http://t/deep/leaf.json", "type": "string"}},
        ("null",),
        ('"a"',),
    ),
    Case(
        "a property named like a keyword",
        {"properties": {"$ref": {"$ref": "#/$defs/$id"}, "$id": {}}, "$defs": {"$id": NULL}},
        ('{"$ref":null,"$id":1}',),
        ('{"$ref":1}',),
    ),
    Case("an id as an anchor", {"$ref": "http://t/old.json#w"}, ('"abc"',), ("1",)),
    Case("draft 4 from draft 2020-12", {"$ref": "http://t/older.json"}, ("2", '"a"'), ("1", "0")),
    Case(
        "draft 7 hides an id beside a reference",
        {
            "$schema": DRAFT7,
            "$id": "http://t/m.json",
            "allOf": [{"$id": "deep/m.json", "$ref": "word.json"}],
        },
        ('"ab"',),
        ("null",),
    ),
    Case(
        "draft 4 ids",
        {"$schema": DRAFT4, "id": "http://t/m.json", "items": {"$ref": "word.json"}},
        ('["ab"]',),
        ("[1]",),
    ),
    Case(
        "the official metaschemas",
        {"$ref": "https://json-schema.org/draft/2020-12/meta/core"},
        ('{"$id":"a"}',),
        ("1",),
    ),
    Case(
        "one generic list", {"$ref": "http://t/strings.json"}, ('{"next":{"value":"b"},"value":"a"}',), ('{"value":1}',)
    ),
    Case(
        "a generic list, twice",
        {"properties": {"s": {"$ref": "http://t/strings.json"}, "n": {"$ref": "http://t/numbers.json"}}},
        ('{"s":{"next":{"value":"b"}},"n":{"next":{"value":1}}}',),
        ('{"s":{"next":{"value":1}}}', '{"n":{"next":{"value":"a"}}}'),
    ),
    Case("a generic list of anything", {"$ref": "http://t/list.json"}, ('{"next":{"value":"a"},"value":1}',), ()),
    Case(
        "the outermost anchor wins",
        {
            "$id": "http://t/main",
            "$ref": "http://t/strings.json",
            "$defs": {"n": {"$dynamicAnchor": "item", "type": "null"}},
        },
        ('{"next":{"value":null}}',),
        ('{"next":{"value":"a"}}', '{"value":1}'),
    ),
    Case(
        "an anchor that only the place of another asks for",
        {
            "$id": "http://t/main",
            "$ref": "http://t/holder.json",
            "$defs": {"held": {"$dynamicAnchor": "held", "type": "null"}},
        },
        ('{"value":{"held":null}}',),
        ('{"value":{"held":1}}',),
    ),
    Case(
        "a plain anchor is not looked for",
        {"$id": "http://t/main", "$ref": "http://t/strings.json", "$defs": {"n": {"$anchor": "item", "type": "null"}}},
        ('{"value":"a"}',),
        ('{"value":null}',),
    ),
    Case(
        "a tree that is closed from outside",
        {
            "$schema": DRAFT2019,
            "$id": "http://t/closed",
            "$recursiveAnchor": True,
            "$ref": "tree.json",
            "propertyNames": {"maxLength": 4},
        },
        ('{"kids":[{"kids":[]}]}',),
        ('{"kids":[{"grown":[]}]}', '{"grown":1}'),
    ),
    Case(
        "a tree that is fixed",
        {
            "$schema": DRAFT2019,
            "$id": "http://t/closed",
            "$recursiveAnchor": True,
            "$ref": "fixed.json",
            "propertyNames": {"maxLength": 4},
        },
        ('{"kids":[{"grown":[]}]}',),
        ('{"grown":1}',),
    ),
    Case(
        "recursion without an anchor",
        {"$schema": DRAFT2019, "items": {"$recursiveRef": "#"}, "type": "array"},
        ("[[[]]]",),
        ("[[1]]",),
    ),
]

METASCHEMA = {
    "$id": "http://t/meta.json",
    "$schema": DRAFT2020,
    "$vocabulary": {
        "https://json-schema.org/draft/2020-12/vocab/core": True,
        "https://json-schema.org/draft/2020-12/vocab/applicator": True,
        "http://t/vocabulary": False,
    },
}
STRICT = {
    "$id": "http://t/strict.json",
    "$schema": DRAFT2020,
    "$vocabulary": {
        "https://json-schema.org/draft/2020-12/vocab/core": True,
        "https://json-schema.org/draft/2020-12/vocab/format-assertion": False,
    },
}
STRICT2019 = {
    "$id": "http://t/strict2019.json",
    "$schema": DRAFT2019,
    "$vocabulary": {
        "https://json-schema.org/draft/2019-09/vocab/core": True,
        "https://json-schema.org/draft/2019-09/vocab/format": True,
    },
}
UNKNOWN = {"$id": "http://t/unknown.json", "$schema": DRAFT2020, "$vocabulary": {"http://t/vocabulary": True}}
HEIR = {"$id": "http://t/heir.json", "$schema": DRAFT7}
LOOP = {"$id": "http://t/loop.json", "$schema": "http://t/loop.json"}
METASCHEMAS = REGISTRY.with_resources(
    (str(document["$id"]), DRAFT202012.create_resource(document))
    for document in (METASCHEMA, STRICT, STRICT2019, UNKNOWN, HEIR, LOOP)
)

UNJUDGED_CASES = [
    Case("a document with another id", {"$ref": "http://t/moved.json"}, ("null",), ("1",)),
    Case("a reference hides its siblings", {"$ref": "http://t/old.json"}, ('"abc"',), ("1",)),
    Case(
        "a plain reference to a dynamic anchor is plain",
        {"$id": "http://t/main", "$ref": "http://t/strings.json#item", "$defs": {"n": {"$dynamicAnchor": "item"}}},
        ('"a"',),
        ("1",),
    ),
    Case(
        "the outermost tree of all, past one that is fixed",
        {
            "$schema": DRAFT2019,
            "$id": "http://t/outer",
            "$recursiveAnchor": True,
            "properties": {"tree": {"$ref": "middle"}},
            "propertyNames": {"maxLength": 4},
            "$defs": {"middle": {"$id": "middle", "$ref": "tree.json"}},
        },
        ('{"tree":{"kids":[{"kids":[]}],"grown":1}}',),
        ('{"tree":{"kids":[{"grown":1}]}}', '{"grown":1}'),
    ),
    Case(
        "no validation vocabulary",
        {"$schema": "http://t/meta.json", "type": "string", "properties": {"a": {"const": 1}, "b": False}},
        ("1", '{"a":2}'),
        ('{"b":1}',),
    ),
    Case(
        "bounds of contains belong to validation",
        {"$schema": "http://t/meta.json", "contains": {"items": False}, "minContains": 2},
        ("[1]", "[[]]"),
        ("[]", "[[1]]"),
    ),
    Case("no format vocabulary", {"$schema": "http://t/meta.json", "format": "ipv4"}, ('"a"',)),
    Case(
        "formats are asserted by a dialect",
        {"$schema": "http://t/strict.json", "format": "ipv4", "type": "string"},
        ('"1.2.3.4"', "1"),
        ('"a"',),
        {"formats": "annotate"},
    ),
    Case(
        "formats are asserted by a dialect of 2019-09",
        {"$schema": "http://t/strict2019.json", "format": "ipv4"},
        ('"1.2.3.4"', "1"),
        ('"a"',),
        {"formats": "annotate"},
    ),
    Case(
        "a metaschema of an older draft",
        {"$schema": "http://t/heir.json", "$ref": "#/definitions/a", "maxLength": 1, "definitions": {"a": True}},
        ('"ab"',),
    ),
    Case("a metaschema of itself", {"$schema": "http://t/loop.json", "const": 1}, ("1",), ("2",)),
    Case("a metaschema that is not known", {"$schema": "http://t/what.json", "const": 1}, ("1",), ("2",)),
    Case(
        "a resource in a dialect of its own",
        {"$ref": "#/$defs/a", "$defs": {"a": {"$id": "http://t/a", "$schema": "http://t/meta.json", "type": "null"}}},
        ("1",),
    ),
    Case(
        "the draft of the caller is for schemas that do not say",
        {"$schema": DRAFT2020, "$ref": "#/$defs/a", "maxLength": 1, "$defs": {"a": True}},
        ('"a"',),
        ('"ab"',),
        {"draft": "draft7"},
    ),
    Case(
        "the draft of the caller",
        {"$ref": "#/definitions/a", "maxLength": 1, "definitions": {"a": True}},
        ('"ab"',),
        (),
        {"draft": "draft7"},
    ),
    Case(
        "a document without a dialect is read in that of who asks",
        {"$schema": DRAFT7, "$ref": "http://t/needs.json"},
        ('{"a":1}',),
    ),
    Case(
        "the same document asked for by two dialects",
        {"$ref": "http://t/needs.json", "items": {"$ref": "http://t/ask.json"}},
        ('[{"a":1}]',),
        ('{"a":1}',),
    ),
]
"""What `jsonschema` 4.26 does not judge: it reads no vocabularies; the base of a document is where it was found, not
its id; siblings of a reference count in a draft 7 document found from a later one; a plain reference to a dynamic
anchor is dynamic; recursive anchors are looked for only up to the first resource without one.
"""
