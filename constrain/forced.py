"""Jump-forward: the tokens that spell what every completion begins with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from constrain import kernels as k
from constrain.trie import Trie
from constrain.vocabulary import Vocabulary

PIECE = 4096

Mask = Callable[[int], NDArray[np.uint32]]
Advance = Callable[[int, bytes], int]


def forced_text(state: int, run: Callable[..., int], advance: Advance) -> bytes:
    """The longest text that every completion of a state begins with; `run` calls a kernel of the automaton."""
    text = b""
    while True:
        piece = np.zeros(PIECE, np.uint8)
        length = run(k.forced_text, state, piece)
        text += piece[:length].tobytes()
        if length < PIECE:
            return text
        state = advance(state, piece.tobytes())


def forced_tokens(vocabulary: Vocabulary, text: bytes, state: int, mask: Mask, advance: Advance) -> list[int]:
    """The tokens of a forced text by longest match.

    The list ends before the first place from which a token that is allowed there runs beyond the text: what follows
    decides how a tokenizer would cut that piece.
    """
    tokens: list[int] = []
    at = 0
    while at < len(text):
        node, token, length = _longest(vocabulary.trie, text, at)
        if token < 0 or (node > 0 and _any_below(vocabulary.trie, node, mask(state))):
            break
        tokens.append(token)
        state = advance(state, text[at : at + length])
        at += length
    return tokens


def _longest(trie: Trie, text: bytes, at: int) -> tuple[int, int, int]:
    """The node of all the text from `at` on (0: there is none), the longest token there (or -1) and its length."""
    node, token, length = 0, -1, 0
    for depth, byte in enumerate(text[at:], 1):
        node = trie.child(node, byte)
        if node == 0:
            return 0, token, length
        ids = trie.ending_at(node)
        if ids:
            token, length = ids[0], depth
    return node, token, length


def _any_below(trie: Trie, node: int, row: NDArray[np.uint32]) -> bool:
    """Whether a longer token than the one of a node is in a mask."""
    ids = trie.token_ids[trie.token_offsets[node + 1] : trie.token_offsets[trie.end[node]]]
    return bool((row[ids >> 5] >> (ids & 31).astype(np.uint32) & 1).any())
