"""A member of the language as the chain knows it, and where it may be cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from samplers.mcmc.reading import Reading
from samplers.spot import Spot

Cut: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From the perplexities `float64[positions]` of the draws of a text to weights of its positions; the first has some."""


def restart(perplexities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Always at the beginning."""
    return np.where(np.arange(len(perplexities)) == 0, 1.0, 0.0)


def uniform(perplexities: NDArray[np.float64]) -> NDArray[np.float64]:
    """At every position alike."""
    return np.ones(len(perplexities))


def priority(perplexities: NDArray[np.float64]) -> NDArray[np.float64]:
    """In proportion to the perplexity of the draw."""
    return perplexities


CUTS: Final[Mapping[str, Cut]] = {"restart": restart, "uniform": uniform, "priority": priority}


class Position(NamedTuple):
    """A choice that was taken, a token or the stop, at a spot."""

    spot: Spot
    log_prob: float
    model_log_prob: float
    log_share: float
    perplexity: float


def position(spot: Spot, reading: Reading, number: int) -> Position:
    """The choice of a number after what was read."""
    return Position(
        spot,
        float(reading.log_probs[number]),
        float(reading.model_log_probs[number]),
        float(reading.log_shares[number]),
        reading.perplexity,
    )


@dataclass(frozen=True)
class Text:
    """`tokens`, and a position for each and for the stop.

    `log_mass` is log p, `log_prob` the model's own; `log_cuts` float64[positions] are log c, and `log_ends` the
    logarithms of the masked probabilities of all that is behind each position.
    """

    tokens: tuple[int, ...]
    positions: tuple[Position, ...]
    log_mass: float
    log_prob: float
    log_cuts: NDArray[np.float64]
    log_ends: NDArray[np.float64]

    @staticmethod
    def of(tokens: Sequence[int], positions: Sequence[Position], cut: Cut) -> Text:
        """The text that was written by these choices."""
        weights = cut(np.array([each.perplexity for each in positions]))
        with np.errstate(divide="ignore"):
            log_cuts = np.log(weights / weights.sum())
        log_ends = np.cumsum([each.log_share for each in reversed(positions)])[::-1]
        log_mass = sum(each.log_prob for each in positions)
        log_prob = sum(each.model_log_prob for each in positions)
        return Text(tuple(tokens), tuple(positions), log_mass, log_prob, log_cuts, log_ends)
