"""Engines run in processes of their own; whatever they do, each case gets a result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jsonschema_bench.cases import Case, Instance
from jsonschema_bench.cli import app
from jsonschema_bench.engines.base import Walk
from jsonschema_bench.engines.registry import check_name, find_engine
from jsonschema_bench.errors import BenchError
from jsonschema_bench.messages import Setting
from jsonschema_bench.results import EngineResult
from jsonschema_bench.runs import run_engines
from jsonschema_bench.worker import judge
from tests.bench_stub import NAME, PICKY, StubEngine

VALID = Instance("[1]", valid=True, description="good")
INVALID = Instance("[2]", valid=False)

CASES = [
    Case("right", {"texts": ["[1]"]}, (VALID, INVALID)),
    Case("accepts", {"texts": ["[1]", "[2]"]}, (VALID, INVALID)),
    Case("rejects", {"texts": ["[1], 3"]}, (VALID, INVALID)),
    Case("refused", {"deed": "refuse"}, (VALID,)),
    Case("gives up", {"texts": ["[1]"], "limit": 2}, (VALID,)),
    Case("raises", {"deed": "raise"}, (VALID,)),
    Case("dies", {"deed": "die"}, (VALID,)),
    Case("sleeps", {"deed": "sleep"}, (VALID,)),
    Case("after all that", {"texts": ["[1]"]}, (VALID,)),
]


@pytest.fixture(scope="module")
def result() -> EngineResult:
    setting = Setting(NAME, "bytes", keep_bytes=1 << 40)
    return run_engines([setting], CASES, passes=2, timeout=2.0)[0]


@pytest.mark.parametrize("number", [0, 1])
def test_every_case_ends_as_it_should(result: EngineResult, number: int) -> None:
    statuses = {case.name: case.status for case in result.passes[number].cases}
    assert statuses == {
        "right": "pass",
        "accepts": "wrong",
        "rejects": "wrong",
        "refused": "refused",
        "gives up": "refused",
        "raises": "crash",
        "dies": "crash",
        "sleeps": "timeout",
        "after all that": "pass",
    }


def test_wrong_judgements_are_counted_by_instance(result: EngineResult) -> None:
    assert result.passes[0].wrong_accepts == 1
    assert result.passes[0].wrong_rejects == 1


def test_causes_are_told(result: EngineResult) -> None:
    causes = {case.name: case.cause for case in result.passes[0].cases}
    assert causes["refused"] == "not today"
    assert causes["gives up"] == "while walking: too long for me"
    assert causes["raises"] == "while compiling: KeyError: 'lost'"
    assert causes["dies"] == "while compiling: exit code 3"
    assert "no answer in 2 s" in causes["sleeps"]
    assert causes["rejects"] == "wrong reject (good): may not end after '[1]'"


def test_only_allowed_tokens_are_steps(result: EngineResult) -> None:
    steps = {case.name: case.steps for case in result.passes[0].cases}
    assert steps["right"] == len("[1]") + len("[")
    summary = result.passes[0].steps
    assert summary is not None
    assert summary.mean == 1000


def test_a_time_out_counts_as_its_whole_time(result: EngineResult) -> None:
    firsts = result.passes[0].first_masks
    assert firsts is not None
    assert firsts.maximum == 2e9


HARD = [
    Case("hard for one", {"texts": ["[1]"], "hard": True}, (VALID, VALID, VALID)),
    Case("easy", {"texts": ["[1]"]}, (VALID,)),
    Case("hard for both", {"texts": ["[1]"], "limit": 2}, (VALID,)),
    Case("wrong", {"texts": ["[2]"]}, (INVALID,)),
]


def test_common_cases_are_those_that_every_engine_walked() -> None:
    engines = run_engines([Setting(name, "bytes") for name in (NAME, PICKY)], HARD, passes=2)
    for engine, of_its_own in zip(engines, (5, 2), strict=True):
        for each in engine.passes:
            assert each.steps is not None
            assert each.common is not None
            assert each.common.steps is not None
            assert each.common.first_masks is not None
            assert each.steps.count == of_its_own * len("[1]")
            # "easy" and "wrong", which was walked to its end too
            assert (each.common.cases, each.common.steps.count) == (2, 2 * len("[1]"))
            assert each.common.first_masks.count == 2
            times = {case.name: case.first_mask for case in each.cases}
            assert each.common.first_masks.maximum == max(times["easy"] or 0, times["wrong"] or 0)


def test_one_engine_has_nothing_in_common(result: EngineResult) -> None:
    assert [each.common for each in result.passes] == [None, None]


def test_judging() -> None:
    assert judge(0, VALID, Walk(3, True), 3, "[1]") is None
    assert judge(0, INVALID, Walk(1, False), 3, "[") is None
    fault = judge(4, INVALID, Walk(3, True), 3, "[2]")
    assert fault is not None
    assert (fault.instance, fault.valid) == (4, False)
    fault = judge(0, VALID, Walk(1, False), 3, "[")
    assert fault is not None
    assert fault.what == "wrong reject (good): refused after '['"
    fault = judge(0, INVALID, Walk(1, False, agrees=False), 3, "[")
    assert fault is not None
    assert "disagree" in fault.what


def test_engines_are_found_by_name() -> None:
    assert find_engine(NAME) is StubEngine
    with pytest.raises(BenchError, match="no engine 'theirs'"):
        check_name("theirs")


def test_an_engine_that_does_not_start_is_an_error() -> None:
    with pytest.raises(BenchError, match="does not start: ModuleNotFoundError"):
        run_engines([Setting("no.such.module:Engine", "bytes")], CASES)


def test_every_command_has_help() -> None:
    for command in ("masks", "walks", "suite", "generate", "report"):
        result = CliRunner().invoke(app, [command, "--help"])
        assert result.exit_code == 0
        assert "Usage" in result.output


def test_the_rows_of_the_tables_are_explained() -> None:
    output = CliRunner().invoke(app, ["masks", "--help"]).output
    for title in ("First mask:", "Between masks:", "Common cases:"):
        assert title in output


def test_a_report_is_made_of_saved_results(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"settings": {"title": "an empty run"}, "engines": []}))
    result = CliRunner().invoke(app, ["report", str(path)])
    assert result.exit_code == 0
    assert "an empty run" in result.output
