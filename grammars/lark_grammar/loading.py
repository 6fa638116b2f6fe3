"""The text of a Lark grammar read by `lark` itself: numbered terminals, productions, and errors with their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lark.exceptions import LarkError
from lark.grammar import NonTerminal
from lark.grammar import Rule as LarkRule
from lark.grammar import Symbol as LarkSymbol
from lark.lexer import PatternStr, Token
from lark.lexer import TerminalDef as LarkTerminal
from lark.load_grammar import Grammar as LarkSource
from lark.load_grammar import load_grammar

from grammars.errors import GrammarError
from grammars.lark_grammar.cfg import Cfg, Part, unique
from grammars.lark_grammar.places import first_place, locate, place_of

# What `lark` raises for a grammar that it can not read; the later ones where it did not foresee the mistake.
_FAILURES = (LarkError, OSError, AssertionError, KeyError, TypeError, ValueError, SyntaxError, RecursionError, re.error)


@dataclass(frozen=True)
class TerminalDef:
    """A terminal: `pattern` is a Python regular expression, flags and all.

    `literal` is its text, with `flags`, where it was written as a string; `shown` is how people know it.
    """

    name: str
    pattern: str
    flags: frozenset[str]
    literal: str | None
    priority: int
    shown: str


@dataclass(frozen=True)
class Source:
    """A grammar as read: terminals are numbered in the order in which `lark` tries them."""

    cfg: Cfg
    terminals: tuple[TerminalDef, ...]
    ignored: frozenset[int]


def load(text: str, start: str) -> Source:
    """Reads a grammar; `GrammarError` says what is wrong and where."""
    try:
        read, _ = load_grammar(text, "<string>", [], False)  # type: ignore[no-untyped-call]
        _check_literals(read, text)
        _check_declared(read, text)
        terminals, rules, ignored = read.compile([start], set())
        ordered = sorted(terminals, key=_order)
    except GrammarError:
        raise
    except _FAILURES as failure:
        raise locate(failure, text) from failure
    _check_start(rules, start)
    _check_widths(ordered, text)
    numbers = {terminal.name: number for number, terminal in enumerate(ordered)}
    cfg = _cfg(rules, numbers, start)
    return Source(cfg, tuple(map(_terminal, ordered)), frozenset(numbers[name] for name in ignored))


def _order(terminal: LarkTerminal) -> tuple[int, int, int, str]:
    pattern = terminal.pattern
    return -terminal.priority, -pattern.max_width, -len(pattern.value), terminal.name


def _terminal(terminal: LarkTerminal) -> TerminalDef:
    pattern = terminal.pattern
    literal = pattern.value if isinstance(pattern, PatternStr) else None
    shown = terminal.name if literal is None else f'"{literal}"'
    return TerminalDef(terminal.name, pattern.to_regexp(), frozenset(pattern.flags), literal, terminal.priority, shown)


def _cfg(rules: Iterable[LarkRule], numbers: dict[str, int], start: str) -> Cfg:
    productions: dict[str, list[tuple[Part, ...]]] = {}
    for rule in rules:
        parts = tuple(_part(symbol, numbers) for symbol in rule.expansion)
        productions.setdefault(str(rule.origin.name), []).append(parts)
    return Cfg((Part(start),), {name: unique(options) for name, options in productions.items()})


def _part(symbol: LarkSymbol, numbers: dict[str, int]) -> Part:
    return Part(str(symbol.name) if isinstance(symbol, NonTerminal) else numbers[symbol.name])


def _literals(read: LarkSource) -> Iterator[Token]:
    trees = [tree for _, (tree, _) in read.term_defs] + [tree for _, _, tree, _ in read.rule_defs]
    for tree in trees:
        if tree is not None:
            yield from tree.scan_values(lambda value: isinstance(value, Token) and value.type == "REGEXP")


def _check_literals(read: LarkSource, text: str) -> None:
    """Each pattern is compiled on its own, because here its place is known."""
    for literal in _literals(read):
        body, _, flags = literal[1:].rpartition("/")
        try:
            re.compile(f"(?{flags}:{body})" if flags.strip("lu") else body)
        except re.error as failure:
            where = place_of(text, literal) or first_place(text, str(literal))
            raise GrammarError(f"bad pattern: {failure.msg}", where, str(literal)) from failure


def _check_declared(read: LarkSource, text: str) -> None:
    rules = [(name, tree) for name, _, tree, _ in read.rule_defs]
    for name, tree in [(name, tree) for name, (tree, _) in read.term_defs] + rules:
        if tree is None:
            raise GrammarError(
                "%declare names what only a Python program can supply",
                first_place(text, name),
                name,
                "define the terminal by a string or a regular expression",
            )


def _check_start(rules: Iterable[LarkRule], start: str) -> None:
    if all(rule.origin.name != start for rule in rules):
        raise GrammarError("the start rule is not defined", found=start)


def _check_widths(terminals: Iterable[LarkTerminal], text: str) -> None:
    for terminal in terminals:
        if terminal.pattern.min_width == 0:
            raw = terminal.pattern.raw
            where = first_place(text, terminal.name) or (first_place(text, raw) if raw else "")
            raise GrammarError("a terminal must not match the empty text", where, terminal.name)
