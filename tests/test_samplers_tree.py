"""The prefix tree against rational arithmetic over all draws."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from constrain import Vocabulary, compile_choice
from samplers.language import Language, Place
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.target import OWN, Logits
from samplers.tree import branches, prefix_tree
from samplers.tree.prefix_tree import PrefixTree
from samplers.tree.walk import attempt
from samplers.validate.enumeration import Row
from tests.rational_tree import STOP, Outcome, RationalProblem, RationalTree
from tests.samples_of_trees import HARNESS

# Tokens a, b, ab, and the end. "abb" can not be completed in two tokens after a, b: that attempt is lost.
TEXTS = ["a", "b", "ab"]
WORDS = ["a", "abb", "ba"]
LIMIT = 2


class RationalModel:
    """Scores that are logarithms of fractions."""

    forwards = 0
    prompt: tuple[int, ...] = ()

    def __init__(self, shares: Mapping[Row, Mapping[int, Fraction]]) -> None:
        self._shares = shares
        self.owner = self

    def logits(self, tokens: Sequence[int]) -> Logits:
        shares = self._shares[tuple(tokens)]
        return np.array([math.log(shares[token]) for token in (0, 1, 2, STOP)])

    def logits_of(self, rows: Sequence[Sequence[int]]) -> list[Logits]:
        return [self.logits(row) for row in rows]


def all_rows(limit: int) -> Iterator[Row]:
    rows: list[Row] = [()]
    for row in rows:
        yield row
        rows += [(*row, token) for token in range(3)] if len(row) < limit else []


def spell(row: Row) -> str:
    return "".join(TEXTS[token] for token in row)


def rational_problem(seed: int) -> tuple[RationalProblem, Problem[Place]]:
    source = np.random.default_rng(seed)
    shares = {}
    for row in all_rows(LIMIT):
        parts = source.integers(1, 9, size=4).tolist()
        shares[row] = {token: Fraction(part, sum(parts)) for token, part in zip((0, 1, 2, STOP), parts, strict=True)}
    prefixes = {word[:length] for word in WORDS for length in range(len(word) + 1)}
    allowed = {
        row: {token: p for token, p in options.items() if token == STOP or spell((*row, token)) in prefixes}
        for row, options in shares.items()
    }
    members = frozenset(row for row in all_rows(LIMIT) if spell(row) in WORDS)
    vocabulary = Vocabulary([text.encode() for text in TEXTS] + [b""], [3])
    language = Language(compile_choice(WORDS, vocabulary), LIMIT)
    return RationalProblem(allowed, members, LIMIT), Problem(RationalModel(shares), language, OWN)


def histories(tree: RationalTree, length: int) -> Iterator[tuple[Fraction, tuple[Outcome, ...], RationalTree]]:
    """All rows of attempts, their probability, and the tree after them."""
    if not length:
        yield Fraction(1), (), tree
        return
    for q, outcomes, grown in histories(tree, length - 1):
        for outcome in grown.attempts():
            yield q * outcome.q, (*outcomes, outcome), grown.after(outcome.row)


@pytest.mark.parametrize("seed", range(3))
def test_weights_are_unbiased_after_every_history_in_rational_arithmetic(seed: int) -> None:
    rational, _ = rational_problem(seed)
    z = sum(rational.mass(row) for row in rational.members)
    assert any(not outcome.is_member for outcome in RationalTree(rational).attempts())
    for length in (0, 1, 2):
        for _, _, tree in histories(RationalTree(rational), length):
            by_row: dict[Row, Fraction] = defaultdict(Fraction)
            accepted: dict[Row, Fraction] = defaultdict(Fraction)
            for outcome in tree.attempts():
                by_row[outcome.row] += outcome.q * outcome.w
                accepted[outcome.row] += outcome.q * outcome.w / outcome.bound
                assert 0 <= outcome.w <= outcome.bound
            assert {row: mass for row, mass in by_row.items() if mass} == {
                row: rational.mass(row) for row in rational.members
            }
            assert sum(by_row.values()) == z
            total = sum(accepted.values())
            assert {row: share / total for row, share in accepted.items() if share} == {
                row: rational.mass(row) / z for row in rational.members
            }


class Script:
    """Stands in for the random choice: takes the tokens that it is told, and multiplies up their probabilities."""

    def __init__(self, slots: Iterable[int]) -> None:
        self.slots, self.q = iter(slots), 1.0

    def __call__(self, weights: np.ndarray[Any, Any], _: Any) -> int:
        slot = next(self.slots)
        self.q *= float(weights[slot] / weights.sum())
        return slot


def follow(monkeypatch: pytest.MonkeyPatch, problem: Problem[Place], outcomes: Sequence[Outcome]) -> None:
    tree = PrefixTree(problem.language.start)
    for outcome in outcomes:
        script = Script(slots_of(tree, problem, outcome))
        monkeypatch.setattr(prefix_tree, "choose", script)
        made = attempt(tree, problem, make_rng(0))
        assert (tuple(made.tokens), made.is_member) == (outcome.row, outcome.is_member)
        assert script.q == pytest.approx(float(outcome.q), rel=1e-12)
        assert math.exp(made.log_weight) == pytest.approx(float(outcome.w), rel=1e-12)
        assert math.exp(made.log_bound) == pytest.approx(float(outcome.bound), rel=1e-12)


def slots_of(tree: PrefixTree[Place], problem: Problem[Place], outcome: Outcome) -> Iterator[int]:
    """The entries of the branches that make the draws of an outcome, looked up when they are needed."""
    node = tree.root
    for token in (*outcome.row, *([branches.STOP] if outcome.is_member else [])):
        slot = tree.open(node, problem).slot_of(token)
        assert slot is not None
        yield slot
        node = node.children.get(token, node)


@pytest.mark.parametrize("seed", range(2))
def test_the_tree_does_what_rational_arithmetic_says(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    rational, problem = rational_problem(seed)
    followed = 0
    for _, outcomes, _ in histories(RationalTree(rational), 3):
        follow(monkeypatch, problem, outcomes)
        followed += 1
    assert followed > 50


@pytest.mark.parametrize("memory_limit", [1, 6000, 12_000])
def test_weights_are_exact_in_a_tree_that_forgets(monkeypatch: pytest.MonkeyPatch, memory_limit: int) -> None:
    """At any time the probability of drawing a member, times the weight that it would have, is its mass."""
    law, problem, rng = HARNESS.law().masses, HARNESS.problem(), make_rng(0)
    tree = PrefixTree(problem.language.start, memory_limit)
    for row in list(law)[::3]:
        attempt(tree, problem, rng)
        with monkeypatch.context() as patched:
            script = Script(slots_of(tree, problem, Outcome(row, True, Fraction(0), Fraction(0), Fraction(0))))
            patched.setattr(prefix_tree, "choose", script)
            made = attempt(tree, problem, rng)
        assert (tuple(made.tokens), made.is_member) == (row, True)
        assert script.q * math.exp(made.log_weight) == pytest.approx(law[row])
        assert made.log_weight <= made.log_bound + 1e-12
    assert problem.model.forwards > 100
