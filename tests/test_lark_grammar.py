"""Lark grammars against `lark` itself: its Earley parser, with the basic and the dynamic lexer where the two agree."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache

import lark
import pytest
from lark.exceptions import LarkError

from grammars.errors import GrammarError
from grammars.lark_grammar import LarkGrammar
from tests.naive import NaiveMatcher

logging.getLogger("lark").setLevel(logging.ERROR)

ARITHMETIC = r"""
start: sum
?sum: product | sum "+" product -> add | sum "-" product -> sub
?product: atom | product "*" atom | product "/" atom
?atom: NUMBER | "-" atom | "(" sum ")"
%import common.NUMBER
%import common.WS_INLINE
%ignore WS_INLINE
"""

JSON = r"""
?start: value
?value: object | array | string | SIGNED_NUMBER -> number | "true" | "false" | "null"
array: "[" [value ("," value)*] "]"
object: "{" [pair ("," pair)*] "}"
pair: string ":" value
string: ESCAPED_STRING
%import common.ESCAPED_STRING
%import common.SIGNED_NUMBER
%import common.WS
%ignore WS
"""

C_LIKE = r"""
start: declaration*
declaration: type NAME ("=" expr)? ";" | type NAME "(" [parameter ("," parameter)*] ")" block
parameter: type NAME
?type: "int" | "char" | "void" | "struct" NAME | type "*"
block: "{" statement* "}"
?statement: declaration | expr ";" | block | ";" | "return" expr? ";" | "break" ";"
    | "if" "(" expr ")" statement ("else" statement)? | "while" "(" expr ")" statement
    | "for" "(" expr? ";" expr? ";" expr? ")" statement
?expr: assign | expr "," assign
?assign: or_ | unary ASSIGN assign
?or_: and_ | or_ "||" and_
?and_: equality | and_ "&&" equality
?equality: relation | equality ("==" | "!=") relation
?relation: sum | relation ("<" | ">" | "<=" | ">=") sum
?sum: product | sum ("+" | "-") product
?product: unary | product ("*" | "/" | "%") unary
?unary: postfix | ("-" | "!" | "*" | "&" | "++" | "--") unary | "sizeof" unary
?postfix: primary | postfix "[" expr "]" | postfix "(" [assign ("," assign)*] ")" | postfix "." NAME
    | postfix "->" NAME | postfix "++" | postfix "--"
