"""What the process that measures and the process that watches it say to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from jsonschema_bench.cases import Case
from jsonschema_bench.engines.base import Options
from jsonschema_bench.timing import Nanoseconds


@dataclass(frozen=True)
class Setting:
    """What a worker is started with; `keep_bytes` bounds the memory up to which it keeps compiled schemas."""

    engine: str
    vocabulary: str = "tekken"
    options: Options = field(default_factory=Options)
    keep_bytes: int = 0


@dataclass(frozen=True)
class Task:
    """A case to open and walk; in a `warm` pass it has been walked before, in this process or again now, untimed."""

    case: Path | Case
    warm: bool = False


@dataclass(frozen=True)
class Ready:
    """The worker has loaded its engine and compiled a first, trivial schema."""

    version: str
    load_seconds: float
    warm_up_seconds: float
    memory: int


@dataclass(frozen=True)
class Opened:
    """A schema was compiled and its first mask made in this time, or it was refused, with a cause."""

    nanoseconds: int
    refusal: str | None = None


@dataclass(frozen=True)
class Fault:
    """An instance that was judged wrongly: its index, whether it is valid, and what happened."""

    instance: int
    valid: bool
    what: str


@dataclass(frozen=True)
class Walked:
    """All instances of a case were walked: what went wrong, the time of each step, and the memory so far."""

    faults: tuple[Fault, ...]
    times: Nanoseconds = field(default_factory=lambda: np.empty(0, np.int64))
    peak_memory: int = 0


@dataclass(frozen=True)
class Lost:
    """No answer: the worker died (`crash`), said nothing in time (`timeout`), or met a limit on the way (`refused`)."""

    kind: str
    cause: str
