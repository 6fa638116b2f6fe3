"""Terminals as programs for ordered threads, which match as Python's `re` does: the first way to match wins.

A thread is a place in the program; of several threads the earlier is preferred. Greedy and lazy repetition and the
order of alternatives are nothing but an order of threads. What `re` decides by looking outside of the token
(anchors, word boundaries, lookahead) or by what it captured is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from re import _parser
from typing import Any, TypeAlias

from grammars.codepoints import CodePoints
from grammars.errors import GrammarError, LimitError
from grammars.lark_grammar.sets import points_of

SIZE_LIMIT = 100_000
"""How many instructions the terminals of a grammar may have; counted repetition is written out."""


@dataclass(frozen=True)
class Read:
    """Reads one of `points`, then goes on at `then`."""

    points: CodePoints
    then: int


@dataclass(frozen=True)
class Split:
    """Goes on at each of `targets`, the first preferred; a loop that comes round without reading, at `end`."""

    targets: tuple[int, ...]
    end: int | None = None


@dataclass(frozen=True)
class Behind:
    """Goes on at `then` if the text read so far ends (or, negative, does not end) as lookbehind `index` says."""

    index: int
    negative: bool
    then: int


@dataclass(frozen=True)
class Match:
    """The terminal (or the lookbehind) of this number has been read."""

    number: int


Instruction: TypeAlias = Read | Split | Behind | Match


@dataclass(frozen=True)
class Lookbehind:
    """Where the program of a lookbehind starts and ends, and how many characters it reads."""

    start: int
    end: int
    width: int


@dataclass
class Program:
    """Instructions, and the lookbehinds that they ask for; grows while terminals are added."""

    instructions: list[Instruction] = field(default_factory=list)
    lookbehinds: list[Lookbehind] = field(default_factory=list)

    def add_pattern(self, pattern: str, number: int) -> int:
        """Adds the pattern of terminal `number`; its start."""
        try:
            parsed = _parser.parse(pattern)
        except re.error as failure:
            # Its parts are fine, or it would have been refused earlier.
            raise GrammarError(f"a terminal that does not fit together: {failure.msg}") from failure
        return self._sequence(parsed, self._emit(Match(number)), parsed.state.flags)

    def _emit(self, instruction: Instruction) -> int:
        if len(self.instructions) >= SIZE_LIMIT:
            raise LimitError("terminals too large", limit="instructions", allowed=SIZE_LIMIT, given=SIZE_LIMIT + 1)
        self.instructions.append(instruction)
        return len(self.instructions) - 1

    def _sequence(self, items: Any, then: int, flags: int) -> int:
        for op, argument in reversed(list(items)):
            then = self._item(str(op), argument, then, flags)
        return then

    def _item(self, op: str, argument: Any, then: int, flags: int) -> int:
        match op:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self._emit(Read(points_of(op, argument, flags), then))
            case "BRANCH":
                return self._emit(Split(tuple(self._sequence(option, then, flags) for option in argument[1])))
            case "SUBPATTERN":
                _, added, removed, body = argument
                return self._sequence(body, then, (flags | added) & ~removed)
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeat(argument, then, flags, lazy=op == "MIN_REPEAT")
            case "ASSERT" | "ASSERT_NOT" if argument[0] < 0:
                return self._lookbehind(argument[1], then, flags, negative=op == "ASSERT_NOT")
            case _:
                raise GrammarError(f"{_NAMES.get(op, op)} in a terminal is not supported")

    def _repeat(self, argument: Any, then: int, flags: int, *, lazy: bool) -> int:
        least, most, body = argument
        if most == _parser.MAXREPEAT:
            then = self._loop(body, then, flags, lazy)
        else:
            end = then
            for _ in range(most - least):
                then = self._emit(_choice(self._sequence(body, then, flags), end, lazy))
        for _ in range(least):
            then = self._sequence(body, then, flags)
        return then

    def _loop(self, body: Any, then: int, flags: int, lazy: bool) -> int:
        loop = self._emit(Split(()))
        again = self._sequence(body, loop, flags)
        self.instructions[loop] = Split(_choice(again, then, lazy).targets, then)
        return loop

    def _lookbehind(self, body: Any, then: int, flags: int, *, negative: bool) -> int:
        index = len(self.lookbehinds)
        end = self._emit(Match(index))
        start = self._sequence(body, end, flags)
        if len(self.lookbehinds) != index:
            raise GrammarError("lookbehind inside lookbehind is not supported")
        self.lookbehinds.append(Lookbehind(start, end, body.getwidth()[1]))
        return self._emit(Behind(index, negative, then))


def _choice(more: int, end: int, lazy: bool) -> Split:
    return Split((end, more) if lazy else (more, end))


_NAMES = {
    "ASSERT": "lookahead",
    "ASSERT_NOT": "lookahead",
    "AT": "an anchor or a word boundary",
    "GROUPREF": "a reference to a group",
    "GROUPREF_EXISTS": "a condition on a group",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "possessive repetition",
}


def matches_itself(literal: str, pattern: str) -> bool:
    """Would `re`, at the start of `literal`, match all of it?"""
    found = re.match(pattern, literal)
    return found is not None and found.group() == literal
