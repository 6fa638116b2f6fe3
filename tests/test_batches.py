"""`fill` and `advance_all`: a batch in one call gives what its rows give one by one."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest

from constrain.automaton import DEAD, Automaton
from constrain.batches import FEW_ROWS, copy_located
from constrain.compile import compile_json_schema
from constrain.masks import token_ids
from tests.schemas import SCHEMAS
from tests.vocabularies import small_vocabulary

SMALL = small_vocabulary()
WORDS = SMALL.mask_words


def walked(automaton: Automaton, seed: int, steps: int = 60) -> list[tuple[int, int]]:
    """Pairs of a state and a token, allowed or not, on random walks."""
    choose, state, found = random.Random(seed), automaton.start, []
    for _ in range(steps):
        allowed = token_ids(automaton.mask(state), len(SMALL)).tolist()
        found.append((state, choose.choice(allowed) if choose.random() < 0.8 else choose.randrange(len(SMALL))))
        after = automaton.advance(*found[-1])
        state = automaton.start if after == DEAD else after
    return found


@pytest.mark.parametrize("row_limit", [1, 4 * WORDS * 10, 1 << 26])
@pytest.mark.parametrize("batch", [0, 1, 7, FEW_ROWS + 1, 200])
def test_fill_writes_the_masks_of_a_batch(batch: int, row_limit: int) -> None:
    for seed, schema in enumerate(SCHEMAS[8:14]):
        fresh = compile_json_schema(schema, SMALL)
        automaton = compile_json_schema(schema, SMALL, row_limit=row_limit)
        pairs = walked(automaton, seed)
        states = [random.Random(seed + row).choice(pairs)[0] for row in range(batch)]
        assert walked(fresh, seed) == pairs
        out = np.full((batch, WORDS), 0xABCDEF, np.uint32)
        for _ in range(2):
            automaton.fill(np.array(states, np.int64), out)
            assert all((row == fresh.mask(state)).all() for row, state in zip(out, states, strict=True))


def test_fill_writes_into_parts_of_larger_arrays() -> None:
    automaton = compile_json_schema(SCHEMAS[11], SMALL)
    states = [state for state, _ in walked(automaton, 0)]
    expected = np.array([automaton.mask(state) for state in states])
    wide = np.zeros((3 * len(states), WORDS + 3), np.uint32)
    columns = np.zeros((len(states), 2 * WORDS), np.uint32)
    for out in (wide[::3, 1:-2], wide[::-3, 1:-2], columns[:, ::2], np.asfortranarray(expected * 0)):
        automaton.fill(np.array(states), out)
        assert (out == expected).all()
    assert not wide[1::3, :1].any()
    assert not columns[:, 1::2].any()


def test_fill_refuses_what_it_cannot_write() -> None:
    automaton = compile_json_schema(SCHEMAS[11], SMALL)
    states, out = np.full(FEW_ROWS + 1, automaton.start), np.zeros((FEW_ROWS + 1, WORDS), np.uint32)
    for wrong in (out[:-1], out[:, :-1], out.astype(np.int64), out.tolist()):
        with pytest.raises(ValueError, match=rf"out has to be a numpy array uint32\[{FEW_ROWS + 1}, {WORDS}\]"):
            automaton.fill(states, wrong)  # type: ignore[arg-type]  # what is refused
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        automaton.fill(states, out)
    with pytest.raises(ValueError, match="is not a live state"):
        automaton.fill(np.array([DEAD]), np.zeros((1, WORDS), np.uint32))


def test_rows_that_are_forgotten_are_not_held() -> None:
    automaton = compile_json_schema(SCHEMAS[11], SMALL, row_limit=4 * WORDS * 4)
    states = sorted({state for state, _ in walked(automaton, 1)})
    assert len(states) > 4
    automaton.fill(np.array(states), np.zeros((len(states), WORDS), np.uint32))
    assert len(automaton._rows) == 4
    assert automaton._located.keys() <= automaton._rows.keys()


def test_several_threads_copy_the_rows_of_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constrain.parallel.most_threads", lambda: 3)
    monkeypatch.setattr("constrain.batches.most_threads", lambda: 3)
    rows = np.random.default_rng(0).integers(0, 2**32, (60, 1 << 14), dtype=np.uint32)
    out = np.zeros_like(rows)
    copy_located([(row.ctypes.data, row) for row in rows], out)
    assert (out == rows).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork processes")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    test_several_threads_copy_the_rows_of_one_batch(monkeypatch)
    child = os.fork()
    if child == 0:
        try:
            test_several_threads_copy_the_rows_of_one_batch(monkeypatch)
        except AssertionError:
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_advance_all_gives_what_advance_gives() -> None:
    for seed, schema in enumerate(SCHEMAS[8:14]):
        automaton = compile_json_schema(schema, SMALL)
        pairs = walked(automaton, seed) + [(automaton.start, token) for token in range(0, len(SMALL), 9)]
        states, tokens = (np.array(column) for column in zip(*pairs, strict=True))
        expected = [automaton.advance(state, token) for state, token in pairs]
        other = compile_json_schema(schema, SMALL)
        assert walked(other, seed) == pairs[:60]
        found = other.advance_all(states, tokens)
        assert found.dtype == np.int64
        assert found.tolist() == expected == other.advance_all(states.tolist(), tokens.tolist()).tolist()
        assert DEAD in expected
    assert automaton.advance_all(np.empty(0, np.int64), np.empty(0, np.int64)).shape == (0,)


def test_advance_all_refuses_what_advance_refuses() -> None:
    automaton = compile_json_schema(SCHEMAS[11], SMALL)
    with pytest.raises(ValueError, match="is not a live state"):
        automaton.advance_all(np.array([automaton.start, DEAD]), np.array([5, 5]))
    with pytest.raises(ValueError, match=f"token {len(SMALL)} is not in the vocabulary"):
        automaton.advance_all(np.array([automaton.start]), np.array([len(SMALL)]))
    with pytest.raises(ValueError, match="shorter than"):
        automaton.advance_all(np.array([automaton.start, 0]), np.array([5]))
