"""What a batch costs: masks applied to scores, masks of known states copied, and steps, each against the plain way."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import median
from time import perf_counter_ns
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt
import torch
from rich.console import Console
from rich.table import Table

from constrain import Automaton, apply_mask, compile_json_schema, compile_regex
from constrain.mask_tensors import allowed_tensor
from jsonschema_bench.engines.ours import make_vocabulary
from jsonschema_bench.progress import bars
from jsonschema_bench.tables import significant
from jsonschema_bench.timing import no_collection
from jsonschema_bench.vocabularies import VOCABULARIES

ITEM: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 100},
        "price": {"type": "number"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name", "price", "tags"],
    "additionalProperties": False,
}
SCHEMA: Final[dict[str, Any]] = {"type": "array", "items": ITEM, "maxItems": 100}
VALUE: Final = [
    {"name": f"Kettle no. {number}, brushed steel", "price": 19.5 + number, "tags": ["kitchen", f"lot {number % 7}"]}
    for number in range(60)
]
MOST_SCORES: Final = 64
TYPES: Final = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

Words = npt.NDArray[np.uint32]
Work = Callable[[], object]


@dataclass(frozen=True)
class Walk:
    """A text in tokens, with the state before each."""

    automaton: Automaton
    states: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int64]

    def rows(self, batch: int) -> npt.NDArray[np.int64]:
        """Places of the walk for a batch: all different while there are enough."""
        return np.arange(batch) % len(self.states)


@dataclass(frozen=True)
class Measured:
    """One row of a table: what was done, and the median µs of each way to do it."""

    labels: tuple[str, ...]
    times: Mapping[str, float]


def walk_text(vocabulary: str) -> Walk:
    """Walks a text of 60 objects through the masks once, so that all of its states are known."""
    tokeniser = VOCABULARIES[vocabulary]()
    automaton = compile_json_schema(SCHEMA, make_vocabulary(tokeniser))
    state, states, tokens = automaton.start, [], tokeniser.encode(json.dumps(VALUE))
    for token in tokens:
        states.append(state)
        automaton.mask(state)
        state = automaton.advance(state, token)
    return Walk(automaton, np.array(states), np.array(tokens))


def medians(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """The median µs of each way; they take turns, so that what else the machine does meets all of them."""
    times: dict[str, list[int]] = {name: [] for name in works}
    for work in works.values():
        work()
    with no_collection():
        for _ in range(rounds):
            for name, work in works.items():
                began = perf_counter_ns()
                work()
                times[name].append(perf_counter_ns() - began)
    return {name: median(each) / 1e3 for name, each in times.items()}


def kinds(walk: Walk) -> dict[str, Words]:
    """Masks by what they are like: nearly all tokens inside a string, some of them in a pattern, few between values."""
    vocabulary = walk.automaton.vocabulary
    masks = np.array([walk.automaton.mask(state) for state in walk.states.tolist()])
    is_many = np.bitwise_count(masks).sum(axis=1) > len(vocabulary) // 2
    pattern = compile_regex("[a-z]+", vocabulary)
    return {
        "in strings": masks[is_many][:MOST_SCORES],
        "in a word": pattern.mask(pattern.start)[None],
        "between values": masks[~is_many][:MOST_SCORES],
    }


def applying(batch: int, masks: Words, width: int, dtype: torch.dtype) -> dict[str, Work]:
    """The ways to apply masks to a batch of scores."""
    words = masks[np.arange(batch) % len(masks)]
    scores = torch.randn(batch, width).to(dtype)
    allowed = allowed_tensor(words, width, scores.device)
    out, own, bitmask, other = torch.empty_like(scores), scores.clone(), torch.from_numpy(words.view(np.int32)), scores
    works: dict[str, Work] = {
        "torch.where": lambda: torch.where(allowed, scores, -torch.inf),
        "unpacking, torch.where": lambda: torch.where(allowed_tensor(words, width, scores.device), scores, -torch.inf),
        "new tensor": lambda: apply_mask(scores, words),
        "out=": lambda: apply_mask(scores, words, out=out),
        "in place": lambda: apply_mask(own, words, out=own),
    }
    if importlib.util.find_spec("xgrammar") is not None:
        from xgrammar import apply_token_bitmask_inplace

        other = scores.clone()
        works["xgrammar, in place"] = lambda: apply_token_bitmask_inplace(other, bitmask)
    return works


def filling(walk: Walk, batch: int) -> dict[str, Work]:
    """The ways to copy the masks of a batch of known states."""
    states, automaton = walk.states[walk.rows(batch)], walk.automaton
    out = np.empty((batch, automaton.vocabulary.mask_words), np.uint32)

    def one_by_one() -> None:
        for row, state in enumerate(states.tolist()):
            out[row] = automaton.mask(state)

    return {"one by one": one_by_one, "fill": lambda: automaton.fill(states, out)}


def advancing(walk: Walk, batch: int) -> dict[str, Work]:
    """The ways to take a step in every row of a batch."""
    rows, automaton = walk.rows(batch), walk.automaton
    states, tokens = walk.states[rows], walk.tokens[rows]

    def one_by_one() -> list[int]:
        return [automaton.advance(*pair) for pair in zip(states.tolist(), tokens.tolist(), strict=True)]

    return {"one by one": one_by_one, "advance_all": lambda: automaton.advance_all(states, tokens)}


@dataclass(frozen=True)
class Case:
    """Something to measure: the table it belongs to, its labels there, and what makes the ways to do it."""

    table: str
    labels: tuple[str, ...]
    make: Callable[[], Mapping[str, Work]]


def cases(walk: Walk, batches: Sequence[int]) -> Iterator[Case]:
    """Everything that is measured; masks are applied to at most 64 rows."""
    small = [batch for batch in batches if batch <= MOST_SCORES]
    width = len(walk.automaton.vocabulary)
    for (kind, masks), (name, dtype), batch in product(kinds(walk).items(), TYPES.items(), small):
        yield Case("apply", (kind, name, f"{batch}"), partial(applying, batch, masks, width, dtype))
    for batch in batches:
        yield Case("fill", (f"{batch}",), partial(filling, walk, batch))
    for batch in batches:
        yield Case("advance", (f"{batch}",), partial(advancing, walk, batch))


COMPARED: Final = {
    "apply": (("new tensor", "torch.where"), ("in place", "torch.where"), ("in place", "xgrammar, in place")),
    "fill": (("fill", "one by one"),),
    "advance": (("advance_all", "one by one"),),
}
"""The ratios of each table."""
TITLES: Final = {
    "apply": ("masks", "scores", "batch"),
    "fill": ("batch",),
    "advance": ("batch",),
}


def measure_batches(
    batches: Sequence[int], rounds: int, threads: int, console: Console, vocabulary: str = "tekken"
) -> dict[str, list[Measured]]:
    """All tables, with so many threads for ours and for torch."""
    torch.set_num_threads(threads)
    vars(numba.config)["NUMBA_NUM_THREADS"] = threads
    walk = walk_text(vocabulary)
    found: dict[str, list[Measured]] = {name: [] for name in TITLES}
    planned = list(cases(walk, batches))
    with bars(console) as progress:
        task = progress.add_task("batches", total=len(planned), note="")
        for case in planned:
            found[case.table].append(Measured(case.labels, medians(case.make(), rounds)))
            progress.update(task, advance=1, note=" ".join((case.table, *case.labels)))
    return found


def print_batches(found: Mapping[str, Sequence[Measured]], console: Console) -> None:
    """A table for each thing that was measured: µs, and ratios (below 1 the first way is quicker)."""
    for name, rows in found.items():
        ways = list(rows[0].times) if rows else []
        ratios = [pair for pair in COMPARED[name] if set(pair) <= set(ways)]
        table = Table(title=f"{name}, µs", caption="Medians; ratios are of the first way to the second.")
        for title in (*TITLES[name], *ways, *(f"{first} / {second}" for first, second in ratios)):
            table.add_column(title, justify="right" if title not in TITLES["apply"][:2] else "left")
        for row in rows:
            times = [significant(row.times[way]) for way in ways]
            table.add_row(*row.labels, *times, *(f"{row.times[a] / row.times[b]:.2f} ×" for a, b in ratios))
        console.print(table)
