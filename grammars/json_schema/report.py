"""`describe`: what is enforced of a schema, what asserts nothing and what is refused, without stopping at the first."""

from __future__ import annotations

from collections.abc import Callable

from grammars.json_schema.coverage import Coverage, Record, Verdict
from grammars.json_schema.cuts import Cut
from grammars.json_schema.grammar import JsonSchemaGrammar
from grammars.json_schema.listing import Listing
from grammars.json_schema.nodes import Json
from grammars.json_schema.relax import Relaxed, is_beyond, is_no_contradiction, relax


def describe_schema(schema: Json, read: Callable[[Json], JsonSchemaGrammar], *, approximate: bool = False) -> Coverage:
    """The verdicts on the keywords of a schema; `read` makes its grammar.

    With `approximate`, what would be left out then is called so, and refused is what remains.
    """
    if approximate:
        relaxed = relax(schema, read, is_beyond)
        if not relaxed.errors:
            return _coverage(relaxed, "approximated")
    return _coverage(relax(schema, read, is_no_contradiction), "refused")


def _coverage(relaxed: Relaxed, verdict: Verdict) -> Coverage:
    found = {(cut.pointer, cut.keyword): _record(cut, verdict) for cut in relaxed.made}
    for error in relaxed.errors:
        if is_no_contradiction(error) or not relaxed.made:
            record = Record(*relaxed.cuts.place_of(error.where), "refused", str(error))
            found.setdefault((record.pointer, record.keyword), record)
    if relaxed.grammar is None:
        unseen = (*relaxed.unseen, f"what else the schema says, as no grammar is left: {relaxed.errors[0]}")
        return Coverage(tuple(found.values()), unseen, relaxed.notes)
    listing = Listing(relaxed.grammar, not relaxed.unseen)
    listed = listing.records(relaxed.cuts.placed)
    places = {record.pointer: number for number, record in reversed(list(enumerate(listed)))}
    for record in listed:
        found.setdefault((record.pointer, record.keyword), record)
    records = sorted(found.values(), key=lambda record: places.get(record.pointer, len(listed)))
    return Coverage(tuple(records), (*relaxed.unseen, *listing.unseen), relaxed.notes)


def _record(cut: Cut, verdict: Verdict) -> Record:
    is_read = cut.instead and verdict == "approximated"
    reason = f"read as {cut.instead}: {cut.reason}" if is_read else cut.reason
    return Record(cut.pointer, cut.keyword, verdict, reason)
