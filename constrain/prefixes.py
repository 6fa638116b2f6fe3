"""Finds the state of a row of token ids from its tokens alone, whatever was done to the rows of the batch.

Every prefix seen since the prompt is remembered by a 128-bit digest of its ids. A row costs one pass of hashing, one
look-up of all but its last token, and one `advance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from constrain.errors import ConstraintViolationError
from constrain.protocols import DEAD, TokenAutomaton

# What follows the end of a sequence is padding and means nothing.
FINISHED: Final = -2
# How far rows may be taken back: drafts of assisted generation are far shorter.
REMEMBERED_LENGTHS: Final = 512


@dataclass(frozen=True)
class Place:
    """Where a row stands: the number of its prompt, and the state of that prompt's automaton."""

    prompt: int
    state: int


@dataclass
class PrefixMemory:
    """The prefixes of one generation, by length and digest."""

    automata: Sequence[TokenAutomaton]
    rows: int = 0
    prompt_length: int = -1
    last_length: int = -1
    drafts: bool = False
    _places: dict[int, dict[tuple[int, bytes], Place]] = field(default_factory=dict)

    def places(self, rows: NDArray[np.int64], is_draft: bool) -> list[Place]:
        """The place of every row; rows that do not go on from what is known begin a new generation.

        A draft is a part of longer rows that is about to be judged. It may leave the language, its place is `DEAD`
        then, and after it rows may be taken back. Without drafts, rows that become shorter are new prompts, and a
        refused token raises `ConstraintViolationError`.
        """
        self.drafts = self.drafts or is_draft
        found = self._follow_all(rows) if self._may_go_on(rows) else None
        if found is None:
            return self._begin(rows, is_draft)
        dead = next((row for row, place in enumerate(found) if place.state == DEAD), None)
        if dead is not None and not self.drafts:
            raise self._violation(rows, dead)
        self.last_length = rows.shape[1]
        self._places.pop(self.last_length - REMEMBERED_LENGTHS, None)
        return found

    def _may_go_on(self, rows: NDArray[np.int64]) -> bool:
        length = rows.shape[1]
        if not 0 <= self.prompt_length < length:
            return False
        again = length == self.last_length and None not in [self._known(rows, row) for row in range(len(rows))]
        return self.drafts or again or length > self.last_length

    def _begin(self, rows: NDArray[np.int64], is_draft: bool) -> list[Place]:
        count, length = rows.shape
        if count % len(self.automata):
            raise ValueError(f"{count} rows cannot be shared among {len(self.automata)} automata: one for each prompt")
        self.rows, self.prompt_length, self.last_length = count, length, length
        self.drafts, self._places = is_draft, {}
        prompts = [row * len(self.automata) // count for row in range(count)]
        places = [Place(prompt, self.automata[prompt].start) for prompt in prompts]
        for place, row in zip(places, rows, strict=True):
            self._keep(length, _digests(row)[1], place)
        return places

    def _follow_all(self, rows: NDArray[np.int64]) -> list[Place] | None:
        found = []
        for index, row in enumerate(rows):
            place = self._follow(row, self._prompt(index, len(rows)))
            if place is None:
                return None
            found.append(place)
        return found

    def _follow(self, row: NDArray[np.int64], prompt: int | None) -> Place | None:
        parent_digest, digest = _digests(row)
        known = self._find(len(row), prompt, digest)
        if known is not None:
            return known
        parent = self._find(len(row) - 1, prompt, parent_digest)
        if parent is None:
            return None
        place = Place(parent.prompt, self._advance(parent, int(row[-1])))
        self._keep(len(row), digest, place)
        return place

    def _advance(self, place: Place, token: int) -> int:
        automaton = self.automata[place.prompt]
        if place.state < 0:
            return place.state
        if token in automaton.vocabulary.eos_token_ids and automaton.is_accepting(place.state):
            return FINISHED
        return automaton.advance(place.state, token)

    def _known(self, rows: NDArray[np.int64], index: int) -> Place | None:
        return self._find(rows.shape[1], self._prompt(index, len(rows)), _digests(rows[index])[1])

    def _prompt(self, row: int, rows: int) -> int | None:
        """The prompt a row belongs to by its place, or None where rows were dropped and the place does not say."""
        if len(self.automata) == 1:
            return 0
        return row * len(self.automata) // rows if rows == self.rows else None

    def _find(self, length: int, prompt: int | None, digest: bytes) -> Place | None:
        known = self._places.get(length, {})
        prompts = range(len(self.automata)) if prompt is None else (prompt,)
        return next((known[index, digest] for index in prompts if (index, digest) in known), None)

    def _keep(self, length: int, digest: bytes, place: Place) -> None:
        self._places.setdefault(length, {})[place.prompt, digest] = place

    def _violation(self, rows: NDArray[np.int64], index: int) -> ConstraintViolationError:
        row, token = rows[index], int(rows[index, -1])
        parent = self._find(len(row) - 1, self._prompt(index, len(rows)), _digests(row)[0])
        if parent is None or parent.state < 0:
            return ConstraintViolationError(index, token, "an earlier token was refused")
        return ConstraintViolationError(index, token, self.automata[parent.prompt].explain(parent.state, token))


def _digests(row: NDArray[np.int64]) -> tuple[bytes, bytes]:
    """The digests of a row without its last token, and of the whole row."""
    running = blake2b(row[:-1].tobytes(), digest_size=16)
    parent = running.digest()
    running.update(row[-1:].tobytes())
    return parent, running.digest()
