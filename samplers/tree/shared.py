"""The trees of this process: one for each model, prompt, constraint, target and budget, shared by all samplers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from constrain.lru import Lru
from samplers.language import Completable, Constraint, Language
from samplers.problem import Problem
from samplers.target import Target
from samplers.tree.prefix_tree import PrefixTree

MOST_TREES: Final = 8


class _Key(NamedTuple):
    prompt: tuple[int, ...]
    automaton: int
    target: Target
    max_new_tokens: int
    kind: type
    language: int | None


class _Entry(NamedTuple):
    # A tree holds places of its language and states of its automaton, whose ids must not be given to others.
    language: Constraint[Any]
    tree: PrefixTree[Any]


_trees: WeakKeyDictionary[Any, Lru[_Key, _Entry]] = WeakKeyDictionary()


def shared_tree(problem: Problem[Any]) -> PrefixTree[Any]:
    """The tree of a problem: the one that was grown on the same problem before, if it is still among those used last.

    It is known by the model itself, not by its weights: call `forget_trees` for a model whose weights were changed.
    """
    trees, key = _trees_of(problem.model.owner), _key(problem)
    entry = trees.get(key)
    if entry is None:
        entry = _Entry(problem.language, PrefixTree(problem.language.start))
        trees.put(key, entry)
    return entry.tree


def share_tree(problem: Problem[Any], tree: PrefixTree[Any]) -> None:
    """Makes `tree` the one of a problem, in place of any other."""
    _trees_of(problem.model.owner).put(_key(problem), _Entry(problem.language, tree))


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
        type(language),
        # A language of another kind, such as one under a monitor, is not known by its automaton and budget.
        None if type(language) in {Language, Completable} else id(language),
    )
