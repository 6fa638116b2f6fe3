"""An automaton given by a table of byte transitions: slow, obvious, and independent of the engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DEAD = -1


@dataclass(frozen=True)
class TableVocabulary:
    tokens: Sequence[bytes]
    eos_token_ids: Sequence[int]

    def __len__(self) -> int:
        return len(self.tokens)

    def __hash__(self) -> int:
        return id(self)

    @property
    def mask_words(self) -> int:
        return -(-len(self.tokens) // 32)


@dataclass
class TableAutomaton:
    """`table[state][byte]` is the next state; every state must reach an accepting one."""

    table: Mapping[int, Mapping[int, int]]
    accepting: frozenset[int]
    vocabulary: TableVocabulary
    start: int = 0
    _masks: dict[int, NDArray[np.uint32]] = field(default_factory=dict)

    @staticmethod
    def of_words(words: Iterable[str], vocabulary: TableVocabulary) -> TableAutomaton:
        table: dict[int, dict[int, int]] = {0: {}}
        accepting = set()
        for word in words:
            state = 0
            for byte in word.encode():
                if byte not in table[state]:
                    table[state][byte] = len(table)
                    table[len(table)] = {}
                state = table[state][byte]
            accepting.add(state)
        return TableAutomaton(table, frozenset(accepting), vocabulary)

    @property
    def final(self) -> int:
        return len(self.table)

    def advance_bytes(self, state: int, text: bytes) -> int:
        for byte in text:
            state = self.table.get(state, {}).get(byte, DEAD)
            if state == DEAD:
                return DEAD
        return state

    def advance(self, state: int, token: int) -> int:
        if token in self.vocabulary.eos_token_ids:
            return self.final if self.is_accepting(state) else DEAD
        text = self.vocabulary.tokens[token]
        return self.advance_bytes(state, text) if text else DEAD

    def is_accepting(self, state: int) -> bool:
        return state in self.accepting or state == self.final

    def mask(self, state: int) -> NDArray[np.uint32]:
        if state not in self._masks:
            self._masks[state] = self._mask(state)
        return self._masks[state]

    def _mask(self, state: int) -> NDArray[np.uint32]:
        bits = np.zeros(self.vocabulary.mask_words * 32, dtype=np.uint8)
        bits[[token for token in range(len(self.vocabulary)) if self.advance(state, token) != DEAD]] = 1
        return np.packbits(bits, bitorder="little").view(np.uint32)

    def fill(self, states: NDArray[np.int64], out: NDArray[np.uint32]) -> None:
        for row, state in enumerate(states.tolist()):
            out[row] = self.mask(state)

    def explain(self, state: int, token: int) -> str:
        return f"{self.vocabulary.tokens[token]!r} does not go on from state {state}"

    def shortest_text(self, state: int) -> bytes:
        seen, queue = {state}, deque([(state, b"")])
        while queue:
            here, text = queue.popleft()
            if self.is_accepting(here):
                return text
            for byte, there in self.table[here].items():
                if there not in seen:
                    seen.add(there)
                    queue.append((there, text + bytes([byte])))
        raise ValueError("no completion")
