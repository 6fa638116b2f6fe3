"""A schema that can be compiled, from one that can not: what is refused is taken out until nothing is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from grammars.deadline import is_over
from grammars.errors import GrammarError, LimitError, UnsatisfiableError, UnsupportedError
from grammars.json_schema.cuts import Cut, Cuts
from grammars.json_schema.grammar import JsonSchemaGrammar
from grammars.json_schema.nodes import Json
from grammars.json_schema.walk import Walk, walk

MAX_ROUNDS = 100
"""How many times a schema is read again."""


@dataclass(frozen=True)
class Relaxed:
    """The grammar of what is left of a schema (None where that has none), and how it was come by.

    `errors` are those that no cut could mend; their places are those of the schema as it was given.
    """

    grammar: JsonSchemaGrammar | None
    cuts: Cuts
    errors: tuple[GrammarError, ...]
    unseen: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def made(self) -> tuple[Cut, ...]:
        """What was taken out."""
        return tuple(self.cuts.made.values())


def is_beyond(error: GrammarError) -> bool:
    """Whether an error speaks of what is right, and only more than can be compiled."""
    return isinstance(error, UnsupportedError) or (isinstance(error, LimitError) and not is_over(error))


def is_no_contradiction(error: GrammarError) -> bool:
    """Whether an error is about a keyword, and not about all of them together."""
    return not isinstance(error, UnsatisfiableError)


def approximation(schema: Json, read: Callable[[Json], JsonSchemaGrammar]) -> JsonSchemaGrammar:
    """The grammar of a schema, or of what is left of it where it asks for more than can be compiled."""
    relaxed = relax(schema, read, is_beyond)
    if relaxed.grammar is None or relaxed.errors:
        raise relaxed.errors[0]
    return relaxed.grammar


def relax(schema: Json, read: Callable[[Json], JsonSchemaGrammar], may_cut: Callable[[GrammarError], bool]) -> Relaxed:
    """Reads a schema, and again without the keywords that errors point to, as long as those may be cut.

    Raises `LimitError` where the time is up: that is nothing to cut.
    """
    cuts = Cuts(schema)
    for _ in range(MAX_ROUNDS):
        grammar, walked = _looked_at(cuts.schema, read)
        # One for each place, as another cut there may not be needed any more.
        by_place = {error.where: error for error in walked.errors if may_cut(error)}
        was_cut = [cuts.cut(error) for error in by_place.values()]
        if not any(was_cut):
            return _end(grammar, walked, cuts)
    grammar, walked = _looked_at(cuts.schema, read)
    unseen = (*walked.unseen, f"only {MAX_ROUNDS} times was the schema read again without what is refused")
    return _end(grammar, replace(walked, unseen=unseen), cuts)


def _end(grammar: JsonSchemaGrammar | None, walked: Walk, cuts: Cuts) -> Relaxed:
    errors = {str(error): replace(error, where=cuts.original(error.where)) for error in walked.errors}
    return Relaxed(grammar, cuts, tuple(errors.values()), walked.unseen, walked.notes)


def _looked_at(schema: Json, read: Callable[[Json], JsonSchemaGrammar]) -> tuple[JsonSchemaGrammar | None, Walk]:
    try:
        grammar = read(schema)
    except GrammarError as error:
        if is_over(error):
            raise
        return None, Walk((error,))
    return grammar, walk(grammar)
