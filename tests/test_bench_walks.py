"""Random walks find what is wrong with an automaton, and only that."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from grammars.errors import GrammarError, LimitError, UnsupportedError
from jsonschema_bench.drawing import Drawer
from jsonschema_bench.errors import CannotJudgeError
from jsonschema_bench.oracle import make_oracle
from jsonschema_bench.walks import HARMLESS, KINDS, Place, Problem, walk
from tests.table_automaton import TableAutomaton, TableVocabulary

TOKENS = [b"", *(bytes([byte]) for byte in range(256)), b"tr", b"true", b"12", b'"a"']
VOCABULARY = TableVocabulary(TOKENS, [0])
WORDS = ("true", "12", '"a"', '"\u00e9"', "[1]")


@dataclass
class MaskedWrongly(TableAutomaton):
    """Forgets a token in every mask, or allows one too many."""

    changed: int = 0

    def mask(self, state: int) -> NDArray[np.uint32]:
        row = super().mask(state).copy()
        row[self.changed >> 5] ^= np.uint32(1 << (self.changed & 31))
        return row


def kinds(automaton: TableAutomaton, schema: object = True, walks: int = 60) -> Counter[str | None]:
    drawer = Drawer(TOKENS)
    oracle = make_oracle(schema)
    found = (walk(automaton, drawer, oracle, random.Random(i)) for i in range(walks))
    return Counter(problem.kind if problem else None for problem in found)


def test_a_sound_automaton_has_no_problems() -> None:
    assert kinds(TableAutomaton.of_words(WORDS, VOCABULARY)) == {None: 60}


def test_texts_that_the_oracle_refuses_are_found() -> None:
    found = kinds(TableAutomaton.of_words(WORDS, VOCABULARY), {"type": ["boolean", "integer"]})
    assert set(found) == {None, "invalid text"}


def test_texts_that_are_not_json_are_found() -> None:
    assert kinds(TableAutomaton.of_words(["tru"], VOCABULARY)) == {"invalid text": 60}


def test_dead_ends_are_found() -> None:
    automaton = TableAutomaton({0: {ord("1"): 1}, 1: {}}, frozenset({0}), VOCABULARY)
    assert kinds(automaton)["dead end"] > 0


@pytest.mark.parametrize("changed", [TOKENS.index(b"true"), 0])
def test_masks_that_contradict_advance_are_found(changed: int) -> None:
    base = TableAutomaton.of_words(WORDS, VOCABULARY)
    automaton = MaskedWrongly(base.table, base.accepting, VOCABULARY, changed=changed)
    assert kinds(automaton)["disagreement"] > 0


def test_what_cannot_be_judged_is_no_fault() -> None:
    def oracle(text: str) -> str | None:
        raise CannotJudgeError("a pattern")

    problem = walk(TableAutomaton.of_words(WORDS, VOCABULARY), Drawer(TOKENS), oracle, random.Random(0))
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.what) == ("not judged", "a pattern")


def test_a_walk_is_repeated_by_its_place() -> None:
    place = Place("case", "any", 3)
    assert place.random(1).random() == place.random(1).random()
    assert place.random(1).random() != place.random(2).random()


@dataclass
class Refusing(TableAutomaton):
    """Comes to a part of a schema that is refused."""

    error: GrammarError = field(default_factory=lambda: GrammarError("wrong", "#/items"))

    def mask(self, state: int) -> NDArray[np.uint32]:
        if state != self.start:
            raise self.error
        return super().mask(state)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(UnsupportedError("not supported", "#/items"), "refused"), (LimitError("large", "#/a", limit="states"), "limit")],
)
def test_what_an_automaton_refuses_on_the_way_is_no_fault(error: GrammarError, kind: str) -> None:
    base = TableAutomaton.of_words(["[1]"], VOCABULARY)
    automaton = Refusing(base.table, base.accepting, VOCABULARY, error=error)
    problem = walk(automaton, Drawer(TOKENS), make_oracle(True), random.Random(0))
    assert problem == Problem(kind, str(error), "[")
    assert kind in HARMLESS
    assert kind in KINDS
