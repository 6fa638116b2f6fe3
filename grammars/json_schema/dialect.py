"""Dialects: which keywords count in a schema, by its draft and by the vocabularies of its metaschema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grammars.errors import GrammarError
from grammars.json_schema.draft import LATEST, OFFICIAL, Draft, draft_named, draft_within

if TYPE_CHECKING:
    from grammars.json_schema.documents import Documents
    from grammars.json_schema.nodes import Json


@dataclass(frozen=True, eq=False)
class Dialect:
    """A draft, and the keywords of it that count; `is_named` where somebody said that this dialect is meant.

    Compared by identity: `Dialects` makes each once.
    """

    draft: Draft
    is_named: bool
    keywords: frozenset[str]
    asserts_formats: bool = False


NamesOf = Callable[[Draft, bool], frozenset[str]]
"""The keywords of a draft, and whether the draft was named."""

_PREFIXES = ("https://json-schema.org/draft/2019-09/vocab/", "https://json-schema.org/draft/2020-12/vocab/")
_FORMATS = ("format", "format-annotation", "format-assertion")
_KNOWN = frozenset({"core", "applicator", "unevaluated", "validation", "meta-data", "content", *_FORMATS})
_CORE = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
_UNEVALUATED = frozenset({"unevaluatedItems", "unevaluatedProperties"})
_APPLICATORS = frozenset(
    {
        *("items", "prefixItems", "additionalItems", "contains", "properties", "patternProperties"),
        *("additionalProperties", "propertyNames", "dependencies", "dependentSchemas"),
        *("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
    }
)


class Dialects:
    """Reads `$schema`: the official metaschemas, and those found among the documents."""

    def __init__(self, documents: Documents, names_of: NamesOf) -> None:
        self._documents = documents
        self._names_of = names_of
        self._plain: dict[tuple[Draft, bool], Dialect] = {}
        self._by_uri: dict[str, Dialect] = {}
        self._open: set[str] = set()

    def default(self, draft: str | None) -> Dialect:
        """What is meant where a schema does not say."""
        return self.plain(LATEST, False) if draft is None else self.plain(draft_named(draft))

    def plain(self, draft: Draft, is_named: bool = True) -> Dialect:
        """The dialect of a draft with all of its vocabularies."""
        known = self._plain.get((draft, is_named))
        if known is None:
            known = self._plain[draft, is_named] = Dialect(draft, is_named, self._names_of(draft, is_named))
        return known

    def of(self, schema: Json, default: Dialect) -> Dialect:
        """The dialect that a schema names, or else the default."""
        named = schema.get("$schema") if isinstance(schema, dict) else None
        if not isinstance(named, str):
            return default
        uri = named.partition("#")[0]
        if uri not in self._by_uri:
            self._by_uri[uri] = self._read(uri)
        return self._by_uri[uri]

    def _read(self, uri: str) -> Dialect:
        if uri in OFFICIAL:
            return self.plain(OFFICIAL[uri])
        metaschema = None if uri in self._open else self._documents.find(uri)
        if not isinstance(metaschema, dict):
            return self.plain(draft_within(uri) or LATEST)
        self._open.add(uri)
        draft = self.of(metaschema, self.plain(LATEST)).draft
        self._open.discard(uri)
        vocabularies = metaschema.get("$vocabulary")
        if draft.year < 2019 or not isinstance(vocabularies, dict):
            return self.plain(draft)
        return self._made_of(draft, vocabularies, uri)

    def _made_of(self, draft: Draft, vocabularies: dict[str, Any], uri: str) -> Dialect:
        given = {_name_of(vocabulary): bool(must) for vocabulary, must in vocabularies.items()}
        for vocabulary, must in vocabularies.items():
            if must and _name_of(vocabulary) not in _KNOWN:
                advice = f"{uri} requires it: say false there if it may be left out"
                raise GrammarError("this vocabulary is not known", "#/$schema", vocabulary, advice)
        counted = frozenset(name for name in self._names_of(draft, True) if _is_in(name, given, draft))
        return Dialect(draft, True, counted, "format-assertion" in given or given.get("format", False))


def _name_of(vocabulary: str) -> str:
    """The last part of the URI of an official vocabulary; the URI itself of any other."""
    return next((vocabulary.removeprefix(start) for start in _PREFIXES if vocabulary.startswith(start)), vocabulary)


def _is_in(keyword: str, given: dict[str, bool], draft: Draft) -> bool:
    """Whether a keyword belongs to one of the vocabularies given."""
    if keyword in _CORE:
        return True
    if keyword == "format":
        return not given.keys().isdisjoint(_FORMATS)
    if keyword in _UNEVALUATED and draft.year >= 2020:
        return "unevaluated" in given
    return ("applicator" if keyword in _APPLICATORS | _UNEVALUATED else "validation") in given
