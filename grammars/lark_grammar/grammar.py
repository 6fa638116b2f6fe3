"""Grammars in Lark's language, for the engine."""

from __future__ import annotations

import re

from grammars.dfa import Dfa
from grammars.errors import GrammarError
from grammars.ir import Expr, Rule
from grammars.lark_grammar.adjacency import Adjacency
from grammars.lark_grammar.cfg import Cfg, has_text, prune
from grammars.lark_grammar.left_recursion import eliminate, without_empty
from grammars.lark_grammar.loading import Source, load
from grammars.lark_grammar.lowering import expression
from grammars.lark_grammar.places import first_place
from grammars.lark_grammar.scanner import Scanners
from grammars.lark_grammar.splitting import lexable

_WHOLE = "whole text"


def _without_dead_ends(source: Source, scanners: Scanners, start: str) -> Cfg:
    if not has_text(source.cfg):
        raise GrammarError("no text satisfies the start rule", found=start)
    return eliminate(lexable(prune(without_empty(source.cfg)), Adjacency(scanners), source.terminals))


class LarkGrammar:
    """A `ScannerGrammar` made of a grammar in Lark's language."""

    def __init__(self, text: str, *, start: str = "start") -> None:
        source = load(text, start)
        self.start: Rule = _WHOLE
        self.ignored = source.ignored
        self.terminals = source.terminals
        self._scanners = Scanners(source.terminals, source.ignored)
        try:
            self._cfg = _without_dead_ends(source, self._scanners, start)
        except GrammarError as error:
            places = (first_place(text, name) for name in (error.found, *error.found.split()))
            error.where = error.where or next(filter(None, places), "")
            raise

    def expand(self, rule: Rule) -> Expr:
        """The expression of `rule`."""
        if rule == _WHOLE:
            return expression((self._cfg.start,), self._cfg.rules)
        return expression(self._cfg.rules[str(rule)], self._cfg.rules)

    def describe(self, rule: Rule) -> str:
        """The name of `rule` in the grammar; of a part of a rule, that of the whole."""
        name = re.split(r"[\\@]", str(rule))[0]
        made = re.match(r"__(.+)_(plus|star|repeat)_", name)
        return made[1] if made else name or _WHOLE

    def describe_terminal(self, number: int) -> str:
        """Terminal `number` as people know it: its name, or the string it stands for."""
        return self.terminals[number].shown

    def scanner(self, terminals: frozenset[int]) -> Dfa:
        """The automaton that finds the next of `terminals`, labelled with their numbers."""
        return self._scanners.of(terminals)
