"""Trees that are saved and loaded: the same draws go on from them, and nothing else gets them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constrain import Vocabulary, compile_regex
from samplers import ASAp, Target, TreeMismatchError
from samplers.language import Completable, Language, Place
from samplers.problem import Problem, Request
from samplers.randomness import make_rng
from samplers.target import OWN
from samplers.tree.files import load_tree, save_tree
from samplers.tree.prefix_tree import PrefixTree
from samplers.tree.shared import forget_trees, shared_tree
from samplers.validate.harness import END, TOKENS, Harness, binary_automaton
from samplers.validate.table import TableLanguageModel
from tests.table_model import TableTokenizer
from tests.tiny_model import tiny_model

HARNESS = Harness(1)
TOKENIZER: Any = TableTokenizer()


def shape(tree: PrefixTree[Any]) -> dict[tuple[int, ...], tuple[Any, ...]]:
    return {
        tuple(node.tokens()): (node.place, node.slot, node.branches and node.branches.tokens.tolist())
        for node in tree.nodes()
    }


def numbers(tree: PrefixTree[Any]) -> dict[tuple[Any, ...], float]:
    found: dict[tuple[Any, ...], float] = {}
    for node in tree.nodes():
        for name in ("log_p", "model_log_p", "log_theta", "log_first"):
            found[(*node.tokens(), name)] = getattr(node, name)
        if node.branches is not None:
            found[(*node.tokens(), "total")] = node.branches.log_total
    return found


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    problem = HARNESS.problem()
    ASAp().draw(problem, 100, make_rng(0))
    save_tree(problem, tmp_path / "tree.npz")
    return tmp_path / "tree.npz"


def test_draws_go_on_where_they_were_saved(saved: Path) -> None:
    problem = HARNESS.problem()
    ASAp().draw(problem, 100, make_rng(0))
    other = HARNESS.problem()
    loaded = load_tree(other, saved)
    assert shared_tree(other) is loaded
    assert shape(loaded) == shape(shared_tree(problem))
    assert numbers(loaded) == pytest.approx(numbers(shared_tree(problem)), rel=1e-12)
    assert loaded.memory_bytes == shared_tree(problem).memory_bytes
    assert other.model.forwards == 1
    rngs = make_rng(1), make_rng(1)
    again, same = ASAp().draw(problem, 50, rngs[0]), ASAp().draw(other, 50, rngs[1])
    assert [sample.tokens for sample in again] == [sample.tokens for sample in same]


def other_problems() -> list[tuple[str, Problem[Any]]]:
    model, language = TableLanguageModel(7, 1), HARNESS.problem().language
    reordered = Vocabulary([text.encode() for text in reversed(TOKENS.values())] + [b""], [END])
    other_words = compile_regex("0{5}|1[01]{5}", binary_automaton().vocabulary)
    return [
        ("max_new_tokens", Problem(model, Language(binary_automaton(), 4), OWN)),
        ("target", Problem(model, language, Target(temperature=0.9))),
        ("vocabulary", Problem(model, Language(compile_regex("00000|1[01]{4}", reordered), 5), OWN)),
        ("constraint", Problem(model, Language(other_words, 5), OWN)),
        ("kind of language", Problem(model, Completable(binary_automaton(), 5), OWN)),
        ("model", Problem(TableLanguageModel(7, 2), language, OWN)),
    ]


@pytest.mark.parametrize(("what", "problem"), other_problems())
def test_a_tree_of_something_else_is_refused(saved: Path, what: str, problem: Problem[Any]) -> None:
    with pytest.raises(TreeMismatchError, match=f"{what} differs"):
        load_tree(problem, saved)
    assert len(shared_tree(problem)) == 0


class Swapped(TableLanguageModel):
    """The model of the harness, where tokens may be taken for each other after the prompt."""

    order = slice(None)

    def row(self, tokens: Any) -> Any:
        row = super().row(tokens)
        return row if len(tokens) else row[self.order]


def test_a_model_with_the_same_allowed_mass_is_told_by_its_tokens(tmp_path: Path) -> None:
    automaton = compile_regex("[01]*", binary_automaton().vocabulary)
    model = Swapped(7, 1)
    problem = Problem(model, Language(automaton, 5), OWN)
    ASAp().draw(problem, 100, make_rng(0))
    save_tree(problem, tmp_path / "tree.npz")
    load_tree(problem, tmp_path / "tree.npz")
    model.order = [1, 0, 2, 3, 4, 5, 6]  # type: ignore[assignment]
    with pytest.raises(TreeMismatchError, match="the model differs"):
        load_tree(problem, tmp_path / "tree.npz")


def test_what_is_no_tree_is_refused(tmp_path: Path) -> None:
    for name, content in (("text", b"no tree"), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(TreeMismatchError, match="the file"):
            load_tree(HARNESS.problem(), tmp_path / name)
    np.savez(tmp_path / "other.npz", numbers=np.arange(3))
    np.save(tmp_path / "array.npy", np.arange(3))
    for name in ("other.npz", "array.npy"):
        with pytest.raises(TreeMismatchError, match="the file"):
            load_tree(HARNESS.problem(), tmp_path / name)


def test_a_broken_tree_is_refused(saved: Path) -> None:
    content = saved.read_bytes()
    with np.load(saved) as archive:
        parts = dict(archive)
    for broken in (content[: len(content) // 2], content[:2000] + bytes([content[2000] ^ 255]) + content[2001:]):
        saved.write_bytes(broken)
        with pytest.raises(TreeMismatchError, match="the file"):
            load_tree(HARNESS.problem(), saved)
    np.savez(saved, **{name: part for name, part in parts.items() if name != "masses"})
    with pytest.raises(TreeMismatchError, match="the file"):
        load_tree(HARNESS.problem(), saved)


def test_an_interruption_while_saving_leaves_the_file_that_was_there(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def interrupted(file: Any, **_: Any) -> None:
        file.write(b"half of ")
        raise KeyboardInterrupt

    problem = HARNESS.problem()
    ASAp().draw(problem, 5, make_rng(0))
    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_tree(problem, saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_a_tree_knows_the_weights_and_the_prompt_of_a_transformer(tmp_path: Path) -> None:
    automaton = compile_regex("(01|1)*", binary_automaton().vocabulary)

    def problem(seed: int, prompt: list[int]) -> Problem[Place]:
        posed = Request(tiny_model(7, [END], seed=seed), TOKENIZER, automaton, "x", 1, 5).exact(OWN)
        posed.model._prompt = prompt  # type: ignore[attr-defined]
        return posed

    first = problem(0, [0, 1])
    drawn = ASAp().draw(first, 20, make_rng(0))
    save_tree(first, tmp_path / "tree.npz")
    same = problem(0, [0, 1])
    load_tree(same, tmp_path / "tree.npz")
    before = same.model.forwards
    root = shared_tree(same).root
    shared_tree(same).open(root, same)
    assert same.model.forwards == before == 1
    assert len(drawn) == 20
    for seed, prompt, what in ((1, [0, 1], "the model"), (0, [0, 2], "the prompt")):
        with pytest.raises(TreeMismatchError, match=f"{what} differs"):
            load_tree(problem(seed, prompt), tmp_path / "tree.npz")


def test_trees_are_forgotten_with_their_model_or_when_asked() -> None:
    problem = HARNESS.problem()
    tree = shared_tree(problem)
    assert shared_tree(problem) is tree
    forget_trees(problem.model.owner)
    assert shared_tree(problem) is not tree
