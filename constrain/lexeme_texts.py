"""Shortest texts of lexemes, from any lexical state, found by the search kernel and remembered."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from constrain import kernels as k
from constrain.arena import Arena, run
from constrain.lexicon import Lexicon
from constrain.lru import Lru
from grammars.errors import GrammarError, LimitError
from grammars.ir import Lexeme
from grammars.words import NO_END, short_words

FEW_NODES = 1 << 12
MOST_NODES = 1 << 22
MOST_KEYS = 1 << 16
REMEMBERED = 1 << 14
BEYOND_ASCII = frozenset({k.UTF8, k.ANY_UTF8, k.PAIR_BACKSLASH, k.PAIR_U, k.PAIR_HEX})
"""The kinds of lexical states from which no text of ASCII without escapes leads on."""
Move = tuple[int, int]


def spell_name(name: str) -> bytes:
    """A name as the shortest JSON string."""
    return json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class LexicalState:
    """What a lexical state is made of: see `kernels.make_x`."""

    q: int
    kind: int
    first: int
    last: int


class LexemeTexts:
    """Shortest ways to finish lexemes. The lexicon's lock has to be held."""

    def __init__(self, lexicon: Lexicon, arena: Arena) -> None:
        self._lexicon, self._arena = lexicon, arena
        self._few = np.zeros((FEW_NODES, k.SEARCH), np.int64)
        self._nodes = self._few
        self._finished: Lru[tuple[int, int, int], bytes] = Lru(REMEMBERED)
        self._labelled: Lru[tuple[int, int], dict[int, bytes]] = Lru(REMEMBERED)
        self._lexemes: dict[Lexeme, bytes] = {}

    def of(self, lexeme: Lexeme) -> bytes:
        """A shortest text of a lexeme."""
        if lexeme not in self._lexemes:
            self._lexemes[lexeme] = self._plain(lexeme) or self._searched(lexeme)
        return self._lexemes[lexeme]

    def distinct(self, lexeme: Lexeme, count: int, taken: Collection[str]) -> list[bytes]:
        """Short texts of a (quoted) lexeme that mean different strings, none of those taken; raises for too few."""
        if count == 1 and not taken:
            return [self.of(lexeme)]
        if count > MOST_KEYS:
            advice = "ask for fewer members"
            raise LimitError("too many keys would have to be made up", "", "", advice, "keys", MOST_KEYS, count)
        high = NO_END if lexeme.max_length is None else lexeme.max_length
        words = short_words(lexeme.dfa, count + len(taken) + len(lexeme.without), lexeme.min_length, high)
        free = (word for word in words if word not in taken and word not in lexeme.without)
        found = [spell_name(word) for word in islice(free, count)]
        if len(found) < count:
            raise GrammarError("there are not enough keys for the members that have to come", found=f"{count} more")
        return found

    def _plain(self, lexeme: Lexeme) -> bytes | None:
        """The text with the fewest code points, if that has to have the fewest bytes as well."""
        text = "" if lexeme.without else lexeme.dfa.shortest()
        if lexeme.without or len(text) < lexeme.min_length or not text.isascii():
            return None
        if not lexeme.quoted:
            return text.encode()
        return None if set(text) & set('"\\') or not text.isprintable() else f'"{text}"'.encode()

    def _searched(self, lexeme: Lexeme) -> bytes:
        high = -1 if lexeme.max_length is None else lexeme.max_length
        return self.finish(self._lexicon.enter(lexeme), lexeme.min_length, high)

    def finish(self, x: int, low: int, high: int) -> bytes:
        """A shortest text from a lexical state to the end of its lexeme."""
        key = (x, low, high)
        known = self._finished.get(key)
        if known is None:
            is_beyond = self.state(x).kind in BEYOND_ASCII
            known = self._past_code_point(x, low, high) if is_beyond else self._ended(x, low, high)
            self._finished.put(key, known)
        return known

    def _ended(self, x: int, low: int, high: int) -> bytes:
        ends = self._search(x, low, high, -1, np.zeros(1, np.int64))
        return self._spell(int(ends[0]))

    def _past_code_point(self, x: int, low: int, high: int) -> bytes:
        """From inside of a code point beyond ASCII to its end, so that the rest is looked for in ASCII first."""
        reached = [(text, y) for text, y in self.boundaries(x) if self.may_follow(x, y, low, high)]
        return min((text + self.finish(y, low, high) for text, y in reached), key=len)

    def by_label(self, x: int, shadow: int, labels: int) -> dict[int, bytes]:
        """Shortest texts from a scanner's state, one for each label below `labels` that can be recognised."""
        key = (x, shadow)
        known = self._labelled.get(key)
        if known is None:
            ends = self._search(x, 0, -1, shadow, np.zeros(labels + 1, np.int64))
            known = {label: self._spell(int(ends[label])) for label in np.flatnonzero(ends >= 0).tolist()}
            self._labelled.put(key, known)
        return known

    def _search(self, x: int, low: int, high: int, shadow: int, ends: NDArray[np.int64]) -> NDArray[np.int64]:
        """The ends; where they are many nodes away, a shortest one of ASCII if there is one."""
        self._nodes = self._few
        if self._found(x, low, high, shadow, False, ends):
            return ends
        plain = len(ends) == 1
        while True:
            self._grow()
            if self._found(x, low, high, shadow, plain, ends):
                if not plain or ends[0] >= 0:
                    return ends
                self._nodes, plain = self._few, False

    def _found(self, x: int, low: int, high: int, shadow: int, plain: bool, ends: NDArray[np.int64]) -> bool:
        """Whether there was room to search through everything that matters."""
        slots = np.zeros(2 * len(self._nodes), np.int64)
        several = len(ends) > 1
        return self._run(k.search_ends, x, low, high, shadow, several, plain, self._nodes, slots, ends) != k.EXHAUSTED

    def _grow(self) -> None:
        size = 4 * len(self._nodes)
        if size > MOST_NODES:
            raise LimitError(
                "the shortest text of a lexeme is too far away",
                advice="bound the number of characters that have to be there",
                limit="search_nodes",
                allowed=MOST_NODES,
                given=size,
            )
        self._nodes = np.zeros((size, k.SEARCH), np.int64)

    def _run(self, kernel: Callable[..., int], *args: object) -> int:
        return run(kernel, self._lexicon.arena, self._arena, *args)

    def _spell(self, end: int) -> bytes:
        """The bytes that lead to a node of the last search."""
        text = bytearray()
        while self._nodes[end, k.S_PARENT] >= 0:
            text.append(int(self._nodes[end, k.S_BYTE]))
            end = int(self._nodes[end, k.S_PARENT])
        return bytes(text[::-1])

    def state(self, x: int) -> LexicalState:
        """The parts of a lexical state."""
        tables = self._lexicon.arena.tables
        start = int(tables[k.X_OFFSETS][x])
        q, mode = int(tables[k.X_POOL][start]), int(tables[k.X_POOL][start + 2])
        info = tables[k.X_INFO][x * k.INFO : (x + 1) * k.INFO]
        return LexicalState(q, (mode >> 8) & 255, int(info[k.I_FIRST]), int(info[k.I_LAST]))

    def moves(self, x: int) -> Iterator[Move]:
        """The bytes that can be read in a lexical state, each with the state after it."""
        out = np.zeros(256, np.int64)
        status = k.FULL
        while status == k.FULL:
            status = int(k.x_moves(self._lexicon.arena.address, x, out))
            if status == k.FULL:
                self._lexicon.arena.grow()
        return ((byte, int(out[byte]) >> 1) for byte in np.flatnonzero(out >= 0).tolist())

    def may_follow(self, x: int, y: int, low: int, high: int) -> bool:
        """Whether the step from `x` to `y` leaves enough code points, and not too many, to finish a lexeme."""
        if self.state(x).kind == k.BOUNDARY and self.state(y).kind != k.DONE:
            if high == 0:
                return False
            low, high = max(low - 1, 0), max(high - 1, -1)
        least, most = self._lexicon.arena.tables[k.X_INFO][y * k.INFO + k.I_MIN : y * k.INFO + k.I_MAX + 1].tolist()
        return (low <= 0 and high < 0) or (low <= most and (high < 0 or least <= high))

    def boundaries(self, x: int) -> list[tuple[bytes, int]]:
        """The boundaries of code points that a lexical state can reach next, each with a shortest text to it."""
        found: dict[int, bytes] = {}
        level = {x: b""}
        while level:
            found |= {y: text for y, text in level.items() if self.state(y).kind == k.BOUNDARY and y not in found}
            further = ((text, move) for y, text in level.items() if y not in found for move in self.moves(y))
            following: dict[int, bytes] = {}
            for text, (byte, y) in further:
                following.setdefault(y, text + bytes([byte]))
            level = following
        return [(text, y) for y, text in found.items()]
