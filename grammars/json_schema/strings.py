"""The texts of string shapes, as lexemes and automata."""

from __future__ import annotations

from functools import reduce

from grammars import dfa_ops
from grammars.codepoints import is_text
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.emptiness import have_text
from grammars.errors import GrammarError
from grammars.formats import format_dfa
from grammars.ir import Lexeme
from grammars.json_schema.shapes import Language, StringShape
from grammars.memo import remembered, weighed
from grammars.regex import Lengths, Regex, match_lengths, search_language
from grammars.regex_parser import parse_pattern
from grammars.words import NO_END, words_up_to

ANY_TEXT = Dfa.any_text()


@weighed(4096)
def lexeme_of(shape: StringShape) -> Lexeme | None:
    """The strings of a shape as a quoted lexeme; None when there are none."""
    if shape.words is not None:
        words = [word for word in shape.words if shape.is_only_words or accepts(shape, word)]
        return Lexeme(Dfa.of_words(words), quoted=True) if any(map(is_text, words)) else None
    if not shape.languages and _may_skip(shape):
        return _all_but(shape)
    if len(shape.languages) == 1 and not shape.excluded:
        (((keyword, text), positive),) = shape.languages
        if keyword == "pattern" and positive and isinstance(text, str):
            return dfa_ops.lexeme_of_regex(regex_of(text), True, shape.low, shape.high)
    return dfa_ops.lexeme(unbounded(shape), True, shape.low, shape.high)


def has_text(shape: StringShape) -> bool:
    """Whether there are strings of a shape; found out without an automaton where that is easy."""
    if shape.words is not None:
        return any(is_text(word) and accepts(shape, word) for word in shape.words)
    if not shape.languages:
        return shape.high != 0 or "" not in shape.excluded
    if len(shape.languages) == 1 and not shape.excluded:
        ((named, positive),) = shape.languages
        if positive and _surely_has_text(named, shape.low, shape.high):
            return True
    return lexeme_of(shape) is not None


@remembered(4096)
def may_have_text(shape: StringShape) -> bool:
    """The same without an automaton of all languages, which is not worth its time where the shape is not used."""
    if shape.words is not None or len(shape.languages) < 2:
        return has_text(shape)
    wanted = [language(named) for named, positive in shape.languages if positive]
    unwanted = [language(named) for named, positive in shape.languages if not positive]
    found = have_text(wanted, [*unwanted, Dfa.of_words(shape.excluded)], shape.low, shape.high)
    return has_text(shape) if found is None else found


@remembered(4096)
def _surely_has_text(named: Language, low: int, high: int | None) -> bool:
    keyword, text = named
    if keyword == "pattern" and isinstance(text, str):
        found = match_lengths(regex_of(text))
        return found is not None and _overlap(found, (low, high))
    return low == 0 and high is None and not (isinstance(text, Dfa) and text.is_empty)


def _overlap(first: Lengths, second: Lengths) -> bool:
    return all(high is None or low <= high for low, high in ((first[0], second[1]), (second[0], first[1])))


def accepts(shape: StringShape, word: str) -> bool:
    """Whether a string has a shape."""
    if len(word) < shape.low or (shape.high is not None and len(word) > shape.high) or word in shape.excluded:
        return False
    if shape.words is not None and word not in shape.words:
        return False
    return all((language(named).matches(word) >= 0) == positive for named, positive in shape.languages)


@weighed(1024)
def unbounded(shape: StringShape) -> Dfa:
    """The strings of a shape, whatever their length."""
    words = [] if shape.words is None else [Dfa.of_words(shape.words)]
    wanted = sorted(words + [language(named) for named, positive in shape.languages if positive], key=_largeness)
    dfa = reduce(dfa_ops.intersect, wanted or [ANY_TEXT])
    for unwanted in sorted((language(named) for named, positive in shape.languages if not positive), key=_largeness):
        dfa = dfa_ops.difference(dfa, unwanted)
    return dfa_ops.difference(dfa, Dfa.of_words(shape.excluded)) if shape.excluded else dfa


def _largeness(dfa: Dfa) -> tuple[int, bytes]:
    """Small ones first, in an order that is always the same: large ones may be cut down, or become too large."""
    return dfa.size, dfa.key


@weighed(1024)
def language(named: Language) -> Dfa:
    """The strings that a pattern finds a match in, or that have a format."""
    keyword, text = named
    if isinstance(text, Dfa):
        return text
    if keyword == "format":
        dfa = format_dfa(text)
        if dfa is None:
            raise GrammarError("unknown format", found=text)
        return dfa
    return determinise(regex_of(text))


@remembered(512)
def regex_of(pattern: str) -> Regex:
    """The strings that a pattern finds a match in, as a regex."""
    return search_language(parse_pattern(pattern))


_FEW = 64


def few_words(dfa: Dfa) -> list[str] | None:
    """The texts of an automaton if there are only few, in order."""
    found: list[str] = []
    pending = [("", 0)] if dfa.size else []
    while pending:
        text, state = pending.pop()
        if dfa.labels[state] >= 0:
            found.append(text)
        edges = dfa.rows[state]
        ahead = sum(high - low + 1 for low, high, _ in edges)
        # A text as long as there are states has come back to one, and so there is no end of texts.
        if len(text) >= dfa.size or len(found) + len(pending) + ahead > _FEW:
            return None
        pending += [(text + chr(point), to) for low, high, to in edges for point in range(low, high + 1)]
    return sorted(found)


def _may_skip(shape: StringShape) -> bool:
    """Whether excluded words may be left to the reader: none is as long as a string may be, so none is a dead end."""
    return shape.high is None or all(len(word) < shape.high for word in shape.excluded)


def _all_but(shape: StringShape) -> Lexeme:
    return Lexeme(ANY_TEXT, True, shape.low, shape.high, frozenset(filter(is_text, shape.excluded)))


def keys_up_to(most: int, lexeme: Lexeme) -> int:
    """How many different texts a lexeme has, or `most` where there are more; words taken out are not looked at."""
    high = NO_END if lexeme.max_length is None else lexeme.max_length
    return words_up_to(most, lexeme.dfa, lexeme.min_length, high)
