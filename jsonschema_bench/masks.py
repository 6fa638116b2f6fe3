"""The main measurement: the masks of engines on real schemas, judged by labelled instances and timed token by token."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from jsonschema_bench.cases import find_files
from jsonschema_bench.engines.base import Options
from jsonschema_bench.engines.registry import check_installed, check_name
from jsonschema_bench.messages import Setting
from jsonschema_bench.progress import following
from jsonschema_bench.results import RunResult
from jsonschema_bench.runs import run_engines
from jsonschema_bench.vocabularies import check_vocabulary


@dataclass(frozen=True)
class Plan:
    """What to measure: which cases, with which engines, and how."""

    data: Path
    engines: tuple[str, ...]
    limit: int | None = None
    sample: int | None = None
    seed: int = 0
    repeat: int = 1
    property_order: str = "any"
    vocabulary: str = "tekken"
    timeout: float = 30.0
    parallel: bool = False
    keep_bytes: int = 4 << 30

    def setting(self, engine: str) -> Setting:
        """What the worker of an engine is started with; compiled schemas are kept only for a second pass."""
        keep = self.keep_bytes if self.repeat > 1 else 0
        return Setting(engine, self.vocabulary, Options(property_order=self.property_order), keep)


def check_engines(engines: Sequence[str]) -> None:
    """Raise before anything is measured where an engine is unknown or not installed."""
    for engine in engines:
        check_name(engine)
        check_installed(engine)


def measure(plan: Plan, console: Console) -> RunResult:
    """Run the plan, with progress on the console."""
    check_engines(plan.engines)
    check_vocabulary(plan.vocabulary)
    files = find_files(plan.data, plan.limit, plan.sample, plan.seed)
    with following(plan.engines, len(files) * plan.repeat, console) as step:
        engines = run_engines(
            [plan.setting(engine) for engine in plan.engines],
            files,
            passes=plan.repeat,
            timeout=plan.timeout,
            parallel=plan.parallel,
            step=step,
        )
    return RunResult(describe(plan, len(files)), engines)


def describe(plan: Plan, cases: int) -> dict[str, Any]:
    """What a reader of the results needs to know about the run."""
    chosen = f"sample, seed {plan.seed}" if plan.sample is not None else "evenly spread" if plan.limit else "all"
    return {
        "title": f"{cases:,} cases ({chosen}), {plan.vocabulary} vocabulary, members in {plan.property_order} order",
        "data": plan.data.name,
        "cases": cases,
        "limit": plan.limit,
        "sample": plan.sample,
        "seed": plan.seed,
        "repeat": plan.repeat,
        "property_order": plan.property_order,
        "vocabulary": plan.vocabulary,
        "timeout_seconds": plan.timeout,
        "parallel": plan.parallel,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }
