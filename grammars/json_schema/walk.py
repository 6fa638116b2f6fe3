"""Every rule that a text can lead to, expanded as far as a bound allows, to find all that is wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from grammars.errors import GrammarError
from grammars.ir import Choice, Expr, Remember, Repeat, Seq
from grammars.json_schema.grammar import JsonSchemaGrammar
from grammars.json_schema.survey import calls

MAX_RULES = 3000
"""How many rules are expanded."""

COMPARED = "what may follow items that are compared (uniqueItems) depends on the items, and is found out in the text"


@dataclass(frozen=True)
class Walk:
    """The errors that were met, which bounds were reached, and what no bound would have shown."""

    errors: tuple[GrammarError, ...]
    unseen: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def walk(grammar: JsonSchemaGrammar, most: int = MAX_RULES) -> Walk:
    """Expands the rules of a grammar, those near the start first."""
    queue: deque[Hashable] = deque([grammar.start])
    seen = set(queue)
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
            errors.append(error)
            continue
        fresh = [rule for rule in dict.fromkeys(found) if rule not in seen]
        seen.update(fresh)
        queue.extend(fresh)
    unseen = (f"only the first {most} rules were looked at",) if queue else ()
    return Walk(tuple(errors), unseen, notes)


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
