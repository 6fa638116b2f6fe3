"""Which rule the value of a member has: by its name for names, by an automaton of keys for all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from grammars import dfa_ops
from grammars.codepoints import is_text
from grammars.dfa import Dfa
from grammars.ir import Lexeme
from grammars.json_schema.key_classes import automata_of, classes_of
from grammars.json_schema.nodes import ANY, NEVER, Rule, join
from grammars.json_schema.objects import Members, ObjectShape
from grammars.json_schema.shapes import StringShape
from grammars.json_schema.strings import accepts, few_words, language, lexeme_of, unbounded

KeyShapes = Callable[[Rule], tuple[StringShape, ...]]
"""The string shapes of the rule of keys."""


def rule_of_name(shape: ObjectShape, name: str, keys: KeyShapes) -> Rule:
    """The rule of the value of a member with that name."""
    if name in shape.absent or not _is_key(shape, name, keys):
        return NEVER
    rule = ANY
    for members in shape.members:
        rule = join(rule, _value_rule(members, name))
    for other, value in shape.values:
        if other == name:
            rule = join(rule, value)
    return rule


def _is_key(shape: ObjectShape, name: str, keys: KeyShapes) -> bool:
    return is_text(name) and (shape.key == ANY or any(accepts(key, name) for key in keys(shape.key)))


def _value_rule(members: Members, name: str) -> Rule:
    """The rule that one schema has for the value of a member with that name."""
    if not members.patterns:
        return members.rule_of(name) if name in members.properties else members.additional
    found = [rule for pattern, rule in members.patterns if language(("pattern", pattern)).matches(name) >= 0]
    if name in members.properties:
        found.append(members.rule_of(name))
    elif not found:
        return members.additional
    return reduce(join, found, ANY)


@dataclass(frozen=True)
class Table:
    """The names that members may have, and the other keys in classes, each with the rule of its values."""

    names: tuple[str, ...]
    extras: tuple[tuple[Lexeme, Rule], ...]


def table_of(shape: ObjectShape, keys: KeyShapes) -> Table:
    """The names and other keys of a shape; where a pattern leaves only few keys, they are names too."""
    if shape.high is not None and shape.high <= len(shape.required):
        required = frozenset(shape.required)
        return Table(tuple(name for name in shape.names() if name in required), ())
    names = dict.fromkeys(shape.names())
    unnamed: list[tuple[Dfa | None, StringShape, Rule]] = []
    for keys_in_class, rule in _classes(shape):
        for key in (StringShape(),) if shape.key == ANY else keys(shape.key):
            dfa = _keys(keys_in_class, key)
            words = None if dfa is None else few_words(dfa)
            if words is None:
                unnamed.append((dfa, key, rule))
            else:
                names.update(dict.fromkeys(words))
    lexemes = ((_without(dfa, key, names), rule) for dfa, key, rule in unnamed)
    return Table(tuple(names), tuple((lexeme, rule) for lexeme, rule in lexemes if lexeme is not None))


def _classes(shape: ObjectShape) -> list[tuple[Dfa | None, Rule]]:
    """The keys that no schema names, in classes by the patterns that they match, with the rule of their values."""
    patterns = dict.fromkeys(
        pattern for members in shape.members if not _says_nothing(members) for pattern, _ in members.patterns
    )
    rules = {part: _rule_in_class(shape, frozenset(part.inside)) for part in classes_of(patterns)}
    used = {part: rule for part, rule in rules.items() if rule != NEVER}
    return list(zip(automata_of(used), used.values(), strict=True))


def _rule_in_class(shape: ObjectShape, matched: frozenset[str]) -> Rule:
    """The rule of the value of a member that no schema names, whose key is in these patterns and in no others."""
    return reduce(join, (_value_rule_in_class(members, matched) for members in shape.members), ANY)


def _says_nothing(members: Members) -> bool:
    return members.additional == ANY and all(rule == ANY for _, rule in members.patterns)


def _value_rule_in_class(members: Members, matched: frozenset[str]) -> Rule:
    found = [rule for pattern, rule in members.patterns if pattern in matched]
    return reduce(join, found, ANY) if found else members.additional


def _keys(dfa: Dfa | None, key: StringShape) -> Dfa | None:
    """The keys of a class with a shape, whatever their length; None for all but those excluded in the shape."""
    if not key.languages and key.words is None and (dfa is None or not key.excluded):
        return dfa
    return unbounded(key) if dfa is None else dfa_ops.intersect(dfa, unbounded(key))


def _without(dfa: Dfa | None, key: StringShape, names: Iterable[str]) -> Lexeme | None:
    if dfa is None:
        return lexeme_of(StringShape(key.low, key.high, None, key.excluded.union(names)))
    mine = [name for name in names if dfa.matches(name) >= 0]
    rest = dfa_ops.difference(dfa, Dfa.of_words(mine)) if mine else dfa
    return dfa_ops.lexeme(rest, True, key.low, key.high)
