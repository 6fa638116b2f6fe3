"""The one form in which every grammar reaches the engine: expressions over lexemes, rules asked for on demand.

A front end (JSON Schema, Lark, regular expressions, choices) is a `Grammar`: it names a start rule and gives the
expression of a rule when the engine first gets there. Expressions are immutable and know no tokenizer.

What a front end promises: no rule is left-recursive (a rule can not reach itself before a byte is read), and every
rule that an expression calls has at least one text. The second promise is why a live state can always be completed.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from grammars.dfa import Dfa
from grammars.values import Value

Rule: TypeAlias = Hashable


@dataclass(frozen=True)
class Lexeme:
    """A regular language of texts, as the engine reads it.

    `dfa` runs over the code points of the text. With `quoted` the text is spelled as a JSON string, quotes and
    escapes included, and `dfa` sees what the string means; otherwise it is spelled in UTF-8 as it is.
    `min_length` and `max_length` bound the number of code points; both at once are only allowed where `dfa` has
    `lengths` (in every state, the possible lengths of what may follow form an interval; `dfa_ops.with_length`).
    `without` are words (of Unicode scalar values) taken out of the language, which has to be the
    set of all texts.
    """

    dfa: Dfa
    quoted: bool = False
    min_length: int = 0
    max_length: int | None = None
    without: frozenset[str] = frozenset()

    @property
    def memory_bytes(self) -> int:
        """What it takes, about."""
        return self.dfa.memory_bytes + sum(100 + 4 * len(word) for word in self.without)


@dataclass(frozen=True)
class Lex:
    """Reads one lexeme."""

    lexeme: Lexeme


@dataclass(frozen=True)
class Terminal:
    """Reads one terminal of a grammar with a scanner (longest match); `index` is its number there."""

    index: int


@dataclass(frozen=True)
class Seq:
    """Reads its parts one after the other; no parts: the empty text."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Choice:
    """Reads one of its options; there is at least one."""

    options: tuple[Expr, ...]


@dataclass(frozen=True)
class Repeat:
    """Reads `body` at least `min` and at most `max` times (None: no bound), `separator` between two of them."""

    body: Expr
    min: int
    max: int | None
    separator: Expr | None = None


@dataclass(frozen=True)
class Call:
    """Reads a text of another rule."""

    rule: Rule


@dataclass(frozen=True)
class Remember:
    """Reads a text of `rule`, a JSON value, and then what `ValueGrammar.follow` says for `key` and that value.

    The value decides which one item may not follow behind a comma; with `ends` also whether anything may follow.
    """

    rule: Rule
    key: Hashable
    ends: bool = False


@dataclass(frozen=True)
class Extra:
    """Members that no declared name covers: keys of a (quoted) lexeme, values of a rule, at least `least` of them.

    No two members of an object have the same key, in whatever spelling. `least` is for lexemes with endless texts.
    """

    key: Lexeme
    value: Rule
    least: int = 0


@dataclass(frozen=True)
class Members:
    """The members of a JSON object, without the braces: `"key" colon value`, with `comma` between two of them.

    `names[i]` has the value rule `values[i]` and comes at most once. With `ordered`, names come in the order given,
    extras after all of them; otherwise in any order. The number of members lies in `min_size..max_size`.
    """

    names: tuple[str, ...]
    values: tuple[Rule, ...]
    required: frozenset[int]
    extras: tuple[Extra, ...]
    ordered: bool
    colon: Expr
    comma: Expr
    min_size: int = 0
    max_size: int | None = None


Expr: TypeAlias = Lex | Terminal | Seq | Choice | Repeat | Call | Members | Remember

EMPTY = Seq(())


class Grammar(Protocol):
    """What the engine asks of a front end."""

    start: Rule

    def expand(self, rule: Rule) -> Expr:
        """The expression of `rule`; asked once per rule, when the engine first enters it."""

    def describe(self, rule: Rule) -> str:
        """What `rule` stands for, in the words of the schema or grammar (used by `Automaton.explain`)."""


@runtime_checkable
class ValueGrammar(Grammar, Protocol):
    """A grammar in which a value that was read decides what may follow it."""

    def brief(self, rule: Rule) -> Expr:
        """An expression of `rule` with one short text, where all of them are too many to look at; or all of it."""

    def follow(self, key: Hashable, value: Value | None) -> Rule:
        """The rule of what follows after `value` was read by `Remember(..., key)`.

        None is a value that is not known: its rule has every text that could follow.
        """


@runtime_checkable
class Scanner(Protocol):
    """What cuts a text into terminals: the longest match among those that may come next."""

    ignored: frozenset[int]

    def describe_terminal(self, number: int) -> str:
        """A terminal as people know it."""

    def scanner(self, terminals: frozenset[int]) -> Dfa:
        """The automaton that finds the next of `terminals` (ignored ones included by the caller).

        Its labels are terminal numbers: at an accepting state, the terminal that wins there.
        """


class NoTerminals:
    """The scanner of a grammar that reads lexemes alone."""

    ignored: frozenset[int] = frozenset()

    def describe_terminal(self, number: int) -> str:
        """Never asked."""
        raise LookupError(f"this grammar has no terminal {number}")

    def scanner(self, terminals: frozenset[int]) -> Dfa:
        """Never asked."""
        raise LookupError(f"this grammar has no terminals {sorted(terminals)}")


class ScannerGrammar(Grammar, Scanner, Protocol):
    """A grammar over terminals, which brings its scanner along."""
