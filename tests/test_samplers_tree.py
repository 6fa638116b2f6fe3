"""The prefix tree and its three endings, against rational arithmetic over all draws and against exact laws."""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from types import FrameType
from typing import Any

import numpy as np
import pytest
import torch

from constrain import Vocabulary, compile_choice
from constrain.errors import SettingsError
from samplers import AdaptiveRejection, ASAp, AttemptsError, EmptyLanguageError, Samples, Target, WeightedTree
from samplers.adaptive import TreeSampler
from samplers.language import Allowed, Language, Place
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.target import OWN, Logits
from samplers.tree import branches, prefix_tree
from samplers.tree.node import Node
from samplers.tree.prefix_tree import PrefixTree
from samplers.tree.shared import share_tree, shared_tree
from samplers.tree.walk import Attempt, attempt
from samplers.validate.enumeration import Row, total_variation
from samplers.validate.harness import SEEDS, Harness
from samplers.validate.statistics import chi_square_p
from samplers.validate.table import TableLanguageModel
from tests.rational_tree import STOP, Outcome, RationalProblem, RationalTree

HARNESS = Harness(1)
ENDINGS = [ASAp(), WeightedTree(), AdaptiveRejection()]

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
    for _, outcomes, _ in histories(RationalTree(rational), 3):
        follow(monkeypatch, problem, outcomes)


def shares_of(samples: Samples) -> dict[Row, float]:
    found: dict[Row, float] = defaultdict(float)
    for sample in samples:
        found[tuple(sample.tokens)] += math.exp(sample.log_weight)
    return {row: weight / sum(found.values()) for row, weight in found.items()}


def counts_of(samples: Samples) -> Counter[Row]:
    return Counter(tuple(sample.tokens) for sample in samples)


def test_adaptive_rejection_is_exact_from_the_first_sample_on() -> None:
    """Short runs on fresh trees: what the first samples of many runs are is the law, too."""
    for seed in range(20):
        harness = Harness(seed)
        law = harness.law().probabilities()
        assert chi_square_p(counts_of(AdaptiveRejection().draw(harness.problem(), 1000, make_rng(seed))), law) > 1e-3
    law, firsts = HARNESS.law().probabilities(), Counter[Row]()
    for seed in range(300):
        firsts += counts_of(AdaptiveRejection().draw(HARNESS.problem(), 3, make_rng(seed)))
    assert chi_square_p(firsts, law) > 1e-3


@pytest.mark.parametrize("target", [OWN, Target(temperature=0.7), Target(top_k=4), Target(top_p=0.9)])
@pytest.mark.parametrize("limit", [3, 5])
def test_the_endings_have_the_law_of_the_enumeration(target: Target, limit: int) -> None:
    for seed in (1, 3):
        harness = Harness(seed, target, limit)
        law = harness.law()
        for sampler in (WeightedTree(target), AdaptiveRejection(target)):
            if not law.z:
                with pytest.raises(EmptyLanguageError):
                    sampler.draw(harness.problem(), 1, make_rng(seed))
                continue
            samples = sampler.draw(harness.problem(), 2000, make_rng(seed))
            assert total_variation(shares_of(samples), law.probabilities()) < 0.06
            assert samples.statistics.log_z is not None
            assert abs(math.exp(samples.statistics.log_z) / law.z - 1) < 0.1


def test_the_estimate_of_z_is_unbiased_and_knows_its_error() -> None:
    z = HARNESS.law().z
    for sampler in ENDINGS:
        runs = [sampler.draw(HARNESS.problem(), 20, make_rng(seed)).statistics for seed in range(100)]
        estimates = np.exp(np.array([run.log_z for run in runs], dtype=np.float64))
        spread = float(estimates.std() / z)
        assert abs(float(estimates.mean()) / z - 1) < 4 * spread / 100**0.5
        stated = float(np.mean([run.log_z_error for run in runs if run.log_z_error != math.inf]))
        assert 0.5 * spread < stated < 2 * spread


@pytest.mark.parametrize("sampler", ENDINGS)
def test_log_probs_are_the_models_own(sampler: TreeSampler) -> None:
    law = HARNESS.law().masses
    for target in (OWN, Target(temperature=0.7), Target(top_k=4)):
        problem = Harness(1, target).problem()
        samples = type(sampler)(target).draw(problem, 50, make_rng(0))
        for sample in samples:
            assert sample.log_prob == pytest.approx(math.log(law[tuple(sample.tokens)]), abs=1e-9)


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


def check_bounds(tree: PrefixTree[Place], problem: Problem[Place], masses: Mapping[Row, float]) -> None:
    """Every bound is at least the truth, every node's sum at most its bound, every mass p(a|u) times the bound."""
    for node in tree.nodes():
        row = tuple(node.tokens())
        path_mass = math.exp(math.fsum(each.log_p for each in ancestors(node)))
        truth = math.fsum(mass for member, mass in masses.items() if member[: len(row)] == row) / path_mass
        assert truth <= math.exp(node.log_theta) * (1 + 1e-9)
        if node.branches is None:
            continue
        opened = tree.open(node, problem)
        assert opened.log_total <= node.log_theta + 1e-9 or node is tree.root
        for child in node.children.values():
            expected = math.exp(child.log_p + child.log_theta - opened.log_scale)
            assert opened.masses[child.slot] == pytest.approx(expected, rel=1e-9)


def ancestors(node: Node[Place] | None) -> Iterator[Node[Place]]:
    while node is not None:
        yield node
        node = node.parent


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


def test_nothing_to_draw_from_is_an_error_that_says_so() -> None:
    problem = Problem(TableLanguageModel(7), Language(HARNESS.problem().language.automaton, 2), OWN)
    for sampler in ENDINGS:
        with pytest.raises(EmptyLanguageError, match="max_new_tokens"):
            sampler.draw(problem, 1, make_rng(0))


def test_too_many_attempts_are_an_error_that_keeps_what_was_found() -> None:
    for seed in SEEDS:
        with pytest.raises(AttemptsError, match="max_attempts") as caught:
            AdaptiveRejection(max_attempts=1).draw(Harness(seed).problem(), 200, make_rng(seed))
        assert caught.value.attempts == 1
        assert len(caught.value.found) < 200
        assert caught.value.bound >= Harness(seed).law().z
    with pytest.raises(SettingsError, match="max_attempts"):
        ASAp(max_attempts=0)
    with pytest.raises(SettingsError, match="memory_limit"):
        ASAp(memory_limit=0)


def test_weights_of_later_attempts_are_zero() -> None:
    """With three tokens, the walks that took single digits are lost; their places are filled by texts of weight 0."""
    harness = Harness(1, OWN, 3)
    samples = WeightedTree().draw(harness.problem(), 200, make_rng(0))
    lost = [sample for sample in samples if sample.log_weight == -math.inf]
    assert lost
    assert samples.statistics.attempts >= 200 + len(lost)
    assert all(tuple(sample.tokens) in harness.law().masses for sample in samples)


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


def test_an_attempt_says_what_it_was() -> None:
    problem = HARNESS.problem()
    tree = PrefixTree(problem.language.start)
    made = attempt(tree, problem, make_rng(0))
    assert isinstance(made, Attempt)
    assert made.log_weight <= made.log_bound + 1e-12
    lost = attempt(tree, problem, make_rng(1), log_level=0.0)
    assert (lost.is_member, lost.tokens, lost.log_weight) == (False, [], -math.inf)
