"""What a state remembers of the text (keys seen, the key or value being read), and the tokens that depend on it.

A mask is made for the state that has forgotten all this (`kernels.plain_state`), whose row is shared by all that differ
in nothing else. It may allow a little too much: tokens that spell a key once more, or run past a value that decides
what follows. These few are tried one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from constrain import kernels as k
from constrain.arena import Arena
from constrain.lexicon import Lexicon
from constrain.program import Program
from constrain.quoted_tokens import ESCAPE, QUOTE, QuotedTokens
from constrain.stack import CAPTURE, Config, Stack

NO_TOKENS: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Memory:
    """What the cells of a stack remember: keys seen in the objects around, and the tokens that depend on that.

    `tokens` hold such a key as a whole, those `passing` can run past an item that decides what follows it.
    """

    keys: frozenset[bytes] = frozenset()
    tokens: frozenset[int] = NO_TOKENS
    passing: frozenset[int] = NO_TOKENS

    def union(self, other: Memory) -> Memory:
        """What one of two stacks remembers."""
        if other is self:
            return self
        return Memory(self.keys | other.keys, self.tokens | other.tokens, self.passing | other.passing)


NOTHING = Memory()


class Seen(NamedTuple):
    """The keys that an object has seen, and the tokens that spell one to its end, by what of it was read before."""

    keys: frozenset[bytes]
    endings: dict[bytes, tuple[int, ...]]


class Cell(NamedTuple):
    """What a cell and those below it remember, and what it asks of a key that is being read, if it reads one.

    That is what the object saw, and the number of the text read so far.
    """

    memory: Memory
    key: tuple[Seen, int] | None = None


class Remembered:
    """Finds the tokens of a plain mask that have to be tried. The lexicon's lock has to be held."""

    def __init__(self, program: Program, arena: Arena, lexicon: Lexicon) -> None:
        self._program, self._lexicon, self._stack = program, lexicon, Stack(arena)
        self._tokens: QuotedTokens = lexicon.quoted_tokens
        self._cells: dict[int, Cell] = {0: Cell(NOTHING)}
        self._lists: dict[int, Seen] = {-1: Seen(frozenset(), {})}
        self._beginnings: dict[bytes, tuple[int, ...]] = {}
        self._deciding: dict[int, frozenset[int]] = {}
        self._equal: dict[frozenset[int], frozenset[int]] = {}
        self._last: tuple[int, bytes] = (0, b"")

    def doubtful(self, state: int) -> set[int]:
        """The tokens that may be wrong in the plain mask of a state."""
        found = set(self._program.several)
        for config in self._stack.configs(state):
            if config[0] >= 0:
                cell = self._cells.get(config[3]) or self._cell(config[3])
                if cell.memory is not NOTHING:
                    self._add(found, config, cell)
        return found

    def deciding(self, plain: int) -> frozenset[int]:
        """The same for all states of a plain one that only wait for values that decide what follows."""
        known = self._deciding.get(plain)
        if known is None:
            found = frozenset(self.doubtful(plain))
            known = self._deciding[plain] = self._equal.setdefault(found, found)
        return known

    def _add(self, found: set[int], config: Config, cell: Cell) -> None:
        memory = cell.memory
        found.update(memory.tokens)
        if memory.passing:
            found.update(
                memory.passing & self._tokens.leaving if self._lexicon.is_quoted(config[0]) else memory.passing
            )
        if cell.key is None:
            return
        # Tokens that end a key as one that was seen; for bounded keys also those after which no other is left.
        seen, text = cell.key[0], self._text(cell.key[1])
        found.update(self._tokens.any if ESCAPE in text else self._tokens.ending_escaped)
        if text:
            found.update(seen.endings.get(text[1:], ()))
        if config[2] >= 0:
            self._add_leading(found, text, seen.keys)

    def _add_leading(self, found: set[int], text: bytes, keys: Iterable[bytes]) -> None:
        """The tokens that go on with `text` towards one of the keys, and those that may do so by escapes."""
        for key in keys:
            quoted = QUOTE + key
            if quoted.startswith(text):
                found.update(self._along(quoted[len(text) :]))
        found.update(self._tokens.escaped)

    def _along(self, rest: bytes) -> tuple[int, ...]:
        known = self._beginnings.get(rest)
        if known is None:
            known = self._beginnings[rest] = tuple(self._lexicon.vocabulary.trie.along(rest))
        return known

    def _text(self, number: int) -> bytes:
        """A remembered text; most are the one before and a few bytes more."""
        known, text = self._last
        if number != known:
            text = self._program.text(number, known, text)
            self._last = number, text
        return text

    def _cell(self, cell: int) -> Cell:
        """What a cell and those below it remember, worked out from the bottom of its stack."""
        pending = [(cell, self._stack.span(cell))]
        while pending:
            here, span = pending[-1]
            below = span[1:] if span[0] == k.JOIN else span[2:3]
            waiting = [(each, self._stack.span(each)) for each in below if each not in self._cells]
            if waiting:
                pending += waiting
                continue
            pending.pop()
            memories = [self._cells[each].memory for each in below]
            joined = Cell(reduce(Memory.union, memories))
            self._cells[here] = joined if span[0] == k.JOIN else self._upon(joined.memory, span)
        return self._cells[cell]

    def _upon(self, memory: Memory, span: list[int]) -> Cell:
        """What a cell remembers upon what those below it do."""
        seen = self._seen(self._stack.register(span[1])[k.R_SEEN] if span[1] >= k.OBJECT_REGISTER else -1)
        op = self._stack.op(span[0]) if len(span) == CAPTURE else -1
        memory = self._with(memory, seen, self._following(span) if op == k.OP_FOLLOW else ())
        return Cell(memory, (seen, span[3]) if op == k.OP_EXTRA and seen.keys else None)

    def _with(self, memory: Memory, seen: Seen, following: Iterable[int]) -> Memory:
        passing = memory.passing.union(following) if following else memory.passing
        if seen.keys <= memory.keys and passing == memory.passing:
            return memory
        holding = self._tokens.holding
        held = (holding.get(key, ()) for key in seen.keys - memory.keys)
        escaped = self._tokens.holding_escaped if seen.keys else ()
        # Where not every text is a key, one that was seen may be all that a token leaves to come.
        opened = map(self._tokens.opened, seen.keys - memory.keys if self._program.narrows_keys else ())
        return Memory(memory.keys | seen.keys, memory.tokens.union(escaped, *held, *opened), passing)

    def _following(self, span: list[int]) -> list[int]:
        """The tokens that can run past an item that decides what follows."""
        return self._tokens.closing if self._stack.ends(span[0]) else self._tokens.next_items

    def _seen(self, number: int) -> Seen:
        """The keys of a list, spelled without escapes."""
        pending = []
        while number not in self._lists:
            pending.append((number, *self._stack.span(number)))
            number = pending[-1][1]
        seen = self._lists[number]
        for made, _, value in reversed(pending):
            key = str(self._program.value(value)).encode("utf-8", "surrogatepass")
            seen = self._lists[made] = Seen(seen.keys | {key}, self._with_endings(seen.endings, key))
        return seen

    def _with_endings(self, endings: dict[bytes, tuple[int, ...]], key: bytes) -> dict[bytes, tuple[int, ...]]:
        ending, made = self._tokens.ending, dict(endings)
        for length in range(max(0, len(key) - self._tokens.longest_ending), len(key) + 1):
            tokens = ending.get(key[length:])
            if tokens:
                made[key[:length]] = (*made.get(key[:length], ()), *tokens)
        return made
