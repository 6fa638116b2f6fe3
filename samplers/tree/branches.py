"""What a node of the prefix tree keeps of the model: how much of its probability may go on through each token.

A row of 131,072 probabilities is too much to keep for every prefix. A node keeps those of the allowed tokens, and of
these at most the `KEPT` most probable ones, 12 bytes each: under 100 kB. The sum of all others is one entry more, the
rest, so that nothing is lost: who draws the rest reads the row again and draws among its tokens.

Masses are p(a|u) θ(ua) over exp(`log_scale`). They are always summed anew, never corrected by differences: bounds fall
by many orders of magnitude, and what would be left of a difference is rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from samplers.language import Allowed
from samplers.target import Logits, Scores

if TYPE_CHECKING:
    from samplers.tree.node import Node

STOP: Final = -1
"""The token that stands for the end of the text."""
REST: Final = -2
"""The token that stands for all allowed ones that are not kept."""
KEPT: Final = 8000
_STRIDE: Final = 16
_FAINT: Final = 1e-12
_TINY: Final = 1e-200
_LARGE: Final = 500.0


@dataclass
class Branches:
    """`tokens` int32[k] and `masses` float64[k] beside each other; tokens that are drawn from the rest are added last.

    `log_offset` turns the target's log-probabilities into the model's own (`Scores`), `model_log_stop` is the model's
    own log-probability of the stop. `digest` is a checksum of what the constraint allowed here.
    """

    tokens: NDArray[np.int32]
    masses: NDArray[np.float64]
    log_scale: float
    log_offset: float
    model_log_stop: float
    digest: int
    is_settled: bool = True

    @property
    def log_total(self) -> float:
        """log S: the logarithm of the sum of p(a|u) θ(ua)."""
        total = float(self.masses.sum())
        return math.log(total) + self.log_scale if total > 0 else -math.inf

    @property
    def memory_bytes(self) -> int:
        """The bytes of the arrays."""
        return self.tokens.nbytes + self.masses.nbytes

    def log_mass(self, slot: int) -> float:
        """The logarithm of p(a|u) θ(ua) of an entry of some mass."""
        return math.log(self.masses[slot]) + self.log_scale

    def slot_of(self, token: int) -> int | None:
        """The place of a token, or None where it is in the rest or not allowed."""
        found = np.flatnonzero(self.tokens == token)
        return int(found[0]) if len(found) else None

    def bound(self, child: Node[Any], log_theta: float, children: Iterable[Node[Any]]) -> None:
        """Sets the bound of a child. Interrupted in the middle, the masses are known to need settling."""
        self.is_settled = False
        child.log_theta = log_theta
        log_mass = child.log_p + log_theta - self.log_scale
        self.masses[child.slot] = math.exp(log_mass) if log_mass < _LARGE else math.inf
        if not _TINY < self.masses.sum() < math.inf:
            self.settle(children)
        self.is_settled = True

    def settle(self, children: Iterable[Node[Any]]) -> None:
        """Works the masses of the children out anew, on a scale on which the largest of all masses is 1."""
        with np.errstate(divide="ignore"):
            logs = np.log(self.masses) + self.log_scale
        for child in children:
            logs[child.slot] = child.log_p + child.log_theta
        best = float(logs.max(initial=-math.inf))
        scale = best if best > -math.inf else 0.0
        masses = np.exp(logs - scale)
        # Masses mean nothing without their scale: nothing that could be interrupted comes between these two.
        self.masses, self.log_scale = masses, scale
        self.is_settled = True

    def log_total_with(self, child: Node[Any], log_theta: float) -> float:
        """What log S would be with another bound of a child."""
        others = self.masses.copy()
        others[child.slot] = 0.0
        total = float(others.sum())
        log_others = math.log(total) + self.log_scale if total > 0 else -math.inf
        return float(np.logaddexp(log_others, child.log_p + log_theta))

    def with_token(self, token: int, others: NDArray[np.floating]) -> Branches:
        """The branches with a token of the rest by itself; `others` are the weights of the rest (`weights_of_rest`)."""
        mass = float(others[token])
        tokens = np.append(self.tokens, np.int32(token))
        masses = np.append(self.masses, mass)
        # The rest is the first entry.
        masses[0] = others[:token].sum(dtype=np.float64) + others[token + 1 :].sum(dtype=np.float64)
        return Branches(tokens, masses, self.log_scale, self.log_offset, self.model_log_stop, self.digest)


def grow(scores: Scores, allowed: Allowed, ends: NDArray[np.int64]) -> Branches:
    """The branches of a node, every bound being 1."""
    weights, log_scale = _weights(scores, allowed, ends)
    tokens: list[int] = []
    masses: list[float] = []
    model_log_stop = -math.inf
    if allowed.may_stop:
        tokens, masses = [STOP], [float(weights[ends].sum(dtype=np.float64))]
        model_log_stop = float(np.logaddexp.reduce(scores.model_log_probs(ends)))
        weights[ends] = 0
    kept = _most_probable(weights)
    if len(kept) < np.count_nonzero(weights):
        others = weights.copy()
        others[kept] = 0
        tokens, masses = [REST, *tokens], [float(others.sum(dtype=np.float64)), *masses]
    temperature = scores.target.temperature
    return Branches(
        np.concatenate([np.array(tokens, np.int32), kept.astype(np.int32)]),
        np.concatenate([np.array(masses, np.float64), weights[kept].astype(np.float64)]),
        log_scale,
        temperature * scores.target_log_norm - scores.log_norm,
        model_log_stop,
        digest_of(allowed),
    )


def dead(allowed: Allowed) -> Branches:
    """The branches where nothing may come next."""
    return Branches(np.empty(0, np.int32), np.empty(0), 0.0, 0.0, -math.inf, digest_of(allowed))


def weights_of_rest(
    branches: Branches, scores: Scores, allowed: Allowed, ends: NDArray[np.int64]
) -> NDArray[np.floating]:
    """The masses of the tokens that are not kept, `float[width]` with 0 for all others, on the scale of `branches`."""
    weights, log_scale = _weights(scores, Allowed(allowed.tokens, may_stop=False), ends)
    weights[branches.tokens[branches.tokens >= 0]] = 0
    shift: NDArray[np.floating] = weights * math.exp(log_scale - branches.log_scale)
    return shift


def digest_of(allowed: Allowed) -> int:
    """A checksum of what is allowed."""
    return crc32(np.packbits(allowed.tokens).tobytes()) << 1 | allowed.may_stop


def _weights(scores: Scores, allowed: Allowed, ends: NDArray[np.int64]) -> tuple[Logits, float]:
    """The target's probabilities of the allowed tokens, `float[width]` over exp of the second value; 0 for others."""
    width = len(scores.weights)
    row = np.zeros(width, dtype=np.bool_)
    row[: len(allowed.tokens)] = allowed.tokens[:width]
    row[ends] = allowed.may_stop
    weights: Logits = scores.weights * row
    if weights.max() >= _FAINT:
        return weights, -scores.log_total
    # Next to the best token these are almost nothing: taken by themselves, none of them is lost to rounding.
    tokens = np.flatnonzero(row)
    logs = scores.log_probs(tokens)
    best = float(logs.max(initial=-math.inf))
    if best == -math.inf:
        return np.zeros(width), 0.0
    faint = np.zeros(width)
    faint[tokens] = np.exp(logs - best)
    return faint, best


def _most_probable(weights: Logits) -> NDArray[np.int64]:
    """The ids of all positive weights, or of large ones, at most `KEPT`, in ascending order."""
    if np.count_nonzero(weights) <= KEPT:
        return np.flatnonzero(weights)
    # The smallest weight to keep is estimated from every sixteenth, which is much faster than to rank them all.
    rank = max(1, KEPT * 9 // 10 // _STRIDE)
    kept = np.flatnonzero(weights > np.partition(weights[::_STRIDE], -rank)[-rank])
    return kept if KEPT // 2 < len(kept) <= KEPT else np.sort(np.argpartition(weights, -KEPT)[-KEPT:])
