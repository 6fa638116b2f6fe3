"""Multiples of a number that has too many remainders for an automaton: one rule per remainder, made digit by digit.

A rule knows the remainder of the digits read so far, so that only those rules are made that a text comes to. Numbers
are written without an exponent. A digit may come where some text can end the number after it; that is arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from grammars.errors import LimitError
from grammars.ir import EMPTY, Call, Choice, Expr, Seq
from grammars.json_schema.arithmetic import missed_by, step_of
from grammars.json_schema.layout import text
from grammars.json_schema.shapes import NumberShape
from grammars.multiples import RESIDUE_LIMIT, decimal_of


@dataclass(frozen=True)
class Digits:
    """What may follow in a multiple of `number` times 10 to the power of minus `places`.

    `remainder` is that of the digits so far; `read` counts them after the point, None being before it. `begun` tells
    whether a digit was read, in this part of the number; `zero` whether the part before the point is a lone 0.
    `whole` numbers have no point.
    """

    number: int
    places: int
    remainder: int = 0
    read: int | None = None
    begun: bool = False
    zero: bool = False
    whole: bool = False

    @property
    def left(self) -> int:
        """How many digits after the point still make a difference."""
        return self.places - min(self.read or 0, self.places)

    @property
    def may_end(self) -> bool:
        """Whether the number may end here."""
        return self.begun and self.remainder * 10**self.left % self.number == 0

    @property
    def is_live(self) -> bool:
        """Whether more digits can make it a multiple: before the point always, after it only so many are left."""
        return self.read is None or -self.remainder * 10**self.left % self.number < 10**self.left

    def after(self, digit: int) -> Digits:
        """After one more digit; behind the last place, there are only zeros."""
        remainder = self.remainder
        if self.read is None or self.read < self.places:
            remainder = (10 * remainder + digit) % self.number
        read = None if self.read is None else min(self.read + 1, self.places)
        return replace(
            self, remainder=remainder, read=read, begun=True, zero=self.read is None and not self._leads(digit)
        )

    def _leads(self, digit: int) -> bool:
        return self.begun or digit > 0

    def digits(self) -> Iterator[tuple[int, Digits]]:
        """The digits that may come, each with what follows."""
        if self.zero:
            return
        most = 1 if self.read == self.places else 10
        yield from ((digit, after) for digit in range(most) if (after := self.after(digit)).is_live)

    def expression(self) -> Expr:
        """What may follow, with the rules of what comes after one more character."""
        options: list[Expr] = [EMPTY] if self.may_end else []
        options += [Seq((text(str(digit)), Call(after))) for digit, after in self.digits()]
        point = replace(self, read=0, begun=False, zero=False)
        if self.read is None and self.begun and not self.whole and point.is_live:
            options.append(Seq((text("."), Call(point))))
        return Choice(tuple(options))

    def end(self) -> Expr:
        """A short end of the number: no digits if it may end, else the fewest that make it a multiple."""
        if self.may_end:
            return EMPTY
        if self.read is not None:
            return text(str(-self.remainder * 10**self.left % self.number).zfill(self.left))
        whole = self.number // math.gcd(self.number, 10**self.places)
        count = 1
        while (rest := -self.remainder * 10**count % whole) >= 10**count:
            count += 1
        return text(str(rest).zfill(count))

    def number_expression(self) -> Expr:
        """The whole number."""
        return Seq((Choice((EMPTY, text("-"))), Call(self)))


def digits_of(shape: NumberShape) -> Digits | None:
    """The rule for numbers of a shape with a far divisor; None for a shape that an automaton can have.

    Raises `LimitError` for such numbers with bounds, or beside numbers that are left out.
    """
    step = step_of(shape)
    if not shape.multiples or shape.values is not None or step is None:
        return None
    number, places = _scaled(step)
    if number <= RESIDUE_LIMIT:
        return None
    others = shape.low or shape.high or shape.excluded or missed_by(shape) or shape.integer is False
    if others or shape.spelled is False:
        where = min(where for _, _, where in shape.multiples)
        advice = "take a divisor with fewer digits, leave bounds out, or list the values in an enum"
        raise LimitError(
            "too many remainders to tell apart", where, str(step), advice, "residues", RESIDUE_LIMIT, number
        )
    return Digits(number, places, whole=shape.spelled is True)


def _scaled(step: Fraction) -> tuple[int, int]:
    """n and p, so that the step is n · 10⁻ᵖ, p not below 0."""
    number, power = decimal_of(step)
    return (number * 10**power, 0) if power > 0 else (number, -power)
