"""Run engines over cases, each in a process of its own, and gather what they found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import and_
from pathlib import Path

import numpy as np

from jsonschema_bench.cases import Case
from jsonschema_bench.messages import Lost, Opened, Setting, Task, Walked
from jsonschema_bench.results import CaseResult, Common, EngineResult, PassResult
from jsonschema_bench.supervisor import Supervisor
from jsonschema_bench.timing import Nanoseconds, curve, summarise

SINGLE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)
"""What keeps the libraries of an engine to one thread."""

TURN = 20
"""Engines take turns after so many cases: a machine that is slow for a while is slow for all of them."""

Step = Callable[[str, CaseResult], None]
"""Told of each finished case, with the name of the engine."""


@dataclass
class Gathered:
    """The results of one pass so far; a case that was not walked to its end has no times."""

    timeout: float
    cases: list[CaseResult] = field(default_factory=list)
    times: list[Nanoseconds | None] = field(default_factory=list)

    def add(self, name: str, opened: Opened | Lost, walked: Walked | Lost | None) -> CaseResult:
        """Take the answers about a case in."""
        case = summarise_case(name, opened, walked, self.timeout)
        self.cases.append(case)
        self.times.append(walked.times if isinstance(walked, Walked) else None)
        return case

    @property
    def walked(self) -> frozenset[int]:
        """The positions of the cases that were opened and walked to the end."""
        return frozenset(at for at, times in enumerate(self.times) if times is not None)

    def finish(self, common: frozenset[int] | None) -> PassResult:
        """The pass as a whole; `common`: where the cases stand that every engine walked, `None` for one engine."""
        steps, firsts = self._steps(self.walked), self._first_masks(range(len(self.cases)))
        shared = None
        if common is not None:
            shared = Common(len(common), summarise(self._steps(common)), summarise(self._first_masks(sorted(common))))
        return PassResult(tuple(self.cases), summarise(steps), summarise(firsts), curve(steps), shared)

    def _steps(self, positions: frozenset[int]) -> Nanoseconds:
        times = (self.times[at] for at in sorted(positions))
        return np.concatenate([np.empty(0, np.int64), *(each for each in times if each is not None)])

    def _first_masks(self, positions: Iterable[int]) -> Nanoseconds:
        """Kept schemas are not opened again, and have no time."""
        return np.array([time for at in positions if (time := self.cases[at].first_mask)], np.int64)


@dataclass(frozen=True)
class Running:
    """One engine in its process, with the results of each pass so far."""

    supervisor: Supervisor
    passes: tuple[Gathered, ...]

    @property
    def engine(self) -> str:
        """The name of the engine."""
        return self.supervisor.setting.engine

    def take(self, cases: Iterable[Path | Case], number: int, step: Step) -> None:
        """Some cases of a pass; in passes after the first one schemas are open already."""
        for case in cases:
            name = case.stem if isinstance(case, Path) else case.name
            answers = self.supervisor.run(Task(case, number > 0))
            step(self.engine, self.passes[number].add(name, *answers))

    def result(self, common: Sequence[frozenset[int] | None]) -> EngineResult:
        """The result; per pass, `common` has the positions of the cases that every engine walked."""
        ready = self.supervisor.first_ready
        return EngineResult(
            self.engine,
            ready.version,
            ready.load_seconds,
            ready.warm_up_seconds,
            ready.memory,
            self.supervisor.peak_memory,
            tuple(each.finish(shared) for each, shared in zip(self.passes, common, strict=True)),
        )


def summarise_case(name: str, opened: Opened | Lost, walked: Walked | Lost | None, timeout: float) -> CaseResult:
    """The result of a case from the two answers about it; a schema that is not open in time took the whole time."""
    if isinstance(opened, Lost):
        first_mask = int(timeout * 1e9) if opened.kind == "timeout" else None
        return CaseResult(name, opened.kind, first_mask=first_mask, cause=f"while compiling: {opened.cause}")
    if opened.refusal is not None:
        return CaseResult(name, "refused", cause=opened.refusal)
    if not isinstance(walked, Walked):
        kind, cause = (walked.kind, walked.cause) if walked else ("crash", "")
        return CaseResult(name, kind, first_mask=opened.nanoseconds, cause=f"while walking: {cause}")
    cause = "; ".join(fault.what for fault in walked.faults)
    status = "wrong" if walked.faults else "pass"
    return CaseResult(name, status, opened.nanoseconds, len(walked.times), cause, walked.faults)


def run_engines(
    settings: Sequence[Setting],
    cases: Sequence[Path | Case],
    *,
    passes: int = 1,
    timeout: float = 30.0,
    parallel: bool = False,
    step: Step = lambda _engine, _case: None,
) -> tuple[EngineResult, ...]:
    """Several engines over the same cases, in turns or, when asked, at the same time."""
    size = max(1, len(cases)) if parallel else TURN
    turns = [cases[start : start + size] for start in range(0, len(cases), size)]
    with environment(SINGLE_THREAD), ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(len(settings) if parallel else 1))
        running = [_started(stack, setting, passes, timeout) for setting in settings]
        for number in range(passes):
            for turn in turns:
                list(pool.map(partial(Running.take, cases=turn, number=number, step=step), running))
        common = [_walked_by_all(running, number) if len(running) > 1 else None for number in range(passes)]
        return tuple(each.result(common) for each in running)


def _started(stack: ExitStack, setting: Setting, passes: int, timeout: float) -> Running:
    supervisor = stack.enter_context(Supervisor(setting, timeout))
    return Running(supervisor, tuple(Gathered(timeout) for _ in range(passes)))


def _walked_by_all(running: Sequence[Running], number: int) -> frozenset[int]:
    return reduce(and_, (each.passes[number].walked for each in running))


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for what is started inside, then put back what was there."""
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value
