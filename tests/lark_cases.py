"""Lark grammars, each with texts that are in its language and texts that are not."""

from __future__ import annotations

from dataclasses import dataclass

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
