"""Language models as samplers read them: the scores of the next token after a prefix of what is being written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

import numpy as np

from constrain.scoring import Reader
from samplers.batched import BatchReader, can_repeat
from samplers.target import Logits

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class LanguageModel(Protocol):
    """Scores of what may come next, after a prompt that the object holds; `forwards` counts what that cost."""

    forwards: int

    @property
    def owner(self) -> object:
        """The object that the scores come from: what is remembered of them is forgotten with it."""

    @property
    def prompt(self) -> tuple[int, ...]:
        """The tokens before those that are written."""

    def logits(self, tokens: Sequence[int]) -> Logits:
        """The scores `float[width]` of every token after the prompt and `tokens`."""

    def logits_of(self, rows: Sequence[Sequence[int]]) -> list[Logits]:
        """The scores after each of several rows of tokens."""


class TransformersModel:
    """A causal language model of `transformers` after a prompt, which is read once.

    What was read last stays in the model's cache. A prefix that goes on from it costs its new tokens; one that leaves
    it earlier takes the cache back to where they part.
    """

    def __init__(self, model: PreTrainedModel, prompt: Sequence[int]) -> None:
        if not prompt:
            raise ValueError("a prompt has at least one token")
        self.forwards = 0
        self._model, self._prompt = model, list(prompt)
        self._first: tuple[Reader, Logits] | None = None
        self._last: tuple[Reader, list[int]] | None = None
        self._batch: BatchReader | None = None

    @property
    def owner(self) -> object:
        """The model."""
        return self._model

    @property
    def prompt(self) -> tuple[int, ...]:
        """The tokens of the prompt."""
        return tuple(self._prompt)

    def logits(self, tokens: Sequence[int]) -> Logits:
        """The scores `float[width]` of every token after the prompt and `tokens`: one forward, or none at the start."""
        if self._first is None:
            self._first = self._read(Reader(self._model), self._prompt)
        begun, logits = self._first
        return self._read_on(begun, list(tokens)) if tokens else logits

    def logits_of(self, rows: Sequence[Sequence[int]]) -> list[Logits]:
        """The scores after each of several rows of tokens.

        Equal rows are read once, and all of the same length in one forward, which goes on from the last call where it
        can. Models whose cache does not keep its rows apart read them one after the other.
        """
        distinct = sorted({tuple(row) for row in rows}, key=len)
        known: dict[tuple[int, ...], Logits] = {}
        for _, group in groupby(distinct, key=len):
            alike = list(group)
            known.update(zip(alike, self._read_alike(alike), strict=True))
        return [known[tuple(row)] for row in rows]

    def _read_alike(self, rows: list[tuple[int, ...]]) -> list[Logits]:
        """The scores after different rows of the same length."""
        first = self.logits(())
        if not rows[0]:
            return [first]
        if self._batch is None and self._first is not None and can_repeat(self._first[0].cache):
            self._batch = BatchReader(self._model, self._first[0].cache)
        if self._batch is None:
            return [self.logits(row) for row in rows]
        self.forwards += 1
        return self._batch.read(rows)

    def _read_on(self, begun: Reader, tokens: list[int]) -> Logits:
        # Whoever interrupts what follows leaves a reader that knows not what it has read: nobody may find it.
        last, self._last = self._last, None
        reader, kept = self._place(begun, last, tokens)
        reader, logits = self._read(reader, tokens[kept:])
        self._last = reader, tokens
        return logits

    def _place(self, begun: Reader, last: tuple[Reader, list[int]] | None, tokens: list[int]) -> tuple[Reader, int]:
        """A reader that has read a part of `tokens`, and how many; at least the last is left, whose scores count."""
        if last is None:
            return begun.fork(), 0
        reader, read = last
        kept = min(common_length(read, tokens), len(tokens) - 1)
        is_there = kept == len(read) or reader.rewind(len(self._prompt) + kept)
        return (reader, kept) if is_there else (begun.fork(), 0)

    def _read(self, reader: Reader, tokens: list[int]) -> tuple[Reader, Logits]:
        logits = reader.read(tokens)[-1].numpy()
        self.forwards += 1
        return reader, logits


def common_length(first: Sequence[int], second: Sequence[int]) -> int:
    """How many elements two sequences have in common at their beginning."""
    shorter = min(len(first), len(second))
    parts = np.flatnonzero(np.asarray(first[:shorter]) != np.asarray(second[:shorter]))
    return int(parts[0]) if len(parts) else shorter
