"""What the prefix tree keeps: bounds that hold whatever is forgotten, interrupted or shared."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import numpy as np
import pytest
import torch

from constrain import Vocabulary, compile_choice
from samplers import AdaptiveRejection, ASAp, Target, WeightedTree
from samplers.language import Allowed, Completable, Language
from samplers.monitor import TextMonitor, WatchedLanguage
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.target import OWN, Logits
from samplers.tree import branches, prefix_tree
from samplers.tree.prefix_tree import PrefixTree
from samplers.tree.shared import share_tree, shared_tree
from samplers.tree.walk import attempt
from samplers.validate.enumeration import Row
from samplers.validate.statistics import chi_square_p
from samplers.validate.table import TableLanguageModel
from tests.samples_of_trees import HARNESS, check_bounds, counts_of


def test_a_known_node_costs_no_forward() -> None:
    problem = HARNESS.problem()
    ASAp().draw(problem, 3000, make_rng(0))
    tree = shared_tree(problem)
    assert problem.model.forwards <= len(tree)
    before = problem.model.forwards, problem.language.evaluations
    known = [node for node in tree.nodes() if node.branches is not None]
    for node in known:
        tree.open(node, problem)
    assert (problem.model.forwards, problem.language.evaluations) == before


@pytest.mark.parametrize("memory_limit", [4000, 20_000])
def test_a_small_memory_costs_forwards_and_nothing_else(memory_limit: int) -> None:
    law, problem = HARNESS.law(), HARNESS.problem()
    tree = shared_tree(problem)
    sampler = AdaptiveRejection(memory_limit=memory_limit)
    counts = Counter[Row]()
    rng = make_rng(2)
    for _ in range(10):
        counts += counts_of(sampler.draw(problem, 100, rng))
        check_bounds(tree, problem, law.masses)
        held = [node for node in tree.nodes() if node.branches is not None]
        assert tree.memory_bytes == sum(prefix_tree._bytes_of(node) for node in held) <= memory_limit
    assert chi_square_p(counts, law.probabilities()) > 1e-3
    assert problem.model.forwards > 200


@pytest.mark.parametrize("kept", [1, 2, 4])
def test_what_is_not_kept_is_drawn_by_reading_again(monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    monkeypatch.setattr(branches, "KEPT", kept)
    law, problem = HARNESS.law(), HARNESS.problem()
    samples = AdaptiveRejection().draw(problem, 1500, make_rng(4))
    assert chi_square_p(counts_of(samples), law.probabilities()) > 1e-3
    check_bounds(shared_tree(problem), problem, law.masses)
    rests = [node for node in shared_tree(problem).nodes() if node.branches and branches.REST in node.branches.tokens]
    assert rests
    for sample in samples[:50]:
        assert sample.log_prob == pytest.approx(math.log(law.masses[tuple(sample.tokens)]), abs=1e-9)


def test_the_rest_is_on_the_scale_of_what_is_kept() -> None:
    logits = np.random.default_rng(3).normal(size=branches.KEPT * 3) * 2
    allowed = Allowed(np.ones(len(logits), dtype=np.bool_), may_stop=False)
    scores = OWN.read(logits)
    kept = branches.grow(scores, allowed, np.array([0]))
    kept.settle([])
    rest = branches.rest_of(kept, scores, allowed)
    others = rest.weights.astype(np.float64) * rest.scale
    assert kept.tokens[0] == branches.REST
    assert others.sum() == pytest.approx(kept.masses[0], rel=1e-5)
    best = int(others.argmax())
    apart = kept.with_token(best, *rest.without(best))
    assert apart.masses[0] == pytest.approx(others.sum() - others.max(), rel=1e-5)
    assert apart.log_total == pytest.approx(kept.log_total, rel=1e-5)


class Interruption:
    """Raises KeyboardInterrupt at the nth line of the tree's code that is run."""

    def __init__(self, line: int) -> None:
        self.left = line

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        # `attempt` takes the lock: a signal, in contrast to a trace, never comes between a lock and its release.
        if "samplers/tree" not in code.co_filename.replace("\\", "/") or code.co_name == "attempt":
            return None
        if event == "line":
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt
        return self


def test_an_interruption_at_any_line_leaves_bounds_that_hold() -> None:
    law, problem = HARNESS.law(), HARNESS.problem()
    tree = PrefixTree(problem.language.start, 6000)
    rng, interrupted = make_rng(0), 0
    for line in [*range(1, 150), *range(150, 1500, 17)]:
        sys.settrace(Interruption(line))
        try:
            for _ in range(4):
                attempt(tree, problem, rng)
        except KeyboardInterrupt:
            interrupted += 1
        finally:
            sys.settrace(None)
        check_bounds(tree, problem, law.masses)
    assert interrupted > 100
    share_tree(problem, tree)
    counts = counts_of(AdaptiveRejection().draw(problem, 1000, rng))
    assert chi_square_p(counts, law.probabilities()) > 1e-3


