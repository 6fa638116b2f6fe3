"""Pearson's test, on what `torch` has of special functions."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from samplers.validate.enumeration import Row


def chi_square_p(counts: Mapping[Row, int], law: Mapping[Row, float]) -> float:
    """The p-value of Pearson's test; outcomes that are expected less than five times are taken together.

    What the law does not have at all makes it 0.
    """
    if any(not law.get(row) for row in counts):
        return 0.0
    n = sum(counts.values())
    common = [row for row, p in law.items() if n * p >= 5]
    cells = [(counts.get(row, 0), n * law[row]) for row in common]
    rare = n * (1 - sum(law[row] for row in common))
    cells += [(n - sum(count for count, _ in cells), rare)] if rare >= 1 else []
    statistic = sum((count - expected) ** 2 / expected for count, expected in cells)
    halves = [torch.tensor(value / 2, dtype=torch.float64) for value in (len(cells) - 1, statistic)]
    return float(torch.special.gammaincc(*halves))
