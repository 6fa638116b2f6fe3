"""A slow and obvious matcher: what an expression means, byte by byte, over sets of positions.

It is the reference that the engine is compared with. A position is a stack of frames, the innermost first, written as
nested pairs `(frame, rest)`; `()` is the end of the text. Only frames that can be finished are ever put on a stack, so
every position can be completed (under the promise of `grammars.ir` that called rules have a text).

A key of `Members.extras` is whatever its lexeme reads: the front end takes the declared names out of it. Keys do not
come twice; that the keys of a lexeme with few texts may run out is not looked at.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from grammars.ir import (
    Call,
    Choice,
    Expr,
    Grammar,
    Lex,
    Lexeme,
    Members,
    Remember,
    Repeat,
    Rule,
    ScannerGrammar,
    Seq,
    Terminal,
    ValueGrammar,
)
from grammars.values import canonical
from tests import naive_text
from tests.naive_text import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Stack: TypeAlias = tuple[Any, ...]
Positions: TypeAlias = frozenset[Stack]


@dataclass(frozen=True)
class Repeating:
    """`done` rounds of a repetition have been read (counted up to where it stops to matter)."""

    repeat: Repeat
    done: int


@dataclass(frozen=True)
class Object:
    """`size` members have been read: the names in `seen`; in order, the next name is `cursor` or later.

    `keys` are the other keys, `others` how many members of each extra there were.
    """

    members: Members
    seen: frozenset[int] = frozenset()
    cursor: int = 0
    size: int = 0
    keys: frozenset[str] = frozenset()
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class Extraneous:
    """A member of an extra comes next."""

    frame: Object
    index: int


@dataclass(frozen=True)
class Remembering:
    """`text` has been read above this frame, and decides what comes next."""

    then: Extraneous | Remember
    text: bytes = b""

    @property
    def value(self) -> Any:
        """What the text means."""
        return json.loads(self.text, parse_float=Decimal)


Frame: TypeAlias = Expr | Repeating | Object | Reading | Extraneous | Remembering


def is_name_possible(name: str) -> bool:
    """Whether a text in UTF-8 can hold `name` (a lone surrogate can not be spelled)."""
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in name)


def open_names(frame: Object) -> frozenset[int]:
    """The names that may still come."""
    first = frame.cursor if frame.members.ordered else 0
    names = frame.members.names
    return frozenset(i for i in range(first, len(names)) if i not in frame.seen and is_name_possible(names[i]))


def object_can_finish(frame: Object) -> bool:
    """Whether required members and the bounds on the size can still be met."""
    members = frame.members
    missing, available = members.required - frame.seen, open_names(frame)
    least = max(frame.size + len(missing) + sum(wanted_extras(frame)), members.min_size)
    unbounded = any(naive_text.is_possible(extra.key) for extra in members.extras)
    enough = unbounded or frame.size + len(available) >= least
    return missing <= available and enough and (members.max_size is None or least <= members.max_size)


def wanted_extras(frame: Object) -> list[int]:
    """How many more members of each extra have to come."""
    had = frame.others or (0,) * len(frame.members.extras)
    return [max(extra.least - count, 0) for extra, count in zip(frame.members.extras, had, strict=True)]


def object_may_end(frame: Object) -> bool:
    """Whether the members read so far are all there need to be."""
    enough = frame.size >= frame.members.min_size and not any(wanted_extras(frame))
    return frame.members.required <= frame.seen and enough


def name_choices(frame: Object) -> Iterator[tuple[Lexeme, Rule, Object]]:
    """Each declared member that may come next: its key, its value and the frame after it."""
    members = frame.members
    for index in open_names(frame):
        key = Lexeme(naive_text.literal_dfa(members.names[index]), quoted=True)
        after = replace(frame, seen=frame.seen | {index}, cursor=index + 1, size=frame.size + 1)
        yield key, members.values[index], after


def after_extra(frame: Object, index: int, key: str) -> Object | None:
    """The frame after a member of an extra, None where its key was there before."""
    if key in frame.keys:
        return None
    had = frame.others or (0,) * len(frame.members.extras)
    others = tuple(count + (i == index) for i, count in enumerate(had))
    last = len(frame.members.names)
    return replace(frame, cursor=last, size=frame.size + 1, keys=frame.keys | {key}, others=others)


def can_finish(frame: Frame) -> bool:
    """Whether what is left of the frame has a text."""
    match frame:
        case Lex(lexeme):
            return naive_text.is_possible(lexeme)
        case Seq(parts):
            return all(map(can_finish, parts))
        case Choice(options):
            return any(map(can_finish, options))
        case Repeat():
            return can_finish(Repeating(frame, 0))
        case Repeating(repeat, done):
            return repetition_can_finish(repeat, done)
        case Members():
            return object_can_finish(Object(frame))
        case Object():
            return object_can_finish(frame)
        case Extraneous(before, index):
            after = after_extra(replace(before, keys=frozenset()), index, "")
            possible = naive_text.is_possible(before.members.extras[index].key)
            return possible and after is not None and object_can_finish(after)
        case _:
            return True


def repetition_can_finish(repeat: Repeat, done: int) -> bool:
    """Whether the rounds that are still due can be read."""
    if repeat.max is not None and repeat.min > repeat.max:
        return False
    separated = repeat.separator is None or can_finish(repeat.separator) or (done == 0 and repeat.min == 1)
    return done >= repeat.min or (can_finish(repeat.body) and separated)


def push(stack: Stack, *frames: Frame) -> Stack | None:
    """`frames` (the innermost first) on top of `stack`; None when one of them has no text."""
    if not all(map(can_finish, frames)):
        return None
    for frame in reversed(frames):
        stack = (frame, stack)
    return stack


def round_of(frame: Repeating, rest: Stack) -> Stack | None:
    """One more round of a repetition, if one is allowed."""
    repeat = frame.repeat
    if repeat.max is not None and frame.done >= repeat.max:
        return None
    most = repeat.max if repeat.max is not None else max(repeat.min, 1)
    after = Repeating(repeat, min(frame.done + 1, most))
    separator = (repeat.separator,) if repeat.separator is not None and frame.done > 0 else ()
    if repeat.max is not None and after.done >= repeat.max:
        return push(rest, *separator, repeat.body)
    return push(rest, *separator, repeat.body, after)


class Language:
    """The rules of a grammar, each asked for once, and the closure of stacks over everything that reads no byte."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self._rules: dict[Rule, Expr] = {}

    def rule(self, rule: Rule) -> Expr:
        """The expression of `rule`."""
        if rule not in self._rules:
            self._rules[rule] = self.grammar.expand(rule)
        return self._rules[rule]

    def closure(self, stacks: Iterable[Stack | None]) -> Positions:
        """The stacks that are about to read (or to end), reached from `stacks` without reading."""
        met: set[Stack] = set()
        todo = [stack for stack in stacks if stack is not None]
        while todo:
            stack = todo.pop()
            if stack not in met:
                met.add(stack)
                todo.extend(following for following in self._follow(stack) if following is not None)
        return frozenset(stack for stack in met if not stack or isinstance(stack[0], (Reading, Terminal)))

    def _follow(self, stack: Stack) -> Iterator[Stack | None]:
        if not stack:
            return
        frame, rest = stack
        match frame:
            case Lex(lexeme):
                yield push(rest, reading) if (reading := naive_text.begin(lexeme)) else None
            case Seq(parts):
                yield push(rest, *parts)
            case Choice(options):
                yield from (push(rest, option) for option in options)
            case Call(rule):
                yield push(rest, self.rule(rule))
            case Repeat():
                yield push(rest, Repeating(frame, 0))
            case Repeating(repeat, done):
                yield rest if done >= repeat.min else None
                yield round_of(frame, rest)
            case Members():
                yield push(rest, Object(frame))
            case Object():
                yield rest if object_may_end(frame) else None
                yield from member_of(frame, rest)
            case Extraneous(before, index):
                yield push(rest, Lex(before.members.extras[index].key), Remembering(frame))
            case Remember(rule):
                yield push(rest, Call(rule), Remembering(frame))
            case Remembering():
                yield self._resume(frame, rest)
            case Reading():
                yield rest if frame.may_end else None

    def _resume(self, frame: Remembering, rest: Stack) -> Stack | None:
        """Goes on after a text that was remembered."""
        if isinstance(frame.then, Remember):
            return push(rest, Call(cast("ValueGrammar", self.grammar).follow(frame.then.key, canonical(frame.value))))
        before, index = frame.then.frame, frame.then.index
        after = after_extra(before, index, frame.value)
        members = before.members
        return None if after is None else push(rest, members.colon, Call(members.extras[index].value), after)

    def step(self, positions: Positions, byte: int) -> Positions:
        """The positions after one byte."""
        after: list[Stack | None] = []
        for stack in positions:
            if stack:
                reading, rest = stack
                rest = remembered(rest, byte)
                following = naive_text.read(reading, byte)
                after.append((following, rest) if following else None)
                after.append(rest if naive_text.closes(reading, byte) else None)
        return self.closure(after)


