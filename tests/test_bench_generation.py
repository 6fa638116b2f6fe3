"""Generated values are judged by the oracle, and every other outcome is named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from constrain.errors import BudgetError
from grammars.errors import GrammarError
from jsonschema_bench.generation import print_written, write_all, write_one


def returning(value: Any) -> Callable[[Any, int], Any]:
    return lambda schema, seed: value


def raising(error: Exception) -> Callable[[Any, int], Any]:
    def write(schema: Any, seed: int) -> Any:
        raise error

    return write


def case_file(folder: Path, schema: Any) -> Path:
    path = folder / "case.json"
    path.write_text(json.dumps({"schema": schema, "tests": []}))
    return path


@pytest.mark.parametrize(
    ("write", "status"),
    [
        (returning(3), "valid"),
        (returning("x"), "invalid"),
        (raising(BudgetError(5, 3)), "budget"),
        (raising(GrammarError("no")), "refused"),
    ],
)
def test_every_outcome_has_a_name(tmp_path: Path, write: Callable[[Any, int], Any], status: str) -> None:
    assert write_one(case_file(tmp_path, {"type": "integer"}), write, 0).status == status


def test_what_the_oracle_cannot_judge_is_said(tmp_path: Path) -> None:
    path = case_file(tmp_path, {"pattern": "("})
    assert write_one(path, returning("x"), 0).status == "not judged"


def test_outcomes_are_counted_and_failures_listed(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=100)
    path = case_file(tmp_path, {"type": "integer"})
    print_written(write_all([path], returning("[x]"), 0, console), console, 5)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "invalid" in text
    assert "'[x]' is not of type 'integer'" in text
