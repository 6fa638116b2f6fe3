"""The steps of the chain, and the probabilities with which it takes them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from samplers.language import Place
from samplers.language_model import common_length
from samplers.mcmc.reading import DEFAULT_MEMORY_BYTES, Reading, readings_of
from samplers.mcmc.text import Cut, Position, Text, position
from samplers.problem import Problem
from samplers.randomness import choose
from samplers.spot import Spot


class Chain:
    """A chain on a problem. Its states are texts, which it keeps none of; `attempts` counts the ends that it began.

    What is read of the model is kept within `memory_limit` bytes, and shared with other chains on the same problem.
    """

    def __init__(self, problem: Problem[Place], cut: Cut, memory_limit: int = DEFAULT_MEMORY_BYTES) -> None:
        self.attempts = 0
        self._problem, self._cut, self._memory_limit = problem, cut, memory_limit
        self._start = Spot.start(problem.language)

    def log_start_mass(self) -> float:
        """The logarithm of an upper bound on Z: the target's probability of all that may come first."""
        return float(np.logaddexp.reduce(self._read((), self._start).log_probs))

    def init(self, rng: np.random.Generator) -> Text | None:
        """A text written by masked draws from the beginning, or None where they died."""
        return self._write([], [], self._start, rng)

    def step(self, text: Text, rng: np.random.Generator) -> Text:
        """The next state after `text`: a new text, or the same."""
        proposed = self.propose(text, rng)
        if proposed is None or math.log1p(-rng.random()) > self.log_acceptance(text, proposed):
            return text
        return proposed

    def propose(self, text: Text, rng: np.random.Generator) -> Text | None:
        """Cuts a text and draws a new end, or None where that died: at most one generation."""
        cut = choose(np.exp(text.log_cuts), rng)
        return self._write(list(text.tokens[:cut]), list(text.positions[:cut]), text.positions[cut].spot, rng)

    def log_proposal(self, text: Text, other: Text) -> float:
        """log q(other|text), over all cuts that lead from one to the other."""
        cuts = common_length(text.tokens, other.tokens) + 1
        return float(np.logaddexp.reduce(text.log_cuts[:cuts] + other.log_ends[:cuts]))

    def log_acceptance(self, text: Text, other: Text) -> float:
        """The logarithm of the probability with which `other` is accepted after `text`."""
        there = text.log_mass + self.log_proposal(text, other)
        back = other.log_mass + self.log_proposal(other, text)
        return min(0.0, back - there)

    def text(self, tokens: Sequence[int]) -> Text:
        """A member by its tokens; ValueError for what is none, or has no probability under the target."""
        spot, positions = self._start, list[Position]()
        for at, token in enumerate((*tokens, None)):
            reading = self._read(tuple(tokens[:at]), spot)
            positions.append(position(spot, reading, reading.number_of(token)))
            spot = spot if token is None else spot.take(self._problem.language, token)
        text = Text.of(tokens, positions, self._cut)
        if text.log_mass == -math.inf:
            raise ValueError("the target gives this text no probability")
        return text

    def _write(self, tokens: list[int], positions: list[Position], spot: Spot, rng: np.random.Generator) -> Text | None:
        """Goes on from a prefix to the stop."""
        self.attempts += 1
        while not (reading := self._read(tuple(tokens), spot)).is_dead:
            number = choose(np.exp(reading.log_shares), rng)
            positions.append(position(spot, reading, number))
            if number == len(reading.tokens):
                return Text.of(tokens, positions, self._cut)
            tokens.append(int(reading.tokens[number]))
            spot = spot.take(self._problem.language, tokens[-1])
        return None

    def _read(self, tokens: tuple[int, ...], spot: Spot) -> Reading:
        return readings_of(self._problem).read(self._problem, tokens, spot, self._memory_limit)