def member_of(frame: Object, rest: Stack) -> Iterator[Stack | None]:
    """One more member, each that is possible."""
    members = frame.members
    comma = (members.comma,) if frame.size > 0 else ()
    for key, value, after in name_choices(frame):
        yield push(rest, *comma, Lex(key), members.colon, Call(value), after)
    for index in range(len(members.extras)):
        yield push(rest, *comma, Extraneous(frame, index))


def remembered(stack: Stack, byte: int) -> Stack:
    """The stack after a byte was read above it."""
    if not stack:
        return stack
    frame, rest = stack
    after = replace(frame, text=frame.text + bytes([byte])) if isinstance(frame, Remembering) else frame
    return after, remembered(rest, byte)


class PlainMatcher:
    """Reads grammars without terminals; a state is a set of positions."""

    def __init__(self, grammar: Grammar) -> None:
        self.language = Language(grammar)
        self.start: Positions = self.language.closure([(Call(grammar.start), ())])

    def step(self, state: Positions, byte: int) -> Positions | None:
        """The state after `byte`; None when nothing can go on."""
        return self.language.step(state, byte) or None

    def is_accepting(self, state: Positions) -> bool:
        """Whether the text may end in `state`."""
        return () in state


class NaiveMatcher:
    """The reference for any grammar: states are plain immutable values, and nothing is remembered between calls."""

    def __init__(self, grammar: Grammar) -> None:
        from tests.naive_scanner import ScannerMatcher

        scans = hasattr(grammar, "scanner")
        self.matcher: Any = ScannerMatcher(cast("ScannerGrammar", grammar)) if scans else PlainMatcher(grammar)
        self.start: Any = self.matcher.start

    def step(self, state: Any, byte: int) -> Any:
        """The state after `byte`; None when nothing can go on."""
        return self.matcher.step(state, byte)

    def run(self, state: Any, text: bytes) -> Any:
        """The state after `text`; None when nothing can go on."""
        for byte in text:
            state = None if state is None else self.step(state, byte)
        return state

    def is_accepting(self, state: Any) -> bool:
        """Whether the text may end in `state`."""
        return bool(self.matcher.is_accepting(state))

    def matches(self, text: bytes) -> bool:
        """Whether `text` as a whole belongs to the grammar."""
        state = self.run(self.start, text)
        return state is not None and self.is_accepting(state)

    def allowed_tokens(self, state: Any, tokens: list[bytes]) -> set[int]:
        """The ids of the tokens that may come next (never one without text)."""
        after: dict[bytes, Any] = {b"": state}

        def reach(text: bytes) -> Any:
            if text not in after:
                before = reach(text[:-1])
                after[text] = None if before is None else self.step(before, text[-1])
            return after[text]

        return {index for index, token in enumerate(tokens) if token and reach(token) is not None}
