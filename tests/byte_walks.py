"""Random texts of a byte vocabulary's automaton, which at every byte has to have a way on."""

from __future__ import annotations

import random
from decimal import Decimal

from constrain import DEAD, Automaton

COMMON = b'[]{},:"abctrufalsen012'
"""What is taken where it may be: other bytes lead to long strings and numbers."""


def allowed_bytes(automaton: Automaton, state: int) -> list[int]:
    """The bytes that a mask lets through: those that lead on."""
    row = automaton.mask(state)
    allowed = [byte for byte in range(256) if row[byte >> 5] >> (byte & 31) & 1]
    assert allowed == [byte for byte in range(256) if automaton.advance(state, byte) != DEAD]
    return allowed


def walk(automaton: Automaton, rng: random.Random, steps: int = 60) -> bytes:
    """A text of so many random bytes, or fewer; then ended as soon as can be."""
    text, state = b"", automaton.start
    for _ in range(steps):
        allowed, ends = allowed_bytes(automaton, state), automaton.is_accepting(state)
        assert allowed or ends, text
        if ends and (not allowed or rng.random() < 0.3):
            return text
        byte = rng.choice([byte for byte in allowed if byte in COMMON] or allowed)
        text, state = text + bytes([byte]), automaton.advance(state, byte)
    return text + automaton.shortest_text(state)


def exact(spelled: str) -> int | Decimal:
    """What a number means: doubles end at 1e308, where all would be equal."""
    found = Decimal(spelled)
    return int(found) if found == found.to_integral_value() else found
