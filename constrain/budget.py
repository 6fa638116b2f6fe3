"""The budget as a part of the constraint: the value is complete before the tokens run out.

A budget counts the tokens of the value; the token that ends the sequence is not among them, because the value is
complete without it.

For every state a way to the end is known: `shortest_text` of the automaton, spelled in the fewest tokens. A row that
has `left` tokens left always has a plan of at most `left` tokens. A token may be taken when it is the next one of the
plan, or when the state behind it has a way to the end within `left - 1` tokens. So the row can never get stuck, and
the tokens that are refused are exactly those after which no way to the end is known that fits.

Where a state remembers texts (the keys of an open object), its way must fit, and that of its plain state too, which
forgets them: so the many states that differ in their texts alone share what is known after each token.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constrain.errors import BudgetError, SpellingError
from constrain.lru import Lru, WeighedLru
from constrain.masks import token_ids
from constrain.protocols import DEAD, TokenAutomaton
from constrain.spelling import UNSPELLABLE, speller_of
from constrain.successors import plain_of, successors_of


@dataclass(frozen=True)
class Row:
    """A value under way: the state, the tokens left, and a way to the end that fits in them.

    None stands for the way that the state itself has; it is spelled when it is first asked for, which is mostly never.
    """

    state: int
    left: int
    plan: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Reach:
    """The tokens allowed in a state, and how many tokens the end takes after each."""

    tokens: NDArray[np.int64]
    needed: NDArray[np.int64]


@dataclass
class Budget:
    """Judges tokens by whether the value can still be completed; remembers what it computed for each state."""

    automaton: TokenAutomaton
    _counts: Lru[int, int] = field(default_factory=lambda: Lru(65536))
    _reaches: Lru[int, Reach] = field(default_factory=lambda: Lru(64))

    def begin(self, max_new_tokens: int) -> Row:
        """A row at the start; raises `BudgetError` where no known value fits in `max_new_tokens` tokens."""
        state = self.automaton.start
        needed = self.needed(state)
        if needed >= UNSPELLABLE:
            raise SpellingError(self.automaton.shortest_text(state))
        if needed > max_new_tokens:
            raise BudgetError(needed, max_new_tokens)
        return Row(state, max_new_tokens)

    def take(self, row: Row, token: int) -> Row | None:
        """The row after `token`, or None where that token would leave no known way to the end within the budget."""
        state = self.automaton.advance(row.state, token)
        if state == DEAD or row.left <= 0:
            return None
        if self._plain_fits(row, token) and self._fits(state, row.left - 1):
            return Row(state, row.left - 1)
        plan = self._plan(row)
        return Row(state, row.left - 1, plan[1:]) if plan[:1] == (token,) else None

    def _plain_fits(self, row: Row, token: int) -> bool:
        plain = plain_of(self.automaton, row.state)
        return plain == row.state or self._fits(self.automaton.advance(plain, token), row.left - 1)

    def keep(self, row: Row) -> NDArray[np.int64]:
        """Every token that `take` accepts; the ends of a sequence are not among them, they cost nothing."""
        if row.left <= 0:
            return np.empty(0, dtype=np.int64)
        plain = plain_of(self.automaton, row.state)
        reach = self._reach(plain)
        kept = reach.tokens[reach.needed < row.left]
        if plain != row.state:
            kept = self._within(row, kept)
        elif row.plan is None and len(kept) == len(reach.tokens):
            return kept
        return np.union1d(kept, self._plan(row)[:1]).astype(np.int64)

    def _within(self, row: Row, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the tokens that are allowed in the state itself, and after which its own way to the end fits."""
        allowed = tokens[np.isin(tokens, self._allowed(row.state), assume_unique=True)]
        return allowed[self._needed_after(row.state, allowed) < row.left]

    def _plan(self, row: Row) -> tuple[int, ...]:
        if row.plan is not None:
            return row.plan
        text = self.automaton.shortest_text(row.state)
        return speller_of(self.automaton.vocabulary).spell(text) or ()

    def _fits(self, state: int, left: int) -> bool:
        known = self._counts.get(state)
        if known is not None:
            return known <= left
        text = self.automaton.shortest_text(state)
        return speller_of(self.automaton.vocabulary).fits(text, left)

    def needed(self, state: int) -> int:
        """The tokens of the shortest known way to the end, `UNSPELLABLE` where the vocabulary cannot spell it."""
        known = self._counts.get(state)
        if known is None:
            text = self.automaton.shortest_text(state)
            known = min(UNSPELLABLE, speller_of(self.automaton.vocabulary).count(text))
            self._counts.put(state, known)
        return known

    def _reach(self, state: int) -> Reach:
        reach = self._reaches.get(state)
        if reach is None:
            tokens = self._allowed(state)
            reach = Reach(tokens, self._needed_after(state, tokens))
            self._reaches.put(state, reach)
        return reach

    def _allowed(self, state: int) -> NDArray[np.int64]:
        """The tokens that may come next, without those that end a sequence."""
        ends = np.asarray(self.automaton.vocabulary.eos_token_ids, dtype=np.int64)
        tokens = token_ids(self.automaton.mask(state), len(self.automaton.vocabulary))
        return tokens[~np.isin(tokens, ends)]

    def _needed_after(self, state: int, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        after = successors_of(self.automaton, state, tokens)
        states, places = np.unique(after, return_inverse=True)
        counts = np.array([self.needed(each) for each in states.tolist()], dtype=np.int64)
        return counts[places] if len(counts) else counts


def _bytes_of(budget: Budget) -> int:
    held: int = getattr(budget.automaton, "memory_bytes", 0)
    return held


_budgets: WeighedLru[int, Budget] = WeighedLru(32, _bytes_of, 1 << 30)


def budget_of(automaton: TokenAutomaton) -> Budget:
    """The budget of an automaton, with what it knows about its states, for the automata used last."""
    # A budget holds its automaton, so that no other can get its id while the entry is there.
    budget = _budgets.get(id(automaton))
    if budget is None:
        budget = Budget(automaton)
        _budgets.put(id(automaton), budget)
    return budget
