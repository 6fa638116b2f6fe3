"""A causal language model read token by token: what was read stays in its cache."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class Reader:
    """Feeds tokens to a model and returns its scores of what may come next.

    A model that returns no cache is given the whole text every time.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._cache: Any = None
        self._read: list[int] = []
        self._keeps_logits = "logits_to_keep" in inspect.signature(model.forward).parameters

    def fork(self) -> Reader:
        """A reader that has read the same, and goes on by itself."""
        other = copy.copy(self)
        other._cache, other._read = copy.deepcopy(self._cache), list(self._read)
        return other

    @property
    def cache(self) -> Any:
        """The model's cache of what was read; None where it gives none."""
        return self._cache

    def rewind(self, length: int) -> bool:
        """Forgets all but the first `length` tokens; False, and nothing is forgotten, where the cache cannot do that.

        Caches can that keep every position apart; those of sliding windows and of recurrent layers can not.
        """
        if self._cache is not None:
            from transformers.cache_utils import DynamicLayer

            layers = getattr(self._cache, "layers", ())
            if not layers or any(type(layer) is not DynamicLayer for layer in layers):
                return False
            self._cache.crop(length - len(self._read))
        del self._read[length:]
        return True

    def read(self, tokens: Sequence[int], rows: int = 1) -> torch.Tensor:
        """The scores after each of the last `rows` of `tokens`, in float32 on the CPU."""
        self._read += tokens
        given = self._read if self._cache is None else list(tokens)
        options = {"logits_to_keep": rows} if self._keeps_logits else {}
        device = getattr(self._model, "device", torch.device("cpu"))
        with torch.no_grad():
            output = self._model(
                input_ids=torch.tensor([given], device=device),
                past_key_values=self._cache,
                use_cache=True,
                **options,
            )
        self._cache = getattr(output, "past_key_values", None)
        logits: torch.Tensor = output.logits[0, -rows:]
        return logits.float().cpu()


def encode_prompt(tokenizer: PreTrainedTokenizerBase, prompt: str | Sequence[Mapping[str, str]]) -> list[int]:
    """The ids of a prompt: a text, or the messages of a chat, which go through the tokenizer's chat template."""
    if isinstance(prompt, str):
        tokens = list(tokenizer(prompt)["input_ids"])
    else:
        messages = [dict(message) for message in prompt]
        encoded: Any = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)
        tokens = list(encoded["input_ids"])
    if tokens:
        return tokens
    first: Any = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    if first is None:
        raise ValueError("an empty prompt needs a tokenizer with a token that begins a text")
    return [int(first)]
