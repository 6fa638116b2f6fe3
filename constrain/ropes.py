"""Texts put together from shared parts, so that a text of a million equal items costs nothing until it is needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grammars.errors import LimitError

LONGEST_TEXT = 1 << 26


@dataclass(frozen=True, eq=False, slots=True)
class Rope:
    """`times` copies of the parts one after the other; a leaf holds its bytes itself."""

    length: int
    leaf: bytes = b""
    parts: tuple[Rope, ...] = ()
    times: int = 1

    def pieces(self) -> list[bytes]:
        """The leaves in order; raises `LimitError` where the text is too long to be made."""
        if self.length > LONGEST_TEXT:
            advice = "bound the number of items, members and characters that have to be there"
            raise LimitError(
                "the shortest text is too long to be written down",
                advice=advice,
                limit="text_bytes",
                allowed=LONGEST_TEXT,
                given=self.length,
            )
        found, stack = [], [self]
        while stack:
            rope = stack.pop()
            if rope.parts:
                stack.extend(rope.parts[::-1] * rope.times)
            elif rope.length:
                found.extend([rope.leaf] * rope.times)
        return found

    def __bytes__(self) -> bytes:
        return b"".join(self.pieces())


NOTHING = Rope(0)


def leaf(text: bytes) -> Rope:
    """A rope of some bytes."""
    return Rope(len(text), text)


def join(parts: Iterable[Rope]) -> Rope:
    """The parts one after the other."""
    kept = tuple(part for part in parts if part.length)
    if len(kept) <= 1:
        return kept[0] if kept else NOTHING
    return Rope(sum(part.length for part in kept), parts=kept)


def repeat(rope: Rope, times: int) -> Rope:
    """The rope a number of times."""
    if times <= 1 or not rope.length:
        return rope if times > 0 else NOTHING
    return Rope(times * rope.length, parts=(rope,), times=times)


def shorter(first: Rope | None, second: Rope | None) -> Rope | None:
    """The shorter of two ropes, the first if they are equally long; None stands for no text."""
    if first is None or second is None:
        return second if first is None else first
    return second if second.length < first.length else first
