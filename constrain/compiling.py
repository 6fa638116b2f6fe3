"""Compiles the kernels and links them. Numba compiles on one core only, so several processes fill its cache.

Each process takes the largest function that no other has taken, until none is left. Every function has files of its
own in the cache. Should a process fail, what it had taken is compiled where it is needed.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from constrain import kernels
from constrain.parallel import most_threads
from grammars.jit import HOME, KERNELS, PACKAGE, cfunc

MOST_PROCESSES: Final = 4
MODULES: Final = ("constrain.kernels", "constrain.row_kernels", "grammars.automaton_kernels")
_PROGRAM: Final = """
import sys
sys.path.append(sys.argv[1])
from constrain.compiling import help_compiling
help_compiling(*sys.argv[2:])
"""

Tick: TypeAlias = Callable[[int, int], object]


class Job(NamedTuple):
    """A function to compile, and how much there is to do."""

    name: str
    size: int
    compile: Callable[[], object]


_compiled: Final[list[Any]] = []
_addresses: Final[list[NDArray[np.int64]]] = []


def link(header: NDArray[np.int64]) -> None:
    """Writes the addresses of the linked functions into an arena's header; compiles them (or loads them) once."""
    if not _addresses:
        if processes() > 1 and not is_compiled():
            fill_cache()
        _compiled.extend(map(compiled, kernels.LINKED))
        _addresses.append(np.array([each.address for each in _compiled], np.int64))
    header[kernels.ADDRESSES : kernels.ADDRESSES + len(kernels.LINKED)] = _addresses[0]


def compiled(function: Callable[..., int]) -> Any:
    """A linked function in machine code: loaded from Numba's cache, or compiled and kept there."""
    return cfunc(types.int64(*[types.int64] * function.__code__.co_argcount))(function)


def is_compiled() -> bool:
    """Whether the engine's kernels are in the cache."""
    return bool(compiled(kernels.LINKED[0]).cache_hits)


def fill_cache(modules: Sequence[str] = MODULES, tick: Tick | None = None) -> None:
    """Compiles the kernels of some modules and keeps them; those that are kept already are loaded.

    `tick(done, of)` is called as functions are done, or taken by one of the processes.
    """
    listed = jobs(modules)
    tick = tick or (lambda *_: None)
    with _collector_at_rest():
        for done in _one_by_one(listed) if processes() == 1 or is_compiled() else _together(listed, modules):
            tick(done, len(listed))


def _one_by_one(jobs: Sequence[Job]) -> Iterator[int]:
    for done, job in enumerate(jobs, 1):
        job.compile()
        yield done


def _together(jobs: Sequence[Job], modules: Sequence[str]) -> Iterator[int]:
    with TemporaryDirectory(dir=HOME.place) as taken, ExitStack() as stack:
        for _ in range(processes() - 1):
            arguments = [sys.executable, "-c", _PROGRAM, str(PACKAGE.parent), taken, *modules]
            # Where no process can be started, this one compiles alone.
            with suppress(OSError):
                stack.enter_context(subprocess.Popen(arguments, env=_environment()))  # noqa: S603  # our own program
        yield from compile_untaken(taken, jobs)


def processes() -> int:
    """How many processes compile, this one with them; what they compile has to be kept."""
    return min(most_threads(), MOST_PROCESSES) if has_interpreter() and HOME.is_kept else 1


def has_interpreter() -> bool:
    """Whether `sys.executable` runs Python: that of a frozen program or of a server would start itself again."""
    return "python" in Path(sys.executable or "").name.lower() and not getattr(sys, "frozen", False)


def _environment() -> dict[str, str]:
    """The same place for compiled code, which may be a directory of this process."""
    return {**os.environ, **({} if HOME.directory is None else {"NUMBA_CACHE_DIR": str(HOME.directory)})}


def help_compiling(taken: str, *modules: str) -> None:
    """What the other processes do."""
    with _collector_at_rest():
        for _ in compile_untaken(taken, jobs(modules)):
            pass


def compile_untaken(taken: str, jobs: Sequence[Job]) -> Iterator[int]:
    """Compiles what no process has taken; a file in the directory `taken` says that one has. How many are taken."""
    for job in jobs:
        if _take(Path(taken) / job.name):
            job.compile()
            yield sum(1 for _ in Path(taken).iterdir())


def _take(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Python's collector looks through all that Numba holds, a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def jobs(modules: Sequence[str]) -> list[Job]:
    """What there is to compile, the largest first."""
    for module in modules:
        import_module(module)
    linked = [Job(each.__name__, code_size(each), partial(compiled, each)) for each in kernels.LINKED]
    called = [
        Job(each.name, code_size(each.dispatcher.py_func), partial(each.dispatcher.compile, each.signature))
        for each in KERNELS
        if each.dispatcher.py_func.__module__ in modules
    ]
    return sorted(linked + called, key=lambda job: job.size, reverse=True)


def code_size(function: Any) -> int:
    """The bytes of a function's code with that of the functions that Numba copies into it."""
    called: list[Any] = [function.__globals__.get(name) for name in function.__code__.co_names]
    size: int = len(function.__code__.co_code)
    return size + sum(code_size(each.py_func) for each in called if hasattr(each, "py_func"))
