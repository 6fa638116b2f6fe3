"""What the package holds in memory: of each automaton, and of all that a process shares."""

from __future__ import annotations

from dataclasses import dataclass, fields

from constrain.automaton import live_automata
from constrain.lexicon import live_lexicons
from constrain.program import spare_table_bytes
from grammars.memo import memos


@dataclass(frozen=True)
class MemoryUsage:
    """Bytes by what they are for.

    `automata`: tables and transitions of all automata that somebody holds. `rows`: mask rows, those that automata
    remember and those that callers hold, with the blocks kept for the next ones. `lexicons`: what automata over one
    vocabulary share. `vocabularies`: tokens and tries of the vocabularies that automata were made for. `spare`: first
    tables of former automata, kept for the next ones. `memos`: patterns, formats, bounds and lexemes read before, an
    estimate. Python's objects for the parts of a schema that were read are not counted: about as much as the parsed
    schema itself takes.
    """

    automata: int
    rows: int
    lexicons: int
    vocabularies: int
    spare: int
    memos: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(getattr(self, field.name) for field in fields(self))


def memory_usage() -> MemoryUsage:
    """What this process holds now. It takes well under a millisecond, so that it can be asked for regularly."""
    lexicons = live_lexicons()
    vocabularies = {id(lexicon.vocabulary): lexicon.vocabulary for lexicon in lexicons}
    return MemoryUsage(
        automata=sum(automaton.table_bytes for automaton in live_automata()),
        rows=sum(lexicon.rows.memory_bytes for lexicon in lexicons),
        lexicons=sum(lexicon.arena.memory_bytes for lexicon in lexicons),
        vocabularies=sum(vocabulary.memory_bytes for vocabulary in vocabularies.values()),
        spare=spare_table_bytes(),
        memos=sum(memo.memory_bytes for memo in memos()),
    )
