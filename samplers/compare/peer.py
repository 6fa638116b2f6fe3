"""`genlm-control` as the comparison runs it: its AWRS with its own defaults, but for batching, which single draws lack.

What it needs of a problem is made beforehand: its time, too, begins with a row of scores.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any

import numpy as np
import torch
from genlm.control import Potential
from genlm.control.sampler import AWRS

from samplers.compare.measure import Draw
from samplers.compare.problems import Predicate, TokenProblem
from samplers.validate.checks.overhead import ReadyModel


class Rows(Potential):  # type: ignore[misc]  # its types are unknown
    """A language model whose rows are ready; tokens are numbers, and the end comes last."""

    def __init__(self, rows: Sequence[Any], numbers: Sequence[int]) -> None:
        super().__init__(list(numbers))
        self._rows = [self.make_lazy_weights(torch.tensor(row)) for row in rows]

    async def logw_next(self, context: Sequence[int]) -> Any:
        """The scores after a context, which its last token tells."""
        return self._rows[context[-1] % len(self._rows) if context else 0]

    async def prefix(self, context: Sequence[int]) -> float:
        """Nothing that is drawn asks for the scores of whole texts."""
        del context
        return 0.0

    async def complete(self, context: Sequence[int]) -> float:
        """The same."""
        del context
        return 0.0


class Condition(Potential):  # type: ignore[misc]  # its types are unknown
    """A predicate over the last token of a text; `end` is the token that it knows the end by."""

    def __init__(self, predicate: Predicate, numbers: Sequence[int], end: int) -> None:
        super().__init__(list(numbers))
        self._predicate, self._end = predicate, end

    async def prefix(self, context: Sequence[int]) -> float:
        """0 where the last token is allowed, minus infinity elsewhere."""
        return 0.0 if not context or self._predicate(context[-1]) else -math.inf

    async def complete(self, context: Sequence[int]) -> float:
        """The same for the end."""
        del context
        return 0.0 if self._predicate(self._end) else -math.inf

    async def logw_eos(self, context: Sequence[int]) -> float:
        """The weight of the end after a text, which would else be read off a row with a question for each token."""
        return await self.complete(context)


def sampler(problem: TokenProblem, predicate: Predicate, seed: int) -> Draw:
    """Its AWRS on a row of scores."""
    numbers = range(len(problem.logits) - 1)
    method = AWRS(Rows([problem.logits], numbers), Condition(predicate, numbers, len(numbers)), seed, autobatch=False)
    loop = asyncio.new_event_loop()

    def draw() -> float:
        _, log_weight, _ = loop.run_until_complete(method.sample([]))
        return math.exp(log_weight - log_norm)

    log_norm = float(np.logaddexp.reduce(problem.logits.astype(np.float64)))
    return draw


def populations(predicate: Predicate) -> Callable[[int, int], float]:
    """Its sequential Monte Carlo, on the model that `samplers.compare.own` has: milliseconds a token and particle."""
    rows = [np.roll(row, -1) for row in ReadyModel().rows]
    numbers = range(1, len(rows[0]))
    method = AWRS(Rows(rows, numbers), Condition(predicate, numbers, 0))

    def run(particles: int, tokens: int) -> float:
        begun = process_time()
        drawn = asyncio.run(method.smc(particles, 0.5, tokens))
        elapsed = 1000 * (process_time() - begun)
        return elapsed / sum(len(context) for context in drawn.contexts)

    return run
