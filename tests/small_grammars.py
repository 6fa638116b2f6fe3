"""Grammars and automata written by hand, for tests."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from grammars.dfa import Dfa
from grammars.ir import Expr, Rule
from grammars.values import Value

CALCULATOR = r"""
start: sum
sum: product (("+" | "-") product)*
product: atom (("*" | "/") atom)*
atom: NUMBER | NAME | "(" sum ")" | "let" NAME "=" sum "in" sum
NAME: /[a-z]+/
NUMBER: /[0-9]+(\.[0-9]+)?/
COMMENT: /#[^\n]*\n/
%ignore " "
%ignore COMMENT
"""


def automaton(edges: dict[int, list[tuple[str, str, int]]], labels: list[int]) -> Dfa:
    """An automaton from (first, last, target) per state."""
    flat = [(ord(low), ord(high), to) for state in range(len(labels)) for low, high, to in sorted(edges.get(state, []))]
    counts = [len(edges.get(state, [])) for state in range(len(labels))]
    lows, highs, targets = (np.array(column, np.int32) for column in zip(*flat, strict=True))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return Dfa(offsets, lows, highs, targets, np.array(labels, np.int32))


@dataclass
class Rules:
    """A grammar of plain expressions."""

    rules: Mapping[str, Expr]
    start: Rule = "start"

    def expand(self, rule: Rule) -> Expr:
        return self.rules[str(rule)]

    def describe(self, rule: Rule) -> str:
        return str(rule)

    def brief(self, rule: Rule) -> Expr:
        return self.expand(rule)

    def follow(self, _key: Hashable, value: Value | None) -> Rule:
        """For the rules of `ir_grammars`: a list goes on with a rule after 12, otherwise with more values."""
        if value is None:
            return "both"
        return "end" if value == 12 else "more"
