"""One attempt to write a text along the bounds of the tree, with the importance weight of its draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samplers.language import PlaceT
from samplers.problem import Problem
from samplers.tree.node import Node
from samplers.tree.prefix_tree import PrefixTree


@dataclass(frozen=True)
class Attempt:
    """What came of an attempt: the tokens as far as they were written, and whether they are a member.

    `log_weight` is log w of a member, minus infinity otherwise; `log_bound` is log S of the root at the beginning, and
    log w is never above it; `log_prob` is the model's own log-probability of a member.
    """

    tokens: list[int]
    is_member: bool
    log_prob: float
    log_weight: float
    log_bound: float


def attempt(
    tree: PrefixTree[PlaceT], problem: Problem[PlaceT], rng: np.random.Generator, log_level: float = -math.inf
) -> Attempt:
    """Draws one text, and lowers the bounds by what was seen on the way.

    It ends early where w/θ(root) has come down to exp(`log_level`) or below: more tokens can only lower it. At minus
    infinity this is where nothing can be completed.
    """
    with tree.lock:
        return _attempt(tree, problem, rng, log_level)


def _attempt(tree: PrefixTree[PlaceT], problem: Problem[PlaceT], rng: np.random.Generator, log_level: float) -> Attempt:
    path: list[Node[PlaceT]] = [tree.root]
    log_bound = tree.open(tree.root, problem).log_total
    log_ratio = 0.0 if log_bound > -math.inf else -math.inf
    is_member = False
    while log_ratio > log_level and not is_member:
        child = tree.draw(path[-1], problem, rng)
        if child is None:
            is_member = True
        else:
            path.append(child)
            log_ratio += tree.open(child, problem).log_total - child.log_theta
    made = _made(path, is_member, log_bound, log_ratio)
    tree.back_up(path)
    tree.keep_within_limit()
    return made


def _made(path: Sequence[Node[PlaceT]], is_member: bool, log_bound: float, log_ratio: float) -> Attempt:
    last = path[-1]
    log_stop = last.branches.model_log_stop if is_member and last.branches is not None else -math.inf
    log_prob = sum(node.model_log_p for node in path) + log_stop
    log_weight = log_bound + log_ratio if is_member else -math.inf
    return Attempt([node.token for node in path[1:]], is_member, log_prob, log_weight, log_bound)
