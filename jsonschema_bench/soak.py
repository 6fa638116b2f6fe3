"""A soak: very many different schemas in one process, and whether its memory stays flat."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from constrain import DEAD, Automaton, MemoryUsage, Vocabulary, compile_json_schema, memory_usage
from grammars.errors import GrammarError
from jsonschema_bench.drawing import QuickDrawer
from jsonschema_bench.engines.ours import make_vocabulary
from jsonschema_bench.errors import BenchError
from jsonschema_bench.pictures import picture
from jsonschema_bench.progress import bars
from jsonschema_bench.timing import held_memory
from jsonschema_bench.tokenise import Tokeniser, allowed
from jsonschema_bench.variation import Variations

STEPS = 40
"""How many tokens are written in each schema at most."""
DEADLINE = 10.0
"""Seconds for a part of a schema before it counts as refused."""
SAMPLES = 500
"""How often memory is looked at in a run."""
WARM = 0.2
"""The share of a run that is warm-up."""
TOLERANCE = 1.05
"""By what factor the highest memory of the end may exceed that after the warm-up."""
MOST_SLOPE = 1e6
"""Bytes per 10,000 schemas by which memory may surely grow."""
BATCHES = 12
T_QUANTILE = 2.228
"""The 97.5 % point of Student's t with `BATCHES - 2` degrees of freedom."""


class Sample(NamedTuple):
    """The memory of the process after so many schemas."""

    schemas: int
    resident: int
    usage: MemoryUsage

    @property
    def without_lexicons(self) -> int:
        """What is resident besides the shared lexical tables, which fill up and are given back by turns."""
        return self.resident - self.usage.lexicons


@dataclass(frozen=True)
class Verdict:
    """Peaks in bytes, the slope in bytes per 10,000 schemas with the ends of its 95 % interval."""

    early_peak: int
    late_peak: int
    slope: float
    low: float
    high: float

    @property
    def is_flat(self) -> bool:
        """Whether memory does not grow, as far as can be told."""
        return self.late_peak <= TOLERANCE * self.early_peak and self.low <= MOST_SLOPE


RULE = f"""Flat: the highest memory of the last fifth is at most {TOLERANCE} times that of the second fifth (the first \
is warm-up), and the slope after the warm-up is not surely above {MOST_SLOPE / 1e6:.0f} MB per 10,000 schemas (95 % \
interval over {BATCHES} batches). The slope leaves out the lexicons, which fill up and are given back by turns."""


