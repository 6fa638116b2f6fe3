"""How costs grow: with the vocabulary, the schema, the batch, and the number of properties, values and definitions.

Times are of this process's processor, so that other work on the machine disturbs little; each is the least of several.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time_ns
from typing import Any

import numpy as np
from rich.console import Console

from constrain import DEAD, Automaton, Vocabulary, compile_json_schema
from jsonschema_bench.engines.ours import make_vocabulary
from jsonschema_bench.growing import GROWERS, Grown
from jsonschema_bench.pictures import picture
from jsonschema_bench.progress import bars
from jsonschema_bench.timing import no_collection
from jsonschema_bench.tokenise import Tokeniser
from jsonschema_bench.vocabularies import vocabulary_named

SALTS = "bcdf"
"""Schemas are timed once for each of these, which makes all of their names new to the process."""
VOCABULARIES = ("tekken-32k", "tekken-65k", "tekken", "union")
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
LONG_TEXT = 600
QUICK = 30
"""How many times what takes microseconds is done for one time."""


@dataclass(frozen=True)
class Curve:
    """Times in nanoseconds at sizes, the least first."""

    what: str
    sizes: tuple[int, ...]
    times: tuple[float, ...]

    @property
    def slope(self) -> float:
        """The slope on logarithmic scales, over the larger half of the sizes: 1 is in proportion."""
        half = len(self.sizes) // 2
        slope, _ = np.polyfit(np.log(self.sizes[-half - 1 :]), np.log(self.times[-half - 1 :]), 1)
        return float(slope)


@dataclass(frozen=True)
class Growth:
    """What grows, and the costs that were measured."""

    of: str
    curves: tuple[Curve, ...]


def in_words(slope: float) -> str:
    """What a slope on logarithmic scales means."""
    if slope < 0.1:
        return "does not grow"
    if slope < 0.85:
        return "grows less than in proportion"
    return "grows in proportion" if slope <= 1.2 else "grows more than in proportion"


def timed(work: Callable[[], object], times: int = 1) -> float:
    """Nanoseconds of the processor for doing it once."""
    with no_collection():
        began = process_time_ns()
        for _ in range(times):
            work()
        return (process_time_ns() - began) / times


class Walk:
    """A text sent through an automaton: mask and advance, token by token."""

    def __init__(self, automaton: Automaton, tokens: Sequence[int]) -> None:
        self.automaton, self.tokens = automaton, tokens
        self.states = [automaton.start]

    def __call__(self) -> None:
        """Walks from the start."""
        mask, advance, state = self.automaton.mask, self.automaton.advance, self.automaton.start
        self.states = [state]
        for token in self.tokens:
            mask(state)
            state = advance(state, token)
            if state == DEAD:
                raise AssertionError("a text that was made for a schema is not let through")
            self.states.append(state)


def measure_vocabularies(tokenisers: Sequence[Tokeniser]) -> Growth:
    """The same texts in each vocabulary: masks that are new to the process, new to the schema, and known."""
    labels = ("a step, new to the process", "a step, new to the schema", "a step, known")
    rows = [_steps_in(tokeniser) for tokeniser in tokenisers]
    return _growth("tokens of the vocabulary", [len(tokeniser.tokens) for tokeniser in tokenisers], labels, rows)


def _steps_in(tokeniser: Tokeniser) -> tuple[float, float, float]:
    vocabulary, make = make_vocabulary(tokeniser), GROWERS["bytes of schema"][0]
    # The first schema of all pays for what the process has not met; the others share it.
    first, *others = (_steps(make(3000, salt), vocabulary, tokeniser) for salt in SALTS)
    return first[0], min(new for new, _ in others), min(known for _, known in others)


def _steps(grown: Grown, vocabulary: Vocabulary, tokeniser: Tokeniser) -> tuple[float, float]:
    """A step that is new, and one that is known."""
    walk = Walk(_opened(grown.schema, vocabulary), tokeniser.encode(grown.text))
    return timed(walk) / len(walk.tokens), timed(walk, QUICK) / len(walk.tokens)


def _growth(of: str, sizes: Sequence[int], labels: Sequence[str], rows: Sequence[Sequence[float]]) -> Growth:
    """From a row of times for each size."""
    columns = zip(labels, zip(*rows, strict=True), strict=True)
    return Growth(of, tuple(Curve(label, tuple(sizes), times) for label, times in columns))


def _opened(schema: Any, vocabulary: Vocabulary) -> Automaton:
    automaton = compile_json_schema(schema, vocabulary, property_order="any")
    automaton.mask(automaton.start)
    return automaton


def measure_grower(name: str, vocabulary: Vocabulary, tokeniser: Tokeniser, largest: int | None) -> Growth:
    """Opening a schema to its first mask, the walk of its text, and `json.loads` of the schema's text beside it."""
    make, every = GROWERS[name]
    sizes = [size for size in every if largest is None or size <= largest]
    labels = ("open, to the first mask", "the same from text", "json.loads", "a step, new", "a step, known")
    return _growth(name, sizes, labels, [_least(make, size, vocabulary, tokeniser) for size in sizes])


