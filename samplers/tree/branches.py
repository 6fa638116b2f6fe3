"""What a node of the prefix tree keeps of the model: how much of its probability may go on through each token.

A row of 131,072 probabilities is too much to keep for every prefix. A node keeps those of the allowed tokens, and of
these at most the `KEPT` most probable ones, 12 bytes each: under 50 kB. The sum of all others is one entry more, the
rest, so that nothing is lost: who draws the rest reads the row again and draws among its tokens.

Masses are p(a|u) θ(ua) over exp(`log_scale`). They are always summed anew, never corrected by differences: bounds fall
by many orders of magnitude, and what would be left of a difference is rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from samplers.kernels import BLOCK, clear, keep_allowed, set_bits, split
from samplers.language import Allowed
from samplers.randomness import choose
from samplers.target import Logits, Scores

if TYPE_CHECKING:
    from samplers.tree.node import Node

STOP: Final = -1
"""The token that stands for the end of the text."""
REST: Final = -2
"""The token that stands for all allowed ones that are not kept."""
KEPT: Final = 4000
_STRIDE: Final = 64
_FAINT: Final = 1e-12
_TINY: Final = 1e-200
_LARGE: Final = 500.0


@dataclass
class Branches:
    """`tokens` int32[k] and `masses` float64[k] beside each other; tokens that are drawn from the rest are added last.

    `log_offset` turns the target's log-probabilities into the model's own (`Scores`), `model_log_stop` is the model's
    own log-probability of the stop.
    """

    tokens: NDArray[np.int32]
    masses: NDArray[np.float64]
    log_scale: float
    log_offset: float
    model_log_stop: float
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
        was_settled, self.is_settled = self.is_settled, False
        child.log_theta = log_theta
        log_mass = child.log_p + log_theta - self.log_scale
        self.masses[child.slot] = math.exp(log_mass) if log_mass < _LARGE else math.inf
        if not (was_settled and _TINY < self.masses.sum() < math.inf):
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

    def with_token(self, token: int, mass: float, rest: float) -> Branches:
        """The branches with a token of the rest by itself, and what is left of the rest (`Rest.without`)."""
        tokens = np.append(self.tokens, np.int32(token))
        masses = np.append(self.masses, mass)
        # The rest is the first entry.
        masses[0] = rest
        return Branches(tokens, masses, self.log_scale, self.log_offset, self.model_log_stop)


def grow(scores: Scores, allowed: Allowed, ends: NDArray[np.int64]) -> Branches:
    """The branches of a node, every bound being 1."""
    log_stop = model_log_stop = -math.inf
    if allowed.may_stop:
        log_stop, model_log_stop = scores.pooled(ends)
    row = _fitted(allowed.tokens, len(scores.weights))
    few = _true_ids(row, KEPT) if np.count_nonzero(row) <= KEPT else None
    parts = _spread_many(scores, row, log_stop) if few is None else _spread_few(scores, few, log_stop)
    head = [(REST, parts.rest)] * (parts.rest > 0) + [(STOP, parts.stop)] * allowed.may_stop
    return Branches(
        np.concatenate([np.array([token for token, _ in head], np.int32), parts.tokens.astype(np.int32)]),
        np.concatenate([np.array([mass for _, mass in head], np.float64), parts.masses]),
        parts.log_scale,
        scores.target.temperature * scores.target_log_norm - scores.log_norm,
        model_log_stop,
    )


def dead() -> Branches:
    """The branches where nothing may come next."""
    return Branches(np.empty(0, np.int32), np.empty(0), 0.0, 0.0, -math.inf)


@dataclass(frozen=True)
class Rest:
    """The tokens that are not kept: `weights` float[width], their sums by blocks, and what turns them into masses."""

    weights: Logits
    sums: NDArray[np.float64]
    scale: float

    def draw(self, rng: np.random.Generator) -> int:
        """A token in proportion to its mass."""
        block = choose(self.sums, rng)
        row = self.weights[block * BLOCK : (block + 1) * BLOCK]
        return block * BLOCK + choose(row.astype(np.float64), rng)

    def without(self, token: int) -> tuple[float, float]:
        """The mass of a token, and that of all others; the token is gone from then on."""
        mass = float(self.weights[token])
        clear(self.weights, self.sums, np.array([token]))
        return mass * self.scale, float(self.sums.sum()) * self.scale


def rest_of(branches: Branches, scores: Scores, allowed: Allowed) -> Rest:
    """The rest of a node, on the scale of its branches."""
    row = _fitted(allowed.tokens, len(scores.weights))
    weights, log_scale = scores.weights.copy(), -scores.log_total
    sums = _keep_rest(weights, row, branches)
    if sums.sum() < _FAINT:
        weights, log_scale = _faint(scores, row)
        sums = _keep_rest(weights, row, branches)
    return Rest(weights, sums, math.exp(log_scale - branches.log_scale))


def _keep_rest(weights: Logits, row: NDArray[np.bool_], branches: Branches) -> NDArray[np.float64]:
    """Sets all weights to 0 that are not of the rest, and returns the sums by blocks."""
    weights[branches.tokens[branches.tokens >= 0]] = 0
    sums = np.empty(-(-len(weights) // BLOCK))
    keep_allowed(weights, row, sums)
    return sums


class _Parts(NamedTuple):
    """Tokens and their masses over exp(`log_scale`), and those of the stop and of all tokens that are not kept."""

    tokens: NDArray[np.int64]
    masses: NDArray[np.float64]
    stop: float
    rest: float
    log_scale: float


def _spread_few(scores: Scores, tokens: NDArray[np.int64], log_stop: float) -> _Parts:
    """All allowed tokens."""
    logs = scores.log_probs(tokens)
    log_scale = max(float(logs.max(initial=-math.inf)), log_stop)
    log_scale = log_scale if log_scale > -math.inf else 0.0
    return _Parts(tokens, np.exp(logs - log_scale), math.exp(log_stop - log_scale), 0.0, log_scale)


def _spread_many(scores: Scores, row: NDArray[np.bool_], log_stop: float) -> _Parts:
    """The most probable of the allowed tokens."""
    weights, log_scale = scores.weights, -scores.log_total
    kept, rest = _most_probable(weights, row)
    masses = weights[kept].astype(np.float64)
    if float(masses.sum()) + rest + math.exp(log_stop - log_scale) < _FAINT:
        weights, log_scale = _faint(scores, row, log_stop)
        kept, rest = _most_probable(weights, row)
        masses = weights[kept]
    return _Parts(kept, masses, math.exp(log_stop - log_scale), rest, log_scale)


def _faint(scores: Scores, row: NDArray[np.bool_], log_stop: float = -math.inf) -> tuple[NDArray[np.float64], float]:
    """The target's probabilities of the allowed tokens, `float64[width]` over exp of the second value; 0 for others.

    For those that are almost nothing next to the best token: taken by themselves, none of them is lost to rounding.
    """
    parts = _spread_few(scores, np.flatnonzero(row), log_stop)
    faint = np.zeros(len(row))
    faint[parts.tokens] = parts.masses
    return faint, parts.log_scale


def _fitted(row: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """What is allowed, as wide as the scores; ids beyond them, or beyond the vocabulary, stand for no text."""
    return row[:width] if len(row) >= width else np.pad(row, (0, width - len(row)))


def _most_probable(weights: Logits, row: NDArray[np.bool_]) -> tuple[NDArray[np.int64], float]:
    """The ids of all positive weights that a row allows, or of large ones, at most `KEPT`; and the others' sum."""
    # The smallest weight to keep is estimated from some of them, which is much faster than to rank them all.
    rank = max(1, KEPT * 8 // 10 // _STRIDE)
    least = np.partition(weights[::_STRIDE] * row[::_STRIDE], -rank)[-rank]
    large = np.empty(len(weights), np.bool_)
    rest = split(weights, row, least, large)
    kept = _true_ids(large, 2 * KEPT)
    if kept is None or len(kept) < (KEPT // 2 if least else 0):
        kept, rest = np.flatnonzero(row), 0.0
    if len(kept) > KEPT:
        ranked = np.argpartition(weights[kept], -KEPT)
        rest += float(weights[kept[ranked[:-KEPT]]].sum(dtype=np.float64))
        kept = np.sort(kept[ranked[-KEPT:]])
    return kept, rest


def _true_ids(row: NDArray[np.bool_], most: int) -> NDArray[np.int64] | None:
    """The ids for which a row is true, or None where these are more than `most`."""
    octets = np.zeros(8 * -(-len(row) // 64), np.uint8)
    octets[: -(-len(row) // 8)] = np.packbits(row, bitorder="little")
    ids = np.empty(most, np.int64)
    count = set_bits(octets.view(np.uint64), ids)
    return ids[:count] if count <= most else None
