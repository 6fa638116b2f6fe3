"""Productions that put terminals side by side which longest match never leaves side by side, taken out.

Where such a pair occurs, nonterminals are told apart by the kind of terminal read before them and the kind that they
end with; a kind is a set of terminals with the same forbidden successors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from grammars.errors import GrammarError, LimitError
from grammars.lark_grammar.adjacency import Adjacency, adjacent
from grammars.lark_grammar.cfg import Cfg, Part, Production, has_text, prune
from grammars.lark_grammar.loading import TerminalDef

RULE_LIMIT = 100_000
"""How many nonterminals telling them apart may make."""

MARK = "@"
"""Stands between the name of a nonterminal and its kinds."""


def lexable(cfg: Cfg, adjacency: Adjacency, terminals: tuple[TerminalDef, ...]) -> Cfg:
    """The texts of `cfg` (without empty rules) that a lexer may cut into these terminals, as far as pairs tell."""
    cfg = _with_real_terminals(cfg, adjacency, terminals)
    forbidden: dict[int, set[int]] = {}
    pairs = sorted(adjacent(cfg))
    for before, after in pairs:
        if not adjacency.allows(before, after):
            forbidden.setdefault(before, set()).add(after)
    if not forbidden:
        return cfg
    found = prune(_Split.of(cfg, forbidden).grammar())
    if not has_text(found):
        raise _impossible(forbidden, terminals)
    return found


def _impossible(forbidden: dict[int, set[int]], terminals: tuple[TerminalDef, ...]) -> GrammarError:
    before = min(forbidden)
    pair = f"{terminals[before].shown} {terminals[min(forbidden[before])].shown}"
    return GrammarError(
        "no text satisfies the grammar, because the longest match of a terminal takes what the next one needs",
        found=pair,
        advice="ignore white space between them, or make them one terminal",
    )


def _with_real_terminals(cfg: Cfg, adjacency: Adjacency, terminals: tuple[TerminalDef, ...]) -> Cfg:
    """The grammar without the terminals that never win."""
    used = {
        part.symbol
        for production in (cfg.start, *(option for options in cfg.rules.values() for option in options))
        for part in production
        if isinstance(part.symbol, int)
    }
    never = {number for number in used if not adjacency.exists(number)}
    if not never:
        return cfg
    rules = {name: tuple(_renamed(option, never) for option in options) for name, options in cfg.rules.items()}
    found = prune(Cfg(_renamed(cfg.start, never), rules))
    if not has_text(found):
        shown = ", ".join(terminals[number].shown for number in sorted(never))
        raise GrammarError("no text satisfies the grammar, because another terminal always wins", found=shown)
    return found


def _renamed(production: Production, never: set[int]) -> Production:
    """Terminals that never win become a nonterminal without productions."""
    return tuple(Part(f"{MARK}never", part.optional) if part.symbol in never else part for part in production)


@dataclass(frozen=True)
class _Split:
    cfg: Cfg
    kinds: list[frozenset[int]]
    kind_of: dict[int, int]
    made: dict[str, list[Production]] = field(default_factory=dict)
    todo: list[tuple[str, tuple[Production, ...], int, int]] = field(default_factory=list)

    @staticmethod
    def of(cfg: Cfg, forbidden: dict[int, set[int]]) -> _Split:
        kinds = list(dict.fromkeys([frozenset[int](), *map(frozenset, forbidden.values())]))
        return _Split(cfg, kinds, {before: kinds.index(frozenset(after)) for before, after in forbidden.items()})

    def grammar(self) -> Cfg:
        """The grammar with nonterminals `name@before.last`."""
        start = tuple((self._call("()", (self.cfg.start,), 0, last),) for last in range(len(self.kinds)))
        while self.todo:
            name, productions, before, last = self.todo.pop()
            self.made[name] = [
                found for production in productions for found in self._productions(name, production, before, last)
            ]
        return Cfg((Part(MARK),), {name: tuple(options) for name, options in self.made.items()} | {MARK: start})

    def _call(self, name: str, productions: tuple[Production, ...], before: int, last: int) -> Part:
        full = f"{name}{MARK}{before}.{last}"
        if full not in self.made:
            if len(self.made) >= RULE_LIMIT:
                raise LimitError("grammar too large", limit="rules", allowed=RULE_LIMIT, given=len(self.made) + 1)
            self.made[full] = []
            self.todo.append((full, productions, before, last))
        return Part(full)

    def _productions(self, name: str, production: Production, before: int, last: int) -> Iterator[Production]:
        """What reads `production` after a terminal of kind `before` and ends with one of kind `last`."""
        if not production:
            if before == last:
                yield ()
            return
        part, rest = production[0], production[1:]
        if part.optional:
            yield from self._productions(name, rest, before, last)
        for read, between in self._read(part, before):
            if rest:
                yield read, self._call(self._rest_name(rest), (rest,), between, last)
            elif between == last:
                yield (read,)

    def _read(self, part: Part, before: int) -> Iterator[tuple[Part, int]]:
        """The ways to read one part: what is called, and the kind it ends with."""
        if isinstance(part.symbol, int):
            if part.symbol not in self.kinds[before]:
                yield Part(part.symbol), self.kind_of.get(part.symbol, 0)
            return
        for last in range(len(self.kinds)):
            yield self._call(part.symbol, self.cfg.rules[part.symbol], before, last), last

    @staticmethod
    def _rest_name(rest: Production) -> str:
        return "(" + " ".join(f"{part.symbol}{'?' * part.optional}" for part in rest) + ")"
