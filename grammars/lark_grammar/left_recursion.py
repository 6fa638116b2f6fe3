"""Left recursion taken out of a context-free grammar, hidden left recursion and unit cycles included.

Two steps keep the language (this is for recognising, not for parse trees):

1. `without_empty`: every nonterminal derives only its non-empty texts. A production whose first i parts may be empty
   gives one that starts at part i + 1; later parts that may be empty become optional. So a production of n parts gives
   at most n, and a rule reaches exactly the first parts of its productions before it reads a terminal.
2. `without_left_recursion`: in each strongly connected component of the graph "starts with", a text of A_i is read
   along its left spine, from the bottom up:

       A_i   ->  beta_j  R_ij          for every production  A_j -> beta_j  that leaves the component
       R_ij  ->  alpha  R_ik           for every production  A_k -> A_j alpha

   with R_ij ("the rest of i after j") optional where unit productions alone lead from j up to i. An alpha is not
   empty: unit productions are followed beforehand. R_ij calls only rests at its end, so a rest is a loop (tail calls).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grammars.lark_grammar.cfg import Cfg, Part, Production, Rules, components, nullable, prune, reachable, unique


def eliminate(cfg: Cfg) -> Cfg:
    """An equivalent grammar, pruned, in which no nonterminal reaches itself before a terminal is read."""
    return prune(without_left_recursion(prune(without_empty(cfg))))


def without_empty(cfg: Cfg) -> Cfg:
    """An equivalent grammar whose nonterminals do not derive the empty text, and whose productions start with a part
    that is not optional."""
    empty = nullable(cfg.rules)
    rules = {
        name: unique(split for production in productions for split in _non_empty(_marked(production, empty)))
        for name, productions in cfg.rules.items()
    }
    return Cfg(_marked(cfg.start, empty), rules)


def _marked(production: Production, empty: frozenset[str]) -> Production:
    return tuple(Part(part.symbol, part.optional or part.symbol in empty) for part in production)


def _non_empty(production: Production) -> Iterator[Production]:
    """Productions for the non-empty texts of `production`: one for each part that may be the first non-empty one."""
    for i, part in enumerate(production):
        yield (Part(part.symbol), *production[i + 1 :])
        if not part.optional:
            return


def without_left_recursion(cfg: Cfg) -> Cfg:
    """An equivalent grammar without left recursion; `cfg` comes from `without_empty`."""
    graph = {name: _first_names(productions) for name, productions in cfg.rules.items()}
    rules = dict(cfg.rules)
    for members in components(graph):
        if len(members) > 1 or members[0] in graph[members[0]]:
            rules |= _along_the_spine(_Component.of(members, cfg.rules))
    return Cfg(cfg.start, rules)


def _first_names(productions: tuple[Production, ...]) -> tuple[str, ...]:
    return unique(production[0].symbol for production in productions if isinstance(production[0].symbol, str))


@dataclass(frozen=True)
class _Component:
    """A component: `steps[j]` are the pairs (alpha, k) with A_k -> A_j alpha, `up[j]` what unit productions reach."""

    members: tuple[str, ...]
    bottoms: dict[str, tuple[Production, ...]]
    steps: dict[str, list[tuple[Production, str]]]
    up: dict[str, frozenset[str]]

    @staticmethod
    def of(members: tuple[str, ...], rules: Rules) -> _Component:
        inside = frozenset(members)
        steps: dict[str, list[tuple[Production, str]]] = {name: [] for name in members}
        units: dict[str, list[str]] = {name: [] for name in members}
        for name in members:
            for first, *rest in rules[name]:
                if isinstance(first.symbol, str) and first.symbol in inside:
                    steps[first.symbol] += [(alpha, name) for alpha in _non_empty(tuple(rest))]
                    if all(part.optional for part in rest):
                        units[first.symbol].append(name)
        bottoms = {name: tuple(p for p in rules[name] if p[0].symbol not in inside) for name in members}
        return _Component(members, bottoms, steps, {name: reachable(units, [name]) for name in members})

    def rest(self, i: str, j: str) -> Part:
        """The call of R_ij."""
        return Part(f"{i}\\{j}", i in self.up[j])


def _along_the_spine(component: _Component) -> dict[str, tuple[Production, ...]]:
    rules = {}
    for i in component.members:
        rules[i] = tuple((*bottom, component.rest(i, j)) for j in component.members for bottom in component.bottoms[j])
        for j in component.members:
            rules[str(component.rest(i, j).symbol)] = unique(
                (*alpha, component.rest(i, k))
                for above in component.members
                if above in component.up[j]
                for alpha, k in component.steps[above]
            )
    return rules
