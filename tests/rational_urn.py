"""An urn of fractions, and all the ways in which draws from it can go: exact and slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

T = TypeVar("T")
ONE = Fraction(1)


@dataclass
class Script:
    """Takes the branches that it is told, and the first of each choice after those; keeps what was there to take."""

    told: tuple[int, ...]
    probability: Fraction = ONE
    widths: list[int] = field(default_factory=list)

    def choose(self, shares: list[Fraction]) -> int:
        at = len(self.widths)
        branch = self.told[at] if at < len(self.told) else 0
        self.widths.append(len(shares))
        self.probability *= shares[branch]
        return branch


def histories(run: Callable[[Script], T]) -> Iterator[tuple[Fraction, T]]:
    """The outcome of every history of choices, with its probability."""
    told: tuple[int, ...] | None = ()
    while told is not None:
        script = Script(told)
        outcome = run(script)
        yield script.probability, outcome
        told = following(told + (0,) * (len(script.widths) - len(told)), script.widths)


def following(taken: tuple[int, ...], widths: list[int]) -> tuple[int, ...] | None:
    for at in range(len(taken) - 1, -1, -1):
        if taken[at] + 1 < widths[at]:
            return (*taken[:at], taken[at] + 1)
    return None


@dataclass
class RationalUrn:
    """`cap` bounds the repeats that are told apart where there is no other bound: all beyond are one branch, `cap`."""

    masses: Mapping[int, Fraction]
    script: Script
    cap: int = 0
    was_cut: bool = False
    _out: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._left = sum(self.masses.values(), Fraction(0))

    @property
    def left(self) -> Fraction:
        return self._left

    def items(self) -> list[int]:
        return [item for item, mass in self.masses.items() if item not in self._out and mass]

    def mass(self, item: int) -> Fraction:
        assert item not in self._out
        return self.masses[item]

    def draw(self) -> int:
        items, left = self.items(), self.left
        return items[self.script.choose([self.masses[item] / left for item in items])]

    def take_out(self, item: int) -> Fraction:
        mass = self.mass(item)
        self._out.add(item)
        self._left -= mass
        return mass

    def heaviest(self) -> int:
        return max(self.items(), key=lambda item: self.masses[item])

    def chance(self, probability: Fraction | int) -> bool:
        assert 0 <= probability <= 1
        probability = Fraction(probability)
        if probability in {0, 1}:
            return probability == 1
        return self.script.choose([probability, 1 - probability]) == 0

    def repeats(self, refused: Fraction, most: int | None) -> int:
        if not refused:
            return 0
        bound = self.cap if most is None else most
        again = refused / (refused + self.left)
        count = self.script.choose([(1 - again) * again**count for count in range(bound)] + [again**bound])
        self.was_cut = self.was_cut or (most is None and count == bound)
        return count
