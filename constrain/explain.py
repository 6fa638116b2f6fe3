"""Why a token is refused: how far it was read, what could have come there, and inside what."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from constrain import kernels as k
from constrain.arena import Arena
from constrain.lexeme_texts import LexemeTexts
from constrain.lexicon import Lexicon
from constrain.object_state import ObjectState
from constrain.program import Program
from constrain.readers import Readers
from constrain.stack import CAPTURE, Config, Stack
from constrain.wording import alternatives, name_bytes, quote
from grammars.ir import EMPTY, Members

DEAD = k.DEAD
MOST_PLACES = 3
QUOTE = ord('"')


@dataclass(frozen=True)
class Explainer:
    """Explains tokens in the states of an automaton. The lexicon's lock has to be held.

    `advance` is the automaton's `advance_bytes`.
    """

    program: Program
    arena: Arena
    lexicon: Lexicon
    advance: Callable[[int, bytes], int]

    def of_text(self, state: int, text: bytes) -> str:
        """Why a text can not follow, or that it can."""
        if self.advance(state, text) != DEAD:
            return f"{quote(text)} is allowed here"
        if self._configs(state)[0][0] == k.ENDED_X:
            return "the text has ended, nothing may follow but a token that ends it"
        read = next(i for i in range(len(text)) if self.advance(state, text[: i + 1]) == DEAD)
        before = self.advance(state, text[:read])
        expected = self.expected(before) + self._repetition(before, text[read])
        if read == 0:
            return f"{quote(text)} can not come here; expected is {expected}"
        return f"{quote(text)} can be read up to {quote(text[:read])}; expected after that is {expected}"

    def _repetition(self, state: int, byte: int) -> str:
        """That a key was there before, if a byte would end it."""
        stack = Stack(self.arena)
        for config in self._configs(state):
            span = stack.span(config[3])
            if byte == QUOTE and len(span) == CAPTURE and stack.op(span[0]) == k.OP_EXTRA and span[3] != 0:
                return f"; the object has the key {quote(self.program.text(span[3]) + bytes([byte]))} already"
        return ""

    def of_end(self, state: int) -> str:
        """Why the text can not end, or that it can."""
        if self._configs(state)[0][0] < 0:
            return "the text is complete and may end here"
        return f"the text is not complete; expected is {self.expected(state)}"

    def expected(self, state: int) -> str:
        """What may come next, and inside what."""
        configs = self._configs(state)
        groups: dict[str, list[str]] = {}
        for config in configs:
            if config[0] >= 0:
                words, inside = self._config(state, config)
                groups.setdefault(inside, []).extend(words)
        found = [_within(words, inside) for inside, words in groups.items() if words]
        if configs[0][0] < 0:
            found.append("the end of the text")
        return alternatives(found, MOST_PLACES) if len(found) < 2 else "; or ".join(found[: MOST_PLACES + 1])

    def _configs(self, state: int) -> list[Config]:
        return Stack(self.arena).configs(state)

    def _config(self, state: int, config: Config) -> tuple[list[str], str]:
        """What a configuration may read next, and what it is part of."""
        stack, lexemes = Stack(self.arena), LexemeTexts(self.lexicon, self.arena)
        span = stack.span(config[3])
        if stack.is_scan(config):
            return list(self._terminals(config, span, lexemes)), self._places(span[2::2], stack)
        if config[3] != 0 and stack.op(span[0]) == k.OP_DISPATCH:
            names = list(self._names(config[0], span, stack, lexemes))
            return [self._kind(span, len(names)) + alternatives(names)], self.program.describe(span[0])
        x, low, high = config[:3]
        possible = (byte for byte, y in lexemes.moves(x) if lexemes.may_follow(x, y, low, high))
        allowed = [byte for byte in possible if self.advance(state, bytes([byte])) != DEAD]
        return name_bytes(allowed), Readers(self.program, self.arena).describe(lexemes.state(x).q, span)

    def _kind(self, span: list[int], count: int) -> str:
        """Names are those of members, or texts by themselves."""
        word = "text" if cast("Members", self.program.sources[span[0]][0]).colon == EMPTY else "name"
        return f"the {word} " if count == 1 else f"one of the {word}s "

    def _names(self, x: int, span: list[int], stack: Stack, lexemes: LexemeTexts) -> Iterator[str]:
        members = cast("Members", self.program.sources[span[0]][0])
        state = ObjectState.of(members, stack.register(span[1]))
        for _, y in lexemes.boundaries(x):
            where = lexemes.state(y)
            names = (members.names[i] for i in state.open_below(where.first, where.last))
            yield from (json.dumps(name, ensure_ascii=False) for name in names)

    def _terminals(self, config: Config, span: list[int], lexemes: LexemeTexts) -> Iterator[str]:
        """The terminals that can be found from here; what is ignored only if there are no others."""
        ignored = self.program.scanner.ignored
        found = lexemes.by_label(config[0], config[4], max([*ignored, *span[1::2]]) + 1)
        shown = self.program.scanner.describe_terminal
        yield from (shown(index) for index in ([i for i in found if i not in ignored] or found))

    def _places(self, cells: list[int], stack: Stack) -> str:
        frames = dict.fromkeys(frame for cell in cells for frame in stack.frames(cell))
        places = [stack.span(frame)[0] for frame in frames if frame != 0]
        return alternatives(filter(None, (self.program.describe(place) for place in places)), MOST_PLACES)


def _within(words: list[str], inside: str) -> str:
    return f"{alternatives(words)} in {inside}" if inside else alternatives(words)


def explain_token(explainer: Explainer, state: int, token: int, text: bytes, *, ends: bool) -> str:
    """Why a token with some text is refused, or that it is allowed; `ends` is for tokens that end the text."""
    if ends:
        return explainer.of_end(state)
    if not text:
        return f"token {token} stands for no text (it is a special token, or padding)"
    return explainer.of_text(state, text)
