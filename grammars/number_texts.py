"""The spellings of some numbers: without exponent, or with one behind a single digit before the point.

Numbers may be enumerated by thousands, and hundreds that an array has had are taken out of the next item's, with every
item one more; so this is one trie, made in one go, where automata of single numbers would have to be joined.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from grammars.crawl import too_large
from grammars.deadline import check
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.regex_parser import parse_pattern

WIDTH = 3
"""How many digits an exponent may have."""
MOST_TEXTS = 1 << 20
"""How many states there may be: those of some fifty thousand numbers with ten digits."""


@cache
def common_spellings() -> Dfa:
    """All spellings that `texts_of` knows."""
    exponent = r"-?(?:0(?:\.0+)?|[1-9](?:\.[0-9]+)?)[eE][+-]?[0-9]{1,3}"
    return determinise(parse_pattern(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|" + exponent))


def texts_of(values: Iterable[Decimal]) -> Dfa:
    """The spellings of some numbers, as far as they are among `common_spellings`; not minimal."""
    trie = _Trie()
    for value in values:
        check()
        if value == 0:
            trie.add("0", _Meaning(True, _ALL))
            trie.add("-0", _Meaning(True, _ALL))
            continue
        trie.add(_plain(value), _Meaning(True))
        sign, digits, _ = value.as_tuple()
        if value.adjusted() in _ALL:
            trie.add(_plain(Decimal((sign, digits, 1 - len(digits)))), _Meaning(powers=frozenset({value.adjusted()})))
    return trie.automaton()


def _plain(value: Decimal) -> str:
    """A number without exponent, and without zeros at the end of its fraction."""
    if abs(value.adjusted()) > MOST_TEXTS:
        raise too_large(MOST_TEXTS, abs(value.adjusted()))
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_ALL = frozenset(range(1 - 10**WIDTH, 10**WIDTH))
"""The exponents that can be written: 0 may have any of them."""


class _Meaning(NamedTuple):
    """What a mantissa means: whether it is one of the numbers, and the exponents with which it is one."""

    alone: bool = False
    powers: frozenset[int] = frozenset()


class _Trie:
    """Nodes are beginnings of spellings; zeros behind fractions and exponents come last of all."""

    def __init__(self) -> None:
        self._edges: list[dict[str, int]] = [{}]
        self._meanings: dict[int, _Meaning] = {}
        self._fractions: set[int] = set()
        self._ends: set[int] = set()
        self._zeros: dict[_Meaning, int] = {}
        self._exponents: dict[frozenset[int], int] = {}

    def add(self, text: str, meaning: _Meaning) -> None:
        """Adds a mantissa without zeros at the end of its fraction."""
        node = self._reach(0, text)
        known = self._meanings.get(node, _Meaning())
        self._meanings[node] = _Meaning(known.alone or meaning.alone, known.powers | meaning.powers)

    def automaton(self) -> Dfa:
        """All spellings of what was added."""
        for node, edges in enumerate(self._edges):
            if node in self._meanings:
                self._complete(node, edges, self._meanings[node])
        if not self._ends:
            return Dfa.empty()
        rows = [[(ord(char), ord(char), edges[char]) for char in sorted(edges)] for edges in self._edges]
        return Dfa.of_rows(rows, [0 if node in self._ends else -1 for node in range(len(rows))])

    def _complete(self, node: int, edges: dict[str, int], meaning: _Meaning) -> None:
        """Lets a mantissa end, have an exponent, and zeros behind it that mean nothing."""
        if meaning.alone:
            self._ends.add(node)
        if meaning.powers:
            edges["e"] = edges["E"] = self._exponent(meaning.powers)
        if node not in self._fractions:
            node = self._reach(node, ".")
        self._let_zeros_follow(node, meaning)

    def _let_zeros_follow(self, node: int, meaning: _Meaning) -> None:
        """A zero has a node of its own where other digits may follow it; else all further ones lead back to one."""
        zero = self._edges[node].get("0")
        if zero is not None:
            self._meanings[zero] = meaning
            return
        if meaning not in self._zeros:
            self._zeros[meaning] = self._new(True)
            self._meanings[self._zeros[meaning]] = meaning
        self._edges[node]["0"] = self._zeros[meaning]

    def _exponent(self, powers: frozenset[int]) -> int:
        if powers not in self._exponents:
            self._exponents[powers] = self._any_exponent() if powers == _ALL else self._one_exponent(powers)
        return self._exponents[powers]

    def _one_exponent(self, powers: frozenset[int]) -> int:
        root = self._new(False)
        for power in powers:
            signs = ["+", ""] * (power >= 0) + ["-"] * (power <= 0)
            widths = range(len(str(abs(power))), WIDTH + 1)
            texts = (f"{sign}{abs(power):0{width}}" for sign in signs for width in widths)
            self._ends.update(self._reach(root, text) for text in texts)
        return root

    def _any_exponent(self) -> int:
        root, sign, *digits = (self._new(False) for _ in range(2 + WIDTH))
        for node, after in pairwise((sign, *digits)):
            self._edges[node] = dict.fromkeys("0123456789", after)
        self._edges[root] = {"+": sign, "-": sign, **self._edges[sign]}
        self._ends.update(digits)
        return root

    def _reach(self, node: int, text: str) -> int:
        for char in text:
            edges = self._edges[node]
            if char not in edges:
                edges[char] = self._new(char == "." or node in self._fractions)
            node = edges[char]
        return node

    def _new(self, in_fraction: bool) -> int:
        if len(self._edges) > MOST_TEXTS:
            raise too_large(MOST_TEXTS, len(self._edges))
        if in_fraction:
            self._fractions.add(len(self._edges))
        self._edges.append({})
        return len(self._edges) - 1
