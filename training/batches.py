"""Documents as padded batches of token ids, with a weight per token: the same numbers for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import torch

from training.corpus import docstrings, triple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedTokenizerBase

CONTEXT = 512
POOL = 1024  # documents that are sorted by length together, so that batches need little padding
BATCH_TOKENS = 2048
PROMPT_WEIGHT = 0.3  # reading a request matters less than answering it
DOCSTRINGS = 0.07
DOCSTRING_TOKENS = 256


@dataclass(frozen=True)
class Document:
    """Token ids that end in EOS, and how many of them at the start are prompt."""

    ids: list[int]
    prompt: int


@dataclass(frozen=True)
class Batch:
    """Ids padded on the right, and weights that are zero on padding."""

    ids: torch.Tensor
    weights: torch.Tensor


class Documents:
    """The endless corpus in pools: pool `n` is the same documents every time."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        self._eos: int = tokenizer.eos_token_id
        self._docstrings = list(docstrings())

    def pool(self, number: int) -> list[Batch]:
        """The batches of one pool, in random order."""
        rng = Random(f"pool {number}")
        drawn = [self._draw(rng, f"{number}/{i}") for i in range(POOL)]
        drawn.sort(key=lambda document: len(document.ids))
        batches = [pad(group, self._eos) for group in _groups(drawn)]
        rng.shuffle(batches)
        return batches

    def triple(self, seed: str) -> Document:
        """A triple as token ids."""
        drawn = triple(seed)
        prompt = self._encode(drawn.prompt)
        return Document([*prompt, *self._encode(drawn.answer), self._eos][:CONTEXT], len(prompt))

    def _draw(self, rng: Random, seed: str) -> Document:
        if rng.random() < DOCSTRINGS:
            ids = self._encode(rng.choice(self._docstrings))[: DOCSTRING_TOKENS - 1]
            return Document([*ids, self._eos], 0)
        return self.triple(seed)

    def _encode(self, text: str) -> list[int]:
        return list(self._tokenizer(text, truncation=True, max_length=CONTEXT).input_ids)


def _groups(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Runs of documents whose padded size stays within `BATCH_TOKENS`."""
    group: list[Document] = []
    for document in documents:
        if group and (len(group) + 1) * len(document.ids) > BATCH_TOKENS:
            yield group
            group = []
        group.append(document)
    yield group


def pad(documents: Sequence[Document], filler: int) -> Batch:
    """One batch; the weight of a token is how much predicting it counts."""
    width = max(len(document.ids) for document in documents)
    ids = torch.full((len(documents), width), filler)
    weights = torch.zeros(len(documents), width)
    for row, document in enumerate(documents):
        ids[row, : len(document.ids)] = torch.tensor(document.ids)
        weights[row, : document.prompt] = PROMPT_WEIGHT
        weights[row, document.prompt : len(document.ids)] = 1.0
    return Batch(ids, weights)
