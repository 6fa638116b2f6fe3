"""`python -m samplers.compare`: rejection sampling beside `genlm-control`, in one run and one process."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Annotated, Final, NamedTuple

import numpy as np
import torch
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from constrain.progress import compiling
from samplers.compare import own
from samplers.compare.measure import Estimate, Sampler, cost
from samplers.compare.problems import WIDE, WIDTH, Predicate, five_tokens

ROWS: Final = 4
PARTICLES: Final = 16
TOKENS: Final = 32
RUNS: Final = 3
MISSING: Final = "genlm-control is not installed: pip install --constraint constraints.txt --editable '.[genlm]'"

Draws = Annotated[
    int, typer.Option(min=10, help="Draw so many tokens of each wide row, and 100 times as many of five.")
]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Line(NamedTuple):
    """A figure of both."""

    what: str
    ours: Estimate
    theirs: Estimate


@app.command()
def compare(draws: Draws = 250) -> None:
    """Measures what a token by rejection costs here and with genlm-control: the same scores, the same predicate."""
    errors = Console(stderr=True, highlight=False)
    if find_spec("genlm") is None or find_spec("genlm.control") is None:
        errors.print(MISSING, markup=False, soft_wrap=True)
        raise typer.Exit(2)
    from samplers.compare import peer

    torch.set_num_threads(1)  # the times are the processor's, and ours has one thread
    pieces: list[Callable[[], list[Line]]] = [
        lambda: _five(peer.sampler, 100 * draws),
        *(lambda name=name: _wide(name, peer.sampler, draws) for name in WIDE),
        lambda: _populations(peer.populations),
    ]
    lines: list[Line] = []
    with compiling(errors), Progress(console=errors) as progress:
        for piece in progress.track(pieces, description="Rejection sampling, of both"):
            lines += piece()
    _show(lines)


def _five(theirs: Sampler, draws: int) -> list[Line]:
    ours, peers = (cost(sampler, [five_tokens()], draws) for sampler in (own.sampler, theirs))
    name = "p = (.3, .25, .2, .15, .1), {0, 2} allowed"
    return [
        Line(f"relative variance of the weight, {name}", ours.variance, peers.variance),
        Line(f"evaluations a token, {name}", ours.evaluations, peers.evaluations),
    ]


def _wide(name: str, theirs: Sampler, draws: int) -> list[Line]:
    problems = [WIDE[name](seed) for seed in range(ROWS)]
    ours, peers = (cost(sampler, problems, draws) for sampler in (own.sampler, theirs))
    return [
        Line(f"evaluations a token, {name}", ours.evaluations, peers.evaluations),
        Line(f"relative variance of the weight, {name}", ours.variance, peers.variance),
        Line(f"ms a token beyond the model's, {name}", ours.milliseconds, peers.milliseconds),
    ]


def _populations(peer: Callable[[Predicate], Callable[[int, int], float]]) -> list[Line]:
    """The fastest of some runs each; half of the tokens are allowed, the end among them."""
    row = np.random.default_rng(0).random(WIDTH) < 0.5
    row[0] = True
    run = peer(Predicate(row))
    own.population_time(Predicate(row), PARTICLES, TOKENS, 0)  # the first use of an automaton makes its tables
    ours = min(own.population_time(Predicate(row), PARTICLES, TOKENS, seed) for seed in range(RUNS))
    theirs = min(run(PARTICLES, TOKENS) for _ in range(RUNS))
    what = f"ms a token and particle beyond the model's, {PARTICLES} particles, half of the tokens allowed"
    return [Line(what, Estimate(ours), Estimate(theirs))]


def _show(lines: list[Line]) -> None:
    table = Table("figure", "ours", "genlm-control", "theirs / ours", title=f"{WIDTH:,} tokens, unless said otherwise")
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines:
        ratio = line.theirs.value / line.ours.value
        table.add_row(line.what, _written(line.ours), _written(line.theirs), f"{ratio:.2f}")
    Console().print(table)


def _written(estimate: Estimate) -> str:
    error = "" if estimate.error is None else f" ± {estimate.error:.1g}"
    return f"{estimate.value:.4g}{error}"


if __name__ == "__main__":
    app()
