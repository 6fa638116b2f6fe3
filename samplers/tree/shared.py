"""The trees of this process: one for each model, prompt, constraint, target and budget, shared by all samplers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from constrain.lru import Lru
from constrain.protocols import TokenAutomaton
from samplers.language import Completable
from samplers.problem import Problem
from samplers.target import Target
from samplers.tree.prefix_tree import PrefixTree

MOST_TREES: Final = 8


class _Key(NamedTuple):
    prompt: tuple[int, ...]
    automaton: int
    target: Target
    max_new_tokens: int
    is_completable: bool


class _Entry(NamedTuple):
    # A tree holds states of its automaton, whose id must not be given to another one.
    automaton: TokenAutomaton
    tree: PrefixTree[Any]


_trees: WeakKeyDictionary[Any, Lru[_Key, _Entry]] = WeakKeyDictionary()


def shared_tree(problem: Problem[Any]) -> PrefixTree[Any]:
    """The tree of a problem: the one that was grown on the same problem before, if it is still among those used last.

    It is known by the model itself, not by its weights: call `forget_trees` for a model whose weights were changed.
    """
    trees, key = _trees_of(problem.model.owner), _key(problem)
    entry = trees.get(key)
    if entry is None:
        entry = _Entry(problem.language.automaton, PrefixTree(problem.language.start))
        trees.put(key, entry)
    return entry.tree


def share_tree(problem: Problem[Any], tree: PrefixTree[Any]) -> None:
    """Makes `tree` the one of a problem, in place of any other."""
    _trees_of(problem.model.owner).put(_key(problem), _Entry(problem.language.automaton, tree))


def forget_trees(model: object) -> None:
    """Forgets all trees of a model."""
    _trees.pop(model, None)


def _trees_of(owner: object) -> Lru[_Key, _Entry]:
    return _trees.setdefault(owner, Lru(MOST_TREES))


def _key(problem: Problem[Any]) -> _Key:
    language = problem.language
    return _Key(
        problem.model.prompt,
        id(language.automaton),
        problem.target,
        language.max_new_tokens,
        isinstance(language, Completable),
    )
