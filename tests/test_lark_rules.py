"""Rules without left recursion derive the same words, counted out; terminals match what `re.match` matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.ir import Call, Choice, Expr, Repeat, Seq, Terminal
from grammars.lark_grammar import LarkGrammar
from grammars.lark_grammar.cfg import Cfg, Part, Production, components, prune
from grammars.lark_grammar.left_recursion import eliminate, without_empty
from grammars.lark_grammar.program import Program
from grammars.lark_grammar.threads import Machine

LENGTH = 4
Word = tuple[int, ...]


def words(cfg: Cfg, length: int = LENGTH) -> set[Word]:
    """All words of at most `length` terminals."""
    known: dict[str, set[Word]] = {name: set() for name in cfg.rules}

    def of(production: Production) -> set[Word]:
        found: set[Word] = {()}
        for part in production:
            read: set[Word] = {(part.symbol,)} if isinstance(part.symbol, int) else set(known.get(part.symbol, ()))
            read |= {()} if part.optional else set()
            found = {a + b for a in found for b in read if len(a) + len(b) <= length}
        return found

    changed = True
    while changed:
        changed = False
        for name, productions in cfg.rules.items():
            more = set().union(*map(of, productions)) - known[name]
            known[name] |= more
            changed |= bool(more)
    return of(cfg.start)


parts = st.builds(Part, st.sampled_from(["a", "b", "c", 0, 1, "a", "b"]), st.booleans())
productions = st.lists(st.lists(parts, max_size=3).map(tuple), min_size=1, max_size=4).map(tuple)
grammars = st.builds(
    lambda rules: Cfg((Part("a"),), rules),
    st.fixed_dictionaries({"a": productions, "b": productions, "c": productions}),
)


@settings(max_examples=250, deadline=None)
@given(grammars)
def test_elimination_keeps_the_words(cfg: Cfg) -> None:
    expected = words(cfg)
    assert words(prune(cfg)) == expected
    assert words(prune(without_empty(cfg))) == expected
    assert words(eliminate(cfg)) == expected


@settings(max_examples=250, deadline=None)
@given(grammars)
def test_elimination_keeps_its_promises(cfg: Cfg) -> None:
    result = eliminate(cfg)
    for options in result.rules.values():
        assert options, "no unproductive rule"
        assert all(option and not option[0].optional for option in options), "no rule derives the empty text"
    first = {
        name: [option[0].symbol for option in options if isinstance(option[0].symbol, str)]
        for name, options in result.rules.items()
    }
    assert all(len(group) == 1 and group[0] not in first[group[0]] for group in components(first))


def firsts(expr: Expr) -> tuple[set[str], bool]:
    """The rules an expression may call before it reads, and whether it may read nothing at all."""
    match expr:
        case Call(rule):
            return {str(rule)}, False
        case Seq(inner):
            found: set[str] = set()
            for part in inner:
                calls, empty = firsts(part)
                found |= calls
                if not empty:
                    return found, False
            return found, True
        case Choice(options):
            pairs = [firsts(option) for option in options]
            return set().union(*(calls for calls, _ in pairs)), any(empty for _, empty in pairs)
        case Repeat(body, least):
            calls, empty = firsts(body)
            assert not empty
            return calls, least == 0
        case Terminal():
            return set(), False
        case _:
            raise AssertionError(expr)


def test_expressions_never_reach_themselves_before_reading() -> None:
    grammar = LarkGrammar('start: s e\ns: e s "x" | t | "y"\nt: s "z" | e t? "w"\ne: | "v" e')
    graph: dict[str, set[str]] = {}
    todo = [str(grammar.start)]
    while todo:
        rule = todo.pop()
        if rule not in graph:
            graph[rule] = firsts(grammar.expand(rule))[0]
            todo += graph[rule]
    assert all(len(group) == 1 and group[0] not in graph[group[0]] for group in components(graph))


def automaton(pattern: str) -> Dfa:
    program = Program()
    start = program.add_pattern(pattern, 7)
    looks = tuple(range(len(program.lookbehinds)))
    return Machine.of(program).automaton([start], [], looks, lambda match, _: match)


def longest(dfa: Dfa, text: str) -> int | None:
    """Where the last accepting state lies on the way of `text`."""
    found = None
    state = 0 if dfa.size else -1
    for i, char in enumerate([*text, ""]):
        if state < 0:
            break
        if dfa.labels[state] >= 0:
            assert dfa.labels[state] == 7
            found = i
        state = dfa.step(state, ord(char)) if char else -1
    return found


atoms = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\w", r"\s", "ab", "(?i:B)"])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: f"(?:{a}|{b})", inner, inner),
        st.builds(
            lambda a, op: f"(?:{a}){op}", inner, st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}?"])
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(patterns, st.lists(st.text("abcAB \n", max_size=7), min_size=3, max_size=6))
def test_threads_match_as_re_does(pattern: str, texts: list[str]) -> None:
    dfa = automaton(pattern)
    for text in texts:
        found = re.match(pattern, text)
        assert longest(dfa, text) == (found.end() if found else None), text


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r'".*?(?<!\\)(\\\\)*?"', ['"a"b"', r'"\"" "', r'"\\" "', r'"\\\""', '"', '""', '"\n"']),
        (r"/\*(.|\n)*?\*/", ["/* a */ b */", "/**/", "/*/", "/***/"]),
        (r"(?<=a)b|ab(?<=b)", ["ab", "abb"]),
        (r"(?i:straße|k)", ["STRASSE", "Straße", "K", "\u212a"]),
        (r"(?s:.)(?-i:a)", ["\na", "\nA"]),
        (r"[^\d\s]+[\w-]", ["a-b", "é1", "1", "a "]),
    ],
)
def test_threads_match_these_as_re_does(pattern: str, texts: list[str]) -> None:
    if "(?<=a)b" in pattern:
        with pytest.raises(GrammarError, match="lookbehind"):
            automaton(pattern)
        return
    dfa = automaton(pattern)
    for text in texts:
        found = re.match(pattern, text)
        assert longest(dfa, text) == (found.end() if found else None), text
