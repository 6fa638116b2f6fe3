"""The urn of a row of probabilities: draws without a pass over the row, and masses that do not lose digits."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from samplers.kernels import BLOCK, block_sums, clear, keep_allowed, put
from samplers.randomness import choose
from samplers.target import Scores

_FAINT: Final = 1e-20


class RowUrn:
    """The tokens of a row of scores with the target's probabilities; all ends are one choice, the lowest of their ids.

    Sums are kept by blocks and made anew where something is taken out, so that `left` is right to the last digits
    however little is left, and 0 where nothing is. `out` are ids that are never drawn; an end among them adds nothing.
    """

    def __init__(
        self, scores: Scores, ends: NDArray[np.int64], out: NDArray[np.int64], rng: np.random.Generator
    ) -> None:
        self.stop = int(ends[0])
        self._scores, self._ends, self._out, self._rng = scores, ends, out, rng
        self._total = math.exp(scores.log_total)
        self._left = 0.0
        self._taken: list[int] = []
        self._allowed: NDArray[np.bool_] | None = None
        self._fill(scores.weights.copy(), scores.sums.copy())

    @property
    def left(self) -> float:
        """The probability of what is in the urn."""
        if self._left < _FAINT and self._weights.dtype != np.float64:
            self._refine()
        return self._left / self._total

    def draw(self) -> int:
        """A token in proportion to its probability; it stays."""
        block = choose(self._sums, self._rng)
        row = self._weights[block * BLOCK : (block + 1) * BLOCK]
        return block * BLOCK + choose(row.astype(np.float64), self._rng)

    def mass(self, item: int) -> float:
        """The probability of a token in the urn."""
        return float(self._weights[item]) / self._total

    def take_out(self, item: int) -> float:
        """Takes a token out, and returns its probability."""
        mass = self.mass(item)
        self._taken.append(item)
        self._left = float(put(self._weights, self._sums, item, 0.0))
        return mass

    def heaviest(self) -> int:
        """The most probable token in the urn."""
        return int(self._weights.argmax())

    def chance(self, probability: float) -> bool:
        """True with a probability."""
        return bool(self._rng.random() < probability)

    def repeats(self, refused: float, most: int | None) -> int:
        """How many draws repeat refused tokens before one that is left comes."""
        if not refused:
            return 0
        count = int(self._rng.geometric(max(self.left / (self.left + refused), 1e-18))) - 1
        return count if most is None else min(count, most)

    def thin(self, allowed: NDArray[np.bool_], *, may_stop: bool) -> None:
        """Takes all tokens out that a row `bool[n]` refuses, and the stop unless it is allowed."""
        self._allowed = allowed[: len(self._weights)]
        if not may_stop:
            self._taken.append(self.stop)
            self._weights[self.stop] = 0
        self._keep_allowed(self._allowed)

    def _fill(self, weights: NDArray[np.floating], sums: NDArray[np.float64]) -> None:
        """Takes weights and their sums, and leaves in what may be in the urn."""
        self._weights, self._sums = weights, sums
        clear(weights, sums, self._out)
        if len(self._ends) > 1:
            stop = float(weights[self._ends].sum(dtype=np.float64))
            clear(weights, sums, self._ends)
            put(weights, sums, self.stop, stop)
        clear(weights, sums, np.array(self._taken, np.int64))
        if self._allowed is None:
            self._left = float(sums.sum())
        else:
            self._keep_allowed(self._allowed)

    def _keep_allowed(self, allowed: NDArray[np.bool_]) -> None:
        """Takes out what a row refuses; it says nothing of the stop."""
        stop = float(self._weights[self.stop])
        keep_allowed(self._weights, allowed, self._sums)
        self._left = float(put(self._weights, self._sums, self.stop, stop))

    def _refine(self) -> None:
        """Reads the row again in double precision, where single precision would take what is left for nothing."""
        self._total = 1.0
        weights = np.exp(self._scores.log_probs(np.arange(len(self._scores.logits))))
        sums = np.empty_like(self._sums)
        block_sums(weights, sums)
        self._fill(weights, sums)
