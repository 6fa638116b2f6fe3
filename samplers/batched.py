"""Several prefixes read in one forward, with one cache: its rows are the prefixes that were read last."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import torch

from samplers.target import Logits

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class BatchReader:
    """Reads rows of tokens after a prompt, whose cache is `start`; all rows of a call have the same length, above 0.

    Where every row goes on from one that was read last by a token, the rows of the cache are put in that order, some
    of them perhaps several times and others not at all, and one token is read for each. Other rows are read whole.
    """

    def __init__(self, model: PreTrainedModel, start: Any) -> None:
        self._model, self._start = model, start
        self._cache: Any = None
        self._places: dict[tuple[int, ...], int] = {}
        self._keeps_logits = "logits_to_keep" in inspect.signature(model.forward).parameters

    def read(self, rows: Sequence[tuple[int, ...]]) -> list[Logits]:
        """The scores `float32[width]` after each of several different rows, in one forward."""
        # Whoever interrupts what follows leaves a cache that nobody may go on from.
        places, self._places = self._places, {}
        cache, new = self._cache_for(rows, places)
        logits = self._forward(cache, new)
        self._cache, self._places = cache, {row: place for place, row in enumerate(rows)}
        return logits

    def _cache_for(
        self, rows: Sequence[tuple[int, ...]], places: Mapping[tuple[int, ...], int]
    ) -> tuple[Any, list[tuple[int, ...]]]:
        """A cache with a row for each of `rows`, and what of them it has not read; `places` are those it has read."""
        parents = [places.get(row[:-1]) for row in rows]
        order = [parent for parent in parents if parent is not None]
        if len(order) < len(rows):
            return repeated(self._start, len(rows)), list(rows)
        if order != list(range(len(places))):
            self._cache.batch_select_indices(torch.tensor(order, device=self._device))
        return self._cache, [row[-1:] for row in rows]

    @property
    def _device(self) -> torch.device:
        return getattr(self._model, "device", torch.device("cpu"))

    def _forward(self, cache: Any, rows: list[tuple[int, ...]]) -> list[Logits]:
        options = {"logits_to_keep": 1} if self._keeps_logits else {}
        with torch.no_grad():
            given = torch.tensor(rows, device=self._device)
            output = self._model(input_ids=given, past_key_values=cache, use_cache=True, **options)
        return list(output.logits[:, -1].float().cpu().numpy())


def can_repeat(cache: Any) -> bool:
    """Whether a cache keeps its rows apart, so that they can be copied and reordered."""
    from transformers.cache_utils import DynamicLayer

    layers = getattr(cache, "layers", ())
    return bool(layers) and all(isinstance(layer, DynamicLayer) for layer in layers)


def repeated(cache: Any, count: int) -> Any:
    """A copy of a cache of one row with `count` rows."""
    copied = deepcopy(cache)
    copied.batch_repeat_interleave(count)
    return copied
