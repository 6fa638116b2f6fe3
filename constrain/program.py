"""Grammar expressions as places: the flat form that the kernels follow, made rule by rule on demand."""

from __future__ import annotations

import json
import weakref
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from typing import cast

import numpy as np

from constrain import kernels as k
from constrain.arena import Arena, Plan, TableSpec
from constrain.lexicon import Lexicon
from constrain.quoted_tokens import ESCAPE
from grammars.dfa import UNBOUNDED, Dfa
from grammars.ir import (
    Call,
    Choice,
    Expr,
    Extra,
    Grammar,
    Lex,
    Lexeme,
    Members,
    NoTerminals,
    Remember,
    Repeat,
    Rule,
    Scanner,
    Seq,
    Terminal,
    ValueGrammar,
)
from grammars.memo import remembered
from grammars.values import Value, canonical

ANY_TEXT = Dfa.any_text()


@remembered(16)
def _plan(longest_token: int) -> Plan:
    # What most schemas need; to make room takes 50 to 200 µs, and would take them in mid-text.
    capacities = {
        k.STATE_POOL: 8192, k.STATE_OFFSETS: 1024, k.STATE_SLOTS: 2048,
        k.CELL_POOL: 8192, k.CELL_OFFSETS: 2048, k.CELL_SLOTS: 4096, k.MEMO_KEYS: 4096, k.MEMO_VALUES: 4096,
        k.VISITED: 4 * 256, k.PATH: k.WALK * (longest_token + 2),
    }  # fmt: skip
    specs = [TableSpec(np.int64, capacities.get(table, 512), table == k.VISITED) for table in range(k.AUT_TABLES)]
    plan = Plan(specs)
    _plans.add(plan)
    return plan


_plans: weakref.WeakSet[Plan] = weakref.WeakSet()


def spare_table_bytes() -> int:
    """What is kept of the tables of former automata for the next ones."""
    return sum(plan.spare_bytes for plan in list(_plans))


def automaton_arena(longest_token: int, limit: int) -> Arena:
    """The tables of one automaton, small at first."""
    heaps = (k.STATE_POOL, k.CELL_POOL)
    advice = "compile with a larger memory_limit, or simplify the schema"
    return Arena(_plan(longest_token), heaps=heaps, memos=(k.MEMO_KEYS,), limit=limit, name="automaton", advice=advice)


