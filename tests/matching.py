"""Whether texts are let through, by the slow reference: for generated schemas."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, reject

from grammars.errors import GrammarError
from grammars.json_schema import JsonSchemaGrammar
from tests.naive import NaiveMatcher

Json = Any
UNSATISFIABLE = "nothing satisfies"


def matcher_of(schema: Json, **options: Any) -> NaiveMatcher | None:
    """A matcher; None for a schema that nothing satisfies. What is not supported is no example."""
    try:
        return NaiveMatcher(JsonSchemaGrammar(schema, **options))
    except GrammarError as error:
        assume(UNSATISFIABLE in str(error))
        return None


def matches(matcher: NaiveMatcher | None, text: str) -> bool:
    """Whether a text is let through; a part that is not supported is no example."""
    if matcher is None:
        return False
    try:
        return matcher.matches(text.encode())
    except GrammarError:
        reject()
