"""Shortest texts of grammar expressions; recursion between rules is solved as a least fixpoint."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from decimal import Decimal

from constrain.lexeme_texts import LexemeTexts, spell_name
from constrain.object_state import ObjectState
from constrain.program import Program
from constrain.ropes import NOTHING, Rope, join, leaf, repeat, shorter
from grammars.errors import GrammarError
from grammars.ir import Call, Choice, Expr, Extra, Lex, Lexeme, Members, Remember, Repeat, Rule, Seq, Terminal
from grammars.values import canonical


class ExpressionTexts:
    """Shortest texts of expressions and rules. The lexicon's lock has to be held."""

    def __init__(self, program: Program, lexemes: LexemeTexts) -> None:
        self._program, self._lexemes = program, lexemes
        self._rules: dict[Rule, Rope] = {}
        self._settled: set[Rule] = set()
        self._wanted: list[Rule] = []
        self._terminals: dict[int, Rope] = {}

    def of(self, expr: Expr) -> Rope:
        """A shortest text of an expression."""
        text = self._settle(expr)
        if text is None:
            raise GrammarError("no text satisfies a rule that is called", found=repr(expr)[:80])
        return text

    def value(self, members: Members, index: int) -> Rope:
        """A shortest text of the value of a member."""
        return self.of(Call(members.values[index]))

    def members(self, state: ObjectState, *, first: bool, taken: Collection[str] = ()) -> Rope:
        """A shortest way to have the members that have to be there, and as many as there have to be.

        A comma comes before every member, except for the `first`; the keys `taken` can not come again.
        """
        members = state.members
        for expr in (members.colon, members.comma, *map(Call, self._callees(state))):
            self.of(expr)
        text = self._members(state, first=first, taken=taken)
        if text is None:
            raise GrammarError("an object can not have enough members", found=", ".join(members.names[:5]))
        return text

    def terminal(self, index: int) -> Rope:
        """A shortest text of a terminal."""
        if index not in self._terminals:
            dfa = self._program.scanner.scanner(frozenset({index}))
            self._terminals[index] = leaf(self._lexemes.of(Lexeme(dfa)))
        return self._terminals[index]

    def _settle(self, expr: Expr) -> Rope | None:
        """The text of an expression, once those of all rules that matter to it are known."""
        text = self._try(expr)
        while self._wanted:
            self._settle_rules(self._wanted)
            text = self._try(expr)
        return text

    def _settle_rules(self, rules: Iterable[Rule]) -> None:
        callers = self._discover(rules)
        pending = dict.fromkeys(reversed(callers))
        while pending:
            rule, _ = pending.popitem()
            known, found = self._rules.get(rule), self._try(self._program.brief(rule))
            for callee in self._late(rule, callers):
                pending.setdefault(callee)
            if found is not None and (known is None or found.length < known.length):
                self._rules[rule] = found
                pending |= dict.fromkeys(callers[rule])
        self._settled |= callers.keys()

    def _late(self, rule: Rule, callers: dict[Rule, list[Rule]]) -> list[Rule]:
        """Notes whom a rule calls now that it did not call before: what follows a value is known with the value."""
        found = [callee for callee in self._wanted if rule not in callers.get(callee, ())]
        for callee in found:
            callers.setdefault(callee, []).append(rule)
        return found

    def _try(self, expr: Expr) -> Rope | None:
        """The text of an expression as far as rules are known; `_wanted` are then those that are not settled."""
        self._wanted = []
        return self._text(expr)

    def _discover(self, rules: Iterable[Rule]) -> dict[Rule, list[Rule]]:
        """All rules that matter, each with the rules that call it; callees come after their callers."""
        callers: dict[Rule, list[Rule]] = {rule: [] for rule in rules}
        pending = list(callers)
        while pending:
            rule = pending.pop()
            self._try(self._program.brief(rule))
            for callee in self._wanted:
                if callee not in callers:
                    callers[callee] = []
                    pending.append(callee)
                callers[callee].append(rule)
        return callers

    def _text(self, expr: Expr) -> Rope | None:
        match expr:
            case Lex(lexeme):
                return leaf(self._lexemes.of(lexeme))
            case Terminal(index):
                return self.terminal(index)
            case Call(rule):
                return self._call(rule)
            case Seq(parts):
                return self._all([self._text(part) for part in parts])
            case Choice(options):
                return self._least(options)
            case Repeat():
                return self._repeat(expr)
            case Members():
                return self._members(ObjectState.start(expr), first=True, taken=())
            case Remember():
                return self._remember(expr)

    def _call(self, rule: Rule) -> Rope | None:
        if rule not in self._settled:
            self._wanted.append(rule)
        return self._rules.get(rule)

    @staticmethod
    def _all(parts: list[Rope | None]) -> Rope | None:
        known = [part for part in parts if part is not None]
        return join(known) if len(known) == len(parts) else None

    def _least(self, options: Iterable[Expr]) -> Rope | None:
        best: Rope | None = None
        for option in options:
            best = shorter(best, self._text(option))
            if best is not None and best.length == 0:
                break
        return best

    def _repeat(self, loop: Repeat) -> Rope | None:
        if loop.min == 0:
            return NOTHING
        body = self._text(loop.body)
        separator = NOTHING if loop.separator is None or loop.min == 1 else self._text(loop.separator)
        if body is None or separator is None:
            return None
        return join([body, repeat(join([separator, body]), loop.min - 1)])

    def _remember(self, expr: Remember) -> Rope | None:
        """A shortest value, and what follows that."""
        value = self._call(expr.rule)
        if value is None:
            return None
        read = canonical(json.loads(bytes(value), parse_float=Decimal))
        return self._all([value, self._call(self._program.values.follow(expr.key, read))])

    def _callees(self, state: ObjectState) -> list[Rule]:
        """The value rules that `_members` looks at."""
        members, chosen = state.members, state.required
        wanted = [extra.value for extra, count in zip(members.extras, state.wanted, strict=True) if count]
        if state.least <= len(chosen) + sum(state.wanted):
            return [*(members.values[i] for i in chosen), *wanted]
        return [members.values[i] for i in state.unseen] + [extra.value for extra in members.extras]

    def _members(self, state: ObjectState, *, first: bool, taken: Collection[str]) -> Rope | None:
        members, needed = state.members, state.required
        more = max(state.least - len(needed) - sum(state.wanted), 0)
        names = [(i, self._member(members, i)) for i in needed]
        optional = [i for i in state.unseen if i not in members.required] if more else []
        chosen, extras = self._optional(members, optional, more)
        counts = [wanted + (e == extras[0]) * extras[1] for e, wanted in enumerate(state.wanted)]
        others = [text for e, count in enumerate(counts) if count for text in self._extras(members, e, count, taken)]
        texts = [text for _, text in sorted(names + chosen, key=lambda pair: pair[0])] + others
        comma = self._text(members.comma)
        if comma is None:
            return None
        return self._all([part for text in texts for part in (comma, text)][1 if first else 0 :])

    def _member(self, members: Members, index: int) -> Rope | None:
        name = leaf(spell_name(members.names[index]))
        return self._all([name, self._text(members.colon), self._call(members.values[index])])

    def _optional(
        self, members: Members, names: list[int], count: int
    ) -> tuple[list[tuple[int, Rope | None]], tuple[int, int]]:
        """The `count` cheapest members that need not be there: names with their texts, and how many of which extra."""
        if not count:
            return [], (-1, 0)
        costs = [(text.length, e) for e, extra in enumerate(members.extras) if (text := self._extra(members, extra))]
        least, extra = min(costs, default=(-1, -1))
        found = [(i, text) for i in names if (text := self._member(members, i)) is not None]
        found.sort(key=lambda pair: pair[1].length)
        kept = [(i, text) for i, text in found[:count] if extra < 0 or text.length <= least]
        if extra < 0 and len(kept) < count:
            return [(0, None)], (-1, 0)
        return [*kept], (extra, count - len(kept))

    def _extra(self, members: Members, extra: Extra) -> Rope | None:
        key = leaf(self._lexemes.of(extra.key))
        return self._all([key, self._text(members.colon), self._call(extra.value)])

    def _extras(self, members: Members, e: int, count: int, taken: Collection[str]) -> list[Rope | None]:
        """Members of an extra with keys that differ."""
        keys = self._lexemes.distinct(members.extras[e].key, count, taken)
        rest = [self._text(members.colon), self._call(members.extras[e].value)]
        return [self._all([leaf(key), *rest]) for key in keys]
