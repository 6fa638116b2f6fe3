"""Context-free grammars as plain records, and the passes that every one of them goes through.

A symbol is a terminal (its number) or a nonterminal (its name). A part of a production may be optional, which is how
a rule that derives the empty text is used once it has been replaced by its version without the empty text.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

Symbol: TypeAlias = int | str
Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True)
class Part:
    """One symbol of a production; an optional one may be left out."""

    symbol: Symbol
    optional: bool = False


Production: TypeAlias = tuple[Part, ...]
Rules: TypeAlias = Mapping[str, tuple[Production, ...]]


@dataclass(frozen=True)
class Cfg:
    """A grammar: what a whole text consists of, and the productions of each nonterminal."""

    start: Production
    rules: Rules


def unique(items: Iterable[Node]) -> tuple[Node, ...]:
    """The items without repetitions, in the order of their first appearance."""
    return tuple(dict.fromkeys(items))


def nullable(rules: Rules) -> frozenset[str]:
    """The nonterminals that derive the empty text."""
    return _least(rules, terminals=False)


def productive(rules: Rules) -> frozenset[str]:
    """The nonterminals that derive some text."""
    return _least(rules, terminals=True)


def prune(cfg: Cfg) -> Cfg:
    """The same language without what no text uses: unproductive, unreachable, repeated and useless productions."""
    good = productive(cfg.rules)
    rules = {name: _useful(name, cfg.rules[name], good) for name in cfg.rules if name in good}
    start = _without(cfg.start, good) if _possible(cfg.start, good) else cfg.start
    reached = reachable({name: _names(*productions) for name, productions in rules.items()}, _names(start))
    return Cfg(start, {name: rules[name] for name in rules if name in reached})


def has_text(cfg: Cfg) -> bool:
    """Does the grammar derive any text at all?"""
    return _possible(cfg.start, productive(cfg.rules))


def reachable(graph: Mapping[Node, Iterable[Node]], roots: Iterable[Node]) -> frozenset[Node]:
    """The nodes that can be reached from `roots`, these included."""
    seen = dict.fromkeys(roots)
    todo = list(seen)
    while todo:
        for node in graph.get(todo.pop(), ()):
            if node not in seen:
                seen[node] = None
                todo.append(node)
    return frozenset(seen)


def components(graph: Mapping[Node, Iterable[Node]]) -> list[tuple[Node, ...]]:
    """The strongly connected components of a graph, each in the order of its nodes (Tarjan, without recursion)."""
    found: list[tuple[Node, ...]] = []
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    path: dict[Node, None] = {}
    for root in graph:
        if root not in index:
            _search(graph, root, index, low, path, found)
    return found


def _search(
    graph: Mapping[Node, Iterable[Node]],
    root: Node,
    index: dict[Node, int],
    low: dict[Node, int],
    path: dict[Node, None],
    found: list[tuple[Node, ...]],
) -> None:
    """Adds the components reached first from `root`; `path` holds the nodes whose component is still open."""
    calls = [(root, iter(graph[root]))]
    index[root] = low[root] = len(index)
    path[root] = None
    while calls:
        node, successors = calls[-1]
        for successor in successors:
            if successor in path:
                low[node] = min(low[node], index[successor])
            elif successor in graph and successor not in index:
                index[successor] = low[successor] = len(index)
                path[successor] = None
                calls.append((successor, iter(graph[successor])))
                break
        else:
            calls.pop()
            if calls:
                low[calls[-1][0]] = min(low[calls[-1][0]], low[node])
            if low[node] == index[node]:
                found.append(_close(node, path))


def _close(node: Node, path: dict[Node, None]) -> tuple[Node, ...]:
    members = []
    while node in path:
        members.append(path.popitem()[0])
    return tuple(reversed(members))


def _least(rules: Rules, terminals: bool) -> frozenset[str]:
    """The nonterminals with a production of good parts only; are terminals good?"""
    waiting: dict[str, list[tuple[str, set[str]]]] = {}
    found: dict[str, None] = {}
    todo: list[str] = []
    for name, productions in rules.items():
        for production in productions:
            needed = [part.symbol for part in production if not part.optional]
            if not terminals and any(isinstance(symbol, int) for symbol in needed):
                continue
            entry = (name, {symbol for symbol in needed if isinstance(symbol, str)})
            if not entry[1]:
                todo.append(name)
            for symbol in entry[1]:
                waiting.setdefault(symbol, []).append(entry)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found[name] = None
        for origin, missing in waiting.get(name, ()):
            missing.discard(name)
            if not missing:
                todo.append(origin)
    return frozenset(found)


def _useful(name: str, productions: tuple[Production, ...], good: frozenset[str]) -> tuple[Production, ...]:
    cleaned = (_without(production, good) for production in productions if _possible(production, good))
    return unique(production for production in cleaned if production != (Part(name),))


def _possible(production: Production, good: frozenset[str]) -> bool:
    return all(part.optional or isinstance(part.symbol, int) or part.symbol in good for part in production)


def _without(production: Production, good: frozenset[str]) -> Production:
    return tuple(part for part in production if isinstance(part.symbol, int) or part.symbol in good)


def _names(*productions: Production) -> tuple[str, ...]:
    return unique(part.symbol for production in productions for part in production if isinstance(part.symbol, str))
