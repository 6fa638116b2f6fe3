"""The measurement of batches: all ways to do a thing give the same, and the tables show what was measured."""

from __future__ import annotations

import io

import numba
import numpy as np
import pytest
import torch
from rich.console import Console
from typer.testing import CliRunner

from jsonschema_bench.batches import (
    TYPES,
    Measured,
    advancing,
    applying,
    filling,
    kinds,
    measure_batches,
    medians,
    print_batches,
    walk_text,
)
from jsonschema_bench.cli import app
from jsonschema_bench.errors import BenchError

WALK = walk_text("bytes")


def test_the_walk_has_states_for_large_batches() -> None:
    assert len(set(WALK.states.tolist())) > 512
    masks = kinds(WALK)
    assert [len(rows) for rows in masks.values()] == [64, 1, 64]
    assert len({rows.tobytes() for rows in masks.values()}) == 3


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("dtype", TYPES.values())
def test_all_ways_to_apply_a_mask_give_the_same(batch: int, dtype: torch.dtype) -> None:
    works = applying(batch, kinds(WALK)["in a word"], 257, dtype)
    expected = works["torch.where"]()
    assert isinstance(expected, torch.Tensor)
    assert torch.isinf(expected).any()
    for name in ("unpacking, torch.where", "new tensor", "out=", "in place"):
        found = works[name]()
        assert isinstance(found, torch.Tensor)
        assert torch.equal(found, expected)


def test_all_ways_to_fill_and_to_advance_run() -> None:
    assert np.array_equal(advancing(WALK, 50)["one by one"](), advancing(WALK, 50)["advance_all"]())  # type: ignore[arg-type]  # arrays
    for work in filling(WALK, 50).values():
        work()


def test_ways_take_turns() -> None:
    calls: list[str] = []
    found = medians({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 3)
    assert calls == ["a", "b"] * 4
    assert found.keys() == {"a", "b"}
    assert min(found.values()) > 0


def test_the_tables_show_times_and_ratios() -> None:
    out = Console(file=io.StringIO(), width=200)
    print_batches({"fill": [Measured(("64",), {"one by one": 200.0, "fill": 50.0})]}, out)
    text = out.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "fill / one by one" in text
    assert "0.25 ×" in text


def test_everything_is_measured() -> None:
    threads, before = torch.get_num_threads(), numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]  # made by Numba
    out = Console(file=io.StringIO(), width=200)
    found = measure_batches([1, 65], 1, 1, out, "bytes")
    torch.set_num_threads(threads)
    vars(numba.config)["NUMBA_NUM_THREADS"] = before
    assert {name: len(rows) for name, rows in found.items()} == {"apply": 9, "fill": 2, "advance": 2}
    print_batches(found, out)


@pytest.mark.parametrize("given", ["", "0", "a", "1,-2", "1.5"])
def test_batches_are_whole_numbers(given: str) -> None:
    result = CliRunner().invoke(app, ["apply", "--batches", given])
    assert isinstance(result.exception, BenchError)
    assert "batches are whole numbers from 1 on" in str(result.exception)
