"""The loop that writes one text token by token under a constraint and a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import torch

from constrain.budget import Budget, Row
from constrain.drawing import DrawSettings, draw
from constrain.errors import GenerationError
from constrain.mask_tensors import allowed_tensor
from constrain.masks import count, token_ids
from constrain.protocols import TokenAutomaton
from constrain.scoring import Reader
from constrain.successors import forced_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# After so many draws that the budget refuses, all tokens are judged at once.
PATIENCE: Final = 8


@dataclass
class Statistics:
    """What a generation cost; filled in while it runs.

    `forced_tokens` were decided by the constraint alone and cost no forward of their own, `refused_draws` were tokens
    that the constraint allowed and the budget did not.
    """

    prompt_tokens: int = 0
    tokens: int = 0
    model_forwards: int = 0
    forced_tokens: int = 0
    refused_draws: int = 0

    @property
    def forced_share(self) -> float:
        """The share of the tokens that needed no call of the model, from 0 to 1."""
        return self.forced_tokens / self.tokens if self.tokens else 0.0

    def __str__(self) -> str:
        return f"{self.tokens} tokens, {self.forced_tokens} of them ({self.forced_share:.0%}) without asking the model"


@dataclass
class Decoding:
    """One text under way: iterate over it to get its tokens as they are decided.

    A draw that the budget refuses is taken out and the draw repeated, which is the same as having masked it. Tokens
    that are the only allowed ones are not drawn, and the model reads them together with the next that it has to judge.
    With `jump_forward` the same goes for text that has to come, though tokens could spell it in several ways.
    """

    model: PreTrainedModel
    automaton: TokenAutomaton
    prompt: Sequence[int]
    budget: Budget
    max_new_tokens: int
    settings: DrawSettings
    generator: torch.Generator
    statistics: Statistics = field(default_factory=Statistics)
    jump_forward: bool = False
    _ahead: list[int] = field(default_factory=list, init=False)

    def __iter__(self) -> Iterator[int]:
        row: Row | None = self.budget.begin(self.max_new_tokens)
        reader, unread = Reader(self.model), list(self.prompt)
        self.statistics.prompt_tokens, self._ahead = len(unread), []
        while row is not None and row.left > 0:
            forced = self._forced(row)
            if forced is None:
                token, row = self._draw(row, reader.read(unread)[-1])
                unread = [token]
                self.statistics.model_forwards += 1
            else:
                token, row = forced
                unread.append(token)
                self.statistics.forced_tokens += row is not None
            if row is not None:
                self.statistics.tokens += 1
                yield token

    def _forced(self, row: Row) -> tuple[int, Row | None] | None:
        """The token to take without asking the model, and the row after it; None where the model has to choose."""
        if self.jump_forward:
            jump = self._jump(row)
            if jump is not None:
                return jump
        token = self._only(row)
        return None if token is None else (token, self._take(row, token))

    def _jump(self, row: Row) -> tuple[int, Row] | None:
        """The next token of the text that has to come, as a tokenizer cuts it, where the budget allows it."""
        self._ahead = self._ahead or forced_of(self.automaton, row.state)[::-1]
        if not self._ahead:
            return None
        token = self._ahead.pop()
        after = self.budget.take(row, token)
        if after is None:
            self._ahead = []
        return None if after is None else (token, after)

    def _only(self, row: Row) -> int | None:
        """The only token that is allowed, or an end where nothing but ends is."""
        vocabulary = self.automaton.vocabulary
        mask = self.automaton.mask(row.state)
        if count(mask) > max(1, len(vocabulary.eos_token_ids)):
            return None
        tokens = token_ids(mask, len(vocabulary)).tolist()
        return int(tokens[0]) if len(tokens) == 1 or set(tokens) <= set(vocabulary.eos_token_ids) else None

    def _take(self, row: Row, token: int) -> Row | None:
        """The row after `token`, or None where the text is over."""
        return None if token in self.automaton.vocabulary.eos_token_ids else self.budget.take(row, token)

    def _draw(self, row: Row, logits: torch.Tensor) -> tuple[int, Row | None]:
        width = min(len(logits), len(self.automaton.vocabulary))
        allowed = allowed_tensor(self.automaton.mask(row.state), width, logits.device)
        for _ in range(PATIENCE):
            token = draw(masked_scores(logits[:width], allowed), self.settings, self.generator)
            after = self._take(row, token)
            if after is not None or token in self.automaton.vocabulary.eos_token_ids:
                return token, after
            self.statistics.refused_draws += 1
            allowed[token] = False
        allowed &= self._within_budget(row, width)
        token = draw(masked_scores(logits[:width], allowed), self.settings, self.generator)
        return token, self._take(row, token)

    def _within_budget(self, row: Row, width: int) -> torch.Tensor:
        kept = torch.zeros(width, dtype=torch.bool)
        kept[[*self.budget.keep(row).tolist(), *self.automaton.vocabulary.eos_token_ids]] = True
        return kept


def masked_scores(logits: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """A row of logits with minus infinity for refused tokens.

    Where the model gives every allowed token no probability at all, they all become equally probable: the constraint
    decides, and the text goes on.
    """
    scores = torch.where(allowed, logits, -torch.inf)
    best = float(scores.max())
    if best == -torch.inf:
        return torch.where(allowed, 0.0, -torch.inf)
    if not best < torch.inf:
        raise GenerationError(f"the model's scores are not finite numbers ({best})")
    return scores


def continue_freely(
    model: PreTrainedModel,
    prompt: Sequence[int],
    max_new_tokens: int,
    ends: Sequence[int],
    settings: DrawSettings,
    generator: torch.Generator,
) -> Iterator[int]:
    """The tokens that the model writes with the same settings and no constraint at all, up to an end or the budget."""
    reader, unread = Reader(model), list(prompt)
    for _ in range(max_new_tokens):
        token = draw(reader.read(unread)[-1], settings, generator)
        if token in ends:
            return
        unread = [token]
        yield token
