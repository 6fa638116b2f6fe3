"""Lexical states and their rows, shared by every automaton over one vocabulary."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from secrets import randbits
from typing import Any

import numpy as np

from constrain import kernels as k
from constrain.arena import Arena, Plan, TableSpec
from constrain.quoted_tokens import QuotedTokens
from constrain.rows import Row, RowPool, forget_oldest
from constrain.subtrees import BYTE_CLASSES, PLAIN
from constrain.trie import Trie
from constrain.vocabulary import Vocabulary
from grammars.dfa import Dfa
from grammars.ir import Lexeme

_NOTHING = np.frombuffer(b"", np.int32)
DEFAULT_LIMIT_BYTES = 1 << 30
SHARED_ROW_BYTES = 1 << 25
"""So many bytes of rows are kept to be shared by states for which the same tokens may come."""
RETIRE_BYTES = 1 << 27
"""A lexicon larger than this serves the automata it has; new ones get a new lexicon."""


def _plan(vocabulary: Vocabulary) -> Plan:
    # What is known of lexical states, and shared rows: too much to be copied in mid-text.
    reserved = {
        k.X_TRANS: RETIRE_BYTES // 4, k.FRONT_ROWS: RETIRE_BYTES // 4,
        k.X_INFO: 1 << 22, k.X_POOL: 1 << 22, k.X_PAGES: 1 << 22, k.FRONT_TOKENS: 1 << 22,
    }  # fmt: skip
    capacities = {
        k.X_TRANS: 256 * 256, k.X_PAGES: 1024 * k.PAGES, k.X_INFO: 256 * k.INFO, k.X_SLOTS: 1 << 18,
        k.FRONT_KEYS: 1024, k.FRONT_VALUES: 1024,
        k.LEX_SCRATCH2: 1 << 15, k.FRONT_ROWS: 8 * vocabulary.mask_words,
    }  # fmt: skip
    dtypes: dict[int, type[np.generic]] = {
        k.NODE_BYTE: np.uint8, k.TOKEN_BYTES: np.uint8, k.CANDIDATES: np.uint8, k.FRONT_ROWS: np.uint32,
        **dict.fromkeys(k.NARROW, np.int32),
    }  # fmt: skip
    return Plan(
        [
            TableSpec(dtypes.get(table, np.int64), capacities.get(table, 1024), reserved=reserved.get(table, 0))
            for table in range(k.LEX_TABLES)
        ]
    )


class Lexicon:
    """The lexical tables of a vocabulary. `lock` guards them and every automaton that grows them."""

    def __init__(self, vocabulary: Vocabulary, limit: int = DEFAULT_LIMIT_BYTES) -> None:
        self.lock = threading.RLock()
        advice = "simplify the patterns, or bound their lengths: all schemas over a vocabulary share these tables"
        self.arena = Arena(
            _plan(vocabulary), heaps=(k.X_POOL,), memos=(k.FRONT_KEYS,), limit=limit, name="lexicon", advice=advice
        )
        self.vocabulary = vocabulary
        self.is_new = True
        """Whether it has nothing yet of what most JSON texts need."""
        self.rows = RowPool(vocabulary.mask_words)
        self._written: dict[tuple[int, int], Row] = {}
        self._most_written = max(1, SHARED_ROW_BYTES // (4 * vocabulary.mask_words))
        self._lexemes: dict[tuple[Dfa, bool, frozenset[str], int], int] = {}
        self._names: dict[frozenset[str], int] = {}
        self._tries: dict[frozenset[str], int] = {}
        self._automata: dict[tuple[Dfa, int], int] = {}
        self.arena.header[k.LEX_WORDS] = vocabulary.mask_words
        # Nobody outside can make two different rows that are taken for the same one.
        self.arena.header[k.LEX_SALT] = randbits(62)
        self.arena.extend(k.Q_OFFSETS, np.zeros(1, np.int64))
        self.arena.extend(k.X_TRANS, np.full(k.PAGE, k.UNKNOWN, np.int32))
        self._load_vocabulary(vocabulary)

    @property
    def quoted_tokens(self) -> QuotedTokens:
        """The tokens in which a JSON string may end."""
        return self.vocabulary.quoted_tokens

    def is_quoted(self, x: int) -> bool:
        """Whether a lexical state spells a JSON string."""
        return not self.arena.tables[k.X_POOL][self.arena.tables[k.X_OFFSETS][x] + 2] >> 16

    def _load_vocabulary(self, vocabulary: Vocabulary) -> None:
        trie, arena = vocabulary.trie, self.arena
        arena.extend(k.BYTE_CLASSES, BYTE_CLASSES)
        arena.extend(k.NODE_TOKENS, np.zeros(1, np.int32))
        self._load_trie(trie)
        arena.header[k.LEX_ESCAPING] = len(trie)
        arena.header[k.LEX_PLAIN] = PLAIN
        self._load_trie(vocabulary.escaping_trie)
        node = 0
        while (node := int(k.index_vocabulary(arena.address, node))) < arena.used(k.NODE_BYTE):
            arena.grow()
        flat = vocabulary.flat
        arena.extend(k.TOKEN_OFFSETS, np.append(0, flat.ends).astype(np.int32))
        arena.extend(k.TOKEN_BYTES, flat.text)
        arena.extend(k.EOS_IDS, np.array(vocabulary.eos_token_ids, np.int32))
        for table in (k.BUILD_TOKENS, k.BUILD_NEEDS):
            arena.reserve(table, len(trie.token_ids))
        for table in (k.BUILD_KEYS, k.BUILD_NODES):
            arena.reserve(table, len(trie.byte))
        arena.reserve(k.BUILD_PATH, 3 * int(flat.lengths.max(initial=0)) + 6)
        arena.header[k.LEX_LONGEST] = int(flat.lengths.max(initial=0))

    def _load_trie(self, trie: Trie) -> None:
        """Appends the nodes of a trie to those that are there."""
        arena, first_node, first_token = self.arena, self.arena.used(k.NODE_BYTE), self.arena.used(k.TOKEN_IDS)
        arena.extend(k.NODE_BYTE, trie.byte)
        arena.extend(k.NODE_END, trie.end + first_node)
        arena.extend(k.NODE_DEPTH, trie.depth)
        arena.extend(k.NODE_TOKENS, trie.token_offsets[1:] + first_token)
        arena.extend(k.TOKEN_IDS, trie.token_ids)
        arena.extend(k.NODE_BELOW, trie.below)
        arena.extend(k.NODE_DENSE, np.full(len(trie), -1, np.int32))

    def listed_row(self) -> Row:
        """The row that `list_mask` has listed: one that was written before, if it is among the latest ones."""
        numbers = self.arena.numbers
        key = numbers[k.LEX_SUM], numbers[k.LEX_SUM2]
        row = self._written.get(key)
        if row is None:
            row, address = self.rows.take()
            k.write_row(self.arena.address, address)
            if len(self._written) >= self._most_written:
                forget_oldest(self._written)
            self._written[key] = row
        return row

    def enter(self, lexeme: Lexeme, flags: int = 0) -> int:
        """The lexical state at the beginning of a lexeme (counts aside)."""
        counted = lexeme.min_length > 0 or lexeme.max_length is not None
        kind = flags | (k.BOUNDED if counted else 0)
        key = (lexeme.dfa, lexeme.quoted, lexeme.without, kind)
        if key not in self._lexemes:
            self._lexemes[key] = self._make_entry(lexeme, flags, counted)
        return self._lexemes[key]

    def _make_entry(self, lexeme: Lexeme, flags: int, counted: bool) -> int:
        q = self._load(lexeme.dfa, flags, counted)
        without = self._load_names(lexeme.without) if lexeme.without else -1
        kind = k.OPEN if lexeme.quoted else k.BOUNDARY
        return self._run(k.enter_x, q, without, 0 if lexeme.quoted else 1, kind)

    def enter_names(self, names: frozenset[str]) -> int:
        """The lexical state at the beginning of one of some names, spelled as a JSON string; labels are their order."""
        known = self._names.get(names)
        if known is None:
            known = self._names[names] = self._run(k.enter_x, self._load_names(names), -1, 0, k.OPEN)
        return known

    def _load_names(self, names: frozenset[str]) -> int:
        """The trie of the names of an object, which serves as well to take these out of other keys."""
        known = self._tries.get(names)
        if known is None:
            words = sorted(names)
            points = np.frombuffer("".join(words).encode("utf-32-le"), np.int32)
            ends, work = np.cumsum([len(word) for word in words]), np.empty(3 * len(points) + 1, np.int64)
            known = self._tries[names] = self._run(k.load_names, points, ends, work)
        return known

    def _run(self, kernel: Callable[..., int], *args: Any) -> int:
        while True:
            found = int(kernel(self.arena.address, *args))
            if found != k.FULL:
                return found
            self.arena.grow()

    def _load(self, dfa: Dfa, flags: int, counted: bool) -> int:
        kind = flags | (k.BOUNDED if counted else 0)
        if (dfa, kind) not in self._automata:
            self._automata[dfa, kind] = self._load_new(dfa, flags, counted)
        return self._automata[dfa, kind]

    def _load_new(self, dfa: Dfa, flags: int, counted: bool) -> int:
        least, most = dfa.spans if counted else (_NOTHING, _NOTHING)
        arrays = dfa.offsets, dfa.lows, dfa.highs, dfa.targets, dfa.labels
        return self._run(k.load_automaton, *arrays, least, most, flags)


_lexicons: weakref.WeakValueDictionary[str, Lexicon] = weakref.WeakValueDictionary()
_latest: dict[str, Lexicon] = {}
_old: list[weakref.ref[Lexicon]] = []
_guard = threading.Lock()


def live_lexicons() -> list[Lexicon]:
    """The lexicons that an automaton uses or that are kept for the next one."""
    with _guard:
        _old[:] = [each for each in _old if each() is not None]
        return [lexicon for lexicon in (each() for each in _old) if lexicon is not None]


def lexicon_for(vocabulary: Vocabulary) -> Lexicon:
    """The lexicon that new automata over a vocabulary share.

    The latest vocabulary's lexicon is kept alive between automata; others live as long as an automaton uses them.
    """
    with _guard:
        lexicon = _lexicons.get(vocabulary.content_hash)
        if lexicon is None or lexicon.arena.memory_bytes > RETIRE_BYTES:
            lexicon = Lexicon(vocabulary)
            _old.append(weakref.ref(lexicon))
            _lexicons[vocabulary.content_hash] = lexicon
        _latest.clear()
        _latest[vocabulary.content_hash] = lexicon
        return lexicon
