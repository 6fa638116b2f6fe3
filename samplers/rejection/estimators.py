"""The estimators of the allowed mass: what is drawn, and with which weight. The derivations are in the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol


class Urn(Protocol):
    """Choices with their masses, of any kind of number; what is taken out is not drawn any more."""

    @property
    def left(self) -> Any:
        """The mass of what is in the urn; exactly 0 where nothing is."""

    def draw(self) -> int:
        """One of the choices in the urn, in proportion to their masses; it stays there."""

    def take_out(self, item: int) -> Any:
        """Takes a choice out and returns its mass."""

    def mass(self, item: int) -> Any:
        """The mass of a choice that is in the urn."""

    def heaviest(self) -> int:
        """The choice of the largest mass."""

    def chance(self, probability: Any) -> bool:
        """True with a probability."""

    def repeats(self, refused: Any, most: int | None) -> int:
        """How many draws repeat choices of the mass `refused` before one of those left comes; not above `most`."""


class Drawn(NamedTuple):
    """A choice with its weight; None, with weight 0, where nothing was accepted."""

    item: int | None
    weight: Any


@dataclass
class Inquiry:
    """Asks the constraint about each choice at most once; `passed` are those that it allowed."""

    allows: Callable[[int], bool]
    passed: set[int] = field(default_factory=set)

    def passes(self, item: int) -> bool:
        """Whether a choice is allowed."""
        if item in self.passed:
            return True
        if self.allows(item):
            self.passed.add(item)
            return True
        return False


class Mask(Protocol):
    """A way to take out of the urn, all at once, what the constraint refuses."""

    after: int
    is_exact: bool

    def thin(self) -> None:
        """Takes it out."""


@dataclass(frozen=True)
class Limits:
    """How many accepted and refused choices a walk sees at most; None for as many as there are."""

    max_accepts: int = 2
    max_rejects: int | None = None


NO_DRAW: Final = Drawn(None, 0)


def exact(urn: Urn) -> Drawn:
    """The draw from an urn that holds allowed choices alone."""
    return Drawn(urn.draw(), urn.left) if urn.left else NO_DRAW


@dataclass
class Recursive:
    """Draws without replacement until a choice passes, then looks at more to estimate what passes of the rest."""

    urn: Urn
    inquiry: Inquiry
    limits: Limits
    mask: Mask | None = None
    refused: int = field(default=0, init=False)

    def draw(self) -> Drawn:
        """One choice and its weight."""
        while self.urn.left and self.refused != self.limits.max_rejects:
            if self.mask is not None and self.refused >= self.mask.after:
                self.mask.thin()
                if self.mask.is_exact:
                    return exact(self.urn)
                self.mask = None
            elif self._look_ahead():
                continue
            else:
                item = self.urn.draw()
                if self.inquiry.passes(item):
                    return Drawn(item, self.urn.left if self._is_last else self._allowed_mass())
                self._refuse(item)
        return NO_DRAW

    @property
    def _is_last(self) -> bool:
        return self.limits.max_rejects is not None and self.refused == self.limits.max_rejects - 1

    def _refuse(self, item: int) -> None:
        self.urn.take_out(item)
        self.refused += 1

    def _look_ahead(self) -> bool:
        """Whether a choice was looked at that was not drawn: never."""
        return False

    def _allowed_mass(self) -> Any:
        """An estimate of the mass that passes, without bias whichever choice was accepted."""
        return self._take_known() + self._found(self._looks)

    def _take_known(self) -> Any:
        """Takes out what is known to pass, and returns its mass."""
        return sum(self.urn.take_out(each) for each in sorted(self.inquiry.passed))

    @property
    def _looks(self) -> int:
        room = self.limits.max_accepts - 1
        return room if self.limits.max_rejects is None else min(room, self.limits.max_rejects - self.refused)

    def _found(self, looks: int) -> Any:
        """Estimates what passes of all that is in the urn, from draws without replacement."""
        found = total = 0 * self.urn.left
        for _ in range(looks):
            if not self.urn.left:
                return found
            item = self.urn.draw()
            passes = self.inquiry.passes(item)
            total += found + (self.urn.left if passes else 0)
            mass = self.urn.take_out(item)
            found += mass if passes else 0
        return total / looks if self.urn.left else found


class Thrifty(Recursive):
    """The recursive estimator, with its looks spent where they tell most."""

    def _look_ahead(self) -> bool:
        """Looks at the heaviest choice, where it tells much: after a refusal, and while nothing is known to pass."""
        if not self.refused or self._is_last or self.inquiry.passed:
            return False
        item = self.urn.heaviest()
        if 4 * self.urn.mass(item) < self.urn.left:
            return False
        if not self.inquiry.passes(item):
            self._refuse(item)
        return True

    def _allowed_mass(self) -> Any:
        left, known = self.urn.left, self._take_known()
        rest = self.urn.left
        guess = rest / (2 + self.refused)
        chance = min(1, max(4 * rest / (3 * left), guess / (known + guess)))
        if not self.urn.chance(chance):
            return known + guess
        return known + guess + (self._found(self._looks) - guess) / chance


@dataclass
class Geometric:
    """Counts the accepted and the refused of imagined draws with replacement."""

    urn: Urn
    inquiry: Inquiry
    limits: Limits
    mask: Mask | None = None

    def draw(self) -> Drawn:
        """One choice and its weight."""
        if self.mask is not None and (self.mask.after == 0 or not self.mask.is_exact):
            self.mask.thin()
            if self.mask.is_exact:
                return exact(self.urn)
            self.mask = None
        return self._drawn(self.urn.left, self.limits.max_rejects if self.mask is None else self.mask.after)

    def _drawn(self, total: Any, most: int | None) -> Drawn:
        accepted, refused, refused_mass, first = 0, 0, 0 * total, None
        while self.urn.left and accepted < self.limits.max_accepts:
            refused += self.urn.repeats(refused_mass, None if most is None else most - refused)
            if refused == most:
                break
            item = self.urn.draw()
            if self.inquiry.passes(item):
                accepted += 1
                first = item if first is None else first
            else:
                refused_mass += self.urn.take_out(item)
                refused += 1
        if first is not None:
            return Drawn(first, total * self._share(accepted, refused) / max(1, accepted + refused - 1))
        if self.mask is None:
            return NO_DRAW
        self.mask.thin()
        return exact(self.urn)

    def _share(self, accepted: int, refused: int) -> int:
        """The numerator of the weight."""
        is_spent = self.mask is not None and accepted == 1 and refused == self.mask.after
        return 0 if is_spent else min(accepted, self.limits.max_accepts - 1)
