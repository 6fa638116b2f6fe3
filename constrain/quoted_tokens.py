"""Tokens of a vocabulary by the JSON strings that they begin, hold or end: those that may spell a key once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

QUOTE, ESCAPE = b'"', b"\\"

Index = dict[bytes, list[int]]


@dataclass(frozen=True)
class QuotedTokens:
    """The tokens in which a string may end.

    `ending` has those that end a string that is being read, by their text up to the first quote; `holding` those that
    hold a whole string, by the text between the quotes. `escaped` are those with an escape, `several` those that may
    end two keys. `closing` are those that can end an item of an array and then the array or another item,
    `next_items` those that can end an item and have much of the next one, `leaving` those of them that leave a string.
    """

    ending: Index
    holding: Index
    escaped: list[int]
    several: list[int]
    closing: list[int]
    next_items: list[int]
    leaving: frozenset[int]
    any: list[int]

    @staticmethod
    def of(tokens: Sequence[bytes]) -> QuotedTokens:
        """Sorts the tokens of a vocabulary."""
        ending: Index = defaultdict(list)
        holding: Index = defaultdict(list)
        found: list[list[int]] = [[], [], [], [], []]
        escaped, several, closing, next_items, every = found
        for token in _marked(tokens):
            text = tokens[token]
            if b"," in text or b"]" in text:
                closing.append(token)
            if _has_item(text):
                next_items.append(token)
            if QUOTE not in text:
                continue
            every.append(token)
            first, *others = text.split(QUOTE)
            ending[first].append(token)
            for content in others[:-1]:
                holding[content].append(token)
            if ESCAPE in text:
                escaped.append(token)
            if len(others) > 2 and b":" in text:
                several.append(token)
        leaving = frozenset(every).intersection(closing)
        return QuotedTokens(dict(ending), dict(holding), escaped, several, closing, next_items, leaving, every)


def _marked(tokens: Sequence[bytes]) -> list[int]:
    """The tokens with a quote, a comma or a bracket: one in a hundred."""
    ends = np.cumsum(np.fromiter(map(len, tokens), np.int64, len(tokens)))
    text = np.frombuffer(b"".join(tokens), np.uint8)
    places = np.flatnonzero((text == ord('"')) | (text == ord(",")) | (text == ord("]")))
    found: list[int] = np.unique(np.searchsorted(ends, places, side="right")).tolist()
    return found


def _has_item(text: bytes) -> bool:
    """Whether more than the beginning of a string, an array or an object may stand behind a comma."""
    rest = text.partition(b",")[2].lstrip()
    return rest.count(QUOTE) > 1 or any(mark in rest for mark in b"]},:") or rest[:1].isalnum() or rest[:1] == b"-"
