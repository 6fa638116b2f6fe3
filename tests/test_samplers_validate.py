"""`python -m samplers.validate`: small runs of the checks, and what the command makes of them."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from samplers.validate.__main__ import app
from samplers.validate.checks import all_checks
from samplers.validate.figures import Check, Figure, Found, Settings
from samplers.validate.harness import Harness
from samplers.validate.statistics import chi_square_p

QUICK = ("law", "settings", "economy", "ends", "particles")
RUNNER = CliRunner()


def test_a_figure_is_held_against_its_limit() -> None:
    assert Figure("a", 1.0, 1.0).is_met
    assert not Figure("a", 1.1, 1.0).is_met
    assert Figure("a", 1.1, 1.0, is_floor=True).is_met
    assert not Figure("a", 0.9, 1.0, is_floor=True).is_met
    assert Figure("a", 5.0).is_met
    assert not Figure("a", math.nan, 1.0).is_met


@pytest.mark.parametrize("name", QUICK)
def test_checks_measure_and_count_their_steps(name: str) -> None:
    check, settings, ticks = all_checks()[name], Settings(seeds=1, samples=100), Counter[str]()
    found = check.run(settings, lambda: ticks.update(["tick"]))
    assert ticks["tick"] == check.steps(settings)
    assert found.figures
    assert all(figure.value >= 0 for figure in found.figures)


def test_the_command_writes_figures_and_pictures(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["--only", "law", "--seeds", "1", "--samples", "50", "--out", str(tmp_path)])
    assert result.exit_code == 0
    written = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert {figure["is_met"] for figure in written["law"]} == {True}
    assert (tmp_path / "law-1.png").read_bytes().startswith(b"\x89PNG")


def test_a_missed_figure_is_the_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def missed(*_: Any) -> Found:
        return Found((Figure("too much", 2.0, 1.0),))

    check = Check("misses", lambda _: 1, missed)
    monkeypatch.setattr("samplers.validate.__main__.all_checks", lambda: {"misses": check})
    result = RUNNER.invoke(app, [])
    assert result.exit_code == 1
    assert "too much" in result.stdout
    assert RUNNER.invoke(app, ["--only", "other"]).exit_code == 2


def test_the_test_of_a_law_tells_another_one() -> None:
    law = Harness(1).law().probabilities()
    exact = {row: round(10_000 * p) for row, p in law.items()}
    assert chi_square_p(exact, law) > 0.9
    wrong = dict(zip(exact, reversed(exact.values()), strict=True))
    assert chi_square_p(wrong, law) < 1e-6
    assert chi_square_p({(9, 9): 1, **exact}, law) == 0
