"""Says what takes long, to people who wait: the first use on a machine compiles the kernels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Final

from rich.console import Console

PATIENCE: Final = 1.5


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
