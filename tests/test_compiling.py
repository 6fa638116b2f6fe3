"""Several processes fill Numba's cache: each function is compiled once, for the types that it is called with."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from constrain import Automaton, compile_json_schema, compile_lark, compiling, kernels
from constrain.checking import END, byte_vocabulary
from constrain.compiling import Job, compile_untaken, fill_cache, jobs
from grammars.jit import KERNELS
from samplers import kernels as sampling
from tests.kernel_types import undeclared

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 9}, "tags": {"type": "array", "items": {"type": "number"}}},
    "required": ["name"],
}
PATTERNS = {"type": "object", "patternProperties": {"^a": {"pattern": "b+"}, "b$": True}, "minProperties": 1}
LARK = 'start: (WORD | "if")+\nWORD: /[a-z]+/\n%ignore " "\n'


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what is compiled: three jobs that do nothing, with a cold cache and two processors."""
    counts: Counter[str] = Counter()
    listed = [Job(name, 0, partial(counts.update, [name])) for name in ("a", "b 0", "b 1")]
    monkeypatch.setattr(compiling, "jobs", lambda modules: listed)
    monkeypatch.setattr(compiling, "is_compiled", lambda: False)
    monkeypatch.setattr(compiling, "processes", lambda: 2)
    return counts


def test_what_is_taken_is_left_to_others(tmp_path: Path, done: Counter[str]) -> None:
    (tmp_path / "a").touch()
    assert list(compile_untaken(str(tmp_path), compiling.jobs([]))) == [2, 3]
    assert not list(compile_untaken(str(tmp_path), compiling.jobs([])))
    assert done == {"b 0": 1, "b 1": 1}


@pytest.mark.parametrize("processes", [1, 2])
def test_a_process_that_fails_at_once_is_not_missed(
    monkeypatch: pytest.MonkeyPatch, done: Counter[str], processes: int
) -> None:
    monkeypatch.setattr(compiling, "_PROGRAM", "raise SystemExit(1)")
    monkeypatch.setattr(compiling, "processes", lambda: processes)
    ticks: list[tuple[int, int]] = []
    fill_cache(tick=lambda *counts: ticks.append(counts))
    assert done == {"a": 1, "b 0": 1, "b 1": 1}
    assert ticks == [(1, 3), (2, 3), (3, 3)]


def test_other_processes_compile_what_they_take(monkeypatch: pytest.MonkeyPatch, done: Counter[str]) -> None:
    took = "import pathlib, sys; [(pathlib.Path(sys.argv[2]) / name).touch() for name in ('a', 'b 0', 'b 1')]"
    monkeypatch.setattr(compiling, "_PROGRAM", took)
    take = compiling._take

    def after_the_other(mark: Path) -> bool:
        while len(list(mark.parent.iterdir())) < 3:
            time.sleep(0.01)
        return take(mark)

    monkeypatch.setattr(compiling, "_take", after_the_other)
    fill_cache()
    assert not done


def test_every_function_is_a_job_of_its_own_name() -> None:
    listed = jobs([*compiling.MODULES, sampling.__name__])
    assert len({job.name for job in listed}) == len(listed) == len(kernels.LINKED) + len(KERNELS)
    assert [job.size for job in listed] == sorted((job.size for job in listed), reverse=True)


def test_kernels_are_called_with_the_types_that_they_are_compiled_for() -> None:
    fill_cache()
    vocabulary = byte_vocabulary()
    for order in ("schema", "any"):
        use(compile_json_schema(SCHEMA, vocabulary, property_order=order))
    use(compile_lark(LARK, vocabulary))
    use(compile_json_schema(PATTERNS, vocabulary))
    assert not undeclared(compiling.MODULES)


def test_importing_compiles_nothing() -> None:
    program = (
        "from constrain import *\n"
        "from constrain import compile_json_schema, compile_lark, generate_json\n"
        "from grammars.jit import KERNELS\n"
        "print([each.name for each in KERNELS if each.dispatcher.signatures])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603  # our own
    assert ran.stdout.strip() == "[]"


def use(automaton: Automaton) -> None:
    state = automaton.start
    automaton.fill(np.array([state] * 9, np.int64), np.empty((9, automaton.vocabulary.mask_words), np.uint32))
    automaton.successors(state, np.array([34, 123]))
    automaton.forced_tokens(state)
    automaton.explain(state, END)
    for byte in automaton.shortest_text(state):
        state = automaton.advance(state, byte)
        automaton.mask(state)


def test_programs_that_are_no_interpreter_are_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for executable in ("", "/usr/bin/uwsgi"):
        monkeypatch.setattr(sys, "executable", executable)
        assert compiling.processes() == 1
    monkeypatch.setattr(sys, "executable", "/opt/python-app")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert compiling.processes() == 1


def test_where_no_process_can_be_started_one_compiles_alone(
    monkeypatch: pytest.MonkeyPatch, done: Counter[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python-that-is-not-there"))
    fill_cache()
    assert done == {"a": 1, "b 0": 1, "b 1": 1}
