"""Progress bars: one for each engine, with how many cases pass so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from jsonschema_bench.results import CaseResult
from jsonschema_bench.runs import Step


class Bars(Progress):
    """Progress bars; where there is no terminal to draw them on, a line for each twentieth that is done."""

    def update(self, task_id: TaskID, **changes: Any) -> None:
        """See `Progress.update`."""
        task = self._tasks[task_id]
        before = task.percentage // 5
        super().update(task_id, **changes)
        if not self.console.is_terminal and task.percentage // 5 > before:
            note = task.fields.get("note", "")
            self.console.print(f"{task.description} {task.completed:,.0f} of {task.total:,.0f} {note}", highlight=False)


def bars(console: Console) -> Bars:
    """Progress bars as all measurements here show them."""
    return Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
    )


@contextmanager
def following(engines: Sequence[str], total: int, console: Console) -> Iterator[Step]:
    """A function to tell of each finished case, shown as a bar for each engine."""
    counts = {engine: Counter[str]() for engine in engines}
    with bars(console) as progress:
        tasks = {engine: progress.add_task(engine, total=total, note="") for engine in engines}

        def step(engine: str, case: CaseResult) -> None:
            counts[engine][case.status] += 1
            note = ", ".join(f"{count} {status}" for status, count in counts[engine].most_common())
            progress.update(tasks[engine], advance=1, note=note)

        yield step
