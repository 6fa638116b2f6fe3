"""What both libraries are given: scores, and a predicate over tokens that counts how often it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 131_072
SPREAD: Final = 3.0
SHARES: Final = (0.3, 0.25, 0.2, 0.15, 0.1)
ACCEPTED: Final = (0, 2)
SURE: Final = 0.995


@dataclass
class Predicate:
    """Which tokens are allowed, `bool[width]`; `asked` counts the questions."""

    row: NDArray[np.bool_]
    asked: int = field(default=0, init=False)

    def __call__(self, token: int) -> bool:
        """Whether a token is allowed."""
        self.asked += 1
        return bool(self.row[token])


@dataclass(frozen=True)
class TokenProblem:
    """One token to draw: scores `float[width]`, the last of which is that of the end, and what is allowed of them."""

    logits: NDArray[np.floating]
    allowed: NDArray[np.bool_]


def five_tokens() -> TokenProblem:
    """The example that the variance is known of exactly; the end has probability 0."""
    with np.errstate(divide="ignore"):
        logits = np.log([*SHARES, 0.0])
    return TokenProblem(logits, np.isin(np.arange(len(logits)), ACCEPTED))


def share_allowed(share: float, seed: int) -> TokenProblem:
    """A row of N(0, 3²) of which a random part is allowed, such that it has about a share of the mass."""
    source = np.random.default_rng(seed)
    logits = source.standard_normal(WIDTH, dtype=np.float32) * np.float32(SPREAD)
    return TokenProblem(logits, source.random(WIDTH) < share)


def sure_token(seed: int) -> TokenProblem:
    """The same with an allowed token of p = `SURE`."""
    problem = share_allowed(0.5, seed)
    others = np.logaddexp.reduce(problem.logits[1:].astype(np.float64))
    problem.logits[0] = others + np.log(SURE / (1 - SURE))
    problem.allowed[0] = True
    return problem


WIDE: Final[dict[str, Callable[[int], TokenProblem]]] = {
    "90 % of the mass allowed": lambda seed: share_allowed(0.9, seed),
    "50 % of the mass allowed": lambda seed: share_allowed(0.5, seed),
    f"an allowed token of p = {SURE}": sure_token,
}