def test_masses_of_an_interrupted_update_are_put_right_by_the_next_one() -> None:
    problem = HARNESS.problem()
    tree = PrefixTree(problem.language.start)
    for seed in range(20):
        attempt(tree, problem, make_rng(seed))
    opened, (first, second, *_) = tree.open(tree.root, problem), tree.root.children.values()
    opened.is_settled = False
    first.log_theta -= 1.0  # the interruption came before the mass of this child
    opened.bound(second, second.log_theta - 1.0, tree.root.children.values())
    for child in (first, second):
        expected = child.log_p + child.log_theta
        assert math.log(opened.masses[child.slot]) + opened.log_scale == pytest.approx(expected)


def test_bounds_far_below_the_smallest_number_are_kept_apart() -> None:
    """Thirty forced tokens, each of which the model all but refuses: Z is about exp(-3000)."""
    word = "ab" * 15
    vocabulary = Vocabulary([b"a", b"b", b"c", b""], [3])
    automaton = compile_choice([word, "cb" + word[2:]], vocabulary)

    class Reluctant(TableLanguageModel):
        def row(self, tokens: Sequence[int]) -> Logits:
            wanted = (word + "$")[len(tokens)]
            return np.array([-100.0 if text == wanted else 0.0 for text in "abc$"])

    problem = Problem(Reluctant(4), Language(automaton, 30), OWN)
    samples = WeightedTree().draw(problem, 40, make_rng(0))
    other = "cb" + word[2:]
    log_prob = -3000 - 31 * math.log(3)
    assert [sample.text for sample in samples][3:] == [other] * 37
    last = samples[-1]
    assert (last.log_prob, last.log_weight) == pytest.approx((log_prob, log_prob))
    assert samples.statistics.log_z == pytest.approx(last.log_prob, abs=0.2)


def test_trees_are_shared_by_problems_that_differ_in_nothing() -> None:
    problem = HARNESS.problem()
    same = Problem(problem.model, Language(problem.language.automaton, 5), OWN)
    assert shared_tree(same) is shared_tree(problem)
    for other in (
        Problem(problem.model, Language(problem.language.automaton, 4), OWN),
        Problem(problem.model, problem.language, Target(temperature=0.5)),
        HARNESS.problem(),
    ):
        assert shared_tree(other) is not shared_tree(problem)


def test_languages_under_other_monitors_have_other_trees() -> None:
    automaton, model = HARNESS.problem().language.automaton, TableLanguageModel(7, 1)
    for digit in "01":
        watch = TextMonitor(automaton.vocabulary, lambda text, digit=digit: text.endswith(digit))  # type: ignore[misc]
        problem: Problem[Any] = Problem(model, WatchedLanguage(Completable(automaton, 5), watch), OWN)
        assert {sample.text[-1] for sample in ASAp().draw(problem, 50, make_rng(0))} == {digit}
    exact = Problem(model, Language(automaton, 5), OWN)
    assert {sample.text[-1] for sample in ASAp().draw(exact, 50, make_rng(0))} == {"0", "1"}


def test_threads_take_turns_on_one_tree() -> None:
    law, model = HARNESS.law(), TableLanguageModel(7, 1)
    automaton = HARNESS.problem().language.automaton

    def draw(seed: int) -> Counter[Row]:
        problem = Problem(model, Language(automaton, 5), OWN)
        return counts_of(AdaptiveRejection().draw(problem, 300, make_rng(seed)))

    with ThreadPoolExecutor(4) as pool:
        counts = sum(pool.map(draw, range(4)), Counter[Row]())
    assert chi_square_p(counts, law.probabilities()) > 1e-3
    problem = Problem(model, Language(automaton, 5), OWN)
    check_bounds(shared_tree(problem), problem, law.masses)


def test_a_wide_row_is_kept_in_little_memory() -> None:
    width = 131_072
    logits = (np.random.default_rng(0).standard_normal(width) * 3).astype(np.float32)
    allowed = Allowed(np.ones(width, dtype=np.bool_), may_stop=False)
    ends = np.array([7])
    allowed.tokens[7] = False
    scores = OWN.read(logits)
    kept = branches.grow(scores, allowed, ends)
    assert kept.memory_bytes <= 100_000
    assert kept.tokens[0] == branches.REST
    truth = torch.tensor(logits).double().softmax(dim=-1).numpy()
    assert math.exp(kept.log_total) == pytest.approx(1 - truth[7], rel=1e-6)
    rest = branches.rest_of(kept, scores, allowed)
    share = 1 - truth[7] - truth[kept.tokens[1:]].sum()
    assert np.exp(kept.log_scale) * rest.scale * rest.sums.sum() == pytest.approx(share, rel=1e-5)
    token = rest.draw(make_rng(0))
    assert token not in kept.tokens
    mass, others = rest.without(token)
    assert np.exp(kept.log_scale) * mass == pytest.approx(truth[token], rel=1e-5)
    assert np.exp(kept.log_scale) * others == pytest.approx(share - truth[token], rel=1e-5)
    assert np.exp(kept.log_scale) * kept.masses[1:] == pytest.approx(truth[kept.tokens[1:]], rel=1e-5)
    faint = branches.grow(scores, Allowed(truth < 1e-12, may_stop=False), ends)
    assert math.exp(faint.log_total) == pytest.approx(truth[(truth < 1e-12)].sum(), rel=1e-5)
