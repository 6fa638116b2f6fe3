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
from lark.tree import Tree

from grammars.errors import GrammarError
from grammars.lark_grammar.cfg import Cfg, Part, unique
from grammars.lark_grammar.imports import check_imports
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
    check_imports(text)
    try:
        read, _ = load_grammar(text, "<string>", [], False)  # type: ignore[no-untyped-call]  # lark has no types for it
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
    shown = terminal.user_repr() if literal is None else f'"{literal}"'
    return TerminalDef(terminal.name, pattern.to_regexp(), frozenset(pattern.flags), literal, terminal.priority, shown)


def _cfg(rules: Iterable[LarkRule], numbers: dict[str, int], start: str) -> Cfg:
    productions: dict[str, list[tuple[Part, ...]]] = {}
    for rule in rules:
        parts = tuple(_part(symbol, numbers) for symbol in rule.expansion)
        productions.setdefault(str(rule.origin.name), []).append(parts)
    return Cfg((Part(start),), {name: unique(options) for name, options in productions.items()})


def _part(symbol: LarkSymbol, numbers: dict[str, int]) -> Part:
    return Part(str(symbol.name) if isinstance(symbol, NonTerminal) else numbers[symbol.name])


def _trees(read: LarkSource) -> list[Tree[Token]]:
    trees = [tree for _, (tree, _) in read.term_defs] + [tree for _, _, tree, _ in read.rule_defs]
    return list(filter(None, trees))  # None: named by %declare


def _literals(read: LarkSource) -> Iterator[tuple[Token, bool]]:
    """Strings and patterns, each with whether it is an end of a range."""
    for tree in _trees(read):
        for node in tree.find_data("literal"):
            yield from ((token, False) for token in node.children if isinstance(token, Token))
        for node in tree.find_data("range"):
            yield from ((token, True) for token in node.children if isinstance(token, Token))


def _check_literals(read: LarkSource, text: str) -> None:
    """Each literal is looked at on its own, because here its place is known."""
    for literal, in_range in _literals(read):
        complaint = _complaint(literal, in_range)
        if complaint:
            where = place_of(text, literal) or first_place(text, str(literal))
            raise GrammarError(complaint, where, str(literal))


def _complaint(literal: Token, in_range: bool) -> str:
    body, _, flags = literal[1:].rpartition(literal[0])
    if not body:
        return "a terminal must not be empty"
    if in_range and len(re.sub(r"\\(x..|u.{4}|U.{8}|.)", "_", body)) != 1:
        return "a range goes from one character to another"
    try:
        if literal.type == "REGEXP":
            re.compile(f"(?{flags}:{body})" if flags else body)
    except re.error as failure:
        return f"bad pattern: {failure.msg}"
    return ""


def _check_declared(read: LarkSource, text: str) -> None:
    rules = [(name, tree) for name, _, tree, _ in read.rule_defs]
    for name, tree in [(name, tree) for name, (tree, _) in read.term_defs] + rules:
        if tree is None:
            raise GrammarError(
                "%declare names what only a Python program can supply",
                first_place(text, name, after="%declare") or first_place(text, "%import"),
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
