"""Tokens of a vocabulary by the JSON strings that they begin, hold or end: those that may spell a key once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

QUOTE, ESCAPE = b'"', b"\\"

Index = dict[bytes, list[int]]


@dataclass(frozen=True)
class QuotedTokens:
    """The tokens in which a string may end.

    `ending` has those that end a string that is being read, by their text up to the first quote; `holding` those that
    hold a whole string, by the text between the quotes. `escaped` are those with an escape, `several` those that may
    end two keys. `closing` are those that can go on after an item of an array, `closing_strings` where it is a string.
    """

    ending: Index
    holding: Index
    escaped: list[int]
    several: list[int]
    closing: list[int]
    closing_strings: list[int]
    any: list[int]

    @staticmethod
    def of(tokens: Iterable[bytes]) -> QuotedTokens:
        """Sorts the tokens of a vocabulary."""
        ending: Index = defaultdict(list)
        holding: Index = defaultdict(list)
        found: list[list[int]] = [[], [], [], [], []]
        escaped, several, closing, closing_strings, every = found
        for token, text in enumerate(tokens):
            if b"," in text or b"]" in text:
                closing.append(token)
            if QUOTE not in text:
                continue
            every.append(token)
            first, *others = text.split(QUOTE)
            ending[first].append(token)
            for content in others[:-1]:
                holding[content].append(token)
            if b"," in text or b"]" in text:
                closing_strings.append(token)
            if ESCAPE in text:
                escaped.append(token)
            if len(others) > 2 and b":" in text:
                several.append(token)
        return QuotedTokens(dict(ending), dict(holding), escaped, several, closing, closing_strings, every)
