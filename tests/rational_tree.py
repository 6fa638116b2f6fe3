"""The prefix tree in rational arithmetic: slow, obvious, and exact; every history of draws is listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

Row = tuple[int, ...]
STOP = -1
ONE = Fraction(1)


@dataclass(frozen=True)
class RationalProblem:
    """`shares` gives the probability of every token and of the stop after each prefix of a member."""

    shares: Mapping[Row, Mapping[int, Fraction]]
    members: frozenset[Row]
    limit: int

    def allowed(self, row: Row) -> list[int]:
        """What the constraint allows: it sees texts, not how many tokens are left, but none is left at the limit."""
        tokens = [token for token in self.shares[row] if token != STOP] if len(row) < self.limit else []
        return ([STOP] if row in self.members else []) + tokens

    def mass(self, row: Row) -> Fraction:
        product = self.shares[row][STOP]
        for at, token in enumerate(row):
            product *= self.shares[row[:at]][token]
        return product


@dataclass(frozen=True)
class Outcome:
    """Of one attempt: the draws, the probability of all of them, and w (0 where the attempt was lost)."""

    row: Row
    is_member: bool
    q: Fraction
    w: Fraction
    bound: Fraction


@dataclass(frozen=True)
class RationalTree:
    """`theta` of the prefixes that were seen; 1 for all others."""

    problem: RationalProblem
    theta: Mapping[Row, Fraction] = field(default_factory=dict)

    def bound(self, row: Row) -> Fraction:
        return self.theta.get(row, ONE)

    def masses(self, row: Row) -> dict[int, Fraction]:
        shares = self.problem.shares[row]
        bounds = {token: ONE if token == STOP else self.bound((*row, token)) for token in self.problem.allowed(row)}
        return {token: shares[token] * bound for token, bound in bounds.items()}

    def attempts(self) -> Iterator[Outcome]:
        """All ways in which an attempt can end."""
        start = sum(self.masses(()).values(), Fraction(0))
        yield from self._attempts((), ONE, start, start)

    def _attempts(self, row: Row, q: Fraction, w: Fraction, bound: Fraction) -> Iterator[Outcome]:
        masses = {token: mass for token, mass in self.masses(row).items() if mass}
        total = sum(masses.values(), Fraction(0))
        if not total:
            yield Outcome(row, False, q, Fraction(0), bound)
        for token, mass in masses.items():
            below = (*row, token)
            if token == STOP:
                yield Outcome(row, True, q * mass / total, w, bound)
            else:
                ratio = sum(self.masses(below).values(), Fraction(0)) / self.bound(below)
                yield from self._attempts(below, q * mass / total, w * ratio, bound)

    def after(self, row: Row) -> RationalTree:
        """The tree once an attempt that wrote `row` was backed up."""
        tree = self
        for length in range(len(row), -1, -1):
            prefix = row[:length]
            tree = RationalTree(self.problem, {**tree.theta, prefix: sum(tree.masses(prefix).values(), Fraction(0))})
        return tree
