"""Whether the masks would let a text through, and if not, at which character and why.

A mask depends on bytes alone, so that it does not matter how a text is cut into tokens: it is checked byte by byte,
with a vocabulary in which every byte is a token, and no tokenizer or model is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from constrain.protocols import DEAD, TokenAutomaton
from constrain.vocabulary import Vocabulary

END: Final = 256


@dataclass(frozen=True)
class Refusal:
    """Where a text leaves the language: character `offset`, which is `column` of `line` (both from 1), and why."""

    offset: int
    line: int
    column: int
    character: str
    reason: str
    context: str

    def __str__(self) -> str:
        what = f"{self.character!r} is refused" if self.character else "the text must not end"
        return f"line {self.line}, column {self.column}: {what}: {self.reason}"


def byte_vocabulary() -> Vocabulary:
    """Every byte is a token; token 256 ends the text."""
    return Vocabulary([bytes([byte]) for byte in range(256)] + [b""], [END])


def check_text(automaton: TokenAutomaton, text: str) -> Refusal | None:
    """None where `automaton`, compiled for `byte_vocabulary()`, has `text`; otherwise what it refuses first."""
    state = automaton.start
    data = text.encode()
    for offset, byte in enumerate(data):
        after = automaton.advance(state, byte)
        if after == DEAD:
            characters = len(data[:offset].decode(errors="ignore"))
            return _refusal(text, characters, automaton.explain(state, byte))
        state = after
    return None if automaton.is_accepting(state) else _refusal(text, len(text), automaton.explain(state, END))


def _refusal(text: str, offset: int, reason: str) -> Refusal:
    begin = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    context = text[begin:] if end < 0 else text[begin:end]
    line = text.count("\n", 0, offset) + 1
    return Refusal(offset, line, offset - begin + 1, text[offset : offset + 1], reason, context)
