"""The law of what a prefix tree draws next, worked out in full."""

from __future__ import annotations

from collections.abc import Iterable

from samplers.language import PlaceT
from samplers.problem import Problem
from samplers.tree.branches import STOP
from samplers.tree.prefix_tree import PrefixTree
from samplers.validate.enumeration import Row


def proposal(tree: PrefixTree[PlaceT], problem: Problem[PlaceT], rows: Iterable[Row]) -> dict[Row, float]:
    """The probability with which the tree draws each of some members; those of a new tree are masked sampling.

    Nodes are opened for that, which changes no bound.
    """
    return {row: _probability(tree, problem, row) for row in rows}


def _probability(tree: PrefixTree[PlaceT], problem: Problem[PlaceT], row: Row) -> float:
    node, product = tree.root, 1.0
    for token in (*row, STOP):
        branches = tree.open(node, problem)
        slot, total = branches.slot_of(token), float(branches.masses.sum())
        if slot is None or total == 0:
            return 0.0
        product *= float(branches.masses[slot]) / total
        node = node if token == STOP else tree.child(node, slot, problem)
    return product
