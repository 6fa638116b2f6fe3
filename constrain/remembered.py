"""What a state remembers of the text (keys seen, the key or value being read), and the tokens that depend on it.

A mask is made for the state that has forgotten all this (`kernels.plain_state`), whose row is shared by all that differ
in nothing else. It may allow a little too much: tokens that spell a key once more, or run past a value that decides
what follows. These few are tried one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from constrain import kernels as k
from constrain.arena import Arena
from constrain.lexicon import Lexicon
from constrain.program import Program
from constrain.quoted_tokens import ESCAPE, QUOTE
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


class Remembered:
    """Finds the tokens of a plain mask that have to be tried. The lexicon's lock has to be held."""

    def __init__(self, program: Program, arena: Arena, lexicon: Lexicon) -> None:
        self._program, self._lexicon, self._stack = program, lexicon, Stack(arena)
        self._cells: dict[int, Memory] = {0: NOTHING}
        self._registers: dict[int, frozenset[bytes]] = {}
        self._lists: dict[int, frozenset[bytes]] = {-1: frozenset()}
        self._beginnings: dict[bytes, tuple[int, ...]] = {}

    def doubtful(self, state: int) -> set[int]:
        """The tokens that may be wrong in the plain mask of a state."""
        found = set(self._lexicon.quoted_tokens.several)
        for config in self._stack.configs(state):
            if config[0] >= 0:
                found.update(self._of_config(config))
        return found

    def _of_config(self, config: Config) -> Iterator[int]:
        memory = self._memory(config[3])
        if memory is NOTHING:
            return
        yield from memory.tokens
        if memory.passing:
            leaving = self._lexicon.quoted_tokens.leaving
            yield from memory.passing & leaving if self._lexicon.is_quoted(config[0]) else memory.passing
        span = self._stack.span(config[3])
        if len(span) == CAPTURE and self._stack.op(span[0]) == k.OP_EXTRA:
            seen = self._seen(span[1])
            if seen:
                yield from self._of_key(self._program.text(span[3]), seen, config[2] >= 0)

    def _of_key(self, text: bytes, seen: frozenset[bytes], is_bounded: bool) -> Iterator[int]:
        """The tokens that end a key as one that was seen; for bounded ones also those after which no other is left."""
        tokens = self._lexicon.quoted_tokens
        yield from tokens.any if ESCAPE in text else tokens.ending_escaped
        for key in seen:
            if text and key.startswith(text[1:]):
                yield from tokens.ending.get(key[len(text) - 1 :], ())
        if is_bounded:
            yield from self._leading(text, [QUOTE + key for key in seen])

    def _leading(self, text: bytes, keys: list[bytes]) -> Iterator[int]:
        """The tokens that go on with `text` towards one of the keys, and those that may do so by escapes."""
        for key in keys:
            if key.startswith(text):
                yield from self._along(key[len(text) :])
        yield from self._lexicon.quoted_tokens.escaped

    def _along(self, rest: bytes) -> tuple[int, ...]:
        known = self._beginnings.get(rest)
        if known is None:
            known = self._beginnings[rest] = tuple(self._lexicon.vocabulary.trie.along(rest))
        return known

    def _memory(self, cell: int) -> Memory:
        """What a cell and those below it remember."""
        pending = [cell]
        while pending:
            below = self._stack.parents(pending[-1]) if pending[-1] not in self._cells else []
            waiting = [each for each in below if each not in self._cells]
            if waiting:
                pending.extend(waiting)
                continue
            here = pending.pop()
            if here not in self._cells:
                self._cells[here] = self._upon(here, [self._cells[each] for each in below])
        return self._cells[cell]

    def _upon(self, cell: int, below: list[Memory]) -> Memory:
        """What a cell remembers, with what those below it do."""
        span = self._stack.span(cell)
        if span[0] != k.JOIN:
            return self._with(below[0], span)
        return reduce(Memory.union, below)

    def _with(self, memory: Memory, span: list[int]) -> Memory:
        keys = self._seen(span[1]) if span[1] >= k.OBJECT_REGISTER else frozenset()
        passing = memory.passing.union(self._following(span))
        if keys <= memory.keys and passing == memory.passing:
            return memory
        tokens = self._lexicon.quoted_tokens
        held = (tokens.holding.get(key, ()) for key in keys - memory.keys)
        escaped = tokens.holding_escaped if keys else ()
        return Memory(memory.keys | keys, memory.tokens.union(escaped, *held), passing)

    def _following(self, span: list[int]) -> list[int]:
        """The tokens that can run past an item, where that decides what follows."""
        if len(span) != CAPTURE or self._stack.op(span[0]) != k.OP_FOLLOW:
            return []
        tokens = self._lexicon.quoted_tokens
        return tokens.closing if self._stack.ends(span[0]) else tokens.next_items

    def _seen(self, register: int) -> frozenset[bytes]:
        """The keys seen by the object of a register, spelled without escapes."""
        known = self._registers.get(register)
        if known is None:
            known = self._registers[register] = self._list(self._stack.register(register)[k.R_SEEN])
        return known

    def _list(self, seen: int) -> frozenset[bytes]:
        pending = []
        while seen not in self._lists:
            pending.append((seen, *self._stack.span(seen)))
            seen = pending[-1][1]
        keys = self._lists[seen]
        for number, _, value in reversed(pending):
            keys = keys | {str(self._program.value(value)).encode("utf-8", "surrogatepass")}
            self._lists[number] = keys
        return keys
