"""The call that samplers have in common: from a model and a prompt to the problem that they draw from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from constrain.arguments import check_is_whole
from constrain.errors import SettingsError
from constrain.protocols import TokenAutomaton
from samplers.language import Place, PlaceT
from samplers.problem import Problem, Prompt, Request, check_is_target
from samplers.randomness import make_rng
from samplers.sample import Samples
from samplers.target import OWN, Target

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


SamplesT = TypeVar("SamplesT", bound=Samples)


class ProblemSampler(ABC, Generic[PlaceT, SamplesT]):
    """A sampler by what it does with a problem: `pose` says which, `draw` draws from it.

    A problem can be kept: who calls `draw` again with it has the model read nothing anew that it still knows.
    """

    max_new_tokens: int

    def __post_init__(self) -> None:
        """Refuses a budget and a target that are none."""
        check_is_whole("max_new_tokens", self.max_new_tokens)
        if self.max_new_tokens < 0:
            raise SettingsError("max_new_tokens", self.max_new_tokens, "at least 0")
        check_is_target(getattr(self, "target", OWN))

    @abstractmethod
    def pose(self, request: Request) -> Problem[PlaceT]:
        """The problem that a request stands for."""

    @abstractmethod
    def draw(self, problem: Problem[PlaceT], n: int, rng: np.random.Generator) -> SamplesT:
        """`n` samples of a problem; the statistics are those of the problem since it was posed."""

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
    ) -> SamplesT:
        """`n` samples of at most `max_new_tokens` tokens (of the call, or else of the sampler)."""
        limit = self.max_new_tokens if max_new_tokens is None else max_new_tokens
        rng = make_rng(seed)
        return self.draw(self.pose(Request(model, tokenizer, automaton, prompt, n, limit)), n, rng)


class ExactSampler(ProblemSampler[Place, SamplesT]):
    """A sampler of a target distribution on all sequences that fit in the budget."""

    target: Target

    def pose(self, request: Request) -> Problem[Place]:
        """The target on the language to the letter."""
        return request.exact(self.target)
