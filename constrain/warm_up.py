"""Compiles every kernel, by using every method of an automaton once, and those that other packages add.

Numba keeps what it compiled on disk, so that this takes long only the first time on a machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from constrain.automaton import Automaton
from constrain.checking import END, byte_vocabulary
from constrain.compile import compile_json_schema, compile_lark
from constrain.compiling import MODULES, fill_cache, processes
from constrain.jit import HOME, Home

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 9}, "tags": {"type": "array", "items": {"type": "number"}}},
    "required": ["name"],
}
KERNELS: Final = "constrain.kernels"
"""The group of entry points of modules with kernels, in packages that know this one."""
LARK: Final = 'start: (WORD | "if")+\nWORD: /[a-z]+/\n%ignore " "\n'


def warm_up_steps() -> Iterator[tuple[str, Callable[[], object]]]:
    """The steps of the warm-up, each with a name; they have to be run in this order."""
    vocabulary = byte_vocabulary()
    automata: list[Automaton] = []
    modules = [*MODULES, *(entry.value for entry in entry_points(group=KERNELS))]
    yield f"compiling functions, {processes()} at a time", lambda: fill_cache(modules)
    yield "schemas", lambda: automata.append(compile_json_schema(SCHEMA, vocabulary))
    yield (
        "members in any order",
        lambda: automata.append(compile_json_schema(SCHEMA, vocabulary, property_order="any")),
    )
    yield "grammars", lambda: automata.append(compile_lark(LARK, vocabulary))
    yield "masks", lambda: [each.mask(each.start) for each in automata]
    yield "walks", lambda: [each.advance_bytes(each.start, b'{"name": "') for each in automata[:2]]
    yield "steps", lambda: [_use(each) for each in automata]


def _use(automaton: Automaton) -> int:
    state = automaton.start
    automaton.fill(np.array([state], np.int64), np.empty((1, automaton.vocabulary.mask_words), np.uint32))
    automaton.forced_tokens(state)
    automaton.explain(state, END)
    for byte in automaton.shortest_text(state):
        state = automaton.advance(state, byte)
        automaton.mask(state)
    return state


def show_warm_up(console: Console) -> None:
    """Runs the steps; shows how far they are where someone looks at it."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Compiling the kernels, once on this machine:"), BarColumn(), TimeElapsedColumn())
    began, steps = time.perf_counter(), list(warm_up_steps())
    with Progress(
        *columns, TextColumn("{task.description}"), console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=len(steps))
        for name, step in steps:
            progress.update(task, description=name)
            step()
            progress.advance(task)
    console.print(f"The kernels are ready ({time.perf_counter() - began:.1f} s), {where_kept(HOME)}.")


def where_kept(home: Home) -> str:
    """Whether the next process finds what was compiled."""
    return f"kept in {home}" if home.is_lasting else "but can not be kept: set CONSTRAIN_CACHE_DIR"
