"""The prefixes that a search has not read yet, the most probable one first."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import count
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from samplers.language import Place
from samplers.statistics import log_sum

BRANCH_BYTES: Final = 1000
"""What a branch takes without its arrays, about."""
_CHOICE_BYTES: Final = 20


class Prefix(NamedTuple):
    """Tokens, where they lead, and their log-probability under the target and by the model itself."""

    tokens: tuple[int, ...]
    place: Place
    log_bound: float
    log_prob: float


@dataclass(slots=True, eq=False)
class Branch:
    """A prefix that was read, and what may come next, `choices` int32[k], with bounds in descending order.

    `log_bounds` float64[k] are the target's log-probabilities of the prefix with the choice, `model_log_probs` the
    model's own. The choices before number `next` are no longer left.
    """

    tokens: tuple[int, ...]
    place: Place
    choices: NDArray[np.int32]
    log_bounds: NDArray[np.float64]
    model_log_probs: NDArray[np.float64]
    next: int = 0

    @property
    def left(self) -> NDArray[np.float64]:
        """The bounds of the choices that are left."""
        return self.log_bounds[self.next :]

    @property
    def memory_bytes(self) -> int:
        """What it takes, about."""
        arrays = (self.choices, self.log_bounds, self.model_log_probs)
        return BRANCH_BYTES + 8 * len(self.tokens) + sum(array.nbytes for array in arrays)

    def after(self, number: int, place: Place) -> Prefix:
        """The prefix with one of the choices, which leads to a place."""
        tokens = (*self.tokens, int(self.choices[number]))
        return Prefix(tokens, place, float(self.log_bounds[number]), float(self.model_log_probs[number]))

    def without(self, number: int) -> Branch:
        """The branch without one of its choices."""
        return self._part(np.delete(np.arange(len(self.choices)), number))

    def best(self, log_level: float, memory_limit: float) -> Branch:
        """The choices that are left and have at least a bound, as many of them as fit in some bytes."""
        fitting = int((memory_limit - BRANCH_BYTES - 8 * len(self.tokens)) // _CHOICE_BYTES)
        good = len(self.log_bounds) - int(self.log_bounds[::-1].searchsorted(log_level))
        return self._part(np.arange(self.next, max(self.next, min(good, self.next + fitting))))

    def _part(self, numbers: NDArray[np.int64]) -> Branch:
        arrays = self.choices[numbers], self.log_bounds[numbers], self.model_log_probs[numbers]
        return Branch(self.tokens, self.place, *arrays)


class Frontier:
    """Branches by the bounds of their best choices, in at most `memory_limit` bytes, about.

    What had to be given up, or was never put here, counts: `log_left` is the highest of its bounds, `log_left_mass` the
    logarithm of their sum.
    """

    def __init__(self, memory_limit: int) -> None:
        self.memory_limit = memory_limit
        self.memory_bytes = 0
        self.log_left = self.log_left_mass = -math.inf
        self._numbers = count()
        self._heap: list[tuple[float, int, Branch]] = []

    @property
    def log_top(self) -> float:
        """The highest bound of what can still be read; minus infinity where nothing is left."""
        return -self._heap[0][0] if self._heap else -math.inf

    @property
    def log_bound(self) -> float:
        """An upper bound on every member that begins with a prefix that is here, or was given up."""
        return max(self.log_top, self.log_left)

    @property
    def log_mass(self) -> float:
        """An upper bound on the logarithm of the probability of all these members together."""
        logs = [log_sum(branch.left) for _, _, branch in self._heap]
        return log_sum(np.array([*logs, self.log_left_mass]))

    def push(self, branch: Branch) -> None:
        """Takes a branch in; nothing happens to one without choices."""
        if len(branch.left):
            self._put(branch)
            self.memory_bytes += branch.memory_bytes
        if self.memory_bytes > self.memory_limit:
            self._shrink()

    def pop(self) -> tuple[Branch, int]:
        """The branch of the most probable prefix, and the number of its choice, which is no longer left."""
        _, _, branch = heapq.heappop(self._heap)
        number = branch.next
        branch.next += 1
        if len(branch.left):
            self._put(branch)
        else:
            self.memory_bytes -= branch.memory_bytes
        return branch, number

    def give_up(self, log_bounds: NDArray[np.float64]) -> None:
        """Counts prefixes of some bounds as left out."""
        self.log_left = max(self.log_left, float(log_bounds.max(initial=-math.inf)))
        self.log_left_mass = float(np.logaddexp(self.log_left_mass, log_sum(log_bounds)))

    def _put(self, branch: Branch) -> None:
        heapq.heappush(self._heap, (-float(branch.log_bounds[branch.next]), next(self._numbers), branch))

    def _shrink(self) -> None:
        """Gives up the less probable half of all prefixes, and more where the others take over half of the memory."""
        branches = [branch for _, _, branch in sorted(self._heap)]
        log_level = float(np.median(np.concatenate([branch.left for branch in branches])))
        self._heap, self.memory_bytes = [], 0
        for branch in branches:
            kept = branch.best(log_level, self.memory_limit / 2 - self.memory_bytes)
            self.give_up(branch.left[len(kept.left) :])
            if len(kept.left):
                self._put(kept)
                self.memory_bytes += kept.memory_bytes
