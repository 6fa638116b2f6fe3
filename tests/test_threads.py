"""Threads that share automata: the same masks and steps as one thread, whatever is forgotten or refused meanwhile.

The numbers of states differ with the order in which they were asked for, so walks are compared along texts.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from constrain.apply import apply_mask
from constrain.arena import Arena, Plan, Tables, TableSpec
from constrain.automaton import DEAD, Automaton
from constrain.compile import compile_json_schema
from constrain.device_rows import DeviceRows
from constrain.masks import token_ids
from constrain.vocabulary import Vocabulary
from grammars.errors import LimitError
from tests.schemas import SCHEMAS
from tests.vocabularies import small_vocabulary

THREADS = 8
SMALL = small_vocabulary()
NUMBERS = count(1_000_000)
Trace = list[tuple[bytes, bool, bool]]


@pytest.fixture(autouse=True)
def quick_switches() -> Iterator[None]:
    """Lets threads take turns a thousand times as often as they would."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def own_vocabulary() -> Vocabulary:
    """That of `SMALL` with one more token: one whose lexical tables nobody has filled yet."""
    return Vocabulary([*SMALL.tokens, b"%d" % next(NUMBERS)], SMALL.eos_token_ids)


def walk_tokens(automaton: Automaton, seed: int, steps: int = 50) -> list[int]:
    """Tokens of a random walk, begun again where it ends; every tenth one is refused."""
    choose, state, tokens = random.Random(seed), automaton.start, []
    for _ in range(steps):
        allowed = token_ids(automaton.mask(state), len(automaton.vocabulary)).tolist()
        token = choose.choice(allowed) if choose.random() < 0.9 else choose.randrange(len(automaton.vocabulary))
        tokens.append(token)
        after = automaton.advance(state, token)
        state = automaton.start if after == DEAD else after
    return tokens


def trace(automaton: Automaton, tokens: list[int]) -> Trace:
    """What all methods of the hot path say along a walk."""
    state, found = automaton.start, []
    out = np.empty((2, automaton.vocabulary.mask_words), np.uint32)
    for token in tokens:
        automaton.fill(np.array([automaton.start, state]), out)
        mask = automaton.mask(state)
        assert (out[1] == mask).all()
        after = automaton.advance(state, token)
        assert automaton.advance_all([state], [token]).tolist() == [after]  # type: ignore[arg-type]  # a list will do
        found.append((mask.tobytes(), after == DEAD, automaton.is_accepting(state)))
        state = automaton.start if after == DEAD else after
    return found


def all_at_once(work: Callable[[int], Any]) -> list[Any]:
    """Runs `work(thread)` in all threads, which begin together."""
    barrier = Barrier(THREADS)

    def begin(thread: int) -> Any:
        barrier.wait()
        return work(thread)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


@pytest.mark.parametrize("row_limit", [1, 4 * SMALL.mask_words * 5, 1 << 26])
@pytest.mark.parametrize("number", [5, 8, 15, 19])
def test_one_automaton_in_all_threads(number: int, row_limit: int) -> None:
    schema, vocabulary = SCHEMAS[number], own_vocabulary()
    alone = compile_json_schema(schema, SMALL)
    walks = [walk_tokens(alone, seed) for seed in range(THREADS)]
    expected = [trace(alone, walk) for walk in walks]
    shared = compile_json_schema(schema, vocabulary, row_limit=row_limit)
    # Every thread goes every walk, in an order of its own.
    found = all_at_once(lambda thread: [trace(shared, walks[(thread + turn) % THREADS]) for turn in range(THREADS)])
    for thread, traces in enumerate(found):
        for turn, each in enumerate(traces):
            assert same(each, expected[(thread + turn) % THREADS])


def same(found: Trace, expected: Trace) -> bool:
    """Whether two traces agree on the tokens that both vocabularies have."""
    size = len(SMALL) // 32 * 4
    return [(mask[:size], *rest) for mask, *rest in found] == [(mask[:size], *rest) for mask, *rest in expected]


