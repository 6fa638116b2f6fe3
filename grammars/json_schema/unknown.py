"""What a schema says that nobody knows: it constrains nothing, as the specification has it, and may be a slip."""

from __future__ import annotations

import json
from collections.abc import Iterator

from grammars.json_schema.grammar import JsonSchemaGrammar
from grammars.json_schema.nodes import Json, Node
from grammars.json_schema.outline import outline_of
from grammars.json_schema.resources import steps_of
from grammars.json_schema.roles import is_annotation


def unknown_parts(grammar: JsonSchemaGrammar) -> Iterator[str]:
    """The unknown keywords and formats of a document, each in one sentence; `x-…` is unknown on purpose."""
    root = grammar.interpreter.locator.root
    for schema, chain, _ in outline_of(root).places:
        if not isinstance(schema, dict):
            continue
        where = root.at(*steps_of(chain))
        for keyword in _unknown_keywords(schema, root):
            yield f"{_quoted(keyword)} at {where} is no keyword of this draft and constrains nothing"
        name = schema.get("format")
        if isinstance(name, str) and not _is_asserted(name, grammar):
            yield f"the format {_quoted(name)} at {where} is not known and constrains nothing"


def _unknown_keywords(schema: dict[str, Json], root: Node) -> Iterator[str]:
    if "$ref" in schema and root.dialect.draft.ref_hides_siblings:
        return
    for keyword in schema:
        if not (keyword in root.dialect.keywords or is_annotation(keyword) or keyword.startswith("x-")):
            yield keyword


def _is_asserted(name: str, grammar: JsonSchemaGrammar) -> bool:
    # A dialect that asserts formats refuses those that are not known.
    root = grammar.interpreter.locator.root
    return root.dialect.asserts_formats or grammar.interpreter.format_language(root, name) is not None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
