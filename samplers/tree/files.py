"""A tree on disk: saved with all that it was grown for, and refused for anything else.

One `.npz` archive without pickled objects. What says whether a tree belongs to a problem: the vocabulary, the prompt,
the target, the budget, the kind of language, the configuration of the model, and two things that no name tells: what
the constraint allows after each prefix of the tree, and the probabilities that the model gives after the prompt.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from samplers.errors import TreeMismatchError
from samplers.problem import Problem
from samplers.tree.branches import Branches, grow
from samplers.tree.node import Node
from samplers.tree.prefix_tree import PrefixTree
from samplers.tree.shared import share_tree, shared_tree

_FORMAT: Final = 1
_NAMES: Final = ("header", "parent", "link", "logs", "size", "digest", "scale", "tokens", "masses")
_TOLERANCE: Final = 0.05
"""How far the log-probabilities of one model may be apart on two machines, in half precision too."""


def save_tree(problem: Problem[Any], path: Path | str) -> None:
    """Writes the shared tree of a problem to a file, which stays what it was where this is interrupted."""
    path, tree = Path(path), shared_tree(problem)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with tree.lock, unfinished.open("wb") as file:
            np.savez(file, **_arrays(problem, tree))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _arrays(problem: Problem[Any], tree: PrefixTree[Any]) -> dict[str, Any]:
    nodes = list(tree.nodes())
    numbers = {node: number for number, node in enumerate(nodes)}
    opened = [node.branches for node in nodes if node.branches is not None]
    digests = [_digest(problem, node) for node in nodes if node.branches is not None]
    return {
        "header": np.array(json.dumps(_header(problem))),
        "parent": np.array([-1 if node.parent is None else numbers[node.parent] for node in nodes], np.int64),
        "link": np.array([(node.token, node.slot) for node in nodes], np.int64),
        "logs": np.array([(n.log_p, n.model_log_p, n.log_theta, n.log_first) for n in nodes]),
        "size": np.array([-1 if n.branches is None else len(n.branches.tokens) for n in nodes], np.int64),
        "digest": np.array(digests, np.int64),
        "scale": np.array([(b.log_scale, b.log_offset, b.model_log_stop) for b in opened]).reshape(-1, 3),
        "tokens": np.concatenate([np.empty(0, np.int32), *(branches.tokens for branches in opened)]),
        "masses": np.concatenate([np.empty(0), *(branches.masses for branches in opened)]),
    }


def load_tree(problem: Problem[Any], path: Path | str) -> PrefixTree[Any]:
    """Reads a tree, and shares it among all samplers of the problem; the model reads the prompt to compare.

    Raises `TreeMismatchError` where the tree was grown for something else, or the file is none of a tree.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            stored = {name: archive[name] for name in _NAMES}
        header = json.loads(str(stored["header"]))
    except (ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise TreeMismatchError("the file", "no tree that was saved here") from error
    _check_header(header, _header(problem))
    tree = _Reading(problem, stored).tree()
    _check_model(tree, problem)
    share_tree(problem, tree)
    return tree


class _Reading:
    """The arrays of a file made into nodes, each held against the constraint."""

    def __init__(self, problem: Problem[Any], stored: dict[str, NDArray[Any]]) -> None:
        self._problem, self._stored = problem, stored
        self._branches = self._all_branches()
        self._digests = iter(stored["digest"].tolist())

    def tree(self) -> PrefixTree[Any]:
        stored = self._stored
        tree: PrefixTree[Any] = PrefixTree(self._problem.language.start)
        nodes: list[Node[Any]] = []
        rows = zip(stored["parent"].tolist(), stored["link"].tolist(), stored["logs"].tolist(), strict=True)
        for (parent, link, logs), size in zip(rows, stored["size"].tolist(), strict=True):
            node = tree.root if parent < 0 else self._child(nodes[parent], link)
            nodes.append(node)
            tree.attach(node)
            if size >= 0:
                tree.put(node, self._checked(node))
            node.log_p, node.model_log_p, node.log_theta, node.log_first = logs
        tree.touch(nodes)
        return tree

    def _child(self, parent: Node[Any], link: list[int]) -> Node[Any]:
        token, slot = link
        place = self._problem.language.take(parent.place, token)
        if place is None:
            raise TreeMismatchError("the constraint", "another one")
        return Node(parent, place, token, slot)

    def _checked(self, node: Node[Any]) -> Branches:
        if next(self._digests) != _digest(self._problem, node):
            raise TreeMismatchError("the constraint", "another one")
        return next(self._branches)

    def _all_branches(self) -> Iterator[Branches]:
        stored = self._stored
        sizes = [size for size in stored["size"].tolist() if size >= 0]
        ends = np.cumsum([0, *sizes]).tolist()
        for number, (log_scale, log_offset, model_log_stop) in enumerate(stored["scale"].tolist()):
            part = slice(ends[number], ends[number + 1])
            tokens, masses = stored["tokens"][part], stored["masses"][part].copy()
            # They are settled when they are opened: what was saved in the middle of an update is put right.
            yield Branches(tokens, masses, log_scale, log_offset, model_log_stop, is_settled=False)


def _digest(problem: Problem[Any], node: Node[Any]) -> int:
    """A checksum of what the constraint allows at a node."""
    allowed = problem.language.allowed(node.place)
    return crc32(np.packbits(allowed.tokens).tobytes()) << 1 | allowed.may_stop


def _header(problem: Problem[Any]) -> dict[str, Any]:
    """What the tree was grown for, as JSON has it, in words for an error."""
    vocabulary, target = problem.language.automaton.vocabulary, problem.target
    words = hashlib.sha256()
    for token in vocabulary.tokens:
        words.update(len(token).to_bytes(4, "little") + token)
    return {
        "the format": _FORMAT,
        "the model": _description(problem.model.owner),
        "the prompt": list(problem.model.prompt),
        "the vocabulary": [words.hexdigest(), list(vocabulary.eos_token_ids)],
        "the target": [target.temperature, target.top_k, target.top_p],
        "max_new_tokens": problem.language.max_new_tokens,
        "the kind of language": type(problem.language).__name__,
    }


def _description(model: Any) -> str:
    """The class and the shape of a model; where it was loaded from does not matter."""
    config: Any = getattr(model, "config", None)
    fields = config.to_dict() if hasattr(config, "to_dict") else {}
    names = ("model_type", "vocab_size", "hidden_size", "num_hidden_layers")
    return json.dumps([type(model).__name__, {name: fields.get(name) for name in names}])


def _check_header(stored: dict[str, Any], wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        if stored.get(name) != value:
            raise TreeMismatchError(name, f"{_short(stored.get(name))}, not {_short(value)}")


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _check_model(tree: PrefixTree[Any], problem: Problem[Any]) -> None:
    """Holds the probabilities after the prompt against those that the model gives now."""
    root = tree.root
    if root.branches is None or not len(root.branches.tokens):
        return
    scores = problem.target.read(problem.model.logits([]))
    fresh = grow(scores, problem.language.allowed(root.place), problem.ends)
    children = list(root.children.values())
    stored = np.array([child.log_p for child in children])
    now = scores.log_probs(np.array([child.token for child in children], np.int64))
    if not np.allclose([root.log_first, *stored], [fresh.log_total, *now], rtol=0, atol=_TOLERANCE):
        raise TreeMismatchError("the model", "one with other weights")
