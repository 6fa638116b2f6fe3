"""Values written by a model under the constraint of real schemas, judged by the oracle."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from constrain.errors import BudgetError
from constrain.prompting import render_prompt
from constrain.shipped import load_model, load_shipped_model
from grammars.errors import GrammarError
from jsonschema_bench.cases import load_case
from jsonschema_bench.errors import CannotJudgeError
from jsonschema_bench.oracle import make_oracle
from jsonschema_bench.progress import bars

PROMPT = "Write an example."

Writer = Callable[[Any, int], Any]
"""Writes a value of a schema, with a seed."""


@dataclass(frozen=True)
class Written:
    """What became of one schema: `valid`, `invalid`, `refused`, `budget` (too small for any value) or `not judged`."""

    case: str
    status: str
    seconds: float
    detail: str


def make_writer(model: str | None, max_new_tokens: int) -> Writer:
    """A writer that uses the shipped model, or another by name or path."""
    from constrain import generate_json

    loaded, tokenizer = load_shipped_model() if model is None else load_model(model)

    def write(schema: Any, seed: int) -> Any:
        prompt = render_prompt(PROMPT, schema)
        return generate_json(loaded, tokenizer, schema, prompt, max_new_tokens=max_new_tokens, seed=seed)

    return write


def write_one(path: Path, write: Writer, seed: int) -> Written:
    """Write a value of a case's schema and judge it."""
    case = load_case(path)
    began = perf_counter()
    try:
        text = json.dumps(write(case.schema, seed), ensure_ascii=False)
    except BudgetError as error:
        return Written(case.name, "budget", perf_counter() - began, str(error))
    except GrammarError as error:
        return Written(case.name, "refused", perf_counter() - began, str(error))
    seconds = perf_counter() - began
    try:
        complaint = make_oracle(case.schema)(text)
    except CannotJudgeError as error:
        return Written(case.name, "not judged", seconds, str(error))
    return Written(case.name, "invalid" if complaint else "valid", seconds, complaint or text)


def write_all(files: Sequence[Path], write: Writer, seed: int, console: Console) -> list[Written]:
    """Write a value for each case."""
    found: list[Written] = []
    with bars(console) as progress:
        task = progress.add_task("generate", total=len(files), note="")
        for path in files:
            found.append(write_one(path, write, seed))
            counts = Counter(each.status for each in found)
            progress.update(task, advance=1, note=", ".join(f"{n} {status}" for status, n in counts.items()))
    return found


def print_written(found: Sequence[Written], console: Console, most: int) -> None:
    """Show how many values are valid, and list those that are not."""
    table = Table("case", "status", "what", title="not valid", title_justify="left")
    failed = [each for each in found if each.status != "valid"]
    for each in failed[:most]:
        table.add_row(each.case, each.status, escape(each.detail[:300]))
    if failed:
        console.print(table)
    summary = Table("generated values", "")
    summary.columns[1].justify = "right"
    for status, count in Counter(each.status for each in found).most_common():
        summary.add_row(status, f"{count:,}")
    written = [each.seconds for each in found if each.status in {"valid", "invalid"}]
    if written:
        summary.add_row("seconds a value", f"{sum(written) / len(written):.2f}")
    console.print(summary)
