"""Shortest texts of grammar expressions; recursion between rules is solved as a least fixpoint."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from constrain.lexeme_texts import LexemeTexts
from constrain.program import Program
from constrain.ropes import NOTHING, Rope, join, leaf, repeat, shorter
from grammars.errors import GrammarError
from grammars.ir import Call, Choice, Expr, Extra, Lex, Lexeme, Members, Repeat, Rule, Seq, Terminal


def spell_name(name: str) -> bytes:
    """A name as the shortest JSON string."""
    return json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass")


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

    def members(self, members: Members, unseen: Collection[int], least: int, *, first: bool) -> Rope:
        """A shortest way to have at least `least` more members, with those that have to be there.

        `unseen` are the names that may still come; a comma comes before every member, except for the `first`.
        """
        for expr in (members.colon, members.comma, *map(Call, self._callees(members, unseen, least))):
            self.of(expr)
        text = self._members(members, unseen, least, first=first)
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
        if not self._wanted:
            return text
        callers = self._discover(self._wanted)
        pending = dict.fromkeys(reversed(callers))
        while pending:
            rule, _ = pending.popitem()
            known, found = self._rules.get(rule), self._try(self._program.expression(rule))
            if found is not None and (known is None or found.length < known.length):
                self._rules[rule] = found
                pending |= dict.fromkeys(callers[rule])
        self._settled |= callers.keys()
        return self._try(expr)

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
            self._try(self._program.expression(rule))
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
                every = range(len(expr.names))
                return self._members(expr, every, expr.min_size, first=True)

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

    def _callees(self, members: Members, unseen: Collection[int], least: int) -> list[Rule]:
        """The value rules that `_members` looks at."""
        chosen = [i for i in unseen if i in members.required]
        if least <= len(chosen):
            return [members.values[i] for i in chosen]
        return [members.values[i] for i in unseen] + [extra.value for extra in members.extras]

    def _members(self, members: Members, unseen: Collection[int], least: int, *, first: bool) -> Rope | None:
        needed = [i for i in unseen if i in members.required]
        more = max(least - len(needed), 0)
        if not needed and not more:
            return NOTHING
        texts = [(i, self._member(members, i)) for i in needed]
        extras = self._optional(members, [i for i in unseen if i not in members.required], more) if more else []
        chosen = [text for _, text in sorted(texts + extras, key=lambda pair: pair[0])]
        comma = self._text(members.comma)
        if comma is None:
            return None
        return self._all([part for text in chosen for part in (comma, text)][1 if first else 0 :])

    def _member(self, members: Members, index: int) -> Rope | None:
        name = leaf(spell_name(members.names[index]))
        return self._all([name, self._text(members.colon), self._call(members.values[index])])

    def _optional(self, members: Members, names: list[int], count: int) -> list[tuple[int, Rope | None]]:
        """The `count` cheapest members that need not be there, with their places in the object."""
        other: Rope | None = None
        for extra in members.extras:
            other = shorter(other, self._extra(members, extra))
        found = [(i, text) for i in names if (text := self._member(members, i)) is not None]
        found.sort(key=lambda pair: pair[1].length)
        kept = [(i, text) for i, text in found[:count] if other is None or text.length <= other.length]
        return [*kept, *[(len(members.names), other)] * (count - len(kept))]

    def _extra(self, members: Members, extra: Extra) -> Rope | None:
        key = leaf(self._lexemes.of(extra.key))
        return self._all([key, self._text(members.colon), self._call(extra.value)])
