"""Productions as expressions: common beginnings shared, rests of left-recursive rules as repetitions."""

from __future__ import annotations

from grammars.ir import EMPTY, Call, Choice, Expr, Repeat, Seq, Terminal
from grammars.lark_grammar.cfg import Part, Production, Rules, unique


def expression(productions: tuple[Production, ...], rules: Rules) -> Expr:
    """One of `productions`, of which there is at least one."""
    sequence: list[Expr] = []
    while len({production[:1] for production in productions}) == 1 and productions[0]:
        sequence.append(_part(productions[0][0], rules))
        productions = unique(production[1:] for production in productions)
    if len(productions) > 1:
        sequence.append(Choice(tuple(expression(group, rules) for group in _by_first(productions))))
    return sequence[0] if len(sequence) == 1 else Seq(tuple(sequence))


def _by_first(productions: tuple[Production, ...]) -> list[tuple[Production, ...]]:
    groups: dict[Production, list[Production]] = {}
    for production in productions:
        groups.setdefault(production[:1], []).append(production)
    return [tuple(group) for group in groups.values()]


def _part(part: Part, rules: Rules) -> Expr:
    if isinstance(part.symbol, int):
        read: Expr = Terminal(part.symbol)
    elif part.optional and _is_loop(part, rules):
        return Repeat(expression(tuple(option[:-1] for option in rules[part.symbol]), rules), 0, None)
    else:
        read = Call(part.symbol)
    return Choice((read, EMPTY)) if part.optional else read


def _is_loop(part: Part, rules: Rules) -> bool:
    """Does each production of this optional part end with the part itself, and mention it nowhere else?"""
    return all(production[-1] == part and part not in production[:-1] for production in rules[str(part.symbol)])
