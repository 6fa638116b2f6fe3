"""Compiles every kernel, by using every method of an automaton once, and those that other packages add.

Numba keeps what it compiled on disk, so that this takes long only the first time on a machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import types

from constrain import kernels, row_kernels
from constrain.automaton import Automaton
from constrain.checking import END, byte_vocabulary
from constrain.compile import compile_json_schema, compile_lark
from constrain.jit import HOME, Home

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 9}, "tags": {"type": "array", "items": {"type": "number"}}},
    "required": ["name"],
}
KERNELS: Final = "constrain.kernels"
"""The group of entry points of functions without arguments that compile kernels of packages that know this one."""
LARK: Final = 'start: (WORD | "if")+\nWORD: /[a-z]+/\n%ignore " "\n'


def warm_up_steps() -> Iterator[tuple[str, Callable[[], object]]]:
    """The steps of the warm-up, each with a name; they have to be run in this order."""
    vocabulary = byte_vocabulary()
    automata: list[Automaton] = []
    yield "compiling functions, two at a time", compile_linked
    yield "compiling work on rows", compile_rows
    yield "compiling schemas", lambda: automata.append(compile_json_schema(SCHEMA, vocabulary))
    yield (
        "compiling members in any order",
        lambda: automata.append(compile_json_schema(SCHEMA, vocabulary, property_order="any")),
    )
    yield "compiling grammars", lambda: automata.append(compile_lark(LARK, vocabulary))
    yield "masks", lambda: [each.mask(each.start) for each in automata]
    yield "walks", lambda: [each.advance_bytes(each.start, b'{"name": "') for each in automata[:2]]
    yield "steps", lambda: [_use(each) for each in automata]
    for entry in entry_points(group=KERNELS):
        yield f"compiling {entry.name}", entry.load()


def compile_linked() -> None:
    """Fills Numba's cache from two processes: each compiles half of the functions that are called by address.

    Numba compiles on one core only. The two write different files, so they can not get into each other's way; should
    the second one fail, its half is compiled here when it is needed.
    """
    if kernels.compiled(kernels.LINKED[0]).cache_hits or not sys.executable or not HOME.is_kept:
        return
    program = "from constrain import warm_up; warm_up.compile_half(1); warm_up.compile_search(); warm_up.compile_rows()"
    environment = {**os.environ, **({} if HOME.directory is None else {"NUMBA_CACHE_DIR": str(HOME.directory)})}
    with subprocess.Popen([sys.executable, "-c", program], env=environment):  # noqa: S603  # nothing in it comes from outside
        compile_half(0)
        kernels.fill_mask.compile((types.int64, types.int64, types.int64, types.int64))


def compile_half(half: int) -> None:
    """About half of the work: the largest functions first, each dealt to the half that has less so far."""
    loads = [
        code_size(kernels.fill_mask.py_func),
        sum(map(code_size, (kernels.search_ends.py_func, kernels.load_names.py_func, row_kernels.mask_rows.py_func))),
    ]
    for function in sorted(kernels.LINKED, key=code_size, reverse=True):
        lighter = int(loads[1] < loads[0])
        loads[lighter] += code_size(function)
        if lighter == half:
            kernels.compiled(function)


def code_size(function: Any) -> int:
    """The bytes of a function's code with that of the functions that Numba copies into it."""
    called: list[Any] = [getattr(kernels, name, None) for name in function.__code__.co_names]
    size: int = len(function.__code__.co_code)
    return size + sum(code_size(each.py_func) for each in called if hasattr(each, "py_func"))


def compile_search() -> None:
    """The search for shortest texts and the tries of names, which nothing else needs while they are compiled."""
    number, numbers = types.int64, types.int64[::1]
    points = types.Array(types.int32, 1, "C", readonly=True)
    kernels.load_names.compile((number, points, numbers, numbers))
    flags = (types.boolean, types.boolean)
    kernels.search_ends.compile((*[number] * 6, *flags, types.int64[:, ::1], numbers, numbers))


def compile_rows() -> None:
    """What copies masks and applies them to scores."""
    number, numbers = types.int64, types.int64[::1]
    row_kernels.copy_rows.compile((numbers, number, number, number))
    masks = types.Array(types.uint32, 2, "C", readonly=True)
    row_kernels.mask_rows.compile((masks, *[number] * 4, numbers, number, types.uint64[::1], number, types.uint64))


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
