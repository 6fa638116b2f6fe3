"""The slow reference for longest match, on a few terminals that overlap."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from grammars.dfa import Dfa
from grammars.ir import Choice, Expr, Seq, Terminal
from tests.naive import NaiveMatcher
from tests.naive_scanner import ScannerMatcher
from tests.small_grammars import Rules, automaton

IF, NAME, INT, BLANK, LESS, SHIFT = range(6)


@dataclass
class Lexing(Rules):
    """`if` against names, `<` against `<<`, blanks ignored."""

    ignored: frozenset[int] = frozenset([BLANK])

    def describe_terminal(self, number: int) -> str:
        return f"terminal {number}"

    def scanner(self, terminals: frozenset[int]) -> Dfa:
        word = NAME if NAME in terminals else -1
        edges = {
            0: [(" ", " ", 1), ("a", "h", 2), ("i", "i", 3), ("j", "z", 2), ("0", "9", 5), ("<", "<", 6)],
            1: [(" ", " ", 1)],
            2: [("0", "9", 2), ("a", "z", 2)],
            3: [("0", "9", 2), ("a", "e", 2), ("f", "f", 4), ("g", "z", 2)],
            4: [("0", "9", 2), ("a", "z", 2)],
            5: [("0", "9", 5)],
            6: [("<", "<", 7)],
        }
        return automaton(edges, [-1, BLANK, word, word, IF if IF in terminals else word, INT, LESS, SHIFT])


def lexing(start: Expr) -> NaiveMatcher:
    return NaiveMatcher(Lexing({"start": start}))


@pytest.mark.parametrize(
    ("terminals", "text", "right"),
    [
        ([IF, NAME], "if x", True),
        ([IF, NAME], "ifx", True),
        ([NAME], "ifx", True),
        ([NAME], "if", True),
        ([INT, INT], "12", False),
        ([INT, INT], " 1 2 ", True),
        ([INT, NAME], "1a", True),
        ([NAME, INT], "a1", False),
        ([NAME, LESS, NAME], "a<b", True),
        ([NAME, LESS, LESS, NAME], "a<<b", False),
        ([NAME, LESS, LESS, NAME], "a< <b", True),
        ([NAME, SHIFT, LESS], "a<<<", True),
    ],
)
def test_longest_match(terminals: list[int], text: str, right: bool) -> None:
    assert lexing(Seq(tuple(map(Terminal, terminals)))).matches(text.encode()) == right


def test_a_keyword_is_a_name_where_only_a_name_may_come() -> None:
    keyword_first = lexing(Seq((Choice((Terminal(IF), Terminal(INT))), Terminal(NAME))))
    assert keyword_first.matches(b"if if")
    assert not keyword_first.matches(b"x if")
    assert not lexing(Seq((Choice((Terminal(IF), Terminal(NAME))), Terminal(INT)))).matches(b"x1")


def test_completion_finds_the_shortest_text() -> None:
    scanned = ScannerMatcher(Lexing({"start": Seq((Terminal(NAME), Terminal(LESS), Terminal(NAME)))}))
    completion = scanned.completion(scanned.start, 100)
    assert completion is not None
    assert len(completion) == 3
    assert NaiveMatcher(scanned.grammar).matches(completion.encode())


def test_completion_admits_that_there_is_none() -> None:
    glued = Lexing({"start": Seq((Terminal(INT), Terminal(INT)))}, ignored=frozenset())
    scanned = ScannerMatcher(glued)
    assert scanned.completion(scanned.start, 50) is None
