"""Says what takes long, to people who wait: the first use on a machine compiles the kernels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Final

from numba.core import event
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from numba.core.event import Event

PATIENCE: Final = 1.5
COMPILING: Final = "Compiling the kernels, once on this machine (about 30 s) ..."


@contextmanager
def notice(console: Console, message: str, patience: float = PATIENCE) -> Iterator[None]:
    """Shows `message` on `console` while the body runs, if it runs for longer than `patience` seconds."""
    status = console.status(message)

    def show() -> None:
        if console.is_terminal:
            status.start()
        else:
            console.print(message)

    timer = Timer(patience, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


@contextmanager
def compiling(console: Console) -> Iterator[None]:
    """Says on `console` that kernels are compiled, with the time it takes on a terminal, if the body compiles any.

    Kernels that Numba finds in its cache are not: then nothing is said, however long the body takes.
    """
    progress = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    )
    with event.install_listener("numba:run_pass", _Compiling(progress)):
        try:
            yield
        finally:
            if progress.live.is_started:
                progress.stop()


class _Compiling(event.Listener):
    """Starts to show something when Numba begins to compile."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._is_said = False

    def on_start(self, event: Event) -> None:  # noqa: ARG002  # that there is one says it
        if self._is_said:
            return
        self._is_said = True
        if self._progress.console.is_terminal:
            self._progress.start()
            self._progress.add_task(COMPILING, total=None)
        else:
            self._progress.console.print(COMPILING)

    def on_end(self, event: Event) -> None:
        """One pass of many has ended."""
