"""Mask rows that live on an accelerator, so that a step in known states sends numbers of rows and not the rows."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from threading import Lock
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from constrain.arguments import check_is_whole
from constrain.device_masks import mask_from_table

FIRST_ROWS: Final = 64
DEFAULT_LIMIT: Final = 1 << 28


class Masks(Protocol):
    """What gives mask rows: an automaton."""

    def mask(self, state: int) -> NDArray[np.uint32]:
        """A bit for every token that may come next."""


Place: TypeAlias = tuple[Masks, int] | None
"""Where a row of a batch stands: an automaton and its state, or None for a row without a constraint."""


class DeviceRows:
    """A table of mask rows on a device, for all automata over vocabularies of `mask_words` words.

    `apply` looks every state up, sends the rows that the table does not have, and one kernel (Triton where it is
    there, torch otherwise) finds the rows by their numbers and masks the scores. The table grows up to `limit` bytes,
    then the rows that were not used for longest are replaced. It may be shared by processors, batches and threads;
    all work has to be on one stream of the device.
    """

    def __init__(self, mask_words: int, device: torch.device | str, *, limit: int = DEFAULT_LIMIT) -> None:
        check_is_whole("mask_words", mask_words)
        check_is_whole("limit", limit)
        self._most = limit // (4 * max(1, mask_words))
        if mask_words < 1 or self._most < 1:
            raise ValueError(f"limit has to be the bytes of one row ({4 * mask_words}) or more, not {limit}")
        self._table = torch.empty((min(FIRST_ROWS, self._most), mask_words), dtype=torch.int32, device=device)
        self._places: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._serials = Serials()
        self._lock = Lock()

    @property
    def mask_words(self) -> int:
        """How many 32-bit words a row has."""
        return self._table.shape[1]

    @property
    def device(self) -> torch.device:
        """Where the rows are."""
        return self._table.device

    @property
    def memory_bytes(self) -> int:
        """What the table occupies on the device, at most `limit`."""
        return self._table.numel() * 4

    def __len__(self) -> int:
        return len(self._places)

    def apply(self, logits: torch.Tensor, places: Sequence[Place], *, out: torch.Tensor | None = None) -> torch.Tensor:
        """`logits` of `[batch, width]` with minus infinity for refused tokens, as a new tensor or in `out`.

        `places` says for every row where it stands. `out=logits` masks in place. Raises `ValueError` where the table
        may not hold as many different rows as the batch needs, and where a gradient would have to flow.
        """
        if logits.requires_grad and torch.is_grad_enabled():
            raise ValueError("no gradient flows through DeviceRows: use apply_mask, or call this under torch.no_grad()")
        if logits.dim() != 2 or len(places) != len(logits):
            raise ValueError(f"logits have to be [{len(places)}, width], a row for each place: {list(logits.shape)}")
        target = torch.empty_like(logits) if out is None else out
        self._make(places)
        with self._lock:
            # Until the kernel is under way no other thread may replace the rows.
            numbers = torch.tensor(self._numbers(places), dtype=torch.int32).to(self.device, non_blocking=True)
            mask_from_table(logits, self._table, numbers, target)
        return target

    def _make(self, places: Sequence[Place]) -> None:
        """Lets the automata make the rows that are missing, which may take long, while nobody waits for the table."""
        with self._lock:
            missing = [
                place for place in places if place and (self._serials.of(place[0]), place[1]) not in self._places
            ]
        for automaton, state in missing:
            automaton.mask(state)

    def _key(self, place: Place) -> tuple[int, int] | None:
        return None if place is None else (self._serials.of(place[0]), place[1])

    def _numbers(self, places: Sequence[Place]) -> list[int]:
        """The rows of the table, -1 for places without a constraint; those that are missing are sent."""
        keys = [self._key(place) for place in places]
        wanted = {key: place for key, place in zip(keys, places, strict=True) if key and place}
        if len(wanted) > self._most:
            raise ValueError(f"the batch needs {len(wanted)} rows, limit lets the table have {self._most}: raise it")
        for key in wanted:
            if key in self._places:
                self._places.move_to_end(key)
        missing = {key: place for key, place in wanted.items() if key not in self._places}
        if missing:
            self._send(list(missing), [automaton.mask(state) for automaton, state in missing.values()])
        return [-1 if key is None else self._places[key] for key in keys]

    def _send(self, keys: list[tuple[int, int]], rows: list[NDArray[np.uint32]]) -> None:
        sent = torch.from_numpy(np.stack(rows).view(np.int32)).to(self.device)
        self._grow(min(self._most, len(self._places) + len(keys)))
        numbers = [self._room(key) for key in keys]
        self._table.index_copy_(0, torch.tensor(numbers, device=self.device), sent)

    def _room(self, key: tuple[int, int]) -> int:
        """A row of the table for a new key: a free one, or that of the key that was not used for longest."""
        number = len(self._places)
        if number >= self._most:
            number = self._places.popitem(last=False)[1]
        self._places[key] = number
        return number

    def _grow(self, least: int) -> None:
        """Makes sure that the table has so many rows; it doubles."""
        if least <= len(self._table):
            return
        size = min(self._most, max(least, 2 * len(self._table)))
        grown = torch.empty((size, self._table.shape[1]), dtype=torch.int32, device=self.device)
        grown[: len(self._table)] = self._table
        self._table = grown


class Serials:
    """Numbers for objects, never given twice, unlike `id`; an object is not kept alive for it."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._next = count()

    def of(self, thing: Any) -> int:
        """The number of an object."""
        known = self._known.get(id(thing))
        if known is not None and known[0]() is thing:
            return known[1]
        number = next(self._next)
        self._known[id(thing)] = (weakref.ref(thing, self._forgetting(id(thing), number)), number)
        return number

    def _forgetting(self, identity: int, number: int) -> Any:
        def forget(_: object) -> None:
            known = self._known.get(identity)
            if known is not None and known[1] == number:
                del self._known[identity]

        return forget
