"""What of a schema is enforced, what is annotation only, and what is refused: the records of a coverage report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

Verdict: TypeAlias = Literal["enforced", "annotation", "refused", "approximated", "unused", "unseen"]
COLUMNS: Final = ("pointer", "keyword", "verdict", "reason")


@dataclass(frozen=True)
class Record:
    """The verdict on one keyword: `pointer` is the JSON Pointer of the schema that has it.

    `unused` is what no value gets to, `unseen` what lies beyond the bounds of the report. Without `keyword` the verdict
    is about the whole schema at `pointer`.
    """

    pointer: str
    keyword: str
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class Coverage:
    """The verdicts on the keywords of a schema that are reachable from its root.

    `unseen` says which bounds were reached, so that there may be more than is listed; `notes` what no report can tell.
    """

    records: tuple[Record, ...]
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def of(self, verdict: Verdict) -> tuple[Record, ...]:
        """The records with a verdict."""
        return tuple(record for record in self.records if record.verdict == verdict)

    @property
    def enforced(self) -> tuple[Record, ...]:
        """What the masks assert."""
        return self.of("enforced")

    @property
    def annotations(self) -> tuple[Record, ...]:
        """What asserts nothing."""
        return self.of("annotation")

    @property
    def refused(self) -> tuple[Record, ...]:
        """What can not be compiled."""
        return self.of("refused")

    @property
    def approximated(self) -> tuple[Record, ...]:
        """What `approximate=True` leaves out of the masks."""
        return self.of("approximated")

    @property
    def is_complete(self) -> bool:
        """Whether all that the schema asserts is enforced, and nothing was left unseen."""
        return not (self.refused or self.approximated or self.unseen)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        records = [asdict(record) for record in self.records]
        return {
            "is_complete": self.is_complete,
            "records": records,
            "unseen": list(self.unseen),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        rows = [COLUMNS, *((each.pointer, each.keyword, each.verdict, each.reason) for each in self.records)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, *(f"not looked at: {bound}" for bound in self.unseen), *self.notes])
