"""Random choices of tokens that reach into the corners of a language."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jsonschema_bench.tokenise import Row, allowed

Ids = npt.NDArray[np.int64]


def allowed_ids(row: Row) -> Ids:
    """The tokens whose bits are set."""
    return np.flatnonzero(np.unpackbits(np.ascontiguousarray(row).view(np.uint8), bitorder="little"))


class Drawer:
    """Draws tokens of a vocabulary: any allowed one, a short one, or one by its first byte.

    Drawn evenly over all tokens, nearly every token would lengthen a string; by their first bytes, quotes, digits and
    brackets have their turn.
    """

    def __init__(self, tokens: Sequence[bytes]) -> None:
        self.first = np.array([token[0] if token else 0 for token in tokens], np.uint8)
        self.lengths = np.array([len(token) for token in tokens])

    def draw(self, rng: random.Random, ids: Ids) -> int:
        """One of the ids."""
        style = rng.randrange(4)
        if style == 0:
            return int(rng.choice(ids))
        if style == 1:
            few = [int(rng.choice(ids)) for _ in range(8)]
            return min(few, key=lambda token: self.lengths[token])
        firsts = self.first[ids]
        return int(rng.choice(ids[firsts == rng.choice(np.unique(firsts))]))


class QuickDrawer:
    """Draws an allowed token by looking at few bits: half of the time a single byte, else any token that is found."""

    TRIES = 16

    def __init__(self, tokens: Sequence[bytes]) -> None:
        self.size = len(tokens)
        self.singles = np.array([i for i, token in enumerate(tokens) if len(token) == 1], np.int64)
        self._words, self._bits = self.singles >> 5, (self.singles & 31).astype(np.uint32)

    def draw(self, rng: random.Random, row: Row) -> int | None:
        """A token, or None where no single byte is allowed: the text has come to its end."""
        if rng.random() < 0.5:
            tried = (rng.randrange(self.size) for _ in range(self.TRIES))
            found = next((token for token in tried if allowed(row, token)), None)
            if found is not None:
                return found
        singles = self.singles[(row[self._words] >> self._bits) & 1 == 1]
        return int(rng.choice(singles)) if len(singles) else None
