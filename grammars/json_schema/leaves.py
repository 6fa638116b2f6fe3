"""Expressions that are the same in every schema: those of any value, and of leaves such as `{"type": "string"}`.

A process sees the same few leaves in thousands of schemas, and some take milliseconds to write: bounds of numbers,
patterns, formats. They are written once, for each way of writing.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Final

from grammars.ir import Call, Choice, Expr, Lex, Members, Repeat, Seq
from grammars.json_schema.catalogue import UNSHARED
from grammars.json_schema.nodes import ANY, Rule

MAX_LEAVES: Final = 1024
"""How many expressions are kept; the oldest is forgotten first."""
MAX_STATES: Final = 1024
"""How many states the automata of one that is kept may have in all."""
_SCALARS: Final = (str, int, float, bool, type(None))

_known: dict[Hashable, Expr] = {}
_lock = threading.Lock()


def leaf_key(rule: Rule) -> Hashable | None:
    """What a rule says, if that is the same wherever it stands: no subschemas, no references, no lists of values."""
    if not rule:
        return ANY
    if len(rule) > 1:
        return None
    node, positive = rule[0]
    keywords, dialect = node.keywords, node.dialect
    if not all(isinstance(value, _SCALARS) for value in keywords.values()) or not UNSHARED.isdisjoint(keywords):
        return None
    said = frozenset((keyword, value.__class__, value) for keyword, value in keywords.items())
    boolean = node.schema if isinstance(node.schema, bool) else None
    return said, boolean, positive, dialect.draft, dialect.is_named, dialect.asserts_formats


def known_leaf(key: Hashable) -> Expr | None:
    """The expression that was kept under a key."""
    return _known.get(key)


def keep_leaf(key: Hashable, expression: Expr) -> None:
    """Keeps an expression, if it leads nowhere but to any value, and is not too large."""
    if not 0 <= _states(expression) <= MAX_STATES:
        return
    with _lock:
        if len(_known) >= MAX_LEAVES:
            del _known[next(iter(_known))]
        _known[key] = expression


def _states(expression: Expr) -> float:
    """How many states an expression has in its automata; infinitely many where it leads to rules of one schema."""
    match expression:
        case Lex(lexeme):
            return lexeme.dfa.size
        case Call(rule):
            return 0 if rule == ANY else float("inf")
        case Seq(parts) | Choice(parts):
            return sum(map(_states, parts))
        case Repeat(body, _, _, separator):
            return _states(body) + (0 if separator is None else _states(separator))
        case Members() if not expression.names and all(extra.value == ANY for extra in expression.extras):
            keys = sum(extra.key.dfa.size for extra in expression.extras)
            return keys + _states(expression.colon) + _states(expression.comma)
        case _:
            return float("inf")
