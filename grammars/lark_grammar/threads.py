"""Ordered threads run over all characters at once: the automaton of a few programs, tried in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from grammars.alphabet import Alphabet
from grammars.crawl import crawl
from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.lark_grammar.program import Behind, Lookbehind, Match, Program, Read, Split


@dataclass(frozen=True)
class Threads:
    """A state of the automaton.

    `ordered` are threads that read or that have matched, the preferred first, nothing behind the first match;
    `others` are threads without preference; `seen` those of the lookbehinds, started anew at every character; `read`
    counts characters as far as a lookbehind can reach.
    """

    ordered: tuple[int, ...]
    others: frozenset[int]
    seen: frozenset[int]
    read: int


@dataclass(frozen=True)
class Machine:
    """A finished program with the alphabet of its characters; `symbols[place]` are those that are read there."""

    program: Program
    alphabet: Alphabet
    symbols: dict[int, tuple[int, ...]]

    @staticmethod
    def of(program: Program) -> Machine:
        """The machine of a program."""
        reads = {i: step.points for i, step in enumerate(program.instructions) if isinstance(step, Read)}
        sets = list(dict.fromkeys(reads.values()))
        alphabet = Alphabet.of(sets)
        members = dict(zip(sets, alphabet.members, strict=True))
        return Machine(program, alphabet, {place: members[points] for place, points in reads.items()})

    def automaton(
        self,
        ordered: Iterable[int],
        others: Iterable[int],
        lookbehinds: tuple[int, ...],
        label: Callable[[int, frozenset[int]], int],
    ) -> Dfa:
        """The automaton of the programs that start at `ordered`, the preferred first.

        `label` is given the number of the match in a state and the numbers that `others` match there.
        """
        run = _Run(self, tuple(self.program.lookbehinds[index] for index in lookbehinds))
        initial = run.closed(tuple(ordered), tuple(others), (), 0)
        return crawl(self.alphabet, initial, run.follow, lambda state: self._label(state, label))

    def _label(self, state: Threads, label: Callable[[int, frozenset[int]], int]) -> int:
        last = self.program.instructions[state.ordered[-1]] if state.ordered else None
        if not isinstance(last, Match):
            return -1
        others = (self.program.instructions[place] for place in state.others)
        return label(last.number, frozenset(other.number for other in others if isinstance(other, Match)))


@dataclass(frozen=True)
class _Run:
    machine: Machine
    lookbehinds: tuple[Lookbehind, ...]

    def follow(self, state: Threads) -> Iterator[tuple[int, Threads]]:
        """The states after each symbol."""
        ordered = self._moves(state.ordered)
        others, seen = self._moves(sorted(state.others)), self._moves(sorted(state.seen))
        read = min(state.read + 1, max((look.width for look in self.lookbehinds), default=0))
        known: dict[tuple[tuple[int, ...], ...], Threads] = {}
        for symbol, places in ordered.items():
            key = (tuple(places), tuple(others.get(symbol, ())), tuple(seen.get(symbol, ())))
            if key not in known:
                known[key] = self.closed(*key, read)
            if known[key].ordered:
                yield symbol, known[key]

    def _moves(self, places: Iterable[int]) -> dict[int, list[int]]:
        """Symbol -> where the threads that read it go on, in their order."""
        moves: dict[int, list[int]] = {}
        for place in places:
            step = self.machine.program.instructions[place]
            if isinstance(step, Read):
                for symbol in self.machine.symbols[place]:
                    moves.setdefault(symbol, []).append(step.then)
        return moves

    def closed(self, ordered: tuple[int, ...], others: tuple[int, ...], seen: tuple[int, ...], read: int) -> Threads:
        """The state in which these places have been reached."""
        behind = self._closure((*seen, *(look.start for look in self.lookbehinds)), frozenset(), read)
        first_match = self._closure(ordered, frozenset(behind), read, cut=True)
        return Threads(first_match, frozenset(self._closure(others, frozenset(), read)), frozenset(behind), read)

    def _closure(
        self, places: tuple[int, ...], seen: frozenset[int], read: int, *, cut: bool = False
    ) -> tuple[int, ...]:
        """The reading and matching places reached without reading, in order; with `cut`, up to the first match."""
        met: set[int] = set()
        found: list[int] = []
        todo = list(reversed(places))
        while todo:
            place = todo.pop()
            step = self.machine.program.instructions[place]
            if place in met:
                if isinstance(step, Split) and step.end is not None and step.end not in met:
                    todo.append(step.end)
                continue
            met.add(place)
            match step:
                case Split(targets):
                    todo.extend(reversed(targets))
                case Behind(index, negative, then):
                    if self._held(index, seen, read) != negative:
                        todo.append(then)
                case Match() if cut:
                    return (*found, place)
                case _:
                    found.append(place)
        return tuple(found)

    def _held(self, index: int, seen: frozenset[int], read: int) -> bool:
        look = self.machine.program.lookbehinds[index]
        if read < look.width:
            raise GrammarError("lookbehind to before the start of a terminal is not supported")
        return look.end in seen
