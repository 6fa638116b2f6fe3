"""Statistics of times, and the tables that show them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from jsonschema_bench.messages import Fault
from jsonschema_bench.progress import bars
from jsonschema_bench.report import markdown, plot
from jsonschema_bench.results import CaseResult, Common, EngineResult, PassResult, RunResult, load, save
from jsonschema_bench.tables import print_failures, print_result, ratio, significant
from jsonschema_bench.timing import LEVELS, curve, held_memory, peak_memory, summarise


def make_pass(scale: int) -> PassResult:
    times = np.arange(1, 1001) * scale
    cases = (
        CaseResult("good", "pass", 1_000_000 * scale, 1000),
        CaseResult("bad", "wrong", 2_000_000, 3, "why [/not]", (Fault(0, False, "a"), Fault(1, True, "b"))),
        CaseResult("no", "refused", cause="unknown keyword"),
    )
    firsts = np.array([1_000_000, 2_000_000])
    common = Common(1, summarise(times[:10]), summarise(firsts[:1] * scale))
    return PassResult(cases, summarise(times), summarise(firsts), curve(times), common)


def make_run(passes: int = 1) -> RunResult:
    engines = tuple(
        EngineResult(name, "1.0", 1.5, 0.5, 10**8, 2 * 10**8, tuple(make_pass(scale) for _ in range(passes)))
        for name, scale in (("ours", 10), ("peer", 40), ("other", 20))
    )
    return RunResult({"title": "a run", "when": "now"}, engines)


def shown(print_it: object, *arguments: object) -> str:
    assert callable(print_it)
    console = Console(file=io.StringIO(), width=120)
    print_it(arguments[0], console, *arguments[1:])
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_summary_has_mean_percentiles_and_maximum() -> None:
    summary = summarise(np.arange(1, 1001))
    assert summary is not None
    assert summary.count == 1000
    assert summary.mean == 500.5
    assert summary.maximum == 1000
    assert dict(zip(LEVELS, summary.percentiles, strict=True))[50.0] == 500.5
    assert list(summary.named()) == ["mean", "p25", "p50", "p75", "p90", "p95", "p99", "p99.9", "max"]


def test_no_times_have_no_summary() -> None:
    assert summarise(np.empty(0, np.int64)) is None
    assert curve(np.empty(0, np.int64)) == ()


def test_memory_is_measured() -> None:
    held = held_memory()
    assert peak_memory() >= held > 10**6


def test_the_ratio_is_taken_to_the_best_peer() -> None:
    assert ratio(["ours", "a", "b"], [1.0, 4.0, 2.0]) == 0.5
    assert ratio(["ours", "a"], [1.0, None]) is None
    assert ratio(["a", "b"], [1.0, 2.0]) is None


@pytest.mark.parametrize(("value", "text"), [(0.123, "0.12"), (12.34, "12.3"), (1234.5, "1,234")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert significant(value) == text


def test_the_table_shows_engines_side_by_side() -> None:
    text = shown(print_result, make_run())
    assert "ours / best peer" in text
    assert "0.50 ×" in text
    row = next(line for line in text.splitlines() if "wrongly accepted" in line)
    assert row.count(" 1 ") == 3


def test_two_passes_have_a_section_each() -> None:
    text = markdown([make_run(passes=2)])
    assert "between masks, µs, pass 1" in text
    assert "between masks, µs, pass 2" in text


def test_common_cases_have_sections_of_their_own() -> None:
    lines = markdown([make_run()]).splitlines()
    for title, median in (
        ("first mask, ms, 1 common cases", "| p50 | 10.0 | 40.0 | 20.0 | 0.50 × |"),
        ("between masks, µs, 1 common cases", "| p50 | 0.06 | 0.22 | 0.11 | 0.50 × |"),
    ):
        start = next(number for number, line in enumerate(lines) if title in line)
        assert median in lines[start : start + 6]


def test_a_run_without_common_cases_is_read(tmp_path: Path) -> None:
    run = make_run()
    save(run, tmp_path / "run.json")
    data = json.loads((tmp_path / "run.json").read_text())
    for engine in data["engines"]:
        del engine["passes"][0]["common"]
    (tmp_path / "run.json").write_text(json.dumps(data))
    assert [engine.passes[0].common for engine in load(tmp_path / "run.json").engines] == [None] * 3


def test_failures_are_listed_with_their_causes() -> None:
    text = shown(print_failures, make_run(), 1)
    assert "why [/not]" in text
    assert "unknown keyword" not in text
    assert "2 do not pass, the first 1" in text


def test_a_saved_run_is_read_back(tmp_path: Path) -> None:
    run = make_run(passes=2)
    save(run, tmp_path / "run.json")
    assert load(tmp_path / "run.json") == run


def test_the_plot_is_drawn(tmp_path: Path) -> None:
    plot([make_run()], tmp_path / "plot.svg")
    drawing = (tmp_path / "plot.svg").read_text(encoding="utf-8")
    assert "<svg" in drawing
    assert len(drawing) > 1000


def test_without_a_terminal_each_twentieth_has_a_line() -> None:
    console = Console(file=io.StringIO(), width=120)
    with bars(console) as progress:
        task = progress.add_task("walks", total=100, note="")
        for done in (1, 4, 5, 6, 9, 31, 100):
            progress.update(task, completed=done, note=f"{done} done")
    assert isinstance(console.file, io.StringIO)
    lines = [line.strip() for line in console.file.getvalue().splitlines() if " of " in line]
    assert lines == ["walks 5 of 100 5 done", "walks 31 of 100 31 done", "walks 100 of 100 100 done"]


def test_on_a_terminal_there_are_bars_alone() -> None:
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    with bars(console) as progress:
        task = progress.add_task("walks", total=2, note="")
        progress.update(task, completed=2)
    assert isinstance(console.file, io.StringIO)
    assert "walks 2 of 2" not in console.file.getvalue()
