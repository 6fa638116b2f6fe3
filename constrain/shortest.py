"""A shortest way to complete a text: what ends the lexeme that is being read, then what each stack cell still needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from constrain import kernels as k
from constrain.arena import Arena
from constrain.end_key import end_key
from constrain.expression_texts import ExpressionTexts
from constrain.lexeme_texts import LexemeTexts, spell_name
from constrain.lexicon import Lexicon
from constrain.lru import Lru
from constrain.object_state import ObjectState, depths_of_names
from constrain.program import Program
from constrain.ropes import NOTHING, Rope, join, leaf, repeat, shorter
from constrain.scan_texts import ScanTexts
from constrain.stack import CAPTURE, Config, Stack
from grammars.ir import Members, Repeat

REMEMBERED = 1 << 16
READING = frozenset({k.OP_LEX, k.OP_CALL, k.OP_TERMINAL, k.OP_ALT, k.OP_REMEMBER})


class ShortestTexts:
    """Shortest completions of the states of an automaton. The lexicon's lock has to be held.

    `advance` is the automaton's `advance_bytes`, `plain` its method of that name.
    """

    def __init__(
        self,
        program: Program,
        arena: Arena,
        lexicon: Lexicon,
        advance: Callable[[int, bytes], int],
        plain: Callable[[int], int],
    ) -> None:
        self._program, self._arena, self._stack = program, arena, Stack(arena)
        self._lexemes = LexemeTexts(lexicon, arena)
        self._expressions = ExpressionTexts(program, self._lexemes)
        self._scans = ScanTexts(program, self._stack, self._lexemes, self._expressions, advance)
        self._advance, self._plain = advance, plain
        self._of_plain: Lru[int, bytes] = Lru(REMEMBERED)
        self._places: Lru[tuple[int, int], Rope] = Lru(REMEMBERED)
        self._cells: Lru[int, Rope] = Lru(REMEMBERED)
        self._estimates: Lru[int, Rope] = Lru(REMEMBERED)

    def text(self, state: int) -> bytes:
        """A shortest completion; nothing where the text may end."""
        configs = self._stack.configs(state)
        if configs[0][0] < 0:
            return b""
        if self._stack.is_scan(configs[0]):
            return self._scans.complete(state, self)
        plain = self._plain(state)
        text = b"" if plain == state else self._shared(plain)
        return text if text and self._completes(state, text) else bytes(self.estimate(state))

    def _shared(self, plain: int) -> bytes:
        """A shortest completion of a plain state, which most states that differ in what was read have too."""
        text = self._of_plain.get(plain)
        if text is None:
            text = bytes(self.estimate(plain))
            self._of_plain.put(plain, text)
        return text

    def _completes(self, state: int, text: bytes) -> bool:
        after = self._advance(state, text)
        return after != k.DEAD and self._stack.configs(after)[0][0] < 0

    def estimate(self, state: int) -> Rope:
        """A shortest completion; with a scanner, one that ignores that terminals are as long as possible."""
        configs = self._stack.configs(state)
        if configs[0][0] < 0:
            return NOTHING
        found = [text for config in configs for text in self._completed(state, config)]
        return min(found, key=lambda rope: rope.length)

    def _completed(self, state: int, config: Config) -> Iterator[Rope]:
        """Completions of a configuration to the end of the text."""
        remembers = self._arena.header[k.AUT_REMEMBERS] and self._is_captured(config[3])
        for text in self.completions(config):
            if not remembers:
                yield text
            elif text.length:
                # where nothing is left to read, the state has what follows besides
                yield self._beyond(state, text)

    def _is_captured(self, cell: int) -> bool:
        """Whether a cell or one below it remembers a text, so that what follows is only known when that has ended."""
        pending, met = [cell], {0, cell}
        while pending:
            here = pending.pop()
            if here and self._stack.is_capture(here):
                return True
            below = set(self._stack.parents(here)) - met if here else set()
            met |= below
            pending.extend(below)
        return False

    def _beyond(self, state: int, text: Rope) -> Rope:
        """The completion that begins with a text which ends where what follows depends on what was read."""
        after = self._advance(state, bytes(text))
        if after == k.DEAD:
            key = end_key(state, self._stack, self._lexemes, self._advance)
            text, after = leaf(key), self._advance(state, key)
        rest = self._estimates.get(after)
        if rest is None:
            rest = self.estimate(after)
            self._estimates.put(after, rest)
        return join([text, rest])

    def completions(self, config: Config) -> Iterator[Rope]:
        """Completions of a configuration, a shortest one among them."""
        x, low, high, cell, shadow = config
        span = self._stack.span(cell)
        if self._stack.is_scan(config):
            yield from self._scans.completions(x, shadow, span, self.cell)
        elif self._stack.op(span[0]) == k.OP_DISPATCH:
            yield from self._names(x, span)
        elif len(span) == CAPTURE:
            yield leaf(self._lexemes.finish(x, low, high))
        else:
            yield join([leaf(self._lexemes.finish(x, low, high)), self.cell(cell)])

    def cell(self, cell: int) -> Rope:
        """What follows from a stack cell to the end of the text, or to the end of a text that is remembered."""
        found: dict[int, Rope] = {0: NOTHING}
        pending = [cell]
        while pending:
            here = pending[-1]
            known = found.get(here) or self._cells.get(here)
            if known is None:
                below = [] if self._stack.is_capture(here) else self._stack.parents(here)
                waiting = [each for each in below if each not in found]
                if waiting:
                    pending.extend(waiting)
                    continue
                known = self._upon(here, [found[each] for each in below])
                self._cells.put(here, known)
            found[here] = known
            pending.pop()
        return found[cell]

    def _upon(self, cell: int, rests: list[Rope]) -> Rope:
        """What follows from a cell, with what follows from those below it."""
        place, register = self._stack.span(cell)[:2]
        if place == k.JOIN:
            return min(rests, key=lambda rope: rope.length)
        return join([self._place(place, register), *rests]) if rests else NOTHING

    def _place(self, place: int, register: int) -> Rope:
        """What follows from a place to the end of its rule."""
        known = self._places.get((place, register))
        if known is None:
            known = self._follow(place, register)
            self._places.put((place, register), known)
        return known

    def _follow(self, place: int, register: int) -> Rope:
        """Goes from place to place; choices and calls are read as wholes."""
        parts = []
        while True:
            op, a, _, after = self._arena.tables[k.PLACES][4 * place : 4 * place + 4].tolist()
            source = self._program.sources[place][0]
            if op in READING and source is not None and not (op == k.OP_ALT and isinstance(source, Repeat)):
                parts.append(self._expressions.of(source))
            elif op == k.OP_COUNT:
                least, most = self._arena.tables[k.LISTS][a : a + 2].tolist()
                register = register + 1 if most >= 0 else min(register + 1, least)
            else:
                return join([*parts, self._last(op, place, after, register)])
            place = after

    def _last(self, op: int, place: int, after: int, register: int) -> Rope:
        """What follows from a place that its rule ends with."""
        source = self._program.sources[place][0]
        if op in {k.OP_MORE, k.OP_KEYS} and isinstance(source, Members):
            state = ObjectState.of(source, self._stack.register(register))
            comma = op == k.OP_MORE and self._stack.op(after) != k.OP_KEYS
            if op == k.OP_KEYS:
                state = replace(state, least=max(state.least, 1))
            return self._expressions.members(state, first=not comma, taken=self._taken(register))
        if op == k.OP_REPEAT and isinstance(source, Repeat):
            again = [source.body] if source.separator is None else [source.separator, source.body]
            rounds = source.min - register
            return repeat(join(self._expressions.of(part) for part in again), rounds) if rounds > 0 else NOTHING
        return self._expressions.of(source) if isinstance(source, Members) else NOTHING

    def _names(self, x: int, span: list[int]) -> Iterator[Rope]:
        """The ways to finish the name that is being read, for every name that may come."""
        place, register, parent = span
        members = cast("Members", self._program.sources[place][0])
        state, rest = ObjectState.of(members, self._stack.register(register)), self.cell(parent)
        best: Rope | None = None
        for bound, key, name in sorted(self._keys(x, self._trie(place), state)):
            if best is not None and bound + rest.length >= best.length:
                break
            after = state.after(name)
            follow = self._expressions.members(after, first=False, taken=self._taken(register))
            parts = [leaf(key), self._expressions.of(members.colon), self._expressions.value(members, name)]
            best = shorter(best, join([*parts, follow, rest]))
        if best is not None:
            yield best

    def _keys(self, x: int, trie: int, state: ObjectState) -> Iterator[tuple[int, bytes, int]]:
        """Per name that may come: what the object still takes at least, the rest of the name, the name."""
        members = state.members
        names, depths = members.names, depths_of_names(members.names)
        needed = replace(state, unseen=state.required, least=0)
        required = self._expressions.members(needed, first=False).length
        colon, comma = (self._expressions.of(part).length for part in (members.colon, members.comma))
        for text, y in self._lexemes.boundaries(x):
            where = self._lexemes.state(y)
            depth = depths[where.q - trie]
            for name in state.open_below(where.first, where.last):
                key = text + spell_name(names[name][depth:])[1:]
                more = -comma - len(spell_name(names[name])) if name in members.required else colon
                yield len(key) + required + more, key, name

    def _taken(self, register: int) -> list[str]:
        """The keys of extras that an object has already."""
        seen, found = self._stack.register(register)[k.R_SEEN], []
        while seen >= 0:
            seen, value = self._stack.span(seen)
            found.append(str(self._program.value(value)))
        return found

    def _trie(self, place: int) -> int:
        """The first code point state of the names of an object."""
        tables = self._arena.tables
        description = int(tables[k.PLACES][4 * place + 1])
        lexeme = int(tables[k.LISTS][description + k.O_TRIE])
        return self._lexemes.state(int(tables[k.LEXEMES][4 * lexeme])).q
