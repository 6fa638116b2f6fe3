"""What can go wrong in a measurement, as distinct from what an engine gets wrong."""

from __future__ import annotations


class BenchError(Exception):
    """A measurement cannot be made; the message says what to do."""


class MissingError(BenchError):
    """A package that a measurement needs is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed: it comes with the extra 'bench' (pip install '.[bench]')")


class CannotJudgeError(Exception):
    """The oracle cannot tell: a pattern that cannot be read, a reference that leads outside, readers that differ."""


class RefusedError(Exception):
    """An engine says that it cannot enforce this schema."""
