"""White space and punctuation around the parts of JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from grammars.dfa import Dfa
from grammars.ir import EMPTY, Expr, Lex, Lexeme, Seq
from grammars.memo import remembered

MAX_INDENT = 128
"""How long one run of white space may be with `flexible`."""


@dataclass(frozen=True)
class Layout:
    """What stands between the parts: `gap` inside of brackets, `colon` and `comma` with the gaps around them."""

    gap: Expr
    colon: Expr
    comma: Expr


@remembered(128)
def text(*words: str) -> Lex:
    """Exactly one of some texts."""
    return Lex(Lexeme(Dfa.of_words(words)))


@cache
def _flexible() -> Layout:
    gap = Lex(Lexeme(_gap_dfa(), max_length=MAX_INDENT))
    return Layout(gap, Seq((gap, text(":"), gap)), Seq((gap, text(","), gap)))


def _gap_dfa() -> Dfa:
    """Nothing, one space, or at most two line ends and then an indent of spaces or tabs."""
    tab, feed, carriage, space = 9, 10, 13, 32
    indent = [(tab, tab, 5), (space, space, 5)]
    return Dfa.of_rows(
        [
            [(feed, feed, 2), (carriage, carriage, 3), (space, space, 1)],
            [],
            [(tab, tab, 5), (feed, feed, 5), (carriage, carriage, 4), (space, space, 5)],
            [(feed, feed, 2)],
            [(feed, feed, 5)],
            indent,
        ],
        [0, 0, 0, -1, -1, 0],
    )


def layout_of(whitespace: str | tuple[str, str]) -> Layout:
    """The layout for `compact`, `flexible`, or a pair (between items, between key and value) as `json.dumps` has it."""
    if whitespace == "flexible":
        return _flexible()
    if whitespace == "compact":
        return Layout(EMPTY, text(":"), text(","))
    if isinstance(whitespace, str) or len(whitespace) != 2:
        raise ValueError(f"whitespace has to be 'compact', 'flexible' or a pair of separators, not {whitespace!r}")
    comma, colon = whitespace
    if comma.strip(" \t\r\n") != "," or colon.strip(" \t\r\n") != ":":
        raise ValueError(f"separators have to be ',' and ':' with white space around them, not {whitespace!r}")
    return Layout(EMPTY, text(colon), text(comma))
