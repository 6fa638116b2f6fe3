"""Generated grammars and texts in Lark's language, and what `lark` makes of them."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

import lark
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lark.exceptions import LarkError

from grammars.errors import GrammarError
from grammars.lark_grammar.cfg import Production, Rules
from grammars.lark_grammar.loading import Source, load

logging.getLogger("lark").setLevel(logging.ERROR)

TERMINALS = {
    "NAME": ("/[a-c]+/", ("a", "b", "ab", "if", "abc")),
    "WORD": ("/[ab]b?/", ("a", "b", "ab")),
    "NUMBER.2": ("/[0-9]+(\\.[0-9]+)?/", ("1", "12", "1.5")),
    "IF": ('"if"', ("if",)),
    "CALL": ('"a("', ("a(",)),
    "QUOTED": ("/'.*?'/", ("''", "'a'", "' '")),
    "LESS": ('"<" | "<="', ("<", "<=")),
}
LITERALS = ('"a"', '"b"', '"ab"', '"="', '"<"', '"1"', '"if"i', '"."')

atoms = st.sampled_from([name.split(".")[0] for name in TERMINALS] + [*LITERALS, "x", "y", "z", "x", "y"])
items = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} {})".format, inner, inner),
        st.builds("({} | {})".format, inner, inner),
        st.builds("[{}]".format, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["?", "*", "+", "~2", "~1..3"])),
    ),
    max_leaves=3,
)
sequences = st.lists(items, max_size=3).map(" ".join)
bodies = st.lists(sequences, min_size=1, max_size=3, unique=True).map(" | ".join)
ignores = st.sampled_from(["", "%ignore / +/", "%ignore / +/", "%ignore / +/\n%ignore /#[^#]*#/"])


@st.composite
def grammars(draw: st.DrawFn) -> str:
    rules = [f"{name}: {draw(bodies)}" for name in ("start", "x", "y", "z")]
    terminals = [f"{name}: {pattern}" for name, (pattern, _) in TERMINALS.items()]
    return "\n".join([*rules, *terminals, draw(ignores)])


class Writer:
    """Writes random texts of a grammar, without a thought about how they will be cut into terminals."""

    def __init__(self, source: Source, seed: int) -> None:
        self.source, self.random = source, random.Random(seed)
        examples = {name.split(".")[0]: words for name, (_, words) in TERMINALS.items()}
        self.words = [examples.get(terminal.name, (terminal.literal or " ",)) for terminal in source.terminals]

    def text(self) -> str | None:
        words = self.sequence(self.source.cfg.start, self.source.cfg.rules, 12)
        gap = " " if self.source.ignored and self.random.random() < 0.7 else ""
        return None if words is None else gap.join(words)

    def sequence(self, production: Production, rules: Rules, depth: int) -> list[str] | None:
        found = []
        for part in production:
            if isinstance(part.symbol, int):
                found.append(self.random.choice(self.words[part.symbol]))
                continue
            options = rules.get(part.symbol, ())
            chosen = self.random.choice(options) if depth > 6 or self.random.random() < 0.3 else min(options, key=len)
            inner = self.sequence(chosen, rules, depth - 1) if depth else None
            if inner is None:
                return None
            found += inner
        return found

    def mutated(self, text: str) -> str:
        place = self.random.randrange(len(text) + 1)
        kept = text[place + self.random.randrange(2) :]
        return text[:place] + self.random.choice(["", "", " ", "a", "b", "1", "<", "=", "'", "if", "."]) + kept


def texts_of(source: Source, seed: int, longest: int) -> list[str]:
    writer = Writer(source, seed)
    written = [text for text in (writer.text() for _ in range(12)) if text is not None and len(text) <= longest]
    return sorted({*written, *(writer.mutated(text) for text in written), "", "a", "a b"})


def parses(parser: lark.Lark, text: str) -> bool:
    try:
        parser.parse(text)
    except LarkError:
        return False
    return True


def judged(made: Callable[[str], Callable[[str], bool]], longest: int = 24) -> dict[bool, int]:
    """Asserts that what is made of generated grammars accepts what `lark` parses, wherever its lexers agree.

    Texts have about `longest` characters at most. Returns how many there were that it parses, and that it does not.
    """
    found = {True: 0, False: 0}

    @settings(max_examples=90, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(grammars(), st.integers(0, 2**32))
    def compare(grammar: str, seed: int) -> None:
        try:
            basic = lark.Lark(grammar, lexer="basic", maybe_placeholders=False)
            dynamic = lark.Lark(grammar, lexer="dynamic", maybe_placeholders=False)
        except LarkError:
            assume(False)
        accepts = _unless_empty(made, grammar)
        for text in texts_of(load(grammar, "start"), seed, longest):
            expected = parses(basic, text)
            if parses(dynamic, text) == expected:
                assert accepts(text) == expected, text
                found[expected] += 1

    with pytest.MonkeyPatch.context() as patch:
        # Warnings about overlapping terminals, which take a tenth of a second a grammar.
        patch.setattr("lark.lexer.has_interegular", False)
        compare()
    return found


def _unless_empty(made: Callable[[str], Callable[[str], bool]], grammar: str) -> Callable[[str], bool]:
    """What is made of a grammar; nothing is accepted where the error says that there is no text."""
    try:
        return made(grammar)
    except GrammarError as error:
        if "no text satisfies" not in error.what:
            raise
        return lambda _: False
