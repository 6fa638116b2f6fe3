"""Keywords that assert nothing where they stand, and have to be well-formed all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from grammars.errors import GrammarError
from grammars.json_schema.locate import Locator
from grammars.json_schema.nodes import Json, Node
from grammars.json_schema.places import holders_of, parts_of
from grammars.json_schema.resources import Chain, steps_of


class Form(NamedTuple):
    """What a keyword has to be, and the first draft whose metaschema says so."""

    kind: type
    needs: str
    since: int = 4


_TEXT: Final = Form(str, "a string")
_FORMS: Final = {
    **dict.fromkeys(("$schema", "title", "description", "format"), _TEXT),
    "$comment": _TEXT._replace(since=7),
    "definitions": Form(dict, "an object"),
    "$defs": Form(dict, "an object", 2019),
}


def check_annotations(locator: Locator) -> bool:
    """Raises where a keyword of a document is no text, or is malformed and would be ignored.

    The whole document is looked at now: no text ever leads to keywords that assert nothing. Returns whether every place
    of a subschema has one; what has none may be where nobody ever looks.
    """
    is_whole = True
    root, year = locator.root, locator.root.dialect.draft.year
    forms = {keyword: form.kind for keyword, form in _FORMS.items() if form.since <= year}
    for schema, chain in written_schemas(locator):
        if isinstance(schema, dict):
            _check_keywords(schema, forms, root, chain)
        elif not isinstance(schema, bool):
            is_whole = False
    return is_whole


def _check_keywords(schema: dict[str, Json], forms: dict[str, type], root: Node, chain: Chain) -> None:
    if forms.keys().isdisjoint(schema) and {str}.issuperset(map(type, schema)):
        return
    for keyword, value in schema.items():
        if not isinstance(value, forms.get(keyword, object)) or not isinstance(keyword, str):
            raise _fault(root, chain, keyword, value)


def _fault(root: Node, chain: Chain, keyword: object, value: Json) -> GrammarError:
    if not isinstance(keyword, str):
        return GrammarError("a keyword has to be a string", root.at(*steps_of(chain)), repr(keyword))
    return GrammarError(f"{keyword} has to be {_FORMS[keyword].needs}", root.at(*steps_of(chain), keyword), repr(value))


def written_schemas(locator: Locator) -> Iterator[tuple[Json, Chain]]:
    """What a document has for subschemas as it is written, each object once, and the steps to it."""
    pending: list[tuple[Json, Chain]] = [(locator.root.schema, None)]
    seen: set[int] = set()
    holders = holders_of(locator.root.dialect)
    while pending:
        schema, chain = pending.pop()
        # One object may stand at many places in a schema that is not from JSON text.
        if not isinstance(schema, dict):
            yield schema, chain
        elif id(schema) not in seen:
            seen.add(id(schema))
            yield schema, chain
            # Most are leaves.
            if not holders.isdisjoint(schema):
                pending += [(found, (chain, steps)) for found, steps in reversed(parts_of(schema, holders))]
