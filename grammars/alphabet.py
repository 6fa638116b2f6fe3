"""Which code points a family of sets cannot tell apart: the symbols that automata are built over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from grammars.codepoints import LAST, CodePoints


@dataclass(frozen=True)
class Alphabet:
    """A partition of all code points into symbols, numbered by their smallest code point.

    `cells` are ascending intervals `(low, high)` that cover every code point but surrogates, `symbols[i]` is the
    symbol of `cells[i]`, and `members[k]` are the symbols that make up the k-th set it was made for.
    """

    cells: tuple[tuple[int, int], ...]
    symbols: tuple[int, ...]
    members: tuple[tuple[int, ...], ...]
    size: int

    @staticmethod
    def of(sets: Iterable[CodePoints]) -> Alphabet:
        """The coarsest partition that each of `sets` is a union of."""
        sets = list(sets)
        toggles = _toggles(sets)
        numbers: dict[int, int] = {}
        cells, symbols = [], []
        signature = 0
        bounds = sorted(toggles)
        for low, after in pairwise(bounds):
            signature ^= toggles[low]
            if low != 0xD800:
                cells.append((low, after - 1))
                symbols.append(numbers.setdefault(signature, len(numbers)))
        return Alphabet(tuple(cells), tuple(symbols), _members(len(sets), numbers), len(numbers))


def _toggles(sets: list[CodePoints]) -> dict[int, int]:
    """Code point -> bits of the sets whose membership changes there."""
    toggles = {0: 0, 0xD800: 0, 0xE000: 0, LAST + 1: 0}
    for index, points in enumerate(sets):
        bit = 1 << index
        for low, high in points.intervals:
            toggles[low] = toggles.get(low, 0) ^ bit
            toggles[high + 1] = toggles.get(high + 1, 0) ^ bit
    return toggles


def _members(count: int, numbers: dict[int, int]) -> tuple[tuple[int, ...], ...]:
    members: list[list[int]] = [[] for _ in range(count)]
    for signature, symbol in numbers.items():
        rest = signature
        while rest:
            members[(rest & -rest).bit_length() - 1].append(symbol)
            rest &= rest - 1
    return tuple(map(tuple, members))
