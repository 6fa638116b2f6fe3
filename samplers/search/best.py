"""The search for the most probable members."""

from __future__ import annotations

import math
from bisect import insort
from typing import NamedTuple

import numpy as np

from samplers.language import Place
from samplers.problem import Problem
from samplers.search.frontier import Branch, Frontier, Prefix
from samplers.spot import Spot


class Member(NamedTuple):
    """A member: the target's log-probability with a minus sign, so that they sort, and the model's own."""

    minus_log_mass: float
    tokens: tuple[int, ...]
    log_prob: float


class Search:
    """Looks for the `n` (at least 1) most probable members, with at most `max_forwards` forwards of the model.

    `found` are the best ones so far, the most probable first. `log_bound` is an upper bound on the log-probability of
    any other member under the target, and `log_rest` on that of all others together.
    """

    def __init__(self, problem: Problem[Place], n: int, max_forwards: int, memory_limit: int) -> None:
        self.found: list[Member] = []
        self._problem, self._n = problem, n
        self._last_forward = problem.model.forwards + max_forwards
        self._frontier = Frontier(memory_limit)

    def run(self) -> None:
        """Reads until nothing that is left can be better than what was found, or the forwards are used up."""
        self._go_down()
        while self._frontier.log_top > self._log_level and self._may_read:
            branch, number = self._frontier.pop()
            place = self._problem.language.take(branch.place, int(branch.choices[number]))
            if place is None:
                raise ValueError(f"token {branch.choices[number]} is allowed, and the constraint cannot take it")
            self._frontier.push(self._read(branch.after(number, place)))

    def _go_down(self) -> None:
        """Follows the best token behind which an end is known to fit, up to where it is best to stop."""
        spot, prefix = Spot.start(self._problem.language), Prefix((), self._problem.language.start, 0.0, 0.0)
        while len((branch := self._read(prefix)).left) and self._may_read and self._goes_on(branch):
            number = self._downwards(branch, spot)
            spot = spot.take(self._problem.language, int(branch.choices[number]))
            prefix = branch.after(number, spot.place)
            self._frontier.push(branch.without(number))
        self._frontier.push(branch)

    def _goes_on(self, branch: Branch) -> bool:
        """Whether what may come next is more probable than what was found."""
        return not self.found or branch.log_bounds[0] > -self.found[0].minus_log_mass

    def _downwards(self, branch: Branch, spot: Spot) -> int:
        return int(np.isin(branch.choices, spot.known(self._problem.language)).argmax())

    def _read(self, prefix: Prefix) -> Branch:
        """What may come next: at most one forward. A member that ends here is taken down."""
        choices = self._problem.language.choices(prefix.place)
        if not len(choices):
            return Branch(prefix.tokens, prefix.place, choices.tokens.astype(np.int32), np.empty(0), np.empty(0))
        scores = self._problem.target.read(self._problem.model.logits(prefix.tokens))
        shares = self._problem.shares_of(scores, choices)
        log_bounds, log_probs = prefix.log_bound + shares.log_probs, prefix.log_prob + shares.model_log_probs
        count = len(choices.tokens)
        if choices.may_stop:
            self._take_down(Member(-float(log_bounds[count]), prefix.tokens, float(log_probs[count])))
        better = log_bounds[:count] > self._log_level
        self._frontier.give_up(log_bounds[:count][~better])
        order = np.flatnonzero(better)[np.argsort(-log_bounds[:count][better], kind="stable")]
        ids = choices.tokens[order].astype(np.int32)
        return Branch(prefix.tokens, prefix.place, ids, log_bounds[order], log_probs[order])

    def _take_down(self, member: Member) -> None:
        """Adds a member to the best ones, or to what was given up."""
        if member.minus_log_mass == math.inf:
            return
        insort(self.found, member)
        if len(self.found) > self._n:
            self._frontier.give_up(np.array([-self.found.pop().minus_log_mass]))

    @property
    def log_bound(self) -> float:
        """An upper bound on every member that is not in `found`."""
        return self._frontier.log_bound

    @property
    def log_rest(self) -> float:
        """An upper bound on all members together that are not in `found`."""
        return self._frontier.log_mass

    @property
    def _may_read(self) -> bool:
        return self._problem.model.forwards < self._last_forward

    @property
    def _log_level(self) -> float:
        """What a member has to be above to be among the best."""
        return -self.found[-1].minus_log_mass if len(self.found) == self._n else -math.inf
