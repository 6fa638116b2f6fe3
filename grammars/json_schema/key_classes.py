"""The sorts of keys that patterns tell apart: each key is in one class, by the patterns that it matches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from grammars import dfa_ops
from grammars.dfa import Dfa
from grammars.emptiness import have_text
from grammars.errors import LimitError
from grammars.json_schema.strings import language

MAX_CLASSES = 128
MAX_CLASS_STATES = 40_000
"""How many sorts of keys patterns may tell apart, and how large their automata may be together."""


@dataclass(frozen=True)
class KeyClass:
    """Keys that match all patterns of `inside` and none of `outside`, nor any other that is apart from those inside."""

    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    @property
    def dfa(self) -> Dfa | None:
        """The automaton of the keys; None for all keys."""
        wanted, unwanted = list(map(_language, self.inside)), list(map(_language, self.outside))
        if not wanted:
            return dfa_ops.complement(dfa_ops.union(*unwanted)) if unwanted else None
        return reduce(dfa_ops.difference, unwanted, reduce(dfa_ops.intersect, wanted))

    def has_keys(self) -> bool:
        """Whether there are such keys."""
        if not self.inside:
            return True
        found = have_text(list(map(_language, self.inside)), list(map(_language, self.outside)))
        return not (self.dfa or Dfa.empty()).is_empty if found is None else found


def classes_of(patterns: Iterable[str]) -> list[KeyClass]:
    """The classes that patterns make; that of the keys in none of them may have no keys."""
    classes = [KeyClass()]
    for pattern in patterns:
        classes = [part for whole in classes for part in _split(whole, pattern)]
        if len(classes) > MAX_CLASSES:
            what = "too many patterns of keys that overlap"
            advice = "let the patterns begin with ^, or take some together"
            raise LimitError(what, advice=advice, limit="key classes", allowed=MAX_CLASSES, given=len(classes))
    return classes


def automata_of(classes: Iterable[KeyClass]) -> list[Dfa | None]:
    """The automata of classes; raises `LimitError` where they are too large together."""
    found, states = list[Dfa | None](), 0
    for part in classes:
        dfa = part.dfa
        found.append(dfa)
        states += 0 if dfa is None else dfa.size
        if states > MAX_CLASS_STATES:
            what = "patterns of keys that are too large together"
            raise LimitError(what, limit="key states", allowed=MAX_CLASS_STATES, given=states)
    return found


def _split(whole: KeyClass, pattern: str) -> list[KeyClass]:
    """The keys of a class in a pattern and those that are not; most patterns have no key in common with another."""
    inside = KeyClass((*whole.inside, pattern), tuple(other for other in whole.outside if _may_meet(other, pattern)))
    if not inside.has_keys():
        return [whole]
    outside = KeyClass(whole.inside, (*whole.outside, pattern))
    return [inside, outside] if outside.has_keys() else [inside]


def _may_meet(one: str, other: str) -> bool:
    return have_text([_language(one), _language(other)], []) is not False


def _language(pattern: str) -> Dfa:
    return language(("pattern", pattern))
