"""What a lexicon holds stays right when its tables are full."""

from __future__ import annotations

import pytest

from constrain import kernels as k
from constrain.checking import byte_vocabulary
from constrain.lexicon import Lexicon
from grammars.dfa import Dfa
from grammars.errors import LimitError
from grammars.ir import Lexeme

PER_STATE = [k.Q_LABEL, k.Q_MIN, k.Q_MAX, k.Q_FIRST, k.Q_LAST, k.Q_FLAGS, k.Q_TOP, k.Q_START]
PER_EDGE = [k.SEG_LOW, k.SEG_HIGH, k.SEG_TARGET]


def least_limit() -> int:
    with pytest.raises(LimitError) as caught:
        Lexicon(byte_vocabulary(), 1)
    return int(caught.value.given)


def fill(lexicon: Lexicon) -> None:
    """Enters longer and longer words."""
    for length in range(1, 2_000):
        lexicon.enter(Lexeme(Dfa.of_words(["x" * length])))


@pytest.mark.parametrize("more", range(0, 60_000, 4_000))
def test_an_automaton_that_does_not_fit_leaves_nothing_behind(more: int) -> None:
    lexicon = Lexicon(byte_vocabulary(), least_limit() + more)
    used = lexicon.arena.used
    with pytest.raises(LimitError, match="are full"):
        fill(lexicon)
    assert len({used(table) for table in PER_STATE}) == 1
    assert len({used(table) for table in PER_EDGE}) == 1
    assert used(k.Q_OFFSETS) == used(k.Q_LABEL) + 1
    assert lexicon.arena.tables[k.Q_OFFSETS][used(k.Q_LABEL)] == used(k.SEG_LOW)
