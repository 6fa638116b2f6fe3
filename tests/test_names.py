"""The trie of member names that a kernel writes is the one that `Dfa.of_words` makes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from constrain import kernels as k
from constrain.checking import byte_vocabulary
from constrain.lexicon import Lexicon
from grammars.dfa import Dfa

LEXICON = Lexicon(byte_vocabulary())
# The kernel is compiled here, which is no part of any example.
LEXICON.enter_names(frozenset({"a"}))


def row(q: int, base: int) -> list[tuple[int, int, int]]:
    """The edges of a state, in states counted from `base`."""
    tables = LEXICON.arena.tables
    edges = slice(*tables[k.Q_OFFSETS][q : q + 2].tolist())
    columns = tables[k.SEG_LOW][edges], tables[k.SEG_HIGH][edges], tables[k.SEG_TARGET][edges] - base
    return list(zip(*(column.tolist() for column in columns), strict=True))


def labels_below(dfa: Dfa, q: int) -> set[int]:
    """The labels at a state and below it."""
    own = {int(dfa.labels[q])} - {-1}
    return own.union(*(labels_below(dfa, target) for _, _, target in dfa.rows[q]))


@given(st.sets(st.text(st.sampled_from("aab\u00e9\U0001f600"), max_size=6), min_size=1, max_size=12).map(sorted))
def test_the_kernel_writes_the_trie_of_the_words(words: list[str]) -> None:
    x = LEXICON.enter_names(frozenset(words))
    dfa, tables = Dfa.of_words(words), LEXICON.arena.tables
    base = int(tables[k.X_POOL][tables[k.X_OFFSETS][x]])
    assert [row(base + q, base) for q in range(dfa.size)] == [list(map(tuple, edges)) for edges in dfa.rows]
    assert tables[k.Q_LABEL][base : base + dfa.size].tolist() == dfa.labels.tolist()
    for q in range(dfa.size):
        below = labels_below(dfa, q)
        assert range(tables[k.Q_FIRST][base + q], tables[k.Q_LAST][base + q]) == range(min(below), max(below) + 1)
        assert tables[k.Q_START][base + q] == base
