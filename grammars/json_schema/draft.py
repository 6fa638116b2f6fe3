"""The drafts of JSON Schema: how to recognise one, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass

from grammars.errors import GrammarError


@dataclass(frozen=True)
class Draft:
    """What a draft of the specification decides; `year` orders them (draft 4 is 4, draft 2020-12 is 2020)."""

    year: int

    @property
    def ref_hides_siblings(self) -> bool:
        """A `$ref` stands alone: what is written beside it counts for nothing."""
        return self.year <= 7

    @property
    def boolean_exclusive(self) -> bool:
        """`exclusiveMinimum` is a boolean that sharpens `minimum`."""
        return self.year <= 4

    @property
    def integers_are_spelled(self) -> bool:
        """`1.0` is not an integer: a fraction or an exponent makes a number one that is not."""
        return self.year <= 4

    @property
    def id_keyword(self) -> str:
        """The keyword that names a schema."""
        return "id" if self.year <= 4 else "$id"


LATEST = Draft(2020)

_MARKS = {"draft-03": 3, "draft-04": 4, "draft-06": 6, "draft-07": 7, "2019-09": 2019, "2020-12": 2020, "next": 2020}


def draft_of(schema: object, override: str | None = None) -> Draft:
    """The draft a schema is written in, by `override` (such as `draft-07`) or its `$schema`; else the latest."""
    named = override if override is not None else schema.get("$schema") if isinstance(schema, dict) else None
    if not isinstance(named, str):
        return LATEST
    year = next((year for mark, year in _MARKS.items() if mark in named), None)
    if year == 3:
        raise GrammarError("draft 3 is not supported", "#/$schema", named, "use draft 4 or later")
    if year is None and override is not None:
        raise GrammarError("unknown draft", "", named, "use draft-04, draft-06, draft-07, 2019-09 or 2020-12")
    return LATEST if year is None else Draft(year)