class Program:
    """The places of a grammar. A place knows what it reads and where it goes on."""

    def __init__(self, grammar: Grammar, lexicon: Lexicon, arena: Arena) -> None:
        self.grammar, self.lexicon, self.arena = grammar, lexicon, arena
        # `isinstance` with a protocol is slow; this method tells a scanner as well.
        self.scanner = cast("Scanner", grammar) if hasattr(grammar, "describe_terminal") else NoTerminals()
        self._numbers: dict[Rule, int] = {}
        self._rules: list[Rule] = []
        self._inline: dict[int, Members | Repeat] = {}
        self._lexemes: dict[int, tuple[Lexeme, int]] = {}  # by identity, which is cheaper than content
        self._lexeme_count = 0
        self._shared: dict[int, int] = {}  # likewise
        self._expressions: dict[Rule, Expr] = {}
        self._values: dict[Value, int] = {}
        self._numbered: list[Value] = []
        self._follows: dict[Hashable, int] = {}
        self._owner = 0
        self.narrows_keys = False
        """Whether some object has keys besides those it names of which not every text is one."""
        self.sources: list[tuple[Expr | None, int]] = []
        """Per place: what it reads (None for bookkeeping) and the rule number that it belongs to."""
        self._new_places: list[int] = []
        self._new_lists: list[int] = []
        self._new_lexemes: list[int] = []
        self._place(k.OP_SCAN)
        self.end = self._place(k.OP_END)
        self._place(k.OP_JOIN)
        arena.extend(k.CELL_POOL, np.array([-1], np.int64))
        arena.reserve(k.CELL_OFFSETS, 2)
        arena.tables[k.CELL_OFFSETS][1] = 1
        arena.header[3 * k.CELL_OFFSETS + 2] = 1
        arena.header[k.AUT_IGNORED] = self._list(self._ignored())

    def _ignored(self) -> list[int]:
        ignored = sorted(self.scanner.ignored)
        return [len(ignored), *ignored]

    def expression(self, rule: Rule) -> Expr:
        """The expression of a rule, asked of the grammar once."""
        if rule not in self._expressions:
            self._expressions[rule] = self.grammar.expand(rule)
        return self._expressions[rule]

    def brief(self, rule: Rule) -> Expr:
        """The expression of a rule, or a part of it that has a short text."""
        return self.values.brief(rule) if isinstance(self.grammar, ValueGrammar) else self.expression(rule)

    def number(self, rule: Rule) -> int:
        """The number of a rule of the grammar."""
        if rule not in self._numbers:
            self._numbers[rule] = self._new_rule(rule)
        return self._numbers[rule]

    def _new_rule(self, rule: Rule) -> int:
        self._rules.append(rule)
        return len(self._rules) - 1

    def describe(self, place: int) -> str:
        """What the rule around a place stands for; nothing for what all objects share."""
        rule = self._rules[self.sources[place][1]]
        return "" if isinstance(rule, _Shared) else self.grammar.describe(rule)

    def compile(self, number: int) -> int:
        """Makes the places of a rule; where it is entered."""
        self._owner = number
        entries = {number: self._lower(self.expression(self._rules[number]), self.end)}
        while self._inline:
            self._owner, loop = self._inline.popitem()
            entries[self._owner] = self._members(loop) if isinstance(loop, Members) else self._repeat(loop)
        self._publish()
        self.arena.tables[k.RULE_ENTRY][list(entries)] = list(entries.values())
        return entries[number]

    def add_scanner(self, kind: int) -> None:
        """Answers a request for the scanner of a set of terminals, given as a span."""
        tables = self.arena.tables
        start, end = tables[k.CELL_OFFSETS][kind : kind + 2]
        terminals = frozenset(tables[k.CELL_POOL][start:end].tolist())
        dfa = self.scanner.scanner(terminals | self.scanner.ignored)
        x = self.lexicon.enter(Lexeme(dfa), k.SCANNER)
        self._answer(k.M_SCANNER, kind, x)

    def add_value(self, text: int) -> None:
        """Answers what JSON value a remembered text spells; equal values have one number."""
        spelled = self.text(text)
        value = canonical(json.loads(spelled, parse_float=Decimal))
        if value not in self._values:
            self._values[value] = len(self._numbered)
            self._numbered.append(value)
            if isinstance(value, str):
                self._note_string(text, spelled, value)
        self._answer(k.M_VALUE, text, self._values[value])

    def _note_string(self, text: int, spelled: bytes, value: str) -> None:
        """Tells the kernels how tokens may spell a string again, which may be a key; what they do not know may be."""
        tokens, key = self.lexicon.quoted_tokens, value.encode("utf-8", "surrogatepass")
        if tokens.may_hold(key) or (self.narrows_keys and tokens.opened(key)):
            self.arena.header[k.AUT_HELD] = 1
        if ESCAPE in spelled or tokens.ending_escaped or tokens.longest_ending >= k.ENDS_BITS:
            return
        content = spelled[1:-1]
        rests = (content[len(content) - size :] for size in range(min(len(content), tokens.longest_ending) + 1))
        places = sum(1 << size for size, rest in enumerate(rests) if rest in tokens.ending)
        self._answer(k.M_ENDS, self._values[value], text << k.ENDS_BITS | places)

    @property
    def several(self) -> list[int]:
        """The tokens in which two keys may stand, the second one maybe not to its end."""
        tokens = self.lexicon.quoted_tokens
        return tokens.several + tokens.reopening if self.narrows_keys else tokens.several

    @property
    def values(self) -> ValueGrammar:
        """The grammar, which says what follows a value."""
        return cast("ValueGrammar", self.grammar)

    def value(self, number: int) -> Value:
        """The value with a number."""
        return self._numbered[number]

    def add_next(self, key: int) -> None:
        """Answers which rule follows a value, given as the number of what asked and of the value plus one."""
        follow, known = list(self._follows)[key >> 24], (key & 0xFFFFFF) - 1
        value = None if known < 0 else self._numbered[known]
        number = self.number(self.values.follow(follow, value))
        self._publish()
        self._answer(k.M_NEXT, key, number)

    def text(self, number: int, known: int = 0, before: bytes = b"") -> bytes:
        """A remembered text, which may be longer than one that is `known`: `before`."""
        found, tables = bytearray(), self.arena.tables
        while number > 0 and number != known:
            start = tables[k.CELL_OFFSETS][number]
            number, byte = tables[k.CELL_POOL][start : start + 2].tolist()
            found.append(byte)
        return (before if number == known else b"") + bytes(found[::-1])

    def _answer(self, memo: int, key: int, value: int) -> None:
        while k.put_answer(self.arena.address, memo, key, value) == k.FULL:
            self.arena.grow()

    def _remember(self) -> None:
        """From now on the kernels keep texts: a place was made that needs to know what was read."""
        self.arena.header[k.AUT_REMEMBERS] = 1

    def _place(self, op: int, a: int = 0, b: int = 0, after: int = 0, source: Expr | None = None) -> int:
        self._new_places += (op, a, b, after)
        self.sources.append((source, self._owner))
        return len(self.sources) - 1

    def _list(self, values: Sequence[int]) -> int:
        at = self.arena.used(k.LISTS) + len(self._new_lists)
        self._new_lists.extend(values)
        return at

    def _publish(self) -> None:
        """Hands the new places to the kernels, in one piece."""
        new = {k.PLACES: self._new_places, k.LISTS: self._new_lists, k.LEXEMES: self._new_lexemes}
        new[k.RULE_ENTRY] = [-1] * (len(self._rules) - self.arena.used(k.RULE_ENTRY))
        self.arena.extend_all({table: np.array(values, np.int64) for table, values in new.items() if values})
        self._new_places, self._new_lists, self._new_lexemes = [], [], []

    def _lexeme(self, lexeme: Lexeme) -> int:
        known = self._lexemes.get(id(lexeme))
        if known is not None:
            return known[1]
        high = -1 if lexeme.max_length is None else lexeme.max_length
        self._new_lexemes += (self.lexicon.enter(lexeme), lexeme.min_length, high, 0)
        self._lexemes[id(lexeme)] = (lexeme, self._lexeme_count)
        self._lexeme_count += 1
        return self._lexeme_count - 1

    def _names(self, names: frozenset[str]) -> int:
        """The number of the lexeme of some names; it stands for no lexeme of the grammar."""
        self._new_lexemes += (self.lexicon.enter_names(names), 0, -1, 0)
        self._lexeme_count += 1
        return self._lexeme_count - 1

    def _lower(self, expr: Expr, after: int) -> int:
        """The place that reads `expr` and goes on at `after`."""
        match expr:
            case Lex(lexeme):
                return self._place(k.OP_LEX, self._lexeme(lexeme), 0, after, expr)
            case Terminal(index):
                return self._place(k.OP_TERMINAL, index, 0, after, expr)
            case Call(rule):
                return self._place(k.OP_CALL, self.number(rule), 0, after, expr)
            case Seq(parts):
                for part in reversed(parts):
                    after = self._lower(part, after)
                return after
            case Choice(options):
                entries = [self._lower(option, after) for option in options]
                return self._place(k.OP_ALT, self._list(entries), len(entries), after, expr)
            case Remember(rule, follow, ends):
                self._remember()
                asked = self._follows.setdefault(follow, len(self._follows))
                then = self._place(k.OP_FOLLOW, asked, int(ends), after, expr)
                return self._place(k.OP_REMEMBER, self.number(rule), then, after, expr)
            case Members() | Repeat():
                number = self._new_rule(self._rules[self._owner])
                self._inline[number] = expr
                return self._place(k.OP_CALL, number, 0, after, expr)

    def _repeat(self, repeat: Repeat) -> int:
        """A round, then `OP_REPEAT` with the number of rounds in the register, and again with a separator."""
        if repeat.max == 0:
            return self.end
        bounds = self._list([repeat.min, -1 if repeat.max is None else repeat.max])
        loop = self._place(k.OP_REPEAT, bounds, self.end, 0, repeat)
        count = self._place(k.OP_COUNT, bounds, 0, loop)
        body = self._lower(repeat.body, count)
        again = body if repeat.separator is None else self._lower(repeat.separator, body)
        self._new_places[4 * (loop - len(self.sources)) + 3] = again
        if repeat.min > 0:
            return body
        return self._place(k.OP_ALT, self._list([body, self.end]), 2, 0, repeat)

    def _members(self, members: Members) -> int:
        """The places of an object: first or further member, key, and per name the colon and the value."""
        order = sorted(range(len(members.names)), key=members.names.__getitem__)
        description = self._reserve_description(members)
        keys = self._place(k.OP_KEYS, description, 0, 0, members)
        comma = self._lower(members.comma, keys)
        more = self._place(k.OP_MORE, description, self.end, comma, members)
        dispatch = self._place(k.OP_DISPATCH, description, 0, 0, members)
        entries = self._member_places(members, [members.values[i] for i in order], more)
        if members.extras:
            self._remember()
        self.narrows_keys = self.narrows_keys or any(map(_is_narrow, members.extras))
        colons = self._member_places(members, [extra.value for extra in members.extras], more)
        extras = [self._place(k.OP_EXTRA, description, e, colon, members) for e, colon in enumerate(colons)]
        self._fill_description(description, members, order, dispatch, entries, extras)
        first = self._place(k.OP_MORE, description, self.end, keys, members)
        return self._place(k.OP_INIT, description, 0, first, members)

    def _member_places(self, members: Members, values: Sequence[Rule], more: int) -> list[int]:
        """Per value two places, the colon and the value; where the colons are."""
        if not values:
            return []
        colon = self._shared_rule(members.colon)
        count, first = len(values), len(self.sources)
        for after in range(first + count, first + 2 * count):
            self._new_places += (k.OP_CALL, colon, 0, after)
        for value in values:
            self._new_places += (k.OP_CALL, self.number(value), 0, more)
        self.sources += [(members.colon, self._owner)] * count
        self.sources += [(Call(value), self._owner) for value in values]
        return list(range(first, first + count))

    def _shared_rule(self, expr: Expr) -> int:
        known = self._shared.get(id(expr))
        if known is None:
            rule = _Shared(expr)
            self._expressions[rule] = expr
            known = self._shared[id(expr)] = self.number(rule)
        return known

    def _reserve_description(self, members: Members) -> int:
        names = len(members.names)
        return self._list([0] * (k.O_FIELDS + (names + 31) // 32 + 3 * names + k.EXTRA * len(members.extras)))

    def _fill_description(
        self, at: int, members: Members, order: list[int], dispatch: int, entries: list[int], extras: list[int]
    ) -> None:
        names = len(order)
        trie = self._names(frozenset(members.names)) if names else -1
        words = [0] * ((names + 31) // 32)
        labels = [0] * names
        for label, position in enumerate(order):
            labels[position] = label
            if position in members.required:
                words[label >> 5] |= 1 << (label & 31)
        high = -1 if members.max_size is None else members.max_size
        count, counted = len(extras), max((e + 1 for e, extra in enumerate(members.extras) if extra.least), default=0)
        header = [names, int(members.ordered), members.min_size, high, count, trie, len(words), dispatch, counted]
        facts = [
            (self._lexeme(_bounded(extra.key)), place, extra.least)
            for extra, place in zip(members.extras, extras, strict=True)
        ]
        row = [*header, *words, *order, *labels, *entries, *chain.from_iterable(facts)]
        start = at - self.arena.used(k.LISTS)
        self._new_lists[start : start + len(row)] = row


def _is_narrow(extra: Extra) -> bool:
    return extra.key.max_length is not None or extra.key.dfa != ANY_TEXT


def _bounded(key: Lexeme) -> Lexeme:
    """A key with its greatest length where there is one, so that the kernels see that keys may run out."""
    if key.max_length is not None or key.dfa.is_empty:
        return key
    longest = int(key.dfa.spans[1][0])
    return key if longest == UNBOUNDED else replace(key, max_length=longest)


@dataclass(frozen=True, eq=False)
class _Shared:
    """The rule of an expression that a program shares between its places."""

    expr: Expr
