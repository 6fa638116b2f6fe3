"""What a token by rejection sampling costs with a vocabulary of 131,072 tokens: looks at the constraint, and time.

Times are the processor's: medians over single draws, and of whole populations the fastest of the runs, since what else
runs on the same cores only adds to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import thread_time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from constrain import Automaton, compile_regex
from samplers.awrs import AWRS
from samplers.language import Language
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.rejection.estimators import Inquiry, Limits
from samplers.rejection.settings import ESTIMATORS
from samplers.rejection.urn import RowUrn
from samplers.sequential import SequentialMonteCarlo
from samplers.target import OWN, Logits, Scores
from samplers.validate.checks.overhead import PATTERNS, TOKENS, ReadyModel, wide_vocabulary
from samplers.validate.figures import Check, Figure, Found, Settings, Tick

WIDTH: Final = 131_072
DRAWS: Final = 1000
TIME_LIMIT: Final = 0.5  # ms
_ENDS: Final = np.array([0])
_NONE: Final = np.empty(0, np.int64)


@dataclass(frozen=True)
class _Row:
    """Scores, and which tokens are allowed: of a random part, such that they have about a share of the mass."""

    scores: Scores
    allowed: NDArray[np.bool_]

    @staticmethod
    def of_share(share: float, seed: int) -> _Row:
        source = np.random.default_rng(seed)
        logits: Logits = source.standard_normal(WIDTH, dtype=np.float32) * 3
        return _Row(OWN.read(logits), source.random(WIDTH) < share)

    @staticmethod
    def of_sure_token(seed: int) -> _Row:
        row = _Row.of_share(0.5, seed)
        logits, token = row.scores.logits.copy(), 77
        logits[token] = row.scores.log_norm + np.log(99.5)
        row.allowed[token] = True
        return _Row(OWN.read(logits), row.allowed)


PARTICLES: Final = 16
SAMPLERS: Final[dict[Any, str]] = {AWRS(): "AWRS", SequentialMonteCarlo(PARTICLES): "masked SMC"}
ROWS: Final[dict[str, tuple[Any, float]]] = {
    "90 % of the mass allowed": (lambda seed: _Row.of_share(0.9, seed), 2.2),
    "50 % of the mass allowed": (lambda seed: _Row.of_share(0.5, seed), 3.3),
    "an allowed token of p above 0.99": (_Row.of_sure_token, 1.1),
}


def _run(settings: Settings, tick: Tick) -> Found:
    figures = []
    for name, (make, limit) in ROWS.items():
        looks, times, errors = [], [], []
        for seed in range(settings.seeds):
            costs = _costs(make(seed), DRAWS // settings.seeds, seed)
            looks.append(costs[0])
            times += costs[1]
            errors.append(costs[2])
            tick()
        figures.append(Figure(f"looks at the constraint a token, {name}", float(np.mean(looks)), limit))
        figures.append(Figure(f"ms a token beyond the model's, {name}", float(np.median(times)), TIME_LIMIT))
        figures.append(Figure(f"relative variance of the weight, {name}", float(np.mean(errors))))
    model = ReadyModel()
    for name, pattern in PATTERNS.items():
        automaton = compile_regex(pattern, wide_vocabulary())
        for sampler, kind in SAMPLERS.items():
            _time(sampler, automaton, model)  # the first use of an automaton makes its tables
            time = min(_time(sampler, automaton, model) for _ in range(settings.seeds))
            figures.append(Figure(f"ms a token and particle, {kind}, {name}", time, TIME_LIMIT))
        tick()
    return Found(tuple(figures))


def _time(sampler: Any, automaton: Automaton, model: ReadyModel) -> float:
    """Milliseconds of processor time for each token of a population, the reading of rows by the model not included."""
    problem: Problem[Any] = Problem(model, Language(automaton, TOKENS), OWN)
    begun = thread_time()
    drawn = sampler.draw(problem, PARTICLES, make_rng(0))
    return 1000 * (thread_time() - begun) / sum(1 + len(sample.tokens) for sample in drawn)


def _costs(row: _Row, draws: int, seed: int) -> tuple[float, list[float], float]:
    """Mean looks, milliseconds of processor time for each draw with the reading of the row, and relative variance."""
    rng, asked = make_rng(seed), 0
    times, weights = [], []

    def allows(token: int) -> bool:
        nonlocal asked
        asked += 1
        return bool(row.allowed[token])

    for _ in range(draws):
        begun = thread_time()
        urn = RowUrn(OWN.read(row.scores.logits), _ENDS, _NONE, rng)
        drawn = ESTIMATORS["thrifty"](urn, Inquiry(allows), Limits()).draw()
        times.append(1000 * (thread_time() - begun))
        weights.append(drawn.weight)
    return asked / draws, times, float(np.var(weights) / np.mean(weights) ** 2)


CHECK = Check("Rejection sampling of a token", lambda settings: len(ROWS) * settings.seeds + len(PATTERNS), _run)
