"""Automata that come with the package, because to build them takes longer than a model may wait for its next mask.

`grammars/data/automata.json` maps names to arrays; `python -m grammars.make_stored` writes it.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from grammars.dfa import Dfa
from grammars.memo import remembered

FILE = Path(__file__).parent / "data" / "automata.json"
"""Where the automata are."""

_WORD = np.dtype("<i4")


@remembered(64)
def stored(name: str) -> Dfa:
    """The automaton of that name."""
    return _decoded(_texts()[name])


def stored_names() -> set[str]:
    """The names of all automata in the file."""
    return set(_texts())


def written(dfas: Mapping[str, Dfa]) -> str:
    """The content of the file for these automata."""
    texts = {name: _encoded(dfas[name]) for name in sorted(dfas)}
    return json.dumps(texts, indent=0) + "\n"


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = json.loads(FILE.read_text("ascii"))
    return texts


# All first bytes of the numbers stand together, then all second ones: that compresses better.
def _encoded(dfa: Dfa) -> str:
    header = np.array([dfa.size, len(dfa.lows)])
    words = np.concatenate([header, dfa.offsets, dfa.lows, dfa.highs, dfa.targets, dfa.labels])
    planes = words.astype(_WORD).view(np.uint8).reshape(-1, _WORD.itemsize).T
    return b64encode(zlib.compress(planes.tobytes(), 9)).decode("ascii")


def _decoded(text: str) -> Dfa:
    planes = np.frombuffer(zlib.decompress(b64decode(text)), dtype=np.uint8).reshape(_WORD.itemsize, -1)
    words = np.ascontiguousarray(planes.T).view(_WORD).ravel().astype(np.int32)
    states, edges = (int(count) for count in words[:2])
    offsets, lows, highs, targets, labels = np.split(words[2:], np.cumsum([states + 1, edges, edges, edges]))
    return Dfa(offsets, lows, highs, targets, labels)
