"""The command line: `jsonschema-bench masks`, `walks`, `suite`, `apply`, `generate`, `soak`, `growth`, `report`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from jsonschema_bench.cases import find_files, load_case
from jsonschema_bench.engines.remotes import FOLDER_DIALECTS
from jsonschema_bench.errors import BenchError
from jsonschema_bench.masks import Plan, check_engines, measure
from jsonschema_bench.report import markdown, plot
from jsonschema_bench.results import load, save
from jsonschema_bench.tables import EXPLANATION, print_failures, print_result
from jsonschema_bench.vocabularies import VOCABULARIES, vocabulary_named

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Constrained decoding on real JSON Schemas: correctness, speed and memory, side by side with other engines.",
)


class Order(StrEnum):
    """The orders of members that our engine can be asked to accept."""

    ANY = "any"
    SCHEMA = "schema"


Data = Annotated[Path, typer.Option(help="A folder of cases in MaskBench's form, one JSON file each.", exists=True)]
Limit = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Use N cases: numbers i * count // N of the sorted file names, so that every part of the data is in.",
    ),
]
Sample = Annotated[int | None, typer.Option(min=1, help="Use N cases drawn at random, the same for the same --seed.")]
Seed = Annotated[int, typer.Option(help="What random choices start from.")]
Engines = Annotated[str, typer.Option(help="ours, llguidance, xgrammar, or package.module:Class; with commas between.")]
Timeout = Annotated[float, typer.Option(help="Seconds for a schema to open, and again for its instances.")]
Named = Annotated[str, typer.Option("--vocabulary", help=f"One of {', '.join(VOCABULARIES)}.")]
Shown = Annotated[int, typer.Option(help="List at most so many failures.")]


@app.command(epilog=EXPLANATION)
def masks(
    data: Data,
    limit: Limit = None,
    sample: Sample = None,
    seed: Seed = 0,
    engines: Engines = "ours",
    repeat: Annotated[int, typer.Option(min=1, max=2, help="2: walk all instances again, on kept automata.")] = 1,
    property_order: Annotated[Order, typer.Option(help="The order of members that our engine accepts.")] = Order.ANY,
    vocabulary: Named = "tekken",
    timeout: Timeout = 30.0,
    parallel: Annotated[
        bool, typer.Option("--parallel", help="Engines at the same time: times disturb each other.")
    ] = False,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Write everything here, each failing case too.")
    ] = None,
    shown: Shown = 20,
) -> None:
    """Judge and time masks, token by token on every instance; each engine in its own process and thread, in turns."""
    console = Console()
    plan = Plan(data, _split(engines), limit, sample, seed, repeat, property_order.value, vocabulary, timeout, parallel)
    result = measure(plan, console)
    if json_path is not None:
        save(result, json_path)
    print_failures(result, console, shown)
    print_result(result, console)


@app.command()
def walks(
    data: Data,
    limit: Limit = None,
    sample: Sample = None,
    seed: Seed = 0,
    number: Annotated[int, typer.Option("--walks", min=1, help="Walk so many times in all.")] = 2000,
    case: Annotated[str | None, typer.Option(help="Repeat one walk of this case (see --order, --number).")] = None,
    order: Annotated[Order, typer.Option(help="The property order of the walk to repeat.")] = Order.ANY,
    index: Annotated[int, typer.Option("--number", help="The number of the walk to repeat.")] = 0,
    shown: Shown = 20,
) -> None:
    """Walk at random through our masks, in both property orders; every walk has to end in a valid text."""
    from jsonschema_bench.engines.ours import make_vocabulary
    from jsonschema_bench.walking import print_tally, repeat_walk, walk_all
    from jsonschema_bench.walks import Place

    console = Console()
    vocabulary = make_vocabulary(VOCABULARIES["tekken"]())
    if case is not None:
        place = Place(case, order.value, index)
        console.print(repeat_walk(load_case(data / f"{case}.json"), place, vocabulary, seed) or "nothing is wrong")
        return
    tally = walk_all(find_files(data, limit, sample, seed), vocabulary, number, seed, console)
    print_tally(tally, seed, console, shown)
    raise typer.Exit(0 if tally.clean else 1)


@app.command()
def suite(
    folder: Annotated[Path, typer.Argument(help="The official JSON Schema Test Suite.", exists=True, file_okay=False)],
    engines: Engines = "ours,llguidance,xgrammar",
    drafts: Annotated[str, typer.Option(help="The drafts, with commas between.")] = ",".join(FOLDER_DIALECTS),
    kinds: Annotated[str, typer.Option(help="required, optional, format; with commas between.")] = "required",
    timeout: Timeout = 30.0,
    shown: Shown = 20,
) -> None:
    """Send the official tests through masks, each to its end; our engine is given the suite's remote documents."""
    from jsonschema_bench.suite import find_parts, print_scores, run_part
    from jsonschema_bench.tables import print_failed

    console = Console()
    check_engines(_split(engines))
    rows = []
    for part in find_parts(folder, _split(drafts), _split(kinds)):
        results = run_part(part, folder, _split(engines), timeout, "tekken", console)
        rows += [(part, result) for result in results]
    for part, result in rows:
        print_failed(result, console, shown, f"{part.draft} {part.kind}, ")
    print_scores(rows, console)


