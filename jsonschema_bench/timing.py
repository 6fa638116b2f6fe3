"""Statistics of times, and the memory of this process."""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Nanoseconds = npt.NDArray[np.int64]

LEVELS = (25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9)
"""The percentiles that tables show."""

CURVE_LEVELS = (
    *(float(level) for level in range(99)),
    *(99 + step / 20 for step in range(20)),
    99.99,
    99.999,
    100.0,
)
"""The percentiles that plots are drawn through, finer towards the end."""


@dataclass(frozen=True)
class Summary:
    """How times are spread, in nanoseconds."""

    count: int
    mean: float
    percentiles: tuple[float, ...]
    maximum: float

    def named(self) -> dict[str, float]:
        """The values by the names that tables give them."""
        levels = {f"p{level:g}": value for level, value in zip(LEVELS, self.percentiles, strict=True)}
        return {"mean": self.mean, **levels, "max": self.maximum}


def summarise(times: Nanoseconds) -> Summary | None:
    """The spread of the times; none without times."""
    if not len(times):
        return None
    levels = tuple(float(value) for value in np.percentile(times, LEVELS))
    return Summary(len(times), float(times.mean()), levels, float(times.max()))


def curve(times: Nanoseconds) -> tuple[tuple[float, float], ...]:
    """Pairs of (percentile, nanoseconds), enough to draw the distribution."""
    if not len(times):
        return ()
    values = np.percentile(times, CURVE_LEVELS)
    return tuple((level, float(value)) for level, value in zip(CURVE_LEVELS, values, strict=True))


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector out of a timed loop."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def peak_memory() -> int:
    """The most bytes that this process has held so far."""
    # ru_maxrss of a started process begins with the size of the process that started it; the kernel's own mark does not
    return _status_bytes("VmHWM") or _most_resident()


def held_memory() -> int:
    """The bytes that this process holds now, or has held at most where the system does not say."""
    return _status_bytes("VmRSS") or _most_resident()


def _status_bytes(key: str) -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = (line.split() for line in status.read_text().splitlines())
    return next((int(words[1]) * 1024 for words in lines if words and words[0] == f"{key}:"), 0)


def _most_resident() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
