"""What a caller may choose of rejection sampling."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constrain import Vocabulary
from constrain.arguments import (
    check_is_model,
    check_is_number,
    check_is_text,
    check_is_tokenizer,
    check_is_whole,
    wrong_type,
)
from constrain.errors import SettingsError
from constrain.fitting import check_vocabulary, logits_width
from constrain.protocols import TokenVocabulary
from constrain.token_bytes.extracted import VocabularyError
from samplers.rejection.estimators import Geometric, Limits, Recursive, Thrifty

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

ESTIMATORS: Final[dict[str, Any]] = {"thrifty": Thrifty, "recursive": Recursive, "geometric": Geometric}


@dataclass(frozen=True)
class ProposalModel:
    """A model to draw tokens with in place of the model itself, at a temperature; weights make up for it.

    It reads the same prompt, token by token, so it has to have the same vocabulary: `check_for` raises
    `VocabularyError` where that differs.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    temperature: float = 1.0

    def __post_init__(self) -> None:
        check_is_model(self.model)
        check_is_tokenizer(self.tokenizer)
        check_is_number("temperature", self.temperature)
        if not 0 < self.temperature < math.inf:
            raise SettingsError("temperature", self.temperature, "above 0 and finite")

    def check_for(self, vocabulary: TokenVocabulary) -> None:
        """Refuses a proposal whose tokens are not those of `vocabulary`."""
        own = Vocabulary.from_tokenizer(self.tokenizer, size=max(len(vocabulary), logits_width(self.model)))
        both = min(len(own), len(vocabulary))
        texts = zip(list(own.tokens)[:both], list(vocabulary.tokens)[:both], strict=True)
        different = next((token for token, (mine, other) in enumerate(texts) if mine != other), None)
        if different is not None:
            raise VocabularyError(
                f"token {different} is {own.tokens[different]!r} to the proposal model and "
                f"{vocabulary.tokens[different]!r} to the model",
                "take a proposal model of the same tokenizer",
            )
        if any(own.tokens[both:]) or any(vocabulary.tokens[both:]):
            raise VocabularyError(
                f"the proposal model has {len(own)} tokens and the model {len(vocabulary)}",
                "take a proposal model of the same tokenizer",
            )
        check_vocabulary(vocabulary, self.model)


@dataclass(frozen=True)
class Rejection:
    """How a token is drawn where the constraint is asked about one at a time.

    `estimator` is "thrifty" (the fewest looks for its variance), "recursive" or "geometric"; see `samplers.rejection`.
    A walk stops after `max_accepts` accepted tokens (at least 2, more of them estimate the weight better) or
    `max_rejects` refused ones (None for as many as there are; a walk that ends so has weight 0). After `mask_after`
    refused tokens the mask is asked for, where the constraint has one (None for never): a place where that happened is
    remembered, and its mask is asked for at once the next time. Raises `SettingsError` for values that mean nothing.
    """

    estimator: str = "thrifty"
    max_accepts: int = 2
    max_rejects: int | None = None
    mask_after: int | None = 3
    proposal: ProposalModel | None = None

    def __post_init__(self) -> None:
        check_is_text("estimator", self.estimator)
        if self.proposal is not None and not isinstance(self.proposal, ProposalModel):
            raise wrong_type("proposal", "a ProposalModel(model, tokenizer)", self.proposal)
        if self.estimator not in ESTIMATORS:
            raise SettingsError("estimator", repr(self.estimator), f"one of {', '.join(map(repr, ESTIMATORS))}")
        for name, least in (("max_accepts", 2), ("max_rejects", 1), ("mask_after", 0)):
            given = getattr(self, name)
            if given is None and name != "max_accepts":
                continue
            check_is_whole(name, given)
            if given < least:
                raise SettingsError(name, given, f"at least {least}")

    @property
    def limits(self) -> Limits:
        """The limits of a walk."""
        return Limits(self.max_accepts, self.max_rejects)
