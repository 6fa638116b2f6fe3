"""What a run found, as records that can be written to a file and read again."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jsonschema_bench.messages import Fault
from jsonschema_bench.timing import Summary


@dataclass(frozen=True)
class CaseResult:
    """One case with one engine; `cause` says why the status is not `pass`.

    It is `pass` (judged right throughout), `wrong` (somewhere), `refused` (with a reason, mostly when it is opened),
    `timeout` or `crash`.
    """

    name: str
    status: str
    first_mask: int | None = None
    steps: int = 0
    cause: str = ""
    faults: tuple[Fault, ...] = ()

    @property
    def wrong_accepts(self) -> int:
        """Invalid instances that were let through."""
        return sum(not fault.valid for fault in self.faults)

    @property
    def wrong_rejects(self) -> int:
        """Valid instances that were not let through."""
        return sum(fault.valid for fault in self.faults)


@dataclass(frozen=True)
class Common:
    """The spread of the times over the cases that every engine of a run opened and walked to the end, in nanoseconds.

    Elsewhere an engine that refuses hard schemas looks quick, since it has no times for them.
    """

    cases: int
    steps: Summary | None
    first_masks: Summary | None


@dataclass(frozen=True)
class PassResult:
    """One pass over all cases: the cases, and the spread of the times over all of them, in nanoseconds.

    `common` is `None` where there is one engine.
    """

    cases: tuple[CaseResult, ...]
    steps: Summary | None
    first_masks: Summary | None
    step_curve: tuple[tuple[float, float], ...] = ()
    common: Common | None = None

    def counts(self) -> Counter[str]:
        """The number of cases by status."""
        return Counter(case.status for case in self.cases)

    @property
    def wrong_accepts(self) -> int:
        """Invalid instances that were let through, in all cases."""
        return sum(case.wrong_accepts for case in self.cases)

    @property
    def wrong_rejects(self) -> int:
        """Valid instances that were not let through, in all cases."""
        return sum(case.wrong_rejects for case in self.cases)


@dataclass(frozen=True)
class EngineResult:
    """One engine: what it took to start, each pass, and the memory of its process in bytes."""

    engine: str
    version: str
    load_seconds: float
    warm_up_seconds: float
    base_memory: int
    peak_memory: int
    passes: tuple[PassResult, ...]


@dataclass(frozen=True)
class RunResult:
    """Engines side by side on the same cases; `settings` says how."""

    settings: dict[str, Any]
    engines: tuple[EngineResult, ...]


def save(result: RunResult, path: Path) -> None:
    """Write a run as JSON."""
    path.write_text(json.dumps(asdict(result), ensure_ascii=False, indent=1) + "\n")


def load(path: Path) -> RunResult:
    """Read a run that `save` wrote."""
    data = json.loads(path.read_text())
    return RunResult(data["settings"], tuple(_engine(engine) for engine in data["engines"]))


def _engine(data: dict[str, Any]) -> EngineResult:
    return EngineResult(**{**data, "passes": tuple(_pass(each) for each in data["passes"])})


def _pass(data: dict[str, Any]) -> PassResult:
    return PassResult(
        tuple(_case(case) for case in data["cases"]),
        _summary(data["steps"]),
        _summary(data["first_masks"]),
        tuple((level, value) for level, value in data["step_curve"]),
        _common(data.get("common")),
    )


def _common(data: dict[str, Any] | None) -> Common | None:
    if data is None:
        return None
    return Common(data["cases"], _summary(data["steps"]), _summary(data["first_masks"]))


def _case(data: dict[str, Any]) -> CaseResult:
    return CaseResult(**{**data, "faults": tuple(Fault(**fault) for fault in data["faults"])})


def _summary(data: dict[str, Any] | None) -> Summary | None:
    return None if data is None else Summary(**{**data, "percentiles": tuple(data["percentiles"])})
