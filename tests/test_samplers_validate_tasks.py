"""The check on real tasks: what it is made of, and that it notices a wrong order."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from constrain import BudgetError
from samplers.adaptive import AdaptiveRejection, ASAp
from samplers.masked import MaskedSampling
from samplers.randomness import make_rng
from samplers.validate.__main__ import app
from samplers.validate.checks import tasks as check
from samplers.validate.figures import Settings
from samplers.validate.tasks import SCHEMA, TERM, Posed, own_tasks

SEEDS = 6
NOISE = np.linspace(-0.1, 0.1, SEEDS)


def _means(*levels: float) -> Any:
    """Samplers at these levels, with noise that is not the same for all."""
    return np.array([level + NOISE * (1 + number) for number, level in enumerate(levels)])


def _is_met(measured: check.Measured) -> bool:
    return all(figure.is_met for figure in check.ordered(measured))


def test_the_order_is_held_on_each_task_and_on_the_means() -> None:
    assert _is_met({(SCHEMA, "a"): _means(-9, -8, -7), (TERM, "b"): _means(-90, -10, -9)})
    assert not _is_met({(SCHEMA, "a"): _means(-8, -9, -7), (TERM, "b"): _means(-90, -10, -9)})
    assert not _is_met({(SCHEMA, "a"): _means(-9, -7, -8)})


def test_a_kind_that_does_not_rise_is_not_hidden_by_another() -> None:
    flat = {(SCHEMA, "a"): _means(-8, -8, -8), (TERM, "b"): _means(-90, -10, -9)}
    missed = [figure.what for figure in check.ordered(flat) if not figure.is_met]
    assert missed
    assert all("mean over schemas" in what for what in missed)


def test_few_seeds_give_no_verdict() -> None:
    assert _is_met({(SCHEMA, "a"): _means(-7, -8, -9)[:, :3]})


def test_errors_are_those_of_the_mean() -> None:
    values = np.array([1.0, 2.0, 3.0, 6.0])
    assert check.standard_error(values) == pytest.approx(math.sqrt(14 / 3 / 4))
    assert check.standard_error(values[:1]) == math.inf
    assert check.in_standard_errors(values) == pytest.approx(3 / math.sqrt(14 / 3 / 4))
    assert check.in_standard_errors(np.zeros(3)) == 0
    assert check.in_standard_errors(np.full(3, -1.0)) == -math.inf


def test_the_command_runs_a_task_and_draws_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(check, "own_tasks", lambda: own_tasks()[:1])
    arguments = ["--only", "tasks", "--seeds", "2", "--samples", "10", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    written = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["tasks"]
    means = {figure["what"]: figure["value"] for figure in written if figure["error"] is not None}
    assert all(-50 < value < 0 for value in means.values())
    assert (tmp_path / "tasks-1.png").read_bytes().startswith(b"\x89PNG")


def test_a_task_that_is_too_hard_is_a_missed_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "own_tasks", lambda: [own_tasks()[0], own_tasks()[1]])
    monkeypatch.setattr(check, "MAX_ATTEMPTS", 1)
    ticks = Counter[str]()
    settings = Settings(seeds=3, samples=10)
    found = check.CHECK.run(settings, lambda: ticks.update(["tick"]))
    assert ticks["tick"] == check.CHECK.steps(settings)
    assert not all(figure.is_met for figure in found.figures)


def test_seeds_share_rows_and_no_tree() -> None:
    posed = Posed(own_tasks()[0])
    first, second = posed.exact(), posed.exact()
    drawn = [ASAp().draw(problem, 5, make_rng(0)) for problem in (first, second)]
    assert drawn[0] == drawn[1]
    assert first.model.forwards == second.model.forwards > 0


def test_all_samplers_report_the_models_own_log_probability() -> None:
    posed = Posed(own_tasks()[0])
    seen: dict[tuple[int, ...], set[float]] = {}
    samples = [
        *MaskedSampling().draw(posed.completable(), 20, make_rng(0)),
        *ASAp().draw(posed.exact(), 20, make_rng(0)),
        *AdaptiveRejection().draw(posed.exact(), 20, make_rng(0)),
    ]
    for sample in samples:
        seen.setdefault(tuple(sample.tokens), set()).add(round(sample.log_prob, 4))
    assert {len(values) for values in seen.values()} == {1}


def test_tasks_fit_in_their_budgets() -> None:
    for task in own_tasks():
        try:
            assert Posed(task).completable().language.start is not None
        except BudgetError:
            pytest.fail(f"no text of {task.name} fits in {task.max_new_tokens} tokens")
