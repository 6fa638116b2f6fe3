"""Populations of two particles over a language of three texts, all of whose random choices can be gone through."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from constrain import Vocabulary, compile_choice
from samplers import Product
from samplers.language import Language, Place
from samplers.particles.critics import Draft
from samplers.particles.population import Particle
from samplers.particles.resampling import SCHEMES
from samplers.problem import Problem
from samplers.target import OWN
from samplers.validate.enumeration import Law, Row, law, members
from samplers.validate.table import TableLanguageModel
from tests.rational_urn import Script

# Tokens a, b, ab, and the end. "abb" can not be completed in two tokens after a, b: that particle is lost.
TEXTS = {0: "a", 1: "b", 2: "ab"}
WORDS = ["a", "abb", "ba"]
END = 3
LIMIT = 2
VOCABULARY = Vocabulary([text.encode() for text in TEXTS.values()] + [b""], [END])
AUTOMATON = compile_choice(WORDS, VOCABULARY)


def small_problem(seed: int) -> Problem[Place]:
    return Problem(TableLanguageModel(4, seed, scale=1.0), Language(AUTOMATON, LIMIT), OWN)


def small_law(seed: int) -> Law:
    model = TableLanguageModel(4, seed, scale=1.0)
    return law(lambda row: model.row(row).tolist(), members(TEXTS, WORDS, LIMIT), [END], OWN)


@dataclass(frozen=True)
class Likes:
    """Prefers texts with many b; refuses what `refused` begins."""

    refused: str = ""
    by: float = 0.7

    def prefix(self, draft: Draft) -> float:
        return -math.inf if self.refused and draft.text.startswith(self.refused) else self.by * draft.text.count("b")

    def complete(self, draft: Draft) -> float:
        return self.prefix(draft) + 0.3 * len(draft.text)


CRITICS = {"none": None, "soft": Likes(), "hard": Likes("ba"), "product": Product([Likes("ba"), Likes(by=-0.4)])}


def scripted(monkeypatch: pytest.MonkeyPatch, script: Script) -> None:
    """Takes all random choices from a script: those of tokens, and each draw of multinomial resampling."""

    def choose(weights: Any, rng: Any) -> int:
        kept = np.flatnonzero(weights)
        return int(kept[script.choose([float(weights[at] / weights.sum()) for at in kept])])  # type: ignore[misc]

    def draw_anew(weights: Any, count: int, rng: Any) -> Any:
        return np.array([choose(weights, rng) for _ in range(count)])

    monkeypatch.setattr("samplers.rejection.urn.choose", choose)
    monkeypatch.setitem(SCHEMES, "multinomial", draw_anew)


def score(critic: Any, row: Row) -> float:
    draft = Draft(row, "".join(TEXTS[token] for token in row).encode())
    return 0.0 if critic is None else float(critic.complete(draft))


def particle(log_weight: float, name: int, place: Any = None) -> Particle[Any]:
    return Particle(Draft((name,), b""), place, 0.0, log_weight, 0.0, name)
