"""The measurement of new processes: that it runs, adds up, and says so when a process fails."""

from __future__ import annotations

import pytest
from rich.console import Console
from typer.testing import CliRunner

from jsonschema_bench import start_up
from jsonschema_bench.cli import app
from jsonschema_bench.errors import BenchError


def test_a_start_is_measured() -> None:
    result = CliRunner().invoke(app, ["start", "--rounds", "1"])
    assert result.exit_code == 0, result.output
    assert all(part in result.output for part in (*start_up.PARTS, "in all"))


def test_parts_add_up() -> None:
    columns = dict(start_up._columns([[1.0, 2.0, 3.0], [2.0, 2.0, 2.5]]))
    assert [columns[part] for part in start_up.PARTS] == [[1.0, 2.0], [2.0, 2.0], [3.0, 2.5]]
    assert columns["in all"] == [6.0, 6.5]


def test_a_process_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_up, "_PROGRAM", "raise RuntimeError('no model here')")
    with pytest.raises(BenchError, match="no model here"):
        start_up.measure_starts(1, Console(quiet=True))
