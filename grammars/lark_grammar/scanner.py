"""Finding the next terminal as Lark's lexers do, as one automaton.

`lark` tries its terminals in order (priority, greatest width, length of the pattern, name) as one alternation; the
first that matches wins, with the match that `re` prefers. A string that a pattern of the same priority matches as a
whole is not tried: instead, what that pattern matches is the string if it equals it (`if` next to a NAME).

A state of the automaton is the list of threads of all terminals, the preferred first, cut off behind the first that
accepts: what was less preferred can no longer win, and what is left wins if it accepts later on. So the last accepting
state on the way is the match, and its label the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.lark_grammar.loading import TerminalDef
from grammars.lark_grammar.program import Program, matches_itself
from grammars.lark_grammar.threads import Machine


@dataclass(frozen=True)
class _Start:
    """Where the program of a terminal starts, and the lookbehinds it asks for."""

    place: int
    lookbehinds: range


@dataclass(frozen=True, eq=False)
class Scanners:
    """The automata for all sets of terminals of a grammar, made when first asked for; `ignored` ones are dropped.

    A token labelled `len(terminals)` is one that no rule can use: a pattern matched the text of an ignored string.
    """

    terminals: tuple[TerminalDef, ...]
    ignored: frozenset[int]
    _made: dict[frozenset[int], Dfa] = field(default_factory=dict, repr=False)
    _strings: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def of(self, wanted: frozenset[int]) -> Dfa:
        """The automaton that finds the next of `wanted`."""
        made = self._made.get(wanted)
        if made is None:
            made = self._made[wanted] = self._make(wanted)
        return made

    def _make(self, wanted: frozenset[int]) -> Dfa:
        replacing = {number: self._replacing(number, wanted) for number in wanted}
        absorbed = {
            string
            for pattern, strings in replacing.items()
            for string in strings
            if self.terminals[string].flags <= self.terminals[pattern].flags
        }
        strings = sorted({string for found in replacing.values() for string in found})
        machine, starts = self._machine
        return machine.automaton(
            [starts[number].place for number in sorted(wanted - absorbed)],
            [starts[string].place for string in strings],
            tuple(index for number in sorted(wanted) for index in starts[number].lookbehinds),
            lambda match, others: self._label(match, min(others.intersection(replacing[match]), default=match)),
        )

    def _label(self, match: int, found: int) -> int:
        """What a match of terminal `match` counts as, when its text is the string `found`."""
        if found == match or match in self.ignored:
            return match
        return len(self.terminals) if found in self.ignored else found

    def _replacing(self, number: int, wanted: frozenset[int]) -> tuple[int, ...]:
        """The strings among `wanted` that take the place of matches of terminal `number`."""
        return tuple(string for string in self._strings_in(number) if string in wanted)

    def _strings_in(self, number: int) -> tuple[int, ...]:
        found = self._strings.get(number)
        if found is None:
            found = self._strings[number] = tuple(self._find_strings(number))
        return found

    def _find_strings(self, number: int) -> Iterator[int]:
        pattern = self.terminals[number]
        if pattern.literal is not None:
            return
        for other, terminal in enumerate(self.terminals):
            comparable = terminal.literal is not None and terminal.priority == pattern.priority
            if comparable and matches_itself(terminal.literal or "", pattern.pattern):
                yield other

    @cached_property
    def _machine(self) -> tuple[Machine, tuple[_Start, ...]]:
        program = Program()
        starts = []
        for number, terminal in enumerate(self.terminals):
            first = len(program.lookbehinds)
            try:
                place = program.add_pattern(terminal.pattern, number)
            except GrammarError as error:
                error.found = error.found or terminal.shown
                raise
            starts.append(_Start(place, range(first, len(program.lookbehinds))))
        return Machine.of(program), tuple(starts)
