"""Completions of grammars with a scanner: terminals joined, apart where they would merge."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Protocol

from constrain.expression_texts import ExpressionTexts
from constrain.lexeme_texts import LexemeTexts
from constrain.program import Program
from constrain.ropes import Rope, join, leaf
from constrain.stack import Config, Stack
from grammars.errors import LimitError

DEAD = -1
NO_TERMINAL = -1
MOST_CANDIDATES = 8
MOST_STEPS = 4000
MOST_TRIMMED = 64


class Estimates(Protocol):
    """What a completion needs to know about states."""

    def completions(self, config: Config) -> Iterator[Rope]:
        """Texts that complete a configuration if no terminals merge."""

    def estimate(self, state: int) -> Rope:
        """The shortest of them."""


class ScanTexts:
    """Completions of states between or inside terminals. The lexicon's lock has to be held."""

    def __init__(
        self,
        program: Program,
        stack: Stack,
        lexemes: LexemeTexts,
        expressions: ExpressionTexts,
        advance: Callable[[int, bytes], int],
    ) -> None:
        self._stack, self._advance = stack, advance
        self._lexemes, self._expressions = lexemes, expressions
        self._ignored = program.scanner.ignored

    def completions(self, x: int, shadow: int, span: list[int], cell: Callable[[int], Rope]) -> Iterator[Rope]:
        """Texts from a scanner's state `x` on, one per terminal that can be found and way to go on after it."""
        pairs = list(zip(span[1::2], span[2::2], strict=True))
        most = max([*self._ignored, *span[1::2]]) + 1
        for label, text in self._lexemes.by_label(x, shadow, most).items():
            if label in self._ignored:
                following = [self._from(index, cell(target)) for index, target in pairs]
                yield join([leaf(text), min(following, key=lambda rope: rope.length)])
            else:
                yield from (join([leaf(text), cell(target)]) for index, target in pairs if index == label)

    def _from(self, index: int, rest: Rope) -> Rope:
        """A terminal, where one has to come, and the rest of the text."""
        return rest if index == NO_TERMINAL else join([self._expressions.terminal(index), rest])

    def complete(self, state: int, estimates: Estimates) -> bytes:
        """A completion that was read to its end, short if not always a shortest."""
        found = (text for config in self._stack.configs(state) for text in estimates.completions(config))
        candidates = heapq.nsmallest(MOST_CANDIDATES, found, key=lambda rope: rope.length)
        pieces = [candidate.pieces() for candidate in candidates]
        for text in map(b"".join, pieces):
            if self._completes(state, text):
                return text
        for separator in sorted((bytes(self._expressions.terminal(i)) for i in self._ignored), key=len):
            for terminals in pieces:
                if self._completes(state, separator.join(terminals)):
                    return self._trim(state, terminals, separator)
        return self._search(state, estimates)

    def _completes(self, state: int, text: bytes) -> bool:
        after = self._advance(state, text)
        return after != DEAD and self._stack.configs(after)[0][0] < 0

    def _trim(self, state: int, terminals: list[bytes], separator: bytes) -> bytes:
        """Leaves out the separators that are not needed, one after the other."""
        gaps = [separator] * (len(terminals) - 1)
        for gap in range(min(len(gaps), MOST_TRIMMED)):
            gaps[gap] = b""
            if not self._completes(state, _interleave(terminals, gaps)):
                gaps[gap] = separator
        return _interleave(terminals, gaps)

    def _search(self, state: int, estimates: Estimates) -> bytes:
        """Goes byte by byte towards states with short estimates."""
        order = count()
        waiting = [(0, 0, state, b"")]
        seen = {state}
        for _ in range(MOST_STEPS):
            if not waiting:
                break
            _, _, here, text = heapq.heappop(waiting)
            if self._stack.configs(here)[0][0] < 0:
                return text
            for byte in range(256):
                after = self._advance(here, bytes([byte]))
                if after != DEAD and after not in seen:
                    seen.add(after)
                    cost = len(text) + 1 + 3 * estimates.estimate(after).length
                    heapq.heappush(waiting, (cost, -next(order), after, text + bytes([byte])))
        raise LimitError(
            "no completion was found in the time allowed",
            advice="let the grammar ignore white space, so that terminals can be kept apart",
            limit="search_steps",
            allowed=MOST_STEPS,
            given=MOST_STEPS + 1,
        )


def _interleave(terminals: Iterable[bytes], gaps: list[bytes]) -> bytes:
    pairs = zip(terminals, [*gaps, b""], strict=True)
    return b"".join(part for pair in pairs for part in pair)