def test_many_automata_over_one_vocabulary() -> None:
    alone = [compile_json_schema(schema, SMALL) for schema in SCHEMAS]
    walks = [walk_tokens(automaton, seed) for seed, automaton in enumerate(alone)]
    expected = [trace(automaton, walk) for automaton, walk in zip(alone, walks, strict=True)]
    vocabulary = own_vocabulary()

    def work(thread: int) -> list[tuple[int, Trace]]:
        mine = list(range(len(SCHEMAS)))
        random.Random(thread).shuffle(mine)
        return [(each, trace(compile_json_schema(SCHEMAS[each], vocabulary), walks[each])) for each in mine]

    for traces in all_at_once(work):
        assert all(same(found, expected[number]) for number, found in traces)


def test_a_limit_that_one_thread_meets_leaves_the_others_alone() -> None:
    alone, vocabulary = compile_json_schema(SCHEMAS[3], SMALL), own_vocabulary()
    walks = [walk_tokens(alone, seed) for seed in range(THREADS)]
    expected = [trace(alone, walk) for walk in walks]
    shared = compile_json_schema(SCHEMAS[3], vocabulary)
    small = compile_json_schema(SCHEMAS[19], vocabulary, memory_limit=1 << 20)
    first = small.mask(small.start).copy()

    def deeper() -> None:
        state = small.start
        for _ in range(1_000_000):
            state = small.advance_bytes(state, b"[")

    def work(thread: int) -> Any:
        if thread:
            return trace(shared, walks[thread])
        with pytest.raises(LimitError, match="tables of the automaton are full"):
            deeper()
        return None

    found = all_at_once(work)
    assert all(same(found[thread], expected[thread]) for thread in range(1, THREADS))
    assert (small.mask(small.start) == first).all()


def test_device_rows_in_all_threads() -> None:
    generator = np.random.default_rng(0)
    masks, scores = Fixed(generator.integers(0, 2**32, (50, 2), dtype=np.uint32)), torch.randn(4, 64)
    rows = DeviceRows(2, "cpu", limit=8 * 6)
    expected = torch.stack([apply_mask(scores[0], row) for row in masks.rows])

    def work(thread: int) -> None:
        choose = random.Random(thread)
        for _ in range(60):
            states = [choose.randrange(50) for _ in range(4)]
            found = rows.apply(scores[:1].expand(4, 64), [(masks, state) for state in states])
            assert torch.equal(found, expected[states])

    all_at_once(work)
    assert len(rows) == 6


@dataclass(eq=False)
class Fixed:
    """States are numbers of rows."""

    rows: NDArray[np.uint32]

    def mask(self, state: int) -> NDArray[np.uint32]:
        row: NDArray[np.uint32] = self.rows[state]
        return row


class Racing(list[Any]):
    """A list that lets another thread come in between whenever an element is looked up."""

    def __init__(self, elements: list[Any], between: Callable[[], None]) -> None:
        super().__init__(elements)
        self.between = between

    def __getitem__(self, place: Any) -> Any:
        self.between()
        return super().__getitem__(place)


def test_a_table_that_grew_is_not_replaced_by_its_first_form() -> None:
    grown = np.arange(8)
    tables = Tables(np.zeros(32, np.uint8), [(4, np.dtype(np.int64), 0)])
    tables._places = Racing(tables._places, lambda: tables.__setitem__(0, grown))
    assert tables[0] is grown
    assert tables[0] is grown


def test_a_table_is_whole_when_others_can_see_it() -> None:
    arena = Arena(Plan([TableSpec(np.int64, 4)]), heaps=(), memos=(), limit=1 << 20, name="test", advice="")
    seen = []

    class Seen(Tables):
        def __setitem__(self, table: int, values: NDArray[Any]) -> None:
            seen.append(values[:4].tolist())
            super().__setitem__(table, values)

    arena.extend(0, np.arange(4))
    arena.tables.__class__ = Seen
    arena.reserve(0, 100)
    assert seen == [[0, 1, 2, 3]]
    assert len(arena.tables[0]) == 100
