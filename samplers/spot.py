"""Where a text under way stands, in the language to the letter and in the part of it whose ends are known to fit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constrain.budget import Row, budget_of
from constrain.errors import BudgetError, SpellingError
from samplers.language import Constraint, Place


class Spot(NamedTuple):
    """Where a text under way stands; `row` is the same for the budget, None where no end is known to fit."""

    place: Place
    row: Row | None

    @staticmethod
    def start(language: Constraint[Place]) -> Spot:
        """The empty text."""
        try:
            return Spot(language.start, budget_of(language.automaton).begin(language.max_new_tokens))
        except (BudgetError, SpellingError):
            return Spot(language.start, None)

    def take(self, language: Constraint[Place], token: int) -> Spot:
        """The spot after an allowed token."""
        place = language.take(self.place, token)
        if place is None:
            raise ValueError(f"token {token} is not allowed after this prefix")
        return Spot(place, None if self.row is None else budget_of(language.automaton).take(self.row, token))

    def known(self, language: Constraint[Place]) -> NDArray[np.int64]:
        """The tokens behind which an end is known to fit: one evaluation of the constraint, where any is known here."""
        if self.row is None:
            return np.empty(0, dtype=np.int64)
        language.evaluations += 1
        return budget_of(language.automaton).keep(self.row)
