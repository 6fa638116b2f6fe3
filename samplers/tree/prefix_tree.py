"""The prefix tree: what has been read of a model under a constraint, and bounds on what can still be completed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Final, Generic

import numpy as np

from constrain.errors import SettingsError
from samplers.language import PlaceT
from samplers.problem import Problem
from samplers.randomness import choose
from samplers.target import Scores
from samplers.tree.branches import REST, STOP, Branches, Rest, dead, grow, rest_of
from samplers.tree.node import Node

DEFAULT_MEMORY_BYTES: Final = 1 << 28
NODE_BYTES: Final = 500
"""What a node takes without its branches, about."""


class PrefixTree(Generic[PlaceT]):
    """Grows while it is drawn from, and forgets what was not used for longest beyond `memory_limit` bytes.

    It serves any number of problems that differ in nothing but their counters. Interrupted anywhere, it stays what it
    was, with bounds that hold. Threads take turns by `lock`, which `walk.attempt` holds.
    """

    def __init__(self, start: PlaceT, memory_limit: int = DEFAULT_MEMORY_BYTES) -> None:
        if memory_limit <= 0:
            raise SettingsError("memory_limit", memory_limit, "a positive number of bytes")
        self.root: Node[PlaceT] = Node(None, start)
        self.memory_limit = memory_limit
        self.lock = Lock()
        self.memory_bytes = 0
        """What the nodes and the arrays of those that are open take, about."""
        self._last: tuple[Node[PlaceT], Scores] | None = None
        # In the order of their last use, and a node after all that lie below it.
        self._opened: OrderedDict[Node[PlaceT], None] = OrderedDict()

    def __len__(self) -> int:
        """The number of prefixes that are open: drawing from them costs no forward."""
        return len(self._opened)

    def open(self, node: Node[PlaceT], problem: Problem[PlaceT]) -> Branches:
        """The branches of a node: known, or read with one forward; none where nothing is allowed."""
        branches = node.branches
        if branches is None:
            branches = self._read(node, problem)
            self.put(node, branches)
        elif not branches.is_settled:
            branches.settle(node.children.values())
        return branches

    def _read(self, node: Node[PlaceT], problem: Problem[PlaceT]) -> Branches:
        """The branches of a node whose bounds are all 1."""
        allowed = problem.language.allowed(node.place)
        if not allowed.may_stop and not allowed.tokens.any():
            return dead()
        return grow(self._scores(node, problem), allowed, problem.ends)

    def _scores(self, node: Node[PlaceT], problem: Problem[PlaceT]) -> Scores:
        """The scores after a node: one forward, unless it is the one that was read last."""
        if self._last is None or self._last[0] is not node:
            self._last = node, problem.target.read(problem.model.logits(node.tokens()))
        return self._last[1]

    def put(self, node: Node[PlaceT], branches: Branches) -> None:
        """Opens a node with its branches."""
        node.log_first = branches.log_total
        self._opened[node] = None
        self.memory_bytes += NODE_BYTES + branches.memory_bytes
        node.branches = branches

    def draw(self, node: Node[PlaceT], problem: Problem[PlaceT], rng: np.random.Generator) -> Node[PlaceT] | None:
        """The child through which a draw goes on, in proportion to p(a|u) θ(ua), or None for the stop."""
        branches = self.open(node, problem)
        slot = choose(branches.masses, rng)
        if branches.tokens[slot] == STOP:
            return None
        if branches.tokens[slot] == REST:
            slot = self._draw_rest(node, branches, problem, rng)
        return self.child(node, slot, problem)

    def _draw_rest(
        self, node: Node[PlaceT], branches: Branches, problem: Problem[PlaceT], rng: np.random.Generator
    ) -> int:
        """Draws one of the tokens that are not kept, and keeps it from now on."""
        rest = rest_of(branches, self._scores(node, problem), problem.language.allowed(node.place))
        self.keep_token(node, branches, rest, rest.draw(rng))
        return len(branches.tokens)

    def keep_token(self, node: Node[PlaceT], branches: Branches, rest: Rest, token: int) -> None:
        """Takes a token out of the rest."""
        node.branches = branches.with_token(token, *rest.without(token))
        self.memory_bytes += node.branches.memory_bytes - branches.memory_bytes

    def child(self, node: Node[PlaceT], slot: int, problem: Problem[PlaceT]) -> Node[PlaceT]:
        """The child of an open node through one of its branches, new or known."""
        branches = node.branches
        if branches is None:
            raise ValueError("the node is not open")
        token = int(branches.tokens[slot])
        if token not in node.children:
            place = problem.language.take(node.place, token)
            if place is None:
                raise ValueError(f"token {token} is allowed, and the constraint cannot take it")
            log_p = branches.log_mass(slot)
            model_log_p = problem.target.temperature * log_p + branches.log_offset
            self.attach(Node(node, place, token, slot, log_p, model_log_p))
        return node.children[token]

    def attach(self, node: Node[PlaceT]) -> None:
        """Adds a new node below its parent."""
        if node.parent is not None:
            node.parent.children[node.token] = node
            self.memory_bytes += NODE_BYTES

    def back_up(self, path: Sequence[Node[PlaceT]]) -> None:
        """Lowers the bounds along a path from the root, whose nodes are all open but perhaps the last."""
        self.touch(path)
        for node in reversed(path):
            if node.branches is not None:
                _bound(node, node.branches.log_total)

    def touch(self, nodes: Sequence[Node[PlaceT]]) -> None:
        """Counts nodes, parents first, as used now."""
        for node in reversed(nodes):
            if node.branches is not None:
                self._opened[node] = None  # it may be missing after an interruption
                self._opened.move_to_end(node)

    def keep_within_limit(self) -> None:
        """Closes the nodes that were not used for longest until the tree fits in its memory; the root stays open."""
        while self.memory_bytes > self.memory_limit and len(self._opened) > 1:
            self._close(next(iter(self._opened)))

    def _close(self, node: Node[PlaceT]) -> None:
        """Forgets all that lies below a node, none of which is open; its bound is again what it was at first."""
        # From the root downwards, so that no sum is ever above the bound of its node.
        for each, log_theta in reversed(_raised(node)):
            _bound(each, log_theta)
        del self._opened[node]
        self.memory_bytes -= _bytes_of(node)
        node.branches = None
        node.children = {}

    def nodes(self) -> Iterator[Node[PlaceT]]:
        """All nodes, each after its parent."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children.values())


def _raised(node: Node[PlaceT]) -> list[tuple[Node[PlaceT], float]]:
    """The bounds of a node and of all above it, once that of the node is no lower than it was at first."""
    found = [(node, max(node.log_theta, node.log_first))]
    while _is_held(node) and node.parent is not None and node.parent.branches is not None:
        log_theta = node.parent.branches.log_total_with(node, found[-1][1])
        node = node.parent
        found.append((node, max(node.log_theta, log_theta)))
    return found


def _is_held(node: Node[PlaceT]) -> bool:
    """Whether the parent knows the node: an interrupted walk can leave nodes behind whose parents were closed."""
    return node.parent is not None and node.parent.children.get(node.token) is node


def _bound(node: Node[PlaceT], log_theta: float) -> None:
    if node.parent is None:
        node.log_theta = log_theta
    elif node.parent.branches is not None and _is_held(node):
        node.parent.branches.bound(node, log_theta, node.parent.children.values())


def _bytes_of(node: Node[PlaceT]) -> int:
    arrays = 0 if node.branches is None else node.branches.memory_bytes
    return arrays + NODE_BYTES * (1 + len(node.children))
