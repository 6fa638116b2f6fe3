"""Plain masked sampling, the baseline: refused tokens are left out at each step and the rest renormalised.

What it draws is not the model conditioned on the language, because a step knows nothing of what later steps will leave
out. The importance weight says by how much each draw is off: it is the product of the probabilities that the model
gave to the allowed tokens of each step.

The language is that of the automaton, as far as its texts fit in `max_new_tokens`: tokens after which no end is known
within the budget are left out as refused ones are, and weigh as they do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import torch

from constrain.budget import Row, budget_of
from constrain.drawing import make_generator
from constrain.errors import GenerationError
from constrain.protocols import TokenAutomaton
from constrain.scoring import Reader, encode_prompt
from samplers.sample import Sample

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Prompt: TypeAlias = str | Sequence[Mapping[str, str]]
# Takes the log-probabilities of the choices and returns the one taken and the log-probability of taking it.
Policy: TypeAlias = Callable[[torch.Tensor], tuple[int, float]]


@dataclass(frozen=True)
class MaskedSampling:
    """Draws from the model's distribution at `temperature`, renormalised over the allowed tokens of each step.

    Weights are relative to the model itself, at temperature 1, whatever the temperature of the draws.
    """

    temperature: float = 1.0
    max_new_tokens: int = 256

    def __post_init__(self) -> None:
        if not 0 < self.temperature < math.inf:
            raise ValueError(
                f"temperature must be above 0 and finite, not {self.temperature} (Greedy() takes the best)"
            )

    def sample(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        automaton: TokenAutomaton,
        prompt: Prompt,
        n: int = 1,
        seed: int | None = None,
        *,
        max_new_tokens: int | None = None,
    ) -> list[Sample]:
        """`n` independent texts, each complete within `max_new_tokens` (of the call, or else of the sampler)."""
        generator = make_generator(seed)

        def policy(log_probs: torch.Tensor) -> tuple[int, float]:
            proposal = (log_probs / self.temperature).log_softmax(dim=-1)
            index = int(torch.multinomial(proposal.exp(), 1, generator=generator))
            return index, float(proposal[index])

        limit = self.max_new_tokens if max_new_tokens is None else max_new_tokens
        return _Walk(automaton, limit, policy).several(Reader(model), encode_prompt(tokenizer, prompt), n)


@dataclass(frozen=True)
class Greedy:
    """Takes the most probable allowed token of each step: one text, the same for every seed.

    It is drawn with certainty, so that its weight is its probability; it says nothing about other texts.
    """

    max_new_tokens: int = 256

    def sample(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        automaton: TokenAutomaton,
        prompt: Prompt,
        n: int = 1,
        seed: int | None = None,
        *,
        max_new_tokens: int | None = None,
    ) -> list[Sample]:
        """The text, `n` times."""
        del seed  # it changes nothing
        limit = self.max_new_tokens if max_new_tokens is None else max_new_tokens
        walk = _Walk(automaton, limit, lambda log_probs: (int(log_probs.argmax()), 0.0))
        return walk.several(Reader(model), encode_prompt(tokenizer, prompt), 1) * n


@dataclass(frozen=True)
class _Walk:
    """Writes one text, a choice at a time: the tokens that the constraint and the budget allow, or to stop."""

    automaton: TokenAutomaton
    limit: int
    policy: Policy

    def several(self, reader: Reader, prompt: Sequence[int], n: int) -> list[Sample]:
        """`n` texts after a prompt, which is read once."""
        logits = reader.read(prompt)[-1]
        return [self.run(reader.fork(), logits) for _ in range(n)]

    def run(self, reader: Reader, logits: torch.Tensor) -> Sample:
        """A text from where `reader` stands; `logits` are the scores of its first token."""
        row: Row | None = budget_of(self.automaton).begin(self.limit)
        tokens: list[int] = []
        log_prob = log_proposal = 0.0
        while row is not None:
            choices, log_probs = self._choices(row, logits)
            index, log_share = self.policy(log_probs if log_probs.isfinite().any() else torch.zeros_like(log_probs))
            log_prob += float(log_probs[index])
            log_proposal += log_share
            row = budget_of(self.automaton).take(row, choices[index]) if index < len(choices) else None
            if row is not None:
                tokens.append(choices[index])
                logits = reader.read(tokens[-1:])[-1]
        text = b"".join(self.automaton.vocabulary.tokens[token] for token in tokens).decode()
        return Sample(text, tokens, log_prob, log_prob - log_proposal)

    def _choices(self, row: Row, logits: torch.Tensor) -> tuple[list[int], torch.Tensor]:
        """The tokens that may come next with their log-probabilities, which end with that of stopping if it may be."""
        log_probs = logits.double().log_softmax(dim=-1)
        if log_probs.isnan().any():
            raise GenerationError(f"the model's scores are not finite numbers ({float(logits.max())})")
        tokens = budget_of(self.automaton).keep(row).tolist()
        shares = log_probs[tokens]
        if self.automaton.is_accepting(row.state):
            stop = log_probs[list(self.automaton.vocabulary.eos_token_ids)].logsumexp(dim=-1)
            shares = torch.cat([shares, stop[None]])
        return tokens, shares
