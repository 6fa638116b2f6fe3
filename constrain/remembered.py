"""What a state remembers of the text (keys that were seen, the key or value being read), and the tokens that hangs on.

A mask is made for the state that has forgotten all this (`kernels.plain_state`), whose row is shared by all that differ
in nothing else. It may allow a little too much: tokens that spell a key once more, or run past a value that decides
what follows. These few are tried one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from constrain import kernels as k
from constrain.arena import Arena
from constrain.lexicon import Lexicon
from constrain.program import Program
from constrain.quoted_tokens import ESCAPE, QUOTE
from constrain.stack import CAPTURE, Config, Stack


@dataclass(frozen=True)
class Memory:
    """What the cells of a stack remember: keys seen in the objects around, and whether an item decides what follows."""

    keys: frozenset[bytes] = frozenset()
    follows: bool = False


class Remembered:
    """Finds the tokens of a plain mask that have to be tried. The lexicon's lock has to be held."""

    def __init__(self, program: Program, arena: Arena, lexicon: Lexicon) -> None:
        self._program, self._arena, self._lexicon, self._stack = program, arena, lexicon, Stack(arena)
        self._cells: dict[int, Memory] = {0: Memory()}
        self._lists: dict[int, frozenset[bytes]] = {-1: frozenset()}

    def doubtful(self, state: int) -> set[int]:
        """The tokens that may be wrong in the plain mask of a state."""
        tokens = self._lexicon.quoted_tokens
        found = set(tokens.several)
        for config in self._stack.configs(state):
            if config[0] >= 0 and not self._stack.is_scan(config):
                found.update(self._of_config(config))
        return found

    def _of_config(self, config: Config) -> Iterator[int]:
        tokens, memory = self._lexicon.quoted_tokens, self._memory(config[3])
        if memory.follows:
            yield from tokens.closing_strings if self._lexicon.is_quoted(config[0]) else tokens.closing
        if memory.keys:
            yield from tokens.escaped
            yield from (token for key in memory.keys for token in tokens.holding.get(key, ()))
        span = self._stack.span(config[3])
        if len(span) == CAPTURE and self._stack.op(span[0]) == k.OP_EXTRA:
            yield from self._of_key(self._program.text(span[3]), self._seen(span[1]), config[2] >= 0)

    def _of_key(self, text: bytes, seen: frozenset[bytes], is_bounded: bool) -> Iterator[int]:
        """The tokens that end a key as one that was seen; for bounded ones also those after which no other is left."""
        tokens = self._lexicon.quoted_tokens
        if seen and ESCAPE in text:
            yield from tokens.any
        rests = [key[len(text) - 1 :] for key in seen if text and key.startswith(text[1:])]
        for rest in rests:
            yield from tokens.ending.get(rest, ())
        if is_bounded and seen:
            yield from self._leading(text, [QUOTE + key for key in seen])

    def _leading(self, text: bytes, keys: list[bytes]) -> Iterator[int]:
        """The tokens that go on with `text` towards one of the keys, and those that may do so by escapes."""
        for key in keys:
            rest = key[len(text) :] if key.startswith(text) else b""
            for end in range(1, len(rest) + 1):
                yield from self._by_text.get(rest[:end], ())
        yield from (token for text, found in self._by_text.items() if ESCAPE in text for token in found)

    @cached_property
    def _by_text(self) -> dict[bytes, list[int]]:
        found: dict[bytes, list[int]] = {}
        for token, text in enumerate(self._lexicon.tokens):
            found.setdefault(text, []).append(token)
        return found

    def _memory(self, cell: int) -> Memory:
        """What a cell and those below it remember."""
        pending = []
        while cell not in self._cells:
            pending.append((cell, self._stack.span(cell)))
            cell = pending[-1][1][2]
        memory = self._cells[cell]
        for number, span in reversed(pending):
            memory = self._with(memory, span)
            self._cells[number] = memory
        return memory

    def _with(self, memory: Memory, span: list[int]) -> Memory:
        keys = self._seen(span[1])
        follows = len(span) == CAPTURE and self._stack.op(span[0]) == k.OP_FOLLOW
        if not (keys or follows):
            return memory
        return Memory(memory.keys | keys, memory.follows or follows)

    def _seen(self, register: int) -> frozenset[bytes]:
        """The keys seen by the object of a register, spelled without escapes."""
        if register < k.OBJECT_REGISTER:
            return frozenset()
        return self._list(self._stack.register(register)[k.R_SEEN])

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
