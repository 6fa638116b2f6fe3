"""What tests of the prefix tree share: counts and weights of samples, and the bounds of a tree against the truth."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import pytest

from samplers import Samples
from samplers.language import Place
from samplers.problem import Problem
from samplers.tree.node import Node
from samplers.tree.prefix_tree import PrefixTree
from samplers.validate.enumeration import Row
from samplers.validate.harness import Harness

HARNESS = Harness(1)


def shares_of(samples: Samples) -> dict[Row, float]:
    found: dict[Row, float] = defaultdict(float)
    for sample in samples:
        found[tuple(sample.tokens)] += math.exp(sample.log_weight)
    return {row: weight / sum(found.values()) for row, weight in found.items()}


def counts_of(samples: Samples) -> Counter[Row]:
    return Counter(tuple(sample.tokens) for sample in samples)


def check_bounds(tree: PrefixTree[Place], problem: Problem[Place], masses: Mapping[Row, float]) -> None:
    """Every bound is at least the truth, every node's sum at most its bound, every mass p(a|u) times the bound."""
    for node in tree.nodes():
        row = tuple(node.tokens())
        path_mass = math.exp(math.fsum(each.log_p for each in ancestors(node)))
        truth = math.fsum(mass for member, mass in masses.items() if member[: len(row)] == row) / path_mass
        assert truth <= math.exp(node.log_theta) * (1 + 1e-9)
        if node.branches is None:
            continue
        opened = tree.open(node, problem)
        assert opened.log_total <= node.log_theta + 1e-9 or node is tree.root
        for child in node.children.values():
            expected = math.exp(child.log_p + child.log_theta - opened.log_scale)
            assert opened.masses[child.slot] == pytest.approx(expected, rel=1e-9)


def ancestors(node: Node[Place] | None) -> Iterator[Node[Place]]:
    while node is not None:
        yield node
        node = node.parent
