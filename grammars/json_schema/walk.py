"""Every rule that a text can lead to, expanded as far as a bound allows, to find all that is wrong."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from grammars.deadline import is_over
from grammars.errors import GrammarError
from grammars.ir import Choice, Expr, Remember, Repeat, Seq
from grammars.json_schema.counted import Tail
from grammars.json_schema.grammar import JsonSchemaGrammar
from grammars.json_schema.shapes import ArrayShape
from grammars.json_schema.survey import calls

MAX_RULES = 3000
"""How many rules are expanded."""
MAX_TAILS = 64
"""How many of them go on with the same array, where items are compared."""
COMPARED = "what may follow items that are compared (uniqueItems) depends on the items, and is found out in the text"


@dataclass(frozen=True)
class Walk:
    """The errors that were met, which bounds were reached, and what no bound would have shown."""

    errors: tuple[GrammarError, ...]
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def walk(grammar: JsonSchemaGrammar, most: int = MAX_RULES) -> Walk:
    """Expands the rules of a grammar, those near the start first; raises `LimitError` only where the time is up."""
    queue: deque[Hashable] = deque([grammar.start])
    seen = set(queue)
    tails = _Tails()
    errors: list[GrammarError] = []
    notes: tuple[str, ...] = ()
    for _ in range(most):
        if not queue:
            break
        try:
            expr = grammar.expand(queue.popleft())
            found = list(calls(expr))
            for key in remembered(expr):
                notes = (COMPARED,)
                found.append(grammar.follow(key, None))
        except GrammarError as error:
            if is_over(error):
                raise
            errors.append(error)
            continue
        fresh = [rule for rule in dict.fromkeys(found) if rule not in seen and tails.admits(rule)]
        seen.update(fresh)
        queue.extend(fresh)
    if tails.are_left_out:
        notes = (COMPARED,)
    unseen = (f"only the first {most} rules were looked at",) if queue else ()
    return Walk(tuple(errors), unseen, notes)


class _Tails:
    """Of the ways to go on with an array whose items are compared, one for each set of items, lets a few pass."""

    def __init__(self) -> None:
        self._passed: Counter[ArrayShape] = Counter()
        self.are_left_out = False

    def admits(self, rule: Hashable) -> bool:
        """Whether a rule is to be looked at."""
        if not isinstance(rule, Tail) or not rule.shape.unique:
            return True
        self._passed[rule.shape] += 1
        self.are_left_out |= self._passed[rule.shape] > MAX_TAILS
        return self._passed[rule.shape] <= MAX_TAILS


def remembered(expr: Expr) -> Iterator[Hashable]:
    """The keys of what follows remembered values."""
    match expr:
        case Remember():
            yield expr.key
        case Seq(parts) | Choice(parts):
            for part in parts:
                yield from remembered(part)
        case Repeat():
            yield from remembered(expr.body)
