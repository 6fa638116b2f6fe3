"""The slow reference for grammars over terminals: longest match as in Lark's contextual lexer.

At a token boundary the terminals that may come next, over all alternatives, are looked for together with the ignored
ones. Each place where a terminal could end is a guess: the positions go on behind it, and the automaton that found it
goes on beside them. The guess was wrong as soon as that automaton accepts again, for then a longer match existed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from grammars.ir import Call, ScannerGrammar, Terminal
from tests import naive_text
from tests.naive import Language, Positions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammars.dfa import Dfa

Terminals: TypeAlias = frozenset[int]

BOUNDARY = -1


@dataclass(frozen=True)
class Guess:
    """One way to have cut the text: `positions` before the current token, `scan` the state in the middle of it.

    `wrong_if` are the automata (by their terminals) and states that must not accept any more.
    """

    positions: Positions
    scan: int = BOUNDARY
    wrong_if: frozenset[tuple[Terminals, int]] = frozenset()
    pending: bytes = b""


Guesses: TypeAlias = frozenset[Guess]


class ScannerMatcher:
    """Reads grammars with a scanner; a state is a set of guesses."""

    def __init__(self, grammar: ScannerGrammar) -> None:
        self.grammar, self.language = grammar, Language(grammar)
        self._scanners: dict[Terminals, Dfa] = {}
        self.start: Guesses = frozenset([Guess(self.language.closure([(Call(grammar.start), ())]))])

    def scanner(self, terminals: Terminals) -> Dfa:
        """The automaton for `terminals`."""
        if terminals not in self._scanners:
            self._scanners[terminals] = self.grammar.scanner(terminals)
        return self._scanners[terminals]

    def sought(self, guess: Guess) -> Terminals:
        """The terminals that may come next, ignored ones included."""
        tops = (stack[0] for stack in guess.positions if stack)
        return frozenset(top.index for top in tops if isinstance(top, Terminal)) | self.grammar.ignored

    def after_terminal(self, positions: Positions, terminal: int) -> Positions:
        """The positions behind `terminal`."""
        shifted = self.language.closure(stack[1] for stack in positions if stack and stack[0] == Terminal(terminal))
        return shifted | positions if terminal in self.grammar.ignored else shifted

    def spread(self, guess: Guess) -> Iterator[Guess]:
        """`guess`, and the guess that its current token ends here."""
        yield guess
        terminals = self.sought(guess)
        label = int(self.scanner(terminals).labels[guess.scan])
        if label >= 0:
            positions = self.after_terminal(guess.positions, label)
            if positions:
                yield Guess(positions, wrong_if=guess.wrong_if | {(terminals, guess.scan)})

    def watch(self, guess: Guess, char: int) -> frozenset[tuple[Terminals, int]] | None:
        """The automata still alive after `char` that must not accept; None when one accepts."""
        alive = set()
        for terminals, state in guess.wrong_if:
            target = naive_text.successor(self.scanner(terminals), state, char)
            if target is not None:
                if naive_text.is_accepting(self.scanner(terminals), target):
                    return None
                alive.add((terminals, target))
        return frozenset(alive)

    def after_char(self, guess: Guess, char: int) -> Guess | None:
        """`guess` one code point further in its current token."""
        scanner = self.scanner(self.sought(guess))
        if not len(scanner.labels):
            return None
        state = naive_text.successor(scanner, max(guess.scan, 0), char)
        wrong_if = self.watch(guess, char)
        if state is None or wrong_if is None:
            return None
        return Guess(guess.positions, state, wrong_if)

    def boundaries(self, guess: Guess) -> Iterator[int]:
        """One code point for each interval on which all automata of `guess` agree."""
        states = [(self.sought(guess), max(guess.scan, 0)), *guess.wrong_if]
        for terminals, state in states:
            scanner = self.scanner(terminals)
            if len(scanner.labels):
                for low, high, _ in naive_text.edges(scanner, state):
                    yield from (low, high + 1)

    def candidates(self, guess: Guess, pending: bytes) -> set[int]:
        """Code points that begin with `pending`, one of each kind that `guess` can tell apart."""
        cuts = set(self.boundaries(guess))
        intervals = naive_text.readings(pending, quoted=False)
        return {char for low, high in intervals for char in {low, *cuts} if low <= char <= high}

    def after_byte(self, guess: Guess, byte: int) -> Iterator[Guess]:
        """The guesses that `guess` becomes by one byte."""
        pending = guess.pending + bytes([byte])
        following = [self.after_char(guess, char) for char in self.candidates(guess, pending)]
        possible = [after for after in following if after is not None]
        if not possible:
            return
        if naive_text.is_whole(pending, quoted=False):
            yield from self.spread(possible[0])
        else:
            yield replace(guess, pending=pending)

    def step(self, state: Guesses, byte: int) -> Guesses | None:
        """The state after `byte`; None when nothing can go on."""
        return frozenset(after for guess in state for after in self.after_byte(guess, byte)) or None

    def is_accepting(self, state: Guesses) -> bool:
        """Whether the text may end in `state`."""
        return any(guess.scan == BOUNDARY and not guess.pending and () in guess.positions for guess in state)

    def completion(self, state: Guesses, limit: int) -> str | None:
        """A shortest text that completes `state`, looked for among `limit` states; None when none was found.

        Longest match can leave a guess without any completion; this tells, as far as the search goes.
        """
        todo, met = deque([(state, "")]), {state}
        while todo:
            state, text = todo.popleft()
            if self.is_accepting(state):
                return text
            for char in sorted({char for guess in state for char in self.boundaries(guess)}):
                after = self._after_text(state, char)
                if after and after not in met and len(met) < limit:
                    met.add(after)
                    todo.append((after, text + chr(char)))
        return None

    def _after_text(self, state: Guesses, char: int) -> Guesses | None:
        if 0xD800 <= char <= 0xDFFF or char > 0x10FFFF:
            return None
        for byte in chr(char).encode():
            state = self.step(state, byte) or frozenset()
        return state or None
