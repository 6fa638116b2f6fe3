"""The time that the tree takes for a token beyond the model's, with a vocabulary of 131,072 tokens.

It is the processor's time of the fastest tenth of the texts: what else runs on the same cores only adds to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from time import thread_time
from typing import Final

import numpy as np

from constrain import Automaton, Vocabulary, compile_regex
from samplers.language import Language, Place
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.target import OWN, Logits
from samplers.tree.node import Node
from samplers.tree.prefix_tree import PrefixTree
from samplers.tree.walk import attempt
from samplers.validate.figures import Check, Figure, Found, Settings, Tick

WIDTH: Final = 131_072
LIMIT: Final = 0.5  # ms
TOKENS: Final = 32
TEXTS: Final = 60
_ROWS: Final = 16
# Wide: all but a few tokens are allowed. Narrow: a few hundred are.
PATTERNS: Final = {"nearly all tokens allowed": ".{0,4000}", "few tokens allowed": "[a-f]{0,4000}"}


class ReadyModel:
    """Scores of N(0, 3²) that cost nothing; which row a prefix gets is told by its last token."""

    forwards = 0
    prompt: tuple[int, ...] = ()

    def __init__(self) -> None:
        rows = np.random.default_rng(0).standard_normal((_ROWS, WIDTH), dtype=np.float32) * 3
        self.rows = rows

    @property
    def owner(self) -> object:
        """The rows themselves."""
        return self

    def logits(self, tokens: Sequence[int]) -> Logits:
        """A row."""
        self.forwards += 1
        row: Logits = self.rows[tokens[-1] % _ROWS if tokens else 0]
        return row

    def logits_of(self, rows: Sequence[Sequence[int]]) -> list[Logits]:
        """Rows."""
        return [self.logits(row) for row in rows]


@cache
def wide_vocabulary() -> Vocabulary:
    """All bytes, and random words of letters."""
    source = np.random.default_rng(0)
    letters = source.integers(97, 123, size=(2 * WIDTH, 8), dtype=np.uint8)
    lengths = source.integers(2, 9, size=2 * WIDTH)
    words = {bytes(row[:length]) for row, length in zip(letters, lengths, strict=True)}
    texts = [bytes([byte]) for byte in range(256)] + sorted(words)
    return Vocabulary([b"", *texts[: WIDTH - 1]], [0])


def _run(_: Settings, tick: Tick) -> Found:
    figures = []
    for name, pattern in PATTERNS.items():
        automaton = compile_regex(pattern, wide_vocabulary())
        _times(automaton, 3)  # the first use of an automaton makes its tables
        new, known = _times(automaton, TEXTS)
        figures.append(Figure(f"ms a token that the tree does not know, {name}", new, LIMIT))
        figures.append(Figure(f"ms a token that the tree knows, {name}", known, LIMIT))
        tick()
    return Found(tuple(figures))


def _times(automaton: Automaton, texts: int) -> tuple[float, float]:
    """Milliseconds a token, the first decile over texts: of one on a fresh tree, and of known nodes."""
    problem: Problem[Place] = Problem(ReadyModel(), Language(automaton, TOKENS), OWN)
    new, known = [], []
    for seed in range(texts):
        tree = PrefixTree(problem.language.start)
        rng = make_rng(seed)
        start = thread_time()
        attempt(tree, problem, rng)
        new.append((thread_time() - start) / len(tree))
        path = _path(tree)
        start = thread_time()
        for node in path:
            tree.draw(node, problem, rng)
        tree.back_up(path)
        known.append((thread_time() - start) / len(path))
    return 1000 * float(np.quantile(new, 0.1)), 1000 * float(np.quantile(known, 0.1))


def _path(tree: PrefixTree[Place]) -> list[Node[Place]]:
    """The path of the only text of a tree."""
    return [node for node in tree.nodes() if node.branches is not None]


CHECK = Check("Time beyond the model's", lambda _: len(PATTERNS), _run)
