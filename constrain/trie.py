"""The tokens of a vocabulary as one flat trie in depth-first order.

Sorted tokens meet the nodes of the trie in depth-first order, and a token adds one node for each byte behind the
prefix that it shares with the token before it. So the whole trie is made from the sorted tokens and these shared
lengths, by array operations alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from constrain.flat_tokens import FlatTokens
from constrain.subtrees import classes_below
from grammars import cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

FORMAT = 3
LONGEST_TOKEN = 32767


@dataclass(frozen=True, eq=False)
class Trie:
    """Node 0 is the root; the nodes below node `i` are `i + 1 .. end[i]` (exclusive).

    The children of `i` are `i + 1`, `end[i + 1]`, ... while they are less than `end[i]`, ascending by `byte`. The
    tokens that end at node `i` are `token_ids[token_offsets[i]:token_offsets[i + 1]]`, ascending. `below` has the
    classes of the bytes below each node, see `constrain.subtrees`.
    """

    byte: NDArray[np.uint8]
    end: NDArray[np.int32]
    depth: NDArray[np.int16]
    token_offsets: NDArray[np.int32]
    token_ids: NDArray[np.int32]
    below: NDArray[np.int64]

    def __len__(self) -> int:
        """The number of nodes."""
        return len(self.byte)

    def child(self, node: int, byte: int) -> int:
        """The child of a node; 0 if there is none."""
        child, end = node + 1, self.end[node]
        while child < end:
            if self.byte[child] == byte:
                return child
            child = int(self.end[child])
        return 0

    def ending_at(self, node: int) -> list[int]:
        """The tokens that end at a node."""
        ids: list[int] = self.token_ids[self.token_offsets[node] : self.token_offsets[node + 1]].tolist()
        return ids

    def along(self, text: bytes) -> Iterator[int]:
        """The tokens that `text` begins with, the shortest first."""
        node = 0
        for byte in text:
            node = self.child(node, byte)
            if node == 0:
                return
            yield from self.ending_at(node)

    @property
    def memory_bytes(self) -> int:
        """What the arrays hold."""
        arrays = (self.byte, self.end, self.depth, self.token_offsets, self.token_ids, self.below)
        return sum(array.nbytes for array in arrays)


def build_trie(tokens: Sequence[bytes], among: Iterable[int] | None = None) -> Trie:
    """The trie of all `tokens` that are not empty, or of those `among` them; `tokens[i]` has the id `i`."""
    wanted = range(len(tokens)) if among is None else among
    ids = sorted((i for i in wanted if tokens[i]), key=tokens.__getitem__)
    ordered = [tokens[i] for i in ids]
    lengths = np.fromiter(map(len, ordered), np.int64, len(ids))
    text = np.frombuffer(b"".join(ordered), np.uint8)
    starts = np.cumsum(lengths) - lengths
    shared = _shared_lengths(text, starts, lengths)
    added = lengths - shared
    within = _ramps(added)
    depth = np.concatenate([[0], np.repeat(shared, added) + within + 1]).astype(np.int16)
    byte = np.concatenate([[0], text[np.repeat(starts + shared, added) + within]]).astype(np.uint8)
    counts = np.bincount(np.cumsum(added), minlength=len(byte))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return Trie(byte, _ends(depth), depth, offsets, np.array(ids, np.int32), classes_below(byte, depth))


def _ramps(lengths: Ints) -> Ints:
    """`0 .. n - 1` for each of `lengths`, one behind the other."""
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(starts, lengths)


def _shared_lengths(text: NDArray[np.uint8], starts: Ints, lengths: Ints) -> Ints:
    """How many bytes each token shares with the token before it, all pairs that still agree at once."""
    shared = np.zeros(len(starts), np.int64)
    agreeing = np.arange(1, len(starts))
    depth = 0
    while len(agreeing):
        agreeing = agreeing[(lengths[agreeing] > depth) & (lengths[agreeing - 1] > depth)]
        agreeing = agreeing[text[starts[agreeing] + depth] == text[starts[agreeing - 1] + depth]]
        depth += 1
        shared[agreeing] = depth
    return shared


def _ends(depth: NDArray[np.int16]) -> NDArray[np.int32]:
    """Where the subtree of each node ends: at the next node of its level, or with its parent if that is earlier."""
    order = np.argsort(depth, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(depth))])
    ends = np.empty(len(depth), np.int32)
    ends[0] = len(depth)
    parents = order[:1]
    for first, last in itertools.pairwise(bounds):
        level = order[first:last]
        following = np.append(level[1:], len(depth))
        ends[level] = np.minimum(following, ends[parents[np.searchsorted(parents, level) - 1]])
        parents = level
    return ends


def load_trie(tokens: Sequence[bytes], content_hash: str | None = None) -> Trie:
    """The trie of `tokens`, out of the cache on disk when it was built before."""
    name = f"trie-{FORMAT}-{content_hash or FlatTokens.of(tokens).digest}.bin"
    content = cache.load(name)
    trie = None if content is None else _unpack(content)
    if trie is None:
        trie = build_trie(tokens)
        cache.store(name, _pack(trie))
    return trie


def _pack(trie: Trie) -> bytes:
    """The arrays, the widest elements first so that all of them are aligned."""
    sizes = np.array([len(trie.byte), len(trie.token_ids)], "<i8")
    arrays = (trie.below, trie.end, trie.token_offsets, trie.token_ids, trie.depth, trie.byte)
    return sizes.tobytes() + b"".join(array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays)


def _unpack(content: bytes) -> Trie | None:
    """The arrays of a file, writable like those of a new trie; None for a file of another shape."""
    if len(content) < 16:
        return None
    nodes, tokens = np.frombuffer(content, "<i8", 2).tolist()
    wide, start = 2 * nodes + 1 + tokens, 16 + 8 * nodes
    if nodes < 1 or tokens < 0 or len(content) != start + 4 * wide + 3 * nodes:
        return None
    below = np.frombuffer(content, "<i8", nodes, 16).astype(np.int64)
    ints = np.frombuffer(content, "<i4", wide, start).astype(np.int32)
    end, offsets, ids = np.split(ints, [nodes, 2 * nodes + 1])
    depth = np.frombuffer(content, "<i2", nodes, start + 4 * wide).astype(np.int16)
    byte = np.frombuffer(content, np.uint8, nodes, start + 4 * wide + 2 * nodes).copy()
    return Trie(byte, end.copy(), depth, offsets.copy(), ids.copy(), below)
