"""The constraint as a `transformers` logits processor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LogitsProcessor

from constrain.apply import apply_mask
from constrain.arguments import check_is_automaton, check_is_model
from constrain.device_rows import DeviceRows
from constrain.errors import ConstraintViolationError
from constrain.fitting import check_vocabulary, check_width
from constrain.prefixes import FINISHED, Place, PrefixMemory
from constrain.protocols import DEAD, TokenAutomaton, TokenVocabulary
from constrain.score_memory import ScoreMemory

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["ConstraintLogitsProcessor", "ConstraintViolationError"]


class ConstraintLogitsProcessor(LogitsProcessor):
    """Keeps `model.generate` inside the language of an automaton, or of one automaton for every prompt of the batch.

    Scores of refused tokens become minus infinity, the others stay as they are. The states are found from the tokens,
    so that rows may be permuted, dropped, repeated and taken back (beams, `num_return_sequences`, assisted generation).
    It serves one `generate` call after the other, whatever their prompts and batch sizes, from one thread at a time.
    A prompt that is one token longer than the rows it saw last goes on with them; call `reset()` to begin anew.

    Given the `model` too, it refuses a vocabulary that is not the model's with `VocabularyError`, for instance one that
    ends a text at another id than `model.generate` does. A processor sees no more of a model than its scores; without
    the model, only scores too narrow for the vocabulary are found.

    Scores on an accelerator are masked there, by rows that stay on it (`DeviceRows`); processors that follow one
    another, or work side by side, can share them by being given the same `rows`.
    """

    def __init__(
        self,
        automaton: TokenAutomaton | Sequence[TokenAutomaton],
        model: PreTrainedModel | None = None,
        *,
        rows: DeviceRows | None = None,
    ) -> None:
        self.automata = tuple(automaton) if isinstance(automaton, Sequence) else (automaton,)
        if not self.automata:
            raise ValueError("a ConstraintLogitsProcessor needs at least one automaton")
        for each in self.automata:
            check_is_automaton(each)
        if len({(len(each.vocabulary), tuple(each.vocabulary.eos_token_ids)) for each in self.automata}) > 1:
            raise ValueError("the automata of one batch must be compiled for one vocabulary")
        if model is not None:
            check_is_model(model)
            check_vocabulary(self.vocabulary, model)
        if rows is not None and rows.mask_words != self.vocabulary.mask_words:
            raise ValueError(
                f"rows are of {rows.mask_words} words and those of the vocabulary of {self.vocabulary.mask_words}: "
                "give DeviceRows the mask_words of the vocabulary"
            )
        self._ends = Ends(self.vocabulary)
        self._rows, self._scores = rows, ScoreMemory()
        self._checked_width = -1
        self.reset()

    @property
    def vocabulary(self) -> TokenVocabulary:
        """The vocabulary that the automata share."""
        return self.automata[0].vocabulary

    def reset(self) -> None:
        """Forgets the rows seen so far: the next call begins with new prompts."""
        self._memory = PrefixMemory(self.automata)

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """`scores` with minus infinity for every token that the constraint refuses after the rows of `input_ids`."""
        self._check_width(scores.shape[-1])
        rows = np.ascontiguousarray(input_ids.detach().cpu().numpy(), dtype=np.int64)
        places = self._memory.places(rows, _is_draft(input_ids))
        return cast(torch.FloatTensor, self._masked(places, scores))

    def _masked(self, places: list[Place], scores: torch.Tensor) -> torch.Tensor:
        if scores.requires_grad and torch.is_grad_enabled():
            return apply_mask(scores, self._masks(places))
        return self._on_cpu(places, scores) if scores.device.type == "cpu" else self._on_device(places, scores)

    def _on_cpu(self, places: list[Place], scores: torch.Tensor) -> torch.Tensor:
        return apply_mask(scores, self._masks(places), out=self._scores.empty_scores(scores))

    def _masks(self, places: list[Place]) -> NDArray[np.uint32]:
        words = np.empty((len(places), self.vocabulary.mask_words), dtype=np.uint32)
        for prompt, automaton in enumerate(self.automata):
            rows = [row for row, place in enumerate(places) if place.prompt == prompt and place.state >= 0]
            if rows:
                words[rows] = _filled(automaton, [places[row].state for row in rows])
        for row, place in enumerate(places):
            if place.state == FINISHED:
                words[row] = self._ends.row
            elif place.state == DEAD:
                # Only in a draft: its earlier tokens decide that this one is never looked at.
                words[row] = np.uint32(0xFFFFFFFF)
        return words

    def _on_device(self, places: list[Place], scores: torch.Tensor) -> torch.Tensor:
        if self._rows is None or self._rows.device != scores.device:
            self._rows = DeviceRows(self.vocabulary.mask_words, scores.device)
        return self._rows.apply(scores, [self._row(place) for place in places])

    def _row(self, place: Place) -> tuple[TokenAutomaton | Ends, int] | None:
        if place.state == FINISHED:
            return self._ends, 0
        return None if place.state == DEAD else (self.automata[place.prompt], place.state)

    def _check_width(self, width: int) -> None:
        if width != self._checked_width:
            check_width(self.vocabulary, width)
            self._checked_width = width


def _filled(automaton: TokenAutomaton, states: list[int]) -> NDArray[np.uint32]:
    out = np.empty((len(states), automaton.vocabulary.mask_words), dtype=np.uint32)
    automaton.fill(np.array(states, dtype=np.int64), out)
    return out


class Ends:
    """What may follow a finished text: the ends of one, again and again."""

    def __init__(self, vocabulary: TokenVocabulary) -> None:
        bits = np.zeros(vocabulary.mask_words * 32, dtype=np.uint8)
        bits[list(vocabulary.eos_token_ids)] = 1
        self.row = np.packbits(bits, bitorder="little").view("<u4").astype(np.uint32, copy=False)

    def mask(self, state: int) -> NDArray[np.uint32]:  # noqa: ARG002 - as automata have it; there is one state
        """The row of the ends."""
        return self.row


def _is_draft(input_ids: torch.Tensor) -> bool:
    """Whether the rows are a part of longer rows: then their tokens are a draft that `generate` is about to judge.

    Assisted generation asks for the scores after every prefix of a draft, refused ones included, and slices the
    prefixes from one tensor. Every other loop of `generate` owns the tensor that it hands over.
    """
    return input_ids.untyped_storage().nbytes() > input_ids.numel() * input_ids.element_size()
