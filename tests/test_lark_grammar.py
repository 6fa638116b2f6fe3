"""Lark grammars against `lark` itself: its Earley parser, with the basic and the dynamic lexer where the two agree."""

from __future__ import annotations

import logging
import re
from functools import cache

import lark
import pytest
from lark.exceptions import LarkError

from grammars.errors import GrammarError
from grammars.lark_grammar import LarkGrammar
from tests.lark_cases import ARITHMETIC, CASES
from tests.naive import NaiveMatcher

logging.getLogger("lark").setLevel(logging.ERROR)


@cache
def matcher(grammar: str) -> NaiveMatcher:
    return NaiveMatcher(LarkGrammar(grammar))


def accepts(grammar: str, text: str) -> bool:
    return matcher(grammar).matches(text.encode())


@cache
def parser(grammar: str, lexer: str) -> lark.Lark:
    engine = "lalr" if lexer == "contextual" else "earley"
    return lark.Lark(grammar, parser=engine, lexer=lexer, maybe_placeholders=False)


def parses(grammar: str, text: str, lexer: str) -> bool:
    try:
        parser(grammar, lexer).parse(text)
    except LarkError:
        return False
    return True


@pytest.mark.parametrize("name", CASES)
def test_accepts_what_the_case_says(name: str) -> None:
    case = CASES[name]
    assert [text for text in case.yes if not accepts(case.grammar, text)] == []
    assert [text for text in case.no if accepts(case.grammar, text)] == []


@pytest.mark.parametrize("name", CASES)
def test_cases_say_what_lark_says(name: str) -> None:
    case = CASES[name]
    lexers = ("contextual", "basic") if name in {"c", "keyword and name", "priority over length"} else ("basic",)
    for text in case.yes:
        assert any(parses_or_conflicts(case.grammar, text, lexer) is not False for lexer in lexers), text
    for text in case.no:
        assert any(parses_or_conflicts(case.grammar, text, lexer) is not True for lexer in lexers), text


def parses_or_conflicts(grammar: str, text: str, lexer: str) -> bool | None:
    """None where the grammar is not one for that parser."""
    try:
        parser(grammar, lexer)
    except LarkError:
        return None
    return parses(grammar, text, lexer)


@pytest.mark.parametrize(
    ("grammar", "where", "found", "what"),
    [
        ("start: a", "line 1, column 8", "a", "not defined"),
        ('start: "a" (\n', "line 1, column 13", 'start: "a" (', "parenthesis"),
        ('start: "a"\n\n%foo', "line 3, column 1", "%foo", "Unexpected input"),
        ('start: b\nb: "a" $ b', "line 2, column 8", 'b: "a" $ b', "Unexpected input"),
        ("start: A\n%declare A", "line 2, column 10", "A", "%declare"),
        ("start: A\nA: /a*/", "line 1, column 8", "A", "empty text"),
        ("start: A\nA: /(/", "line 2, column 4", "/(/", "bad pattern"),
        ('start: "b" ""', "line 1, column 12", '""', "empty"),
        ('start: "ab".."c"', "line 1, column 8", '"ab"', "range"),
        ('start: "a"\n%ignore X', "line 2, column 9", "X", "not defined"),
        ("%import nosuch.X\nstart: X", "line 1, column 9", "nosuch", "import"),
        ("%import common.XYZ\nstart: XYZ", "line 1, column 16", "XYZ", "common has no XYZ"),
        (
            '// %import common.A\nstart: A "%import common.B"\n%import common (INT, A)',
            "line 3, column 22",
            "A",
            "CNAME",
        ),
        ("start: A\n%import common.FOO -> A", "line 2, column 16", "FOO", "it has CNAME, CPP_COMMENT"),
        ('a: "x"\na: "y"\nstart: a', "line 1, column 1", "a", "more than once"),
        ("start: A~3..2\nA: /b/", "line 1, column 8", "A", "Bad Range"),
        ('first: "a"', "", "start", "start rule"),
        ('start: start "a"', "line 1, column 1", "start", "no text"),
        ("start: A A\nA: /a+/", "line 1, column 8", "A A", "longest match"),
        ('start: "a" " " "b"\n%ignore /\\s+/', "line 1, column 12", '" "', "always wins"),
        ("start: A\nA: /a(?=b)/", "line 1, column 8", "A", "lookahead"),
        ("start: /(a)\\1/", "line 1, column 8", "/(a)\\1/", "reference"),
        ("start: A\nA: /a/l", "line 2, column 4", "/a/l", "bad pattern"),
        ("start: A\nA: B /(?i)c/\nB: /b/", "line 1, column 8", "A", "fit together"),
        ("start: B\nB: /^b/", "line 1, column 8", "B", "anchor"),
        ("start: B\nB: /(?<!a)b/", "line 1, column 8", "B", "lookbehind"),
    ],
)
def test_errors_say_what_and_where(grammar: str, where: str, found: str, what: str) -> None:
    with pytest.raises(GrammarError, match=re.escape(what)) as caught:
        LarkGrammar(grammar)
    assert (caught.value.where, caught.value.found) == (where, found)


def test_names_for_people() -> None:
    grammar = LarkGrammar('start: item+\nitem: item "x" | NAME ("," NAME)*\nNAME: /[a-z]+/\n%ignore " "')
    rules = {str(grammar.start)}
    assert grammar.describe(grammar.start) == "whole text"
    for rule in rules | {"start", "item", "item\\item", "__item_star_1"}:
        assert grammar.describe(rule) in {"whole text", "start", "item"}
    assert {grammar.describe_terminal(i) for i in range(len(grammar.terminals))} == {"NAME", '"x"', '","', '" "'}


def test_scanners_are_made_once() -> None:
    grammar = LarkGrammar(ARITHMETIC)
    assert grammar.scanner(frozenset([0, 1])) is grammar.scanner(frozenset([1, 0]))


def test_large_repetition_stays_small() -> None:
    grammar = LarkGrammar('start: (NAME ",")~1..1000\nNAME: /[a-z]+/\n%ignore " "')
    matcher = NaiveMatcher(grammar)
    assert matcher.matches(b"a, b,c,")
    assert not matcher.matches(b"")


def test_string_in_an_ignored_pattern_and_ignored_string_in_a_pattern() -> None:
    grammar = 'start: TEXT "," TEXT\nTEXT: /[^,]+/\n%ignore " "'
    assert accepts(grammar, "a, b")
    for text in (" ,b", "a, "):
        assert accepts(grammar, text) == parses(grammar, text, "basic") is False
