"""The estimators of rejection sampling in rational arithmetic: every history of draws, every set of allowed choices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest

from samplers.rejection.estimators import Drawn, Geometric, Inquiry, Limits, Recursive, Thrifty
from tests.rational_urn import RationalUrn, Script, histories

ESTIMATORS: list[Any] = [Recursive, Thrifty, Geometric]
MASSES = {
    1: (20,),
    2: (13, 7),
    3: (12, 5, 3),
    4: (2, 9, 5, 4),
    5: (30, 25, 20, 15, 10),
    6: (1, 8, 4, 2, 3, 2),
}
EXAMPLE = frozenset({0, 2})


def masses_of(width: int) -> dict[int, Fraction]:
    return {item: Fraction(part, sum(MASSES[width])) for item, part in enumerate(MASSES[width])}


def subsets(width: int) -> Iterator[frozenset[int]]:
    for size in range(width + 1):
        yield from map(frozenset, combinations(range(width), size))


@dataclass
class SetMask:
    """Takes all out that is not in `kept`, which holds everything that is allowed."""

    urn: RationalUrn
    kept: frozenset[int]
    after: int
    is_exact: bool

    def thin(self) -> None:
        for item in self.urn.items():
            if item not in self.kept:
                self.urn.take_out(item)


def means(run: Callable[[Script], Drawn]) -> tuple[dict[int | None, Fraction], Fraction]:
    """E[w 1{x}] by choice, and the probability of all histories together."""
    found: dict[int | None, Fraction] = {}
    total = Fraction(0)
    for probability, drawn in histories(run):
        assert drawn.weight >= 0
        assert not isinstance(drawn.weight, float)
        assert drawn.item is not None or drawn.weight == 0
        found[drawn.item] = found.get(drawn.item, Fraction(0)) + probability * drawn.weight
        total += probability
    return found, total


def check(
    kind: Any,
    masses: dict[int, Fraction],
    allowed: frozenset[int],
    limits: Limits,
    mask: tuple[frozenset[int], int, bool] | None = None,
) -> None:
    def run(script: Script) -> Drawn:
        urn = RationalUrn(masses, script)
        drawn: Drawn = kind(
            urn, Inquiry(allowed.__contains__), limits, None if mask is None else SetMask(urn, *mask)
        ).draw()
        return drawn

    found, total = means(run)
    assert total == 1
    assert {item: mean for item, mean in found.items() if mean} == {item: masses[item] for item in allowed}


LIMITS = [(2, 1), (2, 2), (2, 3), (3, 2), (3, 4), (4, 3)]


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize(("max_accepts", "max_rejects"), LIMITS)
@pytest.mark.parametrize("width", [1, 2, 3, 4, 5])
def test_every_draw_is_properly_weighted(kind: Any, max_accepts: int, max_rejects: int, width: int) -> None:
    if kind is Geometric and max_accepts + max_rejects > 4:
        width = min(width, 3)  # repeats multiply the histories
    for allowed in subsets(width):
        check(kind, masses_of(width), allowed, Limits(max_accepts, max_rejects))


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize(("max_accepts", "max_rejects"), [(2, 1), (2, 2), (3, 2)])
def test_every_draw_from_six_is_properly_weighted(kind: Any, max_accepts: int, max_rejects: int) -> None:
    for allowed in subsets(6):
        check(kind, masses_of(6), allowed, Limits(max_accepts, max_rejects))


@pytest.mark.parametrize("kind", [Recursive, Thrifty])
@pytest.mark.parametrize("max_accepts", [2, 3, 6])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_draws_without_replacement_need_no_limit(kind: Any, max_accepts: int, width: int) -> None:
    for allowed in subsets(width):
        check(kind, masses_of(width), allowed, Limits(max_accepts))


@pytest.mark.parametrize("kind", [Recursive, Thrifty])
def test_draws_of_five_and_six_without_a_limit(kind: Any) -> None:
    for width, max_accepts in ((5, 2), (5, 3), (6, 2)):
        for allowed in subsets(width):
            check(kind, masses_of(width), allowed, Limits(max_accepts))


@pytest.mark.parametrize("allowed", [*subsets(3)])
def test_imagined_draws_without_a_limit(allowed: frozenset[int]) -> None:
    """Histories with many repeats in one place are cut: what they bring is between 0 and their probability."""
    masses = masses_of(3)

    def run(script: Script) -> tuple[Drawn, bool]:
        urn = RationalUrn(masses, script, cap=9)
        return Geometric(urn, Inquiry(allowed.__contains__), Limits(2)).draw(), urn.was_cut

    whole = dict.fromkeys(masses, Fraction(0))
    cut = Fraction(0)
    for probability, (drawn, was_cut) in histories(run):
        if was_cut:
            cut += probability
        elif drawn.item is not None:
            whole[drawn.item] += probability * drawn.weight
    for item, mass in masses.items():
        assert whole[item] <= (mass if item in allowed else 0) <= whole[item] + cut
    assert cut < Fraction(1, 3)


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize("after", [0, 1, 2, 3])
@pytest.mark.parametrize("is_exact", [True, False])
@pytest.mark.parametrize(("max_accepts", "max_rejects"), [(2, 3), (3, 4)])
def test_masks_keep_the_weight_proper(
    kind: Any, after: int, is_exact: bool, max_accepts: int, max_rejects: int
) -> None:
    for width in (2, 3, 4):
        for allowed in subsets(width):
            spared = frozenset() if is_exact else frozenset({1})
            mask = (allowed | spared, after, is_exact)
            check(kind, masses_of(width), allowed, Limits(max_accepts, max_rejects), mask)


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_masses_need_not_add_up_to_one(kind: Any) -> None:
    masses = {item: mass / 3 for item, mass in masses_of(4).items()}
    for allowed in subsets(4):
        check(kind, masses, allowed, Limits(2, 2))


@pytest.mark.parametrize("kind", ESTIMATORS)
@pytest.mark.parametrize(
    ("width", "limits"), [(3, Limits(3, 3)), (4, Limits(3, 3)), (5, Limits(2, 2)), (6, Limits(2, 2))]
)
def test_a_proposal_is_corrected_by_the_ratio(kind: Any, width: int, limits: Limits) -> None:
    target = masses_of(width)
    proposal = dict(enumerate(reversed(target.values())))
    for allowed in subsets(width):

        def run(script: Script, allowed: frozenset[int] = allowed) -> Drawn:
            drawn: Drawn = kind(RationalUrn(proposal, script), Inquiry(allowed.__contains__), limits).draw()
            if drawn.item is None:
                return drawn
            return Drawn(drawn.item, drawn.weight * target[drawn.item] / proposal[drawn.item])

        found, _ = means(run)
        assert {item: mean for item, mean in found.items() if mean} == {item: target[item] for item in allowed}


def figures(kind: Any, masses: dict[int, Fraction], allowed: frozenset[int], limits: Limits) -> tuple[float, float]:
    """The relative variance of the weight, and the mean number of questions."""

    def run(script: Script) -> tuple[Drawn, int]:
        asked: list[int] = []

        def allows(item: int) -> bool:
            asked.append(item)
            return item in allowed

        return kind(RationalUrn(masses, script), Inquiry(allows), limits).draw(), len(asked)

    outcomes = list(histories(run))
    z = sum(masses[item] for item in allowed)
    second = sum(probability * drawn.weight**2 for probability, (drawn, _) in outcomes)
    questions = sum(probability * asked for probability, (_, asked) in outcomes)
    return float(second / z**2 - 1), float(questions)


def test_what_a_draw_costs_and_how_much_its_weight_varies() -> None:
    plain = figures(Recursive, masses_of(5), EXAMPLE, Limits())
    assert plain == pytest.approx((0.350769, 2.730769), abs=1e-6)
    variance, questions = figures(Thrifty, masses_of(5), EXAMPLE, Limits())
    assert variance <= 0.344
    assert questions <= 2.73
    more = figures(Thrifty, masses_of(5), EXAMPLE, Limits(3))
    assert more[0] < variance


@pytest.mark.parametrize("kind", [Thrifty, Geometric])
def test_a_choice_that_is_almost_certain_takes_little_more_than_one_question(kind: Any) -> None:
    masses = {0: Fraction(99, 100), 1: Fraction(6, 1000), 2: Fraction(4, 1000)}
    for allowed in (frozenset({0}), frozenset({0, 1}), frozenset({0, 1, 2})):
        assert figures(kind, masses, allowed, Limits(2, 6))[1] <= 1.1


def test_no_choice_is_asked_about_twice() -> None:
    asked: list[int] = []

    def allows(item: int) -> bool:
        asked.append(item)
        return item in EXAMPLE

    for kind in ESTIMATORS:
        for limits in (Limits(2, 3), Limits(4, 3)):

            def run(script: Script, kind: Any = kind, limits: Limits = limits) -> bool:
                asked.clear()
                kind(RationalUrn(masses_of(5), script), Inquiry(allows), limits).draw()
                return len(asked) == len(set(asked))

            assert all(outcome for _, outcome in histories(run))


def test_no_more_choices_are_refused_than_the_limit() -> None:
    refused: list[int] = []

    def allows(item: int) -> bool:
        refused.extend([] if item in EXAMPLE else [item])
        return item in EXAMPLE

    for kind in ESTIMATORS:
        for limits in (Limits(2, 1), Limits(4, 2), Limits(5, 3)):

            def run(script: Script, kind: Any = kind, limits: Limits = limits) -> int:
                refused.clear()
                kind(RationalUrn(masses_of(5), script), Inquiry(allows), limits).draw()
                return len(refused)

            assert max(outcome for _, outcome in histories(run)) <= (limits.max_rejects or 0)
