"""A language model given by a table: independent scores for every prefix, so that everything can be enumerated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from samplers.target import Logits


class TableLanguageModel:
    """Logits from N(0, scale²), float64[width], which depend on `seed` and the prefix alone."""

    def __init__(self, width: int, seed: int = 0, scale: float = 2.0) -> None:
        self.forwards = 0
        self._width, self._seed, self._scale = width, seed, scale
        self._rows: dict[tuple[int, ...], Logits] = {}

    @property
    def owner(self) -> object:
        """The table itself."""
        return self

    @property
    def prompt(self) -> tuple[int, ...]:
        """The table begins with nothing read."""
        return ()

    def logits(self, tokens: Sequence[int]) -> Logits:
        """The scores after `tokens`, counted as a forward."""
        self.forwards += 1
        return self.row(tokens)

    def logits_of(self, rows: Sequence[Sequence[int]]) -> list[Logits]:
        """The scores after each of several rows, counted as one forward."""
        self.forwards += 1
        return [self.row(row) for row in rows]

    def row(self, tokens: Sequence[int]) -> Logits:
        """The scores after `tokens`, uncounted."""
        key = tuple(tokens)
        if key not in self._rows:
            # The first number tells rows of different lengths apart, which end in zeros otherwise.
            source = np.random.default_rng([self._seed, len(key), *key])
            self._rows[key] = source.normal(0.0, self._scale, self._width)
        return self._rows[key]
