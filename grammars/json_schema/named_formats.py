"""Which formats a schema's `format` asserts: those that are known, and those that the caller brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from grammars import dfa_ops
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.formats import ASSERTED_FORMATS
from grammars.json_schema.shapes import Language
from grammars.regex import match_language
from grammars.regex_parser import parse_pattern

CustomFormats: TypeAlias = Mapping[str, str | Dfa]
"""Name -> the pattern that texts of that format match from end to end, or their automaton."""


def asserted_formats(mode: str, custom: CustomFormats | None) -> dict[str, Language]:
    """Per asserted format its language; `mode` is `assert` or `annotate`, and custom formats come first."""
    if mode == "annotate":
        if custom:
            raise ValueError('custom_formats are asserted, which formats="annotate" forbids')
        return {}
    known: dict[str, Language] = {name: ("format", name) for name in ASSERTED_FORMATS}
    return known | {name: ("custom format", _automaton(name, texts)) for name, texts in (custom or {}).items()}


def _automaton(name: str, texts: str | Dfa) -> Dfa:
    if isinstance(texts, Dfa):
        return dfa_ops.intersect(Dfa.any_text(), texts)
    try:
        return determinise(match_language(parse_pattern(texts)))
    except GrammarError as error:
        error.where = f"custom_formats[{name!r}]" + (f", {error.where}" if error.where else "")
        raise
