"""How long a new process takes to its first mask, beyond torch and transformers, which a program has anyway."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from jsonschema_bench.errors import BenchError
from jsonschema_bench.progress import bars

PARTS: Final = ("imports", "vocabulary", "schema and first mask")
_PROGRAM: Final = """
import json
from time import perf_counter

import torch
import transformers
from constrain.shipped import load_shipped_model

tokenizer = load_shipped_model()[1]
times = [perf_counter()]
from constrain import Vocabulary, compile_json_schema

times.append(perf_counter())
vocabulary = Vocabulary.from_tokenizer(tokenizer)
times.append(perf_counter())
automaton = compile_json_schema({"type": "object", "properties": {"name": {"type": "string"}}}, vocabulary)
automaton.mask(automaton.start)
times.append(perf_counter())
print(json.dumps([end - begin for begin, end in zip(times, times[1:])]))
"""


def measure_starts(rounds: int, console: Console) -> list[list[float]]:
    """Seconds of each part in each of some new processes, after one that is not counted: it may have to compile.

    Raises `BenchError` where a process fails.
    """
    with bars(console) as progress:
        task = progress.add_task("new processes", total=rounds + 1, note="")
        found = []
        for times in (_one() for _ in range(rounds + 1)):
            found.append(times)
            progress.advance(task)
    return found[1:]


def _one() -> list[float]:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)  # noqa: S603  # our own
    if ran.returncode != 0:
        raise BenchError(f"a new process failed: {ran.stderr.strip().splitlines()[-1:]}")
    times: list[float] = json.loads(ran.stdout.splitlines()[-1])
    return times


def print_starts(times: list[list[float]], console: Console) -> None:
    """The median and the least of each part and of the whole."""
    table = Table(title="From the import to the first mask, s")
    for heading in ("", "median", "least"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, each in _columns(times):
        table.add_row(name, f"{median(each):.2f}", f"{min(each):.2f}")
    console.print(table)


def _columns(times: list[list[float]]) -> Iterator[tuple[str, list[float]]]:
    yield from zip(PARTS, map(list, zip(*times, strict=True)), strict=True)
    yield "in all", [sum(parts) for parts in times]
