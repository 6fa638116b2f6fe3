"""What bytes stand below the nodes of a vocabulary: what a lexical state only loops over need not be walked."""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
from numpy.typing import NDArray

NO_UTF8: Final = 1 << 61
"""The class of bytes that can not stand where they do in UTF-8."""
_DEAD: Final = 8


def _byte_classes() -> NDArray[np.int64]:
    """Runs of bytes that patterns keep together; a code point beyond ASCII has the class of its first byte."""
    runs = (b"123456789", b"abcdef", bytes(range(103, 123)), b"ABCDEF", bytes(range(71, 91)))
    controls = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
    # Blanks and ends of lines lie behind C2, E1, E2, E3 and EF.
    leads = (range(0xC3, 0xE0), range(0xE4, 0xEF), range(0xF0, 0xF5))
    first = {byte: run[0] for run in (*runs, controls, *leads) for byte in run}
    alone = [*range(0x80), *range(0xC2, 0xF5)]
    numbers = {byte: number for number, byte in enumerate(sorted({first.get(byte, byte) for byte in alone}))}
    classes = np.zeros(256, np.int64)
    classes[alone] = [1 << numbers[first.get(byte, byte)] for byte in alone]
    return classes


BYTE_CLASSES: Final = _byte_classes()
"""The class of every byte, as a bit; the further bytes of a code point have none."""
PLAIN: Final = int(np.bitwise_or.reduce([BYTE_CLASSES[byte] for byte in range(0x20, 0x100) if byte not in b'"\\']))
"""The classes of the bytes that stand for themselves in a JSON string."""


def _utf8() -> NDArray[np.uint8]:
    """The automaton of UTF-8: at a boundary (0), 1 to 3 bytes before one, or behind a lead byte that has bounds."""
    steps = np.full((_DEAD + 1, 256), _DEAD, np.uint8)
    steps[0, :0x80] = 0
    for lead, state in ((0xC2, 1), (0xE0, 4), (0xE1, 2), (0xED, 5), (0xEE, 2), (0xF0, 6), (0xF1, 3), (0xF4, 7)):
        steps[0, lead:0xF5] = state
    bounds = {4: (0xA0, 0xBF, 1), 5: (0x80, 0x9F, 1), 6: (0x90, 0xBF, 2), 7: (0x80, 0x8F, 2)}
    for state, (low, high, after) in {1: (0x80, 0xBF, 0), 2: (0x80, 0xBF, 1), 3: (0x80, 0xBF, 2), **bounds}.items():
        steps[state, low : high + 1] = after
    return steps


_STEPS: Final = _utf8()


def classes_below(byte: NDArray[np.uint8], depth: NDArray[np.int16]) -> NDArray[np.int64]:
    """The classes of all bytes below each node of a trie in depth-first order: `int64[nodes]`."""
    levels = _levels(depth)
    own, states = BYTE_CLASSES[byte], np.zeros(len(byte), np.uint8)
    parents = [above[np.searchsorted(above, level) - 1] for above, level in itertools.pairwise(levels)]
    for parent, level in zip(parents, levels[1:], strict=True):
        states[level] = _STEPS[states[parent], byte[level]]
    own[states == _DEAD] |= NO_UTF8
    found = np.zeros(len(byte), np.int64)
    for parent, level in zip(reversed(parents), reversed(levels[1:]), strict=True):
        np.bitwise_or.at(found, parent, own[level] | found[level])
    return found


def _levels(depth: NDArray[np.int16]) -> list[NDArray[np.int64]]:
    """The nodes of each depth, in their order."""
    order = np.argsort(depth, kind="stable")
    return np.split(order, np.cumsum(np.bincount(depth))[:-1])
