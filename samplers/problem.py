"""What a sampler works on: a model after a prompt, a language, and the settings that make the target distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from constrain.arguments import (
    check_is_automaton,
    check_is_model,
    check_is_prompt,
    check_is_tokenizer,
    check_is_whole,
    wrong_type,
)
from constrain.budget import Row
from constrain.errors import ContextError, SettingsError
from constrain.fitting import check_vocabulary, context_length
from constrain.protocols import TokenAutomaton
from constrain.scoring import encode_prompt
from samplers.language import Choices, Completable, Constraint, Language, Place, PlaceT, text_of
from samplers.language_model import LanguageModel, TransformersModel
from samplers.sample import Sample
from samplers.statistics import RunStatistics, log_mean
from samplers.target import Scores, Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Prompt: TypeAlias = str | Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Shares:
    """The choices at a place with their log-probabilities `float64[len(choices)]`: the target's, and the model's own.

    The last one is that of the stop, where that is a choice. They do not add up to 1: what is missing is refused.
    """

    choices: Choices
    log_probs: NDArray[np.float64]
    model_log_probs: NDArray[np.float64]


class Proposal(NamedTuple):
    """A language model of the same vocabulary and prompt to draw tokens with, at a temperature."""

    model: LanguageModel
    temperature: float


@dataclass(eq=False)
class Problem(Generic[PlaceT]):
    """The distribution to draw from: the target of a model, conditioned on a language; `ends` are the ids that stop.

    A `proposal` is for samplers that draw tokens from another model, and changes nothing of the distribution.
    """

    model: LanguageModel
    language: Constraint[PlaceT]
    target: Target
    proposal: Proposal | None = None

    def __post_init__(self) -> None:
        self.ends = np.array(sorted(self.language.automaton.vocabulary.eos_token_ids), dtype=np.int64)

    def shares(self, tokens: Sequence[int], place: PlaceT) -> Shares:
        """What may come after `tokens`, which lead to `place`, and how probable it is: at most one forward."""
        return self.shares_of(self.target.read(self.model.logits(tokens)), self.language.choices(place))

    def shares_of(self, scores: Scores, choices: Choices) -> Shares:
        """The log-probabilities of some choices, of a row of scores that was read before."""
        log_probs, model_log_probs = scores.log_probs(choices.tokens), scores.model_log_probs(choices.tokens)
        if choices.may_stop:
            stop, model_stop = scores.pooled(self.ends)
            log_probs, model_log_probs = np.append(log_probs, stop), np.append(model_log_probs, model_stop)
        return Shares(choices, log_probs, model_log_probs)

    def sample(self, tokens: Sequence[int], log_prob: float, log_weight: float) -> Sample:
        """A sample of these tokens."""
        return Sample(text_of(self.language.automaton, tokens), list(tokens), log_prob, log_weight)

    def statistics(self, attempts: int, log_weights: Sequence[float] = ()) -> RunStatistics:
        """What the problem has cost so far, with an estimate of log Z from the weights of independent draws."""
        log_z, error = log_mean(log_weights) if log_weights else (None, None)
        forwards = self.model.forwards + (0 if self.proposal is None else self.proposal.model.forwards)
        return RunStatistics(forwards, self.language.evaluations, attempts, log_z, error)


def check_is_evaluating(model: PreTrainedModel) -> None:
    """Refuses a model in training mode: dropout gives other scores for the same prefix each time, which is no law."""
    if getattr(model, "training", False):
        raise SettingsError("model", "in training mode", "in evaluation mode (call model.eval() first)")


def check_is_target(given: object) -> None:
    """Refuses what is no `Target`, such as a temperature."""
    if not isinstance(given, Target):
        raise wrong_type("target", "a Target, such as Target(temperature=0.7)", given)


@dataclass(frozen=True)
class Request:
    """The arguments of a call of `sample`, checked: before the model runs, what does not fit together is refused.

    Raises `TypeError` and `SettingsError` for arguments that cannot be used (a model in training mode is one),
    `VocabularyError` for an automaton of another vocabulary than the model's, and `ContextError` where the prompt fills
    the model's context.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    automaton: TokenAutomaton
    prompt: Prompt
    n: int
    max_new_tokens: int

    def __post_init__(self) -> None:
        check_is_model(self.model)
        check_is_evaluating(self.model)
        check_is_tokenizer(self.tokenizer)
        check_is_automaton(self.automaton)
        check_is_prompt(self.prompt)
        for name, least in (("n", 0), ("max_new_tokens", 0)):
            check_is_whole(name, getattr(self, name))
            if getattr(self, name) < least:
                raise SettingsError(name, getattr(self, name), f"at least {least}")
        check_vocabulary(self.automaton.vocabulary, self.model)

    def exact(self, target: Target) -> Problem[Place]:
        """The problem whose language has every sequence that fits in the budget."""
        check_is_target(target)
        prompt, limit = self._prompt_and_limit()
        return Problem(TransformersModel(self.model, prompt), Language(self.automaton, limit), target)

    def completable(self, target: Target) -> Problem[Row]:
        """The problem whose language has the sequences along which an end is always known to fit."""
        check_is_target(target)
        prompt, limit = self._prompt_and_limit()
        return Problem(TransformersModel(self.model, prompt), Completable(self.automaton, limit), target)

    def _prompt_and_limit(self) -> tuple[list[int], int]:
        """The prompt as the model reads it, and the budget: what was asked for, or what the context leaves of it."""
        tokens, context = encode_prompt(self.tokenizer, self.prompt), context_length(self.model)
        if context is not None and len(tokens) >= context:
            raise ContextError(len(tokens), context, 1)
        return tokens, self.max_new_tokens if context is None else min(self.max_new_tokens, context - len(tokens))
