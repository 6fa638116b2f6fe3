"""The official JSON Schema Test Suite, each test sent through token masks to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from jsonschema_bench.cases import Case, read_instance
from jsonschema_bench.engines.base import Options
from jsonschema_bench.engines.remotes import FOLDER_DIALECTS
from jsonschema_bench.errors import BenchError
from jsonschema_bench.messages import Setting
from jsonschema_bench.progress import following
from jsonschema_bench.results import EngineResult
from jsonschema_bench.runs import run_engines

KINDS = ("required", "optional", "format")
"""Tests that every implementation has to pass, optional ones, and those that assert formats."""


@dataclass(frozen=True)
class Part:
    """The groups of one draft and kind, as cases."""

    draft: str
    kind: str
    cases: tuple[Case, ...]

    @property
    def tests(self) -> int:
        """The number of tests."""
        return sum(len(case.instances) for case in self.cases)


@dataclass(frozen=True)
class Score:
    """How one engine did on a part, test by test: a group that is refused or lost has all its tests wrong."""

    right: int
    lost_groups: int
    wrong_accepts: int
    wrong_rejects: int


def find_parts(folder: Path, drafts: Sequence[str], kinds: Sequence[str]) -> list[Part]:
    """The chosen parts of the suite that have tests."""
    parts = [Part(draft, kind, tuple(_cases(folder, draft, kind))) for draft in drafts for kind in kinds]
    if not any(part.cases for part in parts):
        raise BenchError(f"no tests of {', '.join(drafts)} below {folder / 'tests'}")
    return [part for part in parts if part.cases]


def _cases(folder: Path, draft: str, kind: str) -> Iterator[Case]:
    for path in _files(folder / "tests" / draft, kind):
        for number, group in enumerate(json.loads(path.read_text())):
            name = f"{draft}/{path.stem}/{number} {group['description']}"
            schema = declare(group["schema"], FOLDER_DIALECTS[draft])
            yield Case(name, schema, tuple(read_instance(test) for test in group["tests"]))


def _files(folder: Path, kind: str) -> list[Path]:
    patterns = {"required": ("*.json",), "optional": ("optional/*.json",), "format": ("optional/format/*.json",)}
    return sorted(path for pattern in patterns[kind] for path in folder.glob(pattern))


def declare(schema: Any, dialect: str) -> Any:
    """The schema with its dialect written in, where it is an object that does not say."""
    return {"$schema": dialect, **schema} if isinstance(schema, dict) and "$schema" not in schema else schema


def run_part(
    part: Part, folder: Path, engines: Sequence[str], timeout: float, vocabulary: str, console: Console
) -> tuple[EngineResult, ...]:
    """All engines on one part; formats are asserted only where the part is about them."""
    formats = "assert" if part.kind == "format" else "annotate"
    options = Options(formats=formats, remotes=folder / "remotes")
    settings = [Setting(engine, vocabulary, options) for engine in engines]
    console.print(f"{part.draft}, {part.kind}: {len(part.cases)} groups, {part.tests} tests")
    with following(engines, len(part.cases), console) as step:
        return run_engines(settings, part.cases, timeout=timeout, step=step)


def score(part: Part, result: EngineResult) -> Score:
    """Count the tests of a part that an engine gets right."""
    found = result.passes[0].cases
    pairs = list(zip(part.cases, found, strict=True))
    walked = [(case, each) for case, each in pairs if each.status in {"pass", "wrong"}]
    return Score(
        right=sum(len(case.instances) - len(each.faults) for case, each in walked),
        lost_groups=len(pairs) - len(walked),
        wrong_accepts=sum(each.wrong_accepts for _, each in walked),
        wrong_rejects=sum(each.wrong_rejects for _, each in walked),
    )


def print_scores(rows: Sequence[tuple[Part, EngineResult]], console: Console) -> None:
    """A line for each part and engine."""
    table = Table("tests", "engine", title="official test suite, test by test; wrong accepts and rejects")
    for title in ("right", "of", "%", "groups refused", "accepts", "rejects"):
        table.add_column(title, justify="right")
    for part, result in rows:
        found = score(part, result)
        share = f"{100 * found.right / part.tests:.1f}"
        counts = (found.lost_groups, found.wrong_accepts, found.wrong_rejects)
        table.add_row(
            f"{part.draft} {part.kind}", result.engine, f"{found.right:,}", f"{part.tests:,}", share, *map(str, counts)
        )
    console.print(table)
