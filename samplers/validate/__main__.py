"""`python -m samplers.validate`: every claim of the samplers, measured; exit status 1 where one is missed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from constrain.progress import compiling
from samplers.validate.checks import all_checks
from samplers.validate.figures import Check, Found, Settings
from samplers.validate.showing import print_found, write_found

Seeds = Annotated[int, typer.Option(min=1, help="Use so many table models.")]
SampleCount = Annotated[int, typer.Option(min=10, help="Draw so many samples where a check has no number of its own.")]
Only = Annotated[str, typer.Option(help="Run these checks alone, with commas between.")]
Out = Annotated[Path | None, typer.Option(help="Write figures.json and the pictures into this folder.")]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def validate(
    seeds: Seeds = Settings.seeds,
    samples: SampleCount = Settings.samples,
    only: Only = "",
    out: Out = None,
) -> None:
    """Holds the samplers against exact enumeration on a small problem, and measures what they cost."""
    errors = Console(stderr=True, highlight=False)
    checks = _chosen(all_checks(), only)
    with compiling(errors):
        found = _run(checks, Settings(seeds, samples), errors)
    print_found(found, Console())
    if out is not None:
        for path in write_found(found, out):
            errors.print(f"written: {path}")
    if not all(figure.is_met for each in found.values() for figure in each.figures):
        raise typer.Exit(1)


def _chosen(checks: dict[str, Check], only: str) -> dict[str, Check]:
    names = [name.strip() for name in only.split(",") if name.strip()] or list(checks)
    unknown = [name for name in names if name not in checks]
    if unknown:
        raise typer.BadParameter(f"no check {', '.join(unknown)}: there are {', '.join(checks)}", param_hint="--only")
    return {name: checks[name] for name in names}


def _run(checks: dict[str, Check], settings: Settings, console: Console) -> dict[str, Found]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    found = {}
    with Progress(*columns, console=console) as progress:
        for name, check in checks.items():
            task = progress.add_task(check.about, total=check.steps(settings))
            found[name] = check.run(settings, partial(progress.advance, task))
    return found


if __name__ == "__main__":
    app()