@app.command()
def apply(
    batches: Annotated[str, typer.Option(help="Rows in a batch; with commas between.")] = "1,8,64,512",
    rounds: Annotated[int, typer.Option(min=1, help="Times are medians of so many rounds.")] = 50,
    threads: Annotated[int, typer.Option(min=1, help="Threads for our kernels and for torch.")] = 1,
) -> None:
    """Time what a batch costs: masks applied to scores (up to 64 rows), known masks copied, and steps; Tekken."""
    from jsonschema_bench.batches import measure_batches, print_batches

    console = Console()
    print_batches(measure_batches(_whole_numbers(batches), rounds, threads, console), console)


@app.command()
def start(rounds: Annotated[int, typer.Option(min=1, help="How many processes are measured.")] = 9) -> None:
    """Time new processes from the import to the first mask, with the model that ships; one before fills the caches."""
    from jsonschema_bench.start_up import measure_starts, print_starts

    console = Console()
    print_starts(measure_starts(rounds, console), console)


@app.command()
def generate(
    data: Data,
    limit: Limit = None,
    sample: Sample = None,
    seed: Seed = 0,
    model: Annotated[str | None, typer.Option(help="A model by name or path; the one that ships by default.")] = None,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="The budget of each value.")] = 256,
    shown: Shown = 20,
) -> None:
    """Let a model write a value of each schema under its constraint, and judge the values."""
    from jsonschema_bench.generation import make_writer, print_written, write_all

    console = Console()
    files = find_files(data, limit, sample, seed)
    print_written(write_all(files, make_writer(model, max_new_tokens), seed, console), console, shown)


@app.command()
def soak(
    data: Annotated[
        Path | None, typer.Option(help="A folder of cases to vary; without one, all schemas are made up.", exists=True)
    ] = None,
    schemas: Annotated[int, typer.Option(min=1, help="How many schemas, no two alike.")] = 100_000,
    seed: Seed = 0,
    vocabulary: Named = "tekken",
    picture: Annotated[Path | None, typer.Option(help="Draw memory over time (.png, .svg).")] = None,
) -> None:
    """Compile very many different schemas in one process, walk each a little, drop it; status 1 if memory grows."""
    from jsonschema_bench.soak import draw, judge, print_verdict
    from jsonschema_bench.soak import soak as run_soak

    console = Console()
    cases = [] if data is None else find_files(data)
    samples = run_soak(vocabulary_named(vocabulary), cases, schemas, seed, console)
    if picture is not None:
        draw(samples, picture)
    verdict = judge(samples)
    print_verdict(samples, verdict, console)
    raise typer.Exit(0 if verdict.is_flat else 1)


@app.command()
def growth(
    largest: Annotated[
        int | None, typer.Option(min=1, help="Leave out schemas of more bytes, properties, values or definitions.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the curves (.png, .svg).")] = None,
) -> None:
    """Measure how costs grow with the vocabulary, the schema and the batch; say the slopes in words."""
    from jsonschema_bench.growth import draw, sentences
    from jsonschema_bench.growth import measure as measure_growth

    console = Console()
    growths = measure_growth(largest, console)
    if picture is not None:
        draw(growths, picture)
    for line in sentences(growths):
        console.print(line, highlight=False)


@app.command()
def report(
    files: Annotated[list[Path], typer.Argument(help="Results that --json wrote.", exists=True, dir_okay=False)],
    output: Annotated[Path | None, typer.Option(help="Write the Markdown here, not to the terminal.")] = None,
    plot_path: Annotated[Path | None, typer.Option("--plot", help="Draw the times between masks (.png, .svg).")] = None,
) -> None:
    """Show saved results as Markdown tables, and draw the time between masks."""
    results = [load(path) for path in files]
    if plot_path is not None:
        plot(results, plot_path)
    if output is None:
        typer.echo(markdown(results))
    else:
        output.write_text(markdown(results))


def _whole_numbers(given: str) -> list[int]:
    numbers = [int(number) if number.isdecimal() else 0 for number in _split(given)]
    if not numbers or min(numbers) < 1:
        raise BenchError(f"batches are whole numbers from 1 on, with commas between, not {given!r}")
    return numbers


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def main() -> None:
    """Run the command line; a measurement that cannot be made says why, without a traceback."""
    try:
        app()
    except BenchError as error:
        sys.exit(f"jsonschema-bench: {error}")