@dataclass
class Soak:
    """A run as far as it has come."""

    tokeniser: Tokeniser
    variations: Variations
    refused: int = 0
    steps: int = 0

    def __post_init__(self) -> None:
        self.vocabulary: Vocabulary = make_vocabulary(self.tokeniser)
        self.drawer = QuickDrawer(self.vocabulary.tokens)

    def run(self, schemas: int) -> Iterator[Sample]:
        """Compile and walk so many schemas; what memory is taken, `SAMPLES` times, the last one at the end."""
        every = max(1, schemas // SAMPLES)
        for number in range(schemas):
            self.use(number)
            if (number + 1) % every == 0 or number + 1 == schemas:
                yield Sample(number + 1, held_memory(), memory_usage())

    def use(self, number: int) -> None:
        """Compile one schema, write some tokens, and drop it."""
        schema, instances = self.variations.make(number)
        text = self.tokeniser.encode(instances[0].text[: 8 * STEPS])[:STEPS] if instances else []
        try:
            automaton = compile_json_schema(schema, self.vocabulary, property_order="any", deadline=DEADLINE)
            self.steps += self._write(automaton, text, random.Random(number))
        except GrammarError:
            self.refused += 1

    def _write(self, automaton: Automaton, text: Sequence[int], rng: random.Random) -> int:
        """Follow a text as far as it is allowed, then write at random; how many tokens were written."""
        state, follows, given = automaton.start, True, iter(text)
        for step in range(STEPS):
            row = automaton.mask(state)
            token = next(given, None) if follows else None
            if token is None or not allowed(row, token):
                follows, token = False, self.drawer.draw(rng, row)
            state = DEAD if token is None else automaton.advance(state, token)
            if state == DEAD:
                return step
        return STEPS


def soak(tokeniser: Tokeniser, cases: Sequence[Path], schemas: int, seed: int, console: Console) -> list[Sample]:
    """Run a soak with a progress bar; the memory over time."""
    if schemas < 10 * BATCHES:
        raise BenchError(f"--schemas has to be at least {10 * BATCHES}: memory is judged in {BATCHES} batches")
    made, samples, began = Soak(tokeniser, Variations(cases, seed)), [], perf_counter()
    with bars(console) as progress:
        task = progress.add_task("schemas", total=schemas, note="")
        for sample in made.run(schemas):
            samples.append(sample)
            progress.update(task, completed=sample.schemas, note=f"{sample.resident / 1e6:,.0f} MB")
    seconds = perf_counter() - began
    console.print(f"{schemas:,} schemas, {made.refused:,} refused, {made.steps:,} tokens, {seconds:,.0f} s")
    return samples


def judge(samples: Sequence[Sample]) -> Verdict:
    """Whether memory is flat; see `RULE`."""
    total = samples[-1].schemas
    after = [sample for sample in samples if sample.schemas > WARM * total]
    early = [sample.resident for sample in after if sample.schemas <= 2 * WARM * total]
    late = [sample.resident for sample in after if sample.schemas > (1 - WARM) * total]
    slope, error = _slope(
        np.array([sample.schemas for sample in after], float), np.array([s.without_lexicons for s in after], float)
    )
    return Verdict(max(early), max(late), slope * 1e4, (slope - error) * 1e4, (slope + error) * 1e4)


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """The slope of batch means, since samples next to each other are alike, and half of its 95 % interval."""
    x, y = (np.array([part.mean() for part in np.array_split(values, BATCHES)]) for values in (x, y))
    deviations = x - x.mean()
    spread = float(deviations @ deviations)
    slope = float(deviations @ y) / spread
    rest = y - y.mean() - slope * deviations
    return slope, T_QUANTILE * float(np.sqrt(rest @ rest / (BATCHES - 2) / spread))


def print_verdict(samples: Sequence[Sample], verdict: Verdict, console: Console) -> None:
    """Show what memory did, and what it is made of at the end."""
    last = samples[-1]
    table = Table("memory, MB", "", caption=RULE)
    table.columns[1].justify = "right"
    table.add_row("highest after the warm-up", f"{verdict.early_peak / 1e6:,.0f}")
    table.add_row("highest at the end", f"{verdict.late_peak / 1e6:,.0f}")
    slope = f"{verdict.slope / 1e6:+.2f} ({verdict.low / 1e6:+.2f} to {verdict.high / 1e6:+.2f})"
    table.add_row("slope per 10,000 schemas", slope)
    table.add_section()
    for name, value in chain(vars(last.usage).items(), [("everything else", last.resident - last.usage.total)]):
        table.add_row(f"{name}, in the end", f"{value / 1e6:,.1f}")
    console.print(table)
    console.print("flat" if verdict.is_flat else "[bold]not flat[/bold]")


def draw(samples: Sequence[Sample], path: Path) -> None:
    """Draw memory over the schemas: all of it as a line, its parts as areas below."""
    x = [sample.schemas for sample in samples]
    names = list(vars(samples[0].usage))
    parts = [[vars(sample.usage)[name] / 1e6 for sample in samples] for name in names]
    with picture(path, figsize=(9, 5)) as figure:
        axes = figure.add_subplot()
        axes.stackplot(x, parts, labels=names, alpha=0.7)
        axes.plot(x, [sample.resident / 1e6 for sample in samples], color="black", label="resident")
        axes.axvline(WARM * x[-1], color="grey", linestyle=":", label="end of the warm-up")
        axes.set(xlabel="schemas", ylabel="MB", ylim=(0, None), xlim=(0, x[-1]))
        axes.legend(loc="lower right", ncols=3, fontsize="small")
