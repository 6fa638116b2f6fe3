"""Several processes fill Numba's cache: each function is compiled once, for the types that it is called with."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from constrain import compiling, kernels, warm_up
from constrain.compiling import Job, compile_all, compile_untaken, fill_cache, jobs
from constrain.jit import KERNELS
from samplers import kernels as sampling


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
    compile_untaken(str(tmp_path))
    compile_untaken(str(tmp_path))
    assert done == {"b 0": 1, "b 1": 1}


def test_a_process_that_fails_at_once_is_not_missed(monkeypatch: pytest.MonkeyPatch, done: Counter[str]) -> None:
    monkeypatch.setattr(compiling, "_PROGRAM", "raise SystemExit(1)")
    fill_cache()
    assert done == {"a": 1, "b 0": 1, "b 1": 1}


def test_other_processes_compile_what_they_take(monkeypatch: pytest.MonkeyPatch, done: Counter[str]) -> None:
    take_all = "import pathlib, sys; [(pathlib.Path(sys.argv[1]) / name).touch() for name in ('a', 'b 0', 'b 1')]"
    monkeypatch.setattr(compiling, "_PROGRAM", take_all)
    monkeypatch.setattr(compiling, "compile_untaken", lambda *_: None)
    fill_cache()
    assert not done


def test_every_function_is_a_job_of_its_own_name() -> None:
    listed = jobs([*compiling.MODULES, sampling.__name__])
    assert len({job.name for job in listed}) == len(listed) == len(kernels.LINKED) + len(KERNELS)
    assert [job.size for job in listed] == sorted((job.size for job in listed), reverse=True)


def test_kernels_are_called_with_the_types_that_they_are_compiled_for() -> None:
    compile_all(jobs(compiling.MODULES))
    declared = signatures()
    for name, step in warm_up.warm_up_steps():
        step()
        assert signatures() == declared, name


def signatures() -> dict[str, list[Any]]:
    return {
        each.name: each.dispatcher.signatures
        for each in KERNELS
        if each.dispatcher.py_func.__module__ in compiling.MODULES
    }
