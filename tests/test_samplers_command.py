"""`constrain sample`: what is written, where, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constrain import cli, compile_json_schema
from constrain.compiled import vocabulary_for
from constrain.shipped import load_shipped_model
from samplers.command.parser import SAMPLERS
from samplers.command.picture import removed_masses
from samplers.language import Place
from samplers.problem import Problem
from samplers.sample import Sample
from samplers.validate.harness import Harness

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = {"enum": ["yes", "no", 17]}
MEMBERS = {'"yes"', '"no"', "17", "17.0"}


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command as an installed package offers it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    offered = tomllib.loads(text)["project"]["entry-points"][cli.COMMANDS]
    points = [EntryPoint(name, value, cli.COMMANDS) for name, value in offered.items()]
    monkeypatch.setattr(cli, "entry_points", lambda group: [point for point in points if point.group == group])
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA), encoding="utf-8")
    return ["sample", "--schema", str(path), "--prompt", "Well?", "--seed", "0", "--max-new-tokens", "20"]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_writes_members_with_weights(sampler: str, arguments: list[str], capsys: Any) -> None:
    assert cli.main([*arguments, "--sampler", sampler, "--n", "6"]) == 0
    written = capsys.readouterr()
    drawn = lines(written.out)
    assert len(drawn) == 6
    automaton = compile_json_schema(SCHEMA, vocabulary_for(*load_shipped_model()))
    for each in drawn:
        assert json.loads(each["text"]) in SCHEMA["enum"]
        assert automaton.is_accepting(automaton.advance_bytes(automaton.start, each["text"].encode()))
        assert each["log_prob"] < 0
        assert set(each) == {"text", "log_prob", "log_weight", "tokens"} | ({"certain"} & each.keys())
        assert ("certain" in each) == (sampler == "best-first")
    assert "forwards of the model" in written.err


def test_a_seed_repeats_the_draws(arguments: list[str], capsys: Any) -> None:
    options = ["--sampler", "masked", "--n", "4"]
    assert cli.main(arguments + options) == cli.main(arguments + options) == 0
    drawn = lines(capsys.readouterr().out)
    assert drawn[:4] == drawn[4:]


def test_a_tree_is_kept_and_checked(arguments: list[str], tmp_path: Path, capsys: Any) -> None:
    tree = str(tmp_path / "tree.npz")
    for _ in range(2):
        assert cli.main([*arguments, "--tree", tree, "--n", "3"]) == 0
    assert cli.main([*arguments, "--tree", tree, "--temperature", "0.5"]) == 2
    assert "the target differs" in capsys.readouterr().err


def test_a_picture_is_drawn(arguments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    assert cli.main([*arguments, "--picture", str(path), "--n", "5"]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")


def test_what_the_masks_removed_is_the_mass_of_the_refused() -> None:
    problem: Problem[Place] = Harness(1).problem()
    removed = removed_masses(problem, [Sample("00000", [2, 2, 0], 0.0, 0.0)])
    rows = [np.exp(problem.model.logits(row)) for row in ([], [2], [2, 2], [2, 2, 0])]
    allowed = ([0, 1, 2, 4, 5], [0, 2], [0], [6])
    shares = [1 - row[list(ids)].sum() / row.sum() for row, ids in zip(rows, allowed, strict=True)]
    assert removed[0] == pytest.approx(shares)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--n", "0"], "--n"),
        (["--sampler", "greedy", "--temperature", "0.5"], "not for --sampler greedy"),
        (["--temperature", "0"], "temperature"),
        (["--approximate"], "--approximate"),
        (["--max-new-tokens", "1"], "max_new_tokens"),
    ],
)
def test_what_cannot_be_used_is_refused(options: list[str], message: str, arguments: list[str], capsys: Any) -> None:
    assert cli.main([*arguments, *options]) == 2
    assert message in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, samplers.command.parser; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0  # noqa: S603


def test_a_search_says_what_is_certain(arguments: list[str], capsys: Any) -> None:
    search = [*arguments, "--sampler", "best-first", "--n", "3"]
    assert cli.main(search) == 0
    written = capsys.readouterr()
    assert [each["certain"] for each in lines(written.out)] == [True] * 3
    assert "certain to be the most probable" in written.err
    assert cli.main([*search, "--set", "max_forwards=4"]) == 0
    written = capsys.readouterr()
    assert not all(each["certain"] for each in lines(written.out))
    assert "of 3 found" in written.err
    assert "max_forwards=8" in written.err


def test_settings_of_a_sampler_can_be_given(arguments: list[str], capsys: Any) -> None:
    population = [*arguments, "--sampler", "smc", "--set", "particles=4", "--set", "resampling=systematic", "--n", "2"]
    assert cli.main(population) == 0
    assert "4 attempts" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (["--sampler", "smc", "--set", "critic=none"], "has max_attempts, particles, resampling, threshold"),
        (["--sampler", "greedy", "--set", "steps=3"], "greedy has none"),
        (["--sampler", "mcmc", "--set", "cut=nowhere"], "one of restart, uniform, priority"),
        (["--sampler", "mcmc", "--set", "steps=many"], "steps"),
        (["--sampler", "smc", "--tree", "tree.npz"], "--tree is for asap, adaptive-rejection, weighted-tree"),
        (["--tree", "nowhere/tree.npz"], "there is no directory nowhere"),
        (["--picture", "nowhere/picture.png"], "there is no directory nowhere"),
        (["--picture", "picture.xyz"], "the name has to end in one of"),
    ],
)
def test_what_can_not_be_done_is_refused_before_anything_is_drawn(
    options: list[str], advice: str, arguments: list[str], capsys: Any
) -> None:
    assert cli.main([*arguments, *options]) == 2
    written = capsys.readouterr()
    assert advice in " ".join(written.err.split())
    assert not written.out
