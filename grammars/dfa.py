"""Deterministic automata over code points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Dfa:
    """A trimmed deterministic automaton over code points; state 0 is the start.

    The edges of state `q` are `offsets[q]..offsets[q + 1]`: disjoint code point intervals `lows..highs` (inclusive,
    ascending) with their `targets`. `labels[q]` is -1 where no text may end, otherwise what was recognised (0 for a
    plain acceptor). Every state is reachable and can reach acceptance; the empty language has no states.
    """

    offsets: NDArray[np.int32]
    lows: NDArray[np.int32]
    highs: NDArray[np.int32]
    targets: NDArray[np.int32]
    labels: NDArray[np.int32]
