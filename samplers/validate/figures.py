"""What a check is, and what it finds: figures with their limits, and curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from samplers.validate.harness import SEEDS


@dataclass(frozen=True)
class Figure:
    """A measured value; `limit` is what it may be at most (at least, with `is_floor`), None for one to look at.

    `error` is its standard error, where there is one.
    """

    what: str
    value: float
    limit: float | None = None
    is_floor: bool = False
    error: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the value is within its limit; one that is not a number never is."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.is_floor else self.value <= self.limit


@dataclass(frozen=True)
class Line:
    """One line of a picture: points of a name."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@dataclass(frozen=True)
class Picture:
    """Lines over common axes, both logarithmic."""

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Series:
    """A value and its standard error for each of several names."""

    name: str
    values: tuple[float, ...]
    errors: tuple[float, ...]


@dataclass(frozen=True)
class SeriesPicture:
    """Series over common names, drawn with error bars; the values are logarithms."""

    title: str
    y_label: str
    names: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Found:
    """What came of a check."""

    figures: tuple[Figure, ...]
    pictures: tuple[Picture | SeriesPicture, ...] = ()


@dataclass(frozen=True)
class Settings:
    """How much is run: `seeds` table models, and `samples` draws where a check has no number of its own."""

    seeds: int = len(SEEDS)
    samples: int = 2000

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """Numbers of samples at which to look, up to `samples`."""
        return tuple(count for count in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if count <= self.samples)


Tick: TypeAlias = Callable[[], None]
"""To be called after every step."""


@dataclass(frozen=True)
class Check:
    """`run` measures, and calls its second argument `steps(settings)` times on the way."""

    about: str
    steps: Callable[[Settings], int]
    run: Callable[[Settings, Tick], Found]
    notes: tuple[str, ...] = field(default=())
