"""Keywords that assert nothing where they stand, and have to be well-formed all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from grammars.errors import GrammarError
from grammars.json_schema.nodes import Json, Node
from grammars.json_schema.outline import Place
from grammars.json_schema.resources import Chain, steps_of


class Form(NamedTuple):
    """What a keyword has to be, and the first draft whose metaschema says so."""

    kind: type
    needs: str
    since: int = 4


_TEXT: Final = Form(str, "a string")
_FORMS: Final = {
    **dict.fromkeys(("$schema", "title", "description", "format"), _TEXT),
    "$id": _TEXT._replace(since=6),
    "$comment": _TEXT._replace(since=7),
    "$anchor": _TEXT._replace(since=2019),
    "$dynamicAnchor": _TEXT._replace(since=2020),
    "definitions": Form(dict, "an object"),
    "$defs": Form(dict, "an object", 2019),
}


def check_annotations(root: Node, places: Sequence[Place]) -> None:
    """Raises where a keyword of a document is no text, or is malformed and would be ignored.

    All its places are looked at now: no text ever leads to keywords that assert nothing.
    """
    schemas = [schema for schema, _, _ in places if isinstance(schema, dict)]
    keywords: set[object] = set().union(*schemas)
    year = root.dialect.draft.year
    wrong = {keyword for keyword in keywords if not isinstance(keyword, str)}
    for keyword in _FORMS.keys() & keywords:
        kind, _, since = _FORMS[keyword]
        if since <= year and not all(isinstance(schema[keyword], kind) for schema in schemas if keyword in schema):
            wrong.add(keyword)
    if wrong:
        raise next(_faults(root, places, wrong))


def _faults(root: Node, places: Sequence[Place], wrong: set[object]) -> Iterator[GrammarError]:
    for schema, chain, _ in places:
        for keyword, value in schema.items() if isinstance(schema, dict) else ():
            if keyword in wrong and not (keyword in _FORMS and isinstance(value, _FORMS[keyword].kind)):
                yield _fault(root, chain, keyword, value)


def _fault(root: Node, chain: Chain, keyword: object, value: Json) -> GrammarError:
    if not isinstance(keyword, str):
        return GrammarError("a keyword has to be a string", root.at(*steps_of(chain)), repr(keyword))
    return GrammarError(f"{keyword} has to be {_FORMS[keyword].needs}", root.at(*steps_of(chain), keyword), repr(value))
