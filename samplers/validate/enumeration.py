"""The exact law of a small problem, by brute force: slow, obvious, and independent of automata and samplers.

A language is given by its words. Every row of tokens that spells a word is listed, and its probability under the
target worked out from the logits with plain arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from samplers.target import Target

Row = tuple[int, ...]


@dataclass(frozen=True)
class Law:
    """The probability of every member, unnormalised: as the target writes it and stops. They add up to `z`."""

    masses: Mapping[Row, float]

    @property
    def z(self) -> float:
        """The probability that the target writes a member."""
        return math.fsum(self.masses.values())

    def probabilities(self) -> dict[Row, float]:
        """The target conditioned on the language."""
        return {row: mass / self.z for row, mass in self.masses.items()}


def members(tokens: Mapping[int, str], words: Iterable[str], limit: int) -> list[Row]:
    """All rows of at most `limit` tokens that spell a word; `tokens` are the texts of those that have one."""
    wanted = frozenset(words)
    prefixes = {word[:length] for word in wanted for length in range(len(word) + 1)}
    found: list[Row] = []
    open_rows: list[tuple[Row, str]] = [((), "")]
    while open_rows:
        row, text = open_rows.pop()
        found += [row] if text in wanted else []
        longer = [((*row, token), text + more) for token, more in tokens.items()] if len(row) < limit else []
        open_rows += [(row, text) for row, text in longer if text in prefixes]
    return sorted(found)


def law(logits: Callable[[Row], Sequence[float]], rows: Iterable[Row], ends: Iterable[int], target: Target) -> Law:
    """The mass of each of some rows under a target; any of `ends` stops a row."""
    ends = tuple(ends)
    known: dict[Row, list[float]] = {}

    def shares(prefix: Row) -> list[float]:
        if prefix not in known:
            known[prefix] = next_token_law(logits(prefix), target)
        return known[prefix]

    return Law(
        {
            row: math.prod(shares(row[:at])[token] for at, token in enumerate(row))
            * math.fsum(shares(row)[end] for end in ends)
            for row in rows
        }
    )


def next_token_law(logits: Sequence[float], target: Target) -> list[float]:
    """The probability of every token under a target, whatever the constraint says."""
    best = max(logits)
    weights = [math.exp((float(logit) - best) / target.temperature) for logit in logits]
    ordered = sorted(weights, reverse=True)
    ordered = ordered[: target.top_k]
    least = ordered[-1]
    if target.top_p is not None:
        total = math.fsum(ordered)
        reached = [math.fsum(ordered[:count]) for count in range(1, len(ordered) + 1)]
        least = next((ordered[at] for at, mass in enumerate(reached) if mass >= target.top_p * total), least)
    kept = [weight if weight >= least else 0.0 for weight in weights]
    return [weight / math.fsum(kept) for weight in kept]


def total_variation(first: Mapping[Row, float], second: Mapping[Row, float]) -> float:
    """Half the sum of the differences of two laws."""
    return math.fsum(abs(first.get(row, 0.0) - second.get(row, 0.0)) for row in {*first, *second}) / 2


def merged(law: Mapping[Row, float], tokens: Mapping[int, str]) -> dict[Row, float]:
    """A law on rows of tokens as one on texts: each text under the rows of the characters' code points."""
    found: dict[Row, float] = {}
    for row, mass in law.items():
        text = tuple(map(ord, "".join(tokens[token] for token in row)))
        found[text] = found.get(text, 0.0) + mass
    return found
