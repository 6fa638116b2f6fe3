"""Tokens of a vocabulary by the JSON strings that they begin, hold or end: those that may spell a key once more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from constrain.flat_tokens import FlatTokens

QUOTE, ESCAPE = b'"', b"\\"
_STRING_END = re.compile(rb'(?:[^"\\]|\\.)*"', re.DOTALL)

Index = dict[bytes, tuple[int, ...]]


@dataclass(frozen=True)
class QuotedTokens:
    """The tokens in which a string may end.

    `ending` has those that end a string that is being read, by their text up to the first quote; `holding` those that
    hold a whole string, by the text between the quotes; `opening` those that may end inside of a string, by what they
    have of it (by nothing, if there is an escape), `reopening` those of them that may end a key before.
    `ending_escaped` and `holding_escaped` are those that end or hold a string with an escape, `several` those that may
    end two keys. `closing` are those that can end an item of an array and then the array or another item, `next_items`
    those that can end an item and have much of the next one, `leaving` those of them that leave a string, `any` all
    that have a quote, `escaped` all that have a backslash.
    """

    ending: Index
    holding: Index
    opening: Index
    reopening: list[int]
    ending_escaped: list[int]
    holding_escaped: list[int]
    several: list[int]
    closing: list[int]
    next_items: list[int]
    leaving: frozenset[int]
    any: list[int]
    escaped: list[int]

    @cached_property
    def longest_ending(self) -> int:
        """How many bytes of a string a token may end."""
        return max(map(len, self.ending), default=0)

    @staticmethod
    def of(tokens: Sequence[bytes], flat: FlatTokens) -> QuotedTokens:
        """Sorts the tokens of a vocabulary, which `flat` has as well."""
        ending: dict[bytes, list[int]] = defaultdict(list)
        holding: dict[bytes, list[int]] = defaultdict(list)
        opening: dict[bytes, list[int]] = defaultdict(list)
        reopening: list[int] = []
        found: list[list[int]] = [[], [], [], [], [], []]
        ending_escaped, holding_escaped, several, closing, next_items, every = found
        for token in flat.with_any(b'",]'):
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
            if others[-1] or ESCAPE in text:
                opening[b"" if ESCAPE in text else others[-1]].append(token)
                reopening += [token] if len(others) > 1 and b":" in text else []
            if _has_escape(_STRING_END.match(text)):
                ending_escaped.append(token)
            if any(_has_escape(_STRING_END.match(text, at + 1)) for at in _quotes(text)):
                holding_escaped.append(token)
            if len(others) > 2 and b":" in text:
                several.append(token)
        leaving = frozenset(every).intersection(closing)
        escaped = flat.with_any(ESCAPE)
        indices = _index(ending), _index(holding), _index(opening)
        return QuotedTokens(
            *indices, reopening, ending_escaped, holding_escaped, several, closing, next_items, leaving, every, escaped
        )

    @cached_property
    def longest_opening(self) -> int:
        """How many bytes of a string a token may have that ends inside of it."""
        return max(map(len, self.opening), default=0)

    def opened(self, key: bytes) -> list[int]:
        """The tokens that may end inside of a string that is the key so far."""
        beginnings = (key[:length] for length in range(min(len(key), self.longest_opening) + 1))
        return [token for beginning in beginnings for token in self.opening.get(beginning, ())]

    def may_hold(self, key: bytes) -> bool:
        """Whether one token may have all of a string, with its quotes."""
        return bool(self.holding_escaped) or key in self.holding


def _index(found: dict[bytes, list[int]]) -> Index:
    """With tuples of numbers, at which Python's collector does not look again and again."""
    return {text: tuple(tokens) for text, tokens in found.items()}


def _has_escape(string: re.Match[bytes] | None) -> bool:
    return string is not None and ESCAPE in string[0]


def _quotes(text: bytes) -> list[int]:
    return [match.start() for match in re.finditer(QUOTE, text)]


def _has_item(text: bytes) -> bool:
    """Whether more than the beginning of a string, an array or an object may stand behind a comma."""
    rest = text.partition(b",")[2].lstrip()
    return rest.count(QUOTE) > 1 or any(mark in rest for mark in b"]},:") or rest[:1].isalnum() or rest[:1] == b"-"
