"""Scores of texts, by which a target is multiplied: hard ones that refuse, soft ones that prefer, products of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from constrain.errors import GenerationError
from samplers.monitor import whole_characters


@dataclass(frozen=True)
class Draft:
    """A text under way: its tokens, without the one that ends it, and the bytes that they spell."""

    tokens: tuple[int, ...]
    content: bytes

    @property
    def text(self) -> str:
        """The text, without a character at the end of which bytes are missing."""
        return whole_characters(self.content) or ""


class Critic(Protocol):
    """Logarithms of scores: minus infinity refuses, any other finite number prefers.

    The law that is sampled is the target times exp(`complete`). `prefix` steers the particles there and cancels; where
    it is minus infinity every text that begins so has to be refused too.
    """

    def prefix(self, draft: Draft) -> float:
        """The score of a text that goes on."""

    def complete(self, draft: Draft) -> float:
        """The score of a text that is complete."""


@dataclass(frozen=True)
class Product:
    """Several critics as one: their scores are multiplied, those after a refusal not asked for."""

    critics: Sequence[Critic]

    def prefix(self, draft: Draft) -> float:
        """The sum of the logarithms."""
        return _sum(self.critics, lambda critic: critic.prefix(draft))

    def complete(self, draft: Draft) -> float:
        """The sum of the logarithms."""
        return _sum(self.critics, lambda critic: critic.complete(draft))


def _sum(critics: Sequence[Critic], score: Callable[[Critic], float]) -> float:
    total = 0.0
    for critic in critics:
        total += checked(score(critic))
        if total == -math.inf:
            break
    return total


def checked(score: float) -> float:
    """A score; raises `GenerationError` for one that is no logarithm of a weight."""
    if math.isnan(score) or score == math.inf:
        raise GenerationError(f"a critic's score is {score}: return a finite logarithm, or minus infinity to refuse")
    return float(score)