def _least(
    make: Callable[[int, str], Grown], size: int, vocabulary: Vocabulary, tokeniser: Tokeniser
) -> tuple[float, ...]:
    few = SALTS if size < 10_000 else SALTS[:2]
    return tuple(
        map(
            min,
            zip(
                *(_times(make(size, salt), make(size, f"{salt}text"), vocabulary, tokeniser) for salt in few),
                strict=True,
            ),
        )
    )


def _times(grown: Grown, other: Grown, vocabulary: Vocabulary, tokeniser: Tokeniser) -> tuple[float, ...]:
    """The times of one schema; its like is opened from text."""
    text = json.dumps(other.schema)
    opening = timed(lambda: _opened(grown.schema, vocabulary))
    from_text = timed(lambda: _opened(text, vocabulary))
    return opening, from_text, timed(lambda: json.loads(text)), *_steps(grown, vocabulary, tokeniser)


def measure_batches(vocabulary: Vocabulary, tokeniser: Tokeniser) -> Growth:
    """`Automaton.fill` of different states that are known, from one to 512."""
    text = json.dumps([{"a": number, "b": "some words of a text"} for number in range(LONG_TEXT // 6)])
    walk = Walk(_opened({"type": "array"}, vocabulary), tokeniser.encode(text)[:LONG_TEXT])
    walk()
    states = np.unique(np.array(walk.states, np.int64))
    out = np.empty((BATCHES[-1], vocabulary.mask_words), np.uint32)

    def fill(batch: int) -> float:
        chosen = np.resize(states, batch)
        return min(timed(lambda: walk.automaton.fill(chosen, out[:batch]), QUICK) for _ in SALTS)

    return _growth("batch", BATCHES, ("fill",), [(fill(batch),) for batch in BATCHES])


def measure(largest: int | None, console: Console) -> list[Growth]:
    """All of it, with a progress bar; sizes of schemas at most `largest` (bytes, properties, values, definitions)."""
    tokeniser = vocabulary_named("tekken")
    vocabulary = make_vocabulary(tokeniser)
    _opened({"type": "object", "properties": {"warm": {"type": "string"}}}, vocabulary)
    works: list[tuple[str, Callable[[], Growth]]] = [
        ("vocabulary", lambda: measure_vocabularies([vocabulary_named(name) for name in VOCABULARIES])),
        *((name, lambda name=name: measure_grower(name, vocabulary, tokeniser, largest)) for name in GROWERS),
        ("batch", lambda: measure_batches(vocabulary, tokeniser)),
    ]
    found = []
    with bars(console) as progress:
        task = progress.add_task("growth", total=len(works), note="")
        for name, work in works:
            progress.update(task, note=name)
            found.append(work())
            progress.update(task, advance=1)
    return found


def unit(nanoseconds: float) -> str:
    """A time to read."""
    for factor, name in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if nanoseconds >= factor:
            return f"{nanoseconds / factor:.3g} {name}"
    return f"{nanoseconds:.3g} ns"


def sentences(growths: Sequence[Growth]) -> Iterator[str]:
    """How each cost grows, in words."""
    for growth in growths:
        sizes = growth.curves[0].sizes
        yield f"{growth.of}, {sizes[0]:,} → {sizes[-1]:,}:"
        for curve in growth.curves:
            costs = f"{unit(curve.times[0])} → {unit(curve.times[-1])}"
            yield f"  {curve.what}: {costs}, slope {curve.slope:.2f}: {in_words(curve.slope)}"


def draw(growths: Sequence[Growth], path: Path) -> None:
    """Draw every growth on logarithmic scales."""
    columns = 3
    rows = -(-len(growths) // columns)
    with picture(path, figsize=(5 * columns, 4 * rows)) as figure:
        for axes, growth in zip(figure.subplots(rows, columns).flat, growths, strict=False):
            for curve in growth.curves:
                label = f"{curve.what} ({curve.slope:.2f})"
                axes.plot(curve.sizes, [time / 1e3 for time in curve.times], "o-", label=label)
            axes.set(xscale="log", yscale="log", xlabel=growth.of, ylabel="µs of processor time")
            axes.grid(alpha=0.3)
            axes.legend(fontsize="small")
