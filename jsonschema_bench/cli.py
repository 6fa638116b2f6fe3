"""The command line: `jsonschema-bench masks`, `walks`, `suite`, `generate`, `report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from jsonschema_bench.errors import BenchError
from jsonschema_bench.masks import Plan, measure
from jsonschema_bench.report import markdown, plot
from jsonschema_bench.results import load, save
from jsonschema_bench.tables import print_failures, print_result

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_show_locals=False, help=__doc__)

Data = Annotated[Path, typer.Option("--data", help="A folder of cases in MaskBench's form, one JSON file each.", file_okay=False, exists=True)]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=1, help="Use so many cases, spread evenly over the sorted file names, so that every part of the data is in."),
]
Seed = Annotated[int, typer.Option("--seed", help="What random choices start from.")]


@app.command()
def masks(
    data: Data,
    limit: Limit = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Use so many cases drawn at random (see --seed).")] = None,
    seed: Seed = 0,
    engines: Annotated[str, typer.Option(help="ours, llguidance, xgrammar, or package.module:Class; with commas.")] = "ours",
    repeat: Annotated[int, typer.Option(min=1, max=2, help="2: a second pass over the same instances, on compiled schemas.")] = 1,
    property_order: Annotated[str, typer.Option(help="any or schema: the order of members that our engine accepts.")] = "any",
    vocabulary: Annotated[str, typer.Option(help="tekken (131,072 ids) or bytes.")] = "tekken",
    timeout: Annotated[float, typer.Option(help="Seconds for a schema to open, and again for its instances.")] = 30.0,
    parallel: Annotated[bool, typer.Option(help="All engines at the same time: quicker, but times disturb each other.")] = False,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write all results, with every failing case, here.")] = None,
    failures: Annotated[int, typer.Option(help="List so many failing cases of each engine.")] = 20,
) -> None:
    """Judge and time masks: every instance of every case, token by token, each engine in its own process, one thread."""
    console = Console()
    plan = Plan(
        data, _split(engines), limit, sample, seed, repeat, property_order, vocabulary, timeout, parallel
    )
    result = measure(plan, console)
    if json_path is not None:
        save(result, json_path)
    print_failures(result, console, failures)
    print_result(result, console)


@app.command()
def report(
    files: Annotated[list[Path], typer.Argument(help="Results that --json wrote.", exists=True, dir_okay=False)],
    output: Annotated[Path | None, typer.Option(help="Write the Markdown here, not to the terminal.")] = None,
    plot_path: Annotated[Path | None, typer.Option("--plot", help="Draw the times between masks here (.png, .svg).")] = None,
) -> None:
    """Saved results as Markdown tables, and as a plot of the time between masks."""
    results = [load(path) for path in files]
    if plot_path is not None:
        plot(results, plot_path)
    if output is None:
        typer.echo(markdown(results))
    else:
        output.write_text(markdown(results))


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def main() -> None:
    """Run the command line; a measurement that cannot be made says why, without a traceback."""
    try:
        app()
    except BenchError as error:
        sys.exit(f"jsonschema-bench: {error}")
