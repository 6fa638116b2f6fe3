"""Spells a text in the fewest tokens of a vocabulary."""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

from constrain.protocols import TokenVocabulary

UNSPELLABLE: Final = 1 << 60


class Speller:
    """The fewest tokens whose bytes make up a text.

    Any cut of a text into tokens is as good as any other to an automaton, whose answers depend on the bytes alone.
    """

    def __init__(self, vocabulary: TokenVocabulary) -> None:
        ends = frozenset(vocabulary.eos_token_ids)
        self._ids: dict[bytes, int] = {}
        for token, text in enumerate(vocabulary.tokens):
            if text and token not in ends:
                self._ids.setdefault(text, token)
        self._lengths = sorted({len(text) for text in self._ids}, reverse=True)
        self._single_bytes = frozenset(text[0] for text in self._ids if len(text) == 1)

    def fits(self, text: bytes, tokens: int) -> bool:
        """Whether `text` can be spelled in at most `tokens` tokens."""
        if len(text) <= tokens and self._single_bytes.issuperset(text):
            return True
        return self.count(text) <= tokens

    def count(self, text: bytes) -> int:
        """The fewest tokens that spell `text`, or `UNSPELLABLE`."""
        return self._costs(text)[0][0]

    def spell(self, text: bytes) -> tuple[int, ...] | None:
        """A shortest row of tokens that spells `text`, or None where the vocabulary lacks some byte of it."""
        costs, lengths = self._costs(text)
        if costs[0] >= UNSPELLABLE:
            return None
        tokens, at = [], 0
        while at < len(text):
            tokens.append(self._ids[text[at : at + lengths[at]]])
            at += lengths[at]
        return tuple(tokens)

    def _costs(self, text: bytes) -> tuple[list[int], list[int]]:
        """For every suffix: how many tokens it takes, and how long its first one is (the longest of the best)."""
        costs, firsts = [UNSPELLABLE] * len(text) + [0], [0] * len(text)
        for at in range(len(text) - 1, -1, -1):
            for length in self._lengths:
                if at + length <= len(text) and text[at : at + length] in self._ids:
                    cost = 1 + costs[at + length]
                    if cost < costs[at]:
                        costs[at], firsts[at] = cost, length
        return costs, firsts


_spellers: WeakKeyDictionary[TokenVocabulary, Speller] = WeakKeyDictionary()


def speller_of(vocabulary: TokenVocabulary) -> Speller:
    """The speller of a vocabulary, made once."""
    speller = _spellers.get(vocabulary)
    if speller is None:
        speller = _spellers[vocabulary] = Speller(vocabulary)
    return speller
