"""One text to write: from which model, under which constraint, with which settings; refused early if it cannot be."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from constrain.arguments import (
    check_is_automaton,
    check_is_number,
    check_is_prompt,
    check_is_sampler,
    check_is_truth,
    check_is_whole,
)
from constrain.budget import budget_of
from constrain.decoding import Decoding, Statistics
from constrain.drawing import SEEDS, DrawSettings, make_generator
from constrain.errors import ContextError, GenerationError
from constrain.fitting import check_vocabulary, context_length
from constrain.protocols import DEAD, Sampler, TokenAutomaton
from constrain.scoring import encode_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Prompt: TypeAlias = str | Sequence[Mapping[str, str]]
ATTEMPTS: Final = 5
"""How many texts are written where a text may turn out not to be valid."""
_SEED_STEP: Final = 1_000_003


@dataclass(frozen=True)
class Settings:
    """What the caller of any way of generating may set; None leaves a setting out."""

    max_new_tokens: int
    seed: int | None
    temperature: float | None
    top_k: int | None
    top_p: float | None
    statistics: Statistics | None
    jump_forward: bool = False

    def __post_init__(self) -> None:
        """Refuses values of a wrong type."""
        check_is_whole("max_new_tokens", self.max_new_tokens)
        check_is_truth("jump_forward", self.jump_forward)
        for name in ("seed", "top_k"):
            if getattr(self, name) is not None:
                check_is_whole(name, getattr(self, name))
        for name in ("temperature", "top_p"):
            if getattr(self, name) is not None:
                check_is_number(name, getattr(self, name))

    @cached_property
    def draw(self) -> DrawSettings:
        """Those of a single draw."""
        return DrawSettings(1.0 if self.temperature is None else self.temperature, self.top_k, self.top_p)

    def check_for_sampler(self) -> None:
        """Refuses what a sampler brings itself."""
        given = (self.temperature, self.top_k, self.top_p, self.statistics, self.jump_forward or None)
        if any(setting is not None for setting in given):
            raise ValueError(
                "temperature, top_k, top_p, statistics and jump_forward belong to the sampler: set them there"
            )


@dataclass(frozen=True)
class Task:
    """What every way of generating needs: where from, under what constraint, within what budget."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    automaton: TokenAutomaton
    prompt: Prompt
    settings: Settings

    def __post_init__(self) -> None:
        """Refuses, before the model runs, what does not fit together and a budget or context that holds no value."""
        check_is_automaton(self.automaton)
        check_is_prompt(self.prompt)
        check_vocabulary(self.automaton.vocabulary, self.model)
        budget = budget_of(self.automaton)
        budget.begin(self.settings.max_new_tokens)
        context, needed = context_length(self.model), budget.needed(self.automaton.start)
        if context is not None and len(self.prompt_tokens) + needed > context:
            raise ContextError(len(self.prompt_tokens), context, needed)

    @cached_property
    def prompt_tokens(self) -> list[int]:
        """The prompt as the model reads it."""
        return encode_prompt(self.tokenizer, self.prompt)

    @property
    def max_new_tokens(self) -> int:
        """The budget of the value: what was asked for, or what the prompt leaves of the model's context."""
        context = context_length(self.model)
        asked = self.settings.max_new_tokens
        return asked if context is None else min(asked, context - len(self.prompt_tokens))

    def attempts(self, sampler: Sampler | None) -> Iterator[Task]:
        """The task, and the same with other draws, where there is something to draw."""
        yield self
        seed = self.settings.seed
        is_fixed = sampler is None and self.settings.temperature == 0
        for number in range(1, 1 if is_fixed else ATTEMPTS):
            # Far from the seeds next to it, which the caller may use for other values.
            drawn = None if seed is None else (seed + number * _SEED_STEP) % SEEDS.stop
            yield replace(self, settings=replace(self.settings, seed=drawn))

    def write(self, sampler: Sampler | None) -> str:
        """One text, drawn token by token or by a sampler."""
        if sampler is None:
            return self.checked("".join(self.pieces()))
        check_is_sampler(sampler)
        self.settings.check_for_sampler()
        return self.checked(self._sample(sampler))

    def pieces(self) -> Iterator[str]:
        """Draws one text; the pieces are whole characters even where a token is not."""
        given = self.settings
        tokens = Decoding(
            model=self.model,
            automaton=self.automaton,
            prompt=self.prompt_tokens,
            budget=budget_of(self.automaton),
            max_new_tokens=self.max_new_tokens,
            settings=given.draw,
            generator=make_generator(given.seed),
            statistics=given.statistics if given.statistics is not None else Statistics(),
            jump_forward=given.jump_forward,
        )
        return self._characters(tokens)

    def _characters(self, tokens: Decoding) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")()
        for token in tokens:
            piece = decoder.decode(self.automaton.vocabulary.tokens[token])
            if piece:
                yield piece
        decoder.decode(b"", final=True)

    def _sample(self, sampler: Sampler) -> str:
        """One text from a sampler, which is held to the constraint and to the budget."""
        limit = self.max_new_tokens
        drawn = sampler.sample(
            self.model,
            self.tokenizer,
            self.automaton,
            self.prompt,
            n=1,
            seed=self.settings.seed,
            max_new_tokens=limit,
        )
        if not drawn:
            raise GenerationError("the sampler found no value of the language within its limits")
        if len(drawn[0].tokens) > limit:
            raise GenerationError(f"the sampler took {len(drawn[0].tokens)} tokens, {limit} were allowed")
        return drawn[0].text

    def checked(self, text: str) -> str:
        """`text`, which has to be a member of the language: the last line of defence."""
        state = self.automaton.advance_bytes(self.automaton.start, text.encode())
        if state == DEAD or not self.automaton.is_accepting(state):
            raise GenerationError(f"the text is not a complete member of the language: {text!r}")
        return text
