"""A language model given by a table: independent logits for every prefix, so that everything can be enumerated."""

from __future__ import annotations

import random
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch


@dataclass
class TableTokenizer:
    """Reads a prompt as one token whatever it says: the table begins after it."""

    bos_token_id: int = 0
    eos_token_id: int | None = None

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [self.bos_token_id]}


class TableModel:
    """Logits from N(0, scale²), seeded by the prefix; `past_key_values` is the prefix itself."""

    def __init__(self, width: int, seed: int = 0, scale: float = 2.0) -> None:
        self.config = SimpleNamespace(vocab_size=width)
        self._seed, self._scale = seed, scale
        self._rows: dict[tuple[int, ...], torch.Tensor] = {}

    def __call__(self, **options: Any) -> Any:
        return self.forward(**options)

    def forward(self, input_ids: torch.Tensor, past_key_values: Any = None, use_cache: bool = True) -> Any:
        read = tuple(past_key_values or ())
        rows = []
        for token in input_ids[0].tolist():
            read = (*read, token)
            rows.append(self.logits(read))
        return SimpleNamespace(logits=torch.stack(rows)[None], past_key_values=read if use_cache else None)

    def logits(self, prefix: tuple[int, ...]) -> torch.Tensor:
        if prefix not in self._rows:
            source = random.Random(f"{self._seed} {prefix}")
            self._rows[prefix] = torch.tensor([source.gauss(0, self._scale) for _ in range(self.config.vocab_size)])
        return self._rows[prefix]
