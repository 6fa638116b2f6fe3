"""Compiles every kernel, with those that other packages add.

Numba keeps what it compiled on disk, so that this takes long only the first time on a machine.
"""

from __future__ import annotations

import time
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final

from constrain.compiling import MODULES, fill_cache, processes
from grammars.jit import HOME, Home

if TYPE_CHECKING:
    from rich.console import Console

KERNELS: Final = "constrain.kernels"
"""The group of entry points of modules with kernels, in packages that know this one."""


def show_warm_up(console: Console) -> None:
    """Compiles the kernels; shows how far it is where someone looks at it."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    began, modules = time.perf_counter(), [*MODULES, *(entry.value for entry in entry_points(group=KERNELS))]
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"Compiling the kernels, once on this machine, {processes()} at a time:", total=None)
        fill_cache(modules, lambda done, of: progress.update(task, completed=done, total=of))
    console.print(f"The kernels are ready ({time.perf_counter() - began:.1f} s), {where_kept(HOME)}.")


def where_kept(home: Home) -> str:
    """Whether the next process finds what was compiled."""
    return f"kept in {home}" if home.is_lasting else "but can not be kept: set CONSTRAIN_CACHE_DIR"
