"""Random grammars in the intermediate form: lexemes of all kinds, repetition, members, recursion."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from grammars.dfa import Dfa
from grammars.dfa_ops import lexeme, lexeme_of_regex, of_words
from grammars.ir import EMPTY, Call, Choice, Expr, Extra, Lex, Lexeme, Members, Remember, Repeat, Seq
from grammars.regex import match_language
from grammars.regex_parser import parse_pattern
from tests.small_grammars import Rules

PATTERNS = ("a", "ab|abc|b", "[ab]*", "a{2,20}", "[a-c]{0,12}", "(ab){1,3}", "é|中+|😀", "-?(0|[1-9][0-9]*)", " ?",
            r"\n *", "[^a]", "(a|b)*abb", ".{3}", "a.*b", "[0-9]{3,}")  # fmt: skip


def read(pattern: str) -> Lexeme:
    """The texts that a pattern matches from end to end."""
    found = lexeme_of_regex(match_language(parse_pattern(pattern)))
    assert found is not None
    return found


def bounded(dfa: Dfa, low: int, high: int | None) -> Lexeme:
    """The texts of an automaton with a length in a range."""
    found = lexeme(dfa, quoted=True, min_length=low, max_length=high)
    assert found is not None
    return found


ANY = Dfa.any_text()
WORDS = frozenset({"a", "ab", "éa", "name", ""})
LEXEMES = [
    *map(read, PATTERNS),
    *(replace(read(pattern), quoted=True) for pattern in PATTERNS),
    *(bounded(ANY, low, high) for low, high in ((0, None), (0, 3), (2, None), (1, 1), (3, 40), (0, 65535), (5, 5))),
    bounded(read("[ab]*").dfa, 2, 6),
    Lexeme(ANY, quoted=True, without=WORDS),
    Lexeme(ANY, quoted=True, max_length=4, without=WORDS),
    Lexeme(ANY, quoted=True, min_length=1, max_length=30, without=frozenset({"abc"})),
    Lexeme(of_words(["true", "false", "tr"])),
    Lexeme(of_words(["a", "a\"b", "\\", "\n"]), quoted=True),
]  # fmt: skip
NAMES = ("a", "ab", "name", "é", 'q"', "b", "")
RULES = ("start", "x", "y")


def text(word: str) -> Lex:
    return Lex(Lexeme(of_words([word])))


guarded = st.sampled_from(RULES).flatmap(
    lambda rule: st.sampled_from(
        [Seq((text("("), Call(rule), text(")"))), Seq((text("-"), Call(rule))), Seq((text("a"), Call(rule), text("b")))]
    )
)


@st.composite
def members(draw: st.DrawFn) -> Members:
    """Objects that have at least one text."""
    names = tuple(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4)))
    other = Lexeme(ANY, quoted=True, without=frozenset(names))
    count = draw(st.integers(0 if names else 1, 2))
    extras = [Extra(other, draw(RULE), draw(st.sampled_from([0, 0, 1, 2]))) for _ in range(count)]
    required = frozenset(draw(st.sets(st.sampled_from(range(len(names))), max_size=2))) if names else frozenset()
    low = draw(st.integers(0, 3 if extras else len(names)))
    least = max(low, len(required) + sum(extra.least for extra in extras), 1)
    high = draw(st.none() | st.integers(least, max(least, 5)))
    values = tuple(draw(RULE) for _ in names)
    return Members(names, values, required, tuple(extras), draw(st.booleans()), text(":"), COMMA, low, high)


REMEMBER = Seq((text("["), Remember("value", "list", ends=True), text("]")))
RULE = st.sampled_from(RULES)
COMMA = Seq((text(","), Choice((EMPTY, text(" ")))))


def _combined(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    bounds = st.tuples(st.integers(0, 2), st.none() | st.integers(0, 3))
    separators = st.none() | st.sampled_from([COMMA, text(","), Choice((EMPTY, text(";")))])
    return st.one_of(
        some.map(Seq),
        some.map(Choice),
        st.builds(_repeat, inner, bounds, separators),
        members().map(lambda object_: Seq((text("{"), object_, text("}")))),
    )


def _repeat(body: Expr, bounds: tuple[int, int | None], separator: Expr | None) -> Repeat:
    low, more = bounds
    return Repeat(body, low, None if more is None else low + more, separator)


expressions = st.recursive(
    st.sampled_from(LEXEMES).map(Lex) | guarded | st.just(EMPTY) | st.just(REMEMBER) | members(),
    _combined,
    max_leaves=5,
)


@st.composite
def grammars(draw: st.DrawFn) -> Rules:
    """Three rules that may call each other; each has a text, and reads something before it calls another."""
    rules = {rule: Choice((draw(expressions), text(draw(st.sampled_from(["1", "ab", '"a"']))))) for rule in RULES}
    return Rules(rules | _lists(draw(RULE)))


def _lists(other: str) -> dict[str, Expr]:
    """Lists that end with 12 and what a rule says; no other value ends them for good."""
    words = [text(word) for word in ("1", "12", "null", "[1]")]
    again = Seq((COMMA, Remember("value", "list", ends=True)))
    return {
        "value": Choice((*words, Lex(Lexeme(ANY, quoted=True)))),
        "end": Choice((EMPTY, Seq((text(","), Call(other))))),
        "more": Choice((EMPTY, again)),
        "both": Choice((EMPTY, again, Seq((text(","), Call(other))))),
    }