?primary: NAME | NUMBER | STRING | CHAR | "(" expr ")"
ASSIGN: "=" | "+=" | "-=" | "*=" | "/="
NAME: /[a-zA-Z_]\w*/
NUMBER: /0x[0-9a-f]+|\d+(\.\d*)?(e[+-]?\d+)?/i
STRING: /"(\\.|[^"\\\n])*"/
CHAR: /'(\\.|[^'\\\n])'/
COMMENT: "//" /[^\n]*/ | "/*" /(.|\n)*?/ "*/"
%ignore COMMENT
%ignore /\s+/
"""


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


@dataclass(frozen=True)
class Case:
    grammar: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


CASES = {
    "arithmetic": Case(
        ARITHMETIC,
        ("1", "1+2*3", "-(1.5e3 - .5) / 2", "- -1", "((1))", "1 +\t2", " 1 "),
        ("", "1+", "()", "1 2", "(1", "1)", "+1", "1\n", "1..2", "a"),
    ),
    "json": Case(
        JSON,
        ("{}", "[]", " [1, -2.5e3] ", '{"a": [true, false, null], "": {}}', '"ab"', "true", "\n[[[]]]\n", '"é"'),
        ("", "[1,]", '{"a" 1}', "tru", "truefalse", '"a', "[1 2]", "{a: 1}", "{,}", '"a\nb"'),
    ),
    "c": Case(
        C_LIKE,
        (
            "int x;",
            "int intx = 1;",
            "char *s; /* comment ** / */ void f() { return; } // end",
            "int main(int argc, char **argv) { if (argc > 1) return 0x1F; else f(a[i]->b.c, 'x'); }",
            "int f(){for(;;)x+++y;while(1)break;{}}",
            'int x = sizeof "a b" , y ;',
            "struct s x;",
            "",
            "/* a */",
            "int f(){ifx=1;returnx;}",
            "int int;",
            "int x = a+++++b;",
        ),
        (
            "int f(){ int; }",
            "int f(){ if = 1; }",
            "int f(){ int y z; }",
            "int x = ;",
            "int f() { break }",
            "int x /* open;",
            "/* a */ b */",
            "int x = a + b +;",
            "int 1x;",
            "int f(){return x}",
            "int x = 'ab';",
        ),
    ),
    "left recursion": Case('start: a\na: a "x" | "y"', ("y", "yx", "yxxx"), ("", "x", "xy", "yxy")),
    "indirect left recursion": Case(
        'start: a\na: b "x" | "1"\nb: c "y" | a | "2"\nc: a "z" | b\n',
        ("1", "2x", "1x", "1zyx", "2yx", "1xx"),
        ("2", "1x1", "1zx", "x", ""),
    ),
    "hidden left recursion": Case(
        'start: s\ns: e f s "b" | "a"\ne: | "c"\nf: e? e',
        ("a", "ab", "abb", "cab", "cccab", "cccabb"),
        ("", "b", "cb", "ca", "ccccab"),
    ),
    "unit cycle": Case('start: a\na: b | "x"\nb: c\nc: a | a c "y"', ("x", "xxy", "xxxyy"), ("", "y", "xy", "xx")),
    "empty rules": Case(
        'start: a b a\na: | "x"\nb: a a | b "y"', ("", "x", "xxxx", "xyx", "yy"), ("xxxxx", "z", "yxx")
    ),
    "only the empty text": Case("start: a a\na: ", ("",), ("a", " ")),
    "ambiguity": Case('start: s\ns: s s | "a"', ("a", "aa", "aaaaaaa"), ("", "b", "aab")),
    "very ambiguous": Case('start: s\ns: s s s | s s | "a" | ', ("", "a", "aa", "aaaa"), ("b", "aab")),
    "keyword and name": Case(
        'start: "if" NAME "then" NAME | NAME "=" NAME\nNAME: /[a-z]+/\n%ignore " "',
        ("if a then b", "ifa = b", "a=b", "then = x", "iff=x", "if a thenb"),
        ("if = x", "if athen b", "a b", "="),
    ),
    "priority": Case('start: (A | B)+ "!"\nA.2: /a+/\nB: /a+b/\n', ("a!", "aa!"), ("ab!", "b!", "!", "aab!", "")),
    "priority over length": Case('start: A B | B\nA.2: "x"\nB: /[xy]+/', ("xy", "xyx", "y"), ("x", "", "xyz")),
    "case insensitive": Case('start: "ab"i /[x-z]+/i', ("abX", "AByz", "aBZ"), ("ab", "abw", "")),
    "first match": Case("start: A B?\nA: /a|ab/\nB: /b+/", ("a", "ab", "abb"), ("b", "aab")),
    "lazy": Case("start: A /c+/\nA: /a.*?b/", ("abc", "axxbcc"), ("abxb", "abbc", "axb")),
    "verbose": Case("start: A\nA: /a  # one\n  b/x", ("ab",), ("a b", "a")),
    "lookbehind": Case("start: A /c+/?\nA: /a[ab]*(?<!b)/", ("a", "aba", "abacc"), ("ab", "abc")),
    "bounded repetition": Case('start: "a"~2..4 "b"~3', ("aabbb", "aaaabbb"), ("abbb", "aaaaabbb", "aabb", "aabbbb")),
    "long repetition": Case('start: "a"~3..70 "b"?', ("aaa", "a" * 70, "a" * 69 + "b"), ("aa", "a" * 71, "b")),
    "options": Case('start: ["a" ["b"]] ("c" | "d")* "e"+', ("e", "abcde", "acee"), ("", "be", "ab", "eab")),
    "template": Case(
        'start: list{"x"} | list{A}\nlist{i}: i ("," i)*\nA: "y"', ("x", "x,x", "y,y,y"), ("x,y", ",", "")
    ),
    "ignored only where it matches": Case("start: A+\nA: /a+/\n%ignore /[ #]+/", ("a", "a #a", "  a "), ("", "b", "#")),
    "alias": Case("start: INT\n%import common.INT -> INT", ("12",), ("", "a", "1.0")),
    "not ascii": Case('start: "é"+ /[α-ω]+/ "😀"', ("éα😀", "ééαω😀"), ("é", "eα😀", "éα")),
    "adjacent names": Case(
        "start: (NAME | INT)+\nNAME: /[a-z]+/\nINT: /[0-9]+/", ("a", "a1b2", "ab1"), ("", "A", "a b")
    ),
}


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
