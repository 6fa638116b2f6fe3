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
    def integers_are_spelled(self) -> bool:
        """`1.0` is not an integer: a fraction or an exponent makes a number one that is not."""
        return self.year <= 4

    @property
    def id_keyword(self) -> str:
        """The keyword that names a schema."""
        return "id" if self.year <= 4 else "$id"

    @property
    def ids_are_anchors(self) -> bool:
        """The fragment of an id names a place, as `$anchor` does later."""
        return self.year <= 7


LATEST = Draft(2020)

OFFICIAL = {
    "http://json-schema.org/draft-04/schema": Draft(4),
    "http://json-schema.org/draft-06/schema": Draft(6),
    "http://json-schema.org/draft-07/schema": Draft(7),
    "https://json-schema.org/draft/2019-09/schema": Draft(2019),
    "https://json-schema.org/draft/2020-12/schema": Draft(2020),
}
"""The drafts by the URIs of their metaschemas."""

_MARKS = {"draft-03": 3, "draft-04": 4, "draft-06": 6, "draft-07": 7, "2019-09": 2019, "2020-12": 2020, "next": 2020}
_SHORT = {"draft4": "draft-04", "draft6": "draft-06", "draft7": "draft-07"}


def draft_within(name: str) -> Draft | None:
    """The draft that a text such as a URI speaks of."""
    year = next((year for mark, year in _MARKS.items() if mark in name), None)
    if year == 3:
        raise GrammarError("draft 3 is not supported", "#/$schema", name, "use draft 4 or later")
    return None if year is None else Draft(year)


def draft_named(name: str) -> Draft:
    """The draft that a caller asks for (such as `draft-07`)."""
    draft = draft_within(_SHORT.get(name, name))
    if draft is None:
        raise GrammarError("unknown draft", "", name, "use draft-04, draft-06, draft-07, 2019-09 or 2020-12")
    return draft
