"""Rows read together against the same rows read one by one by `transformers` itself, without a cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers.cache_utils import DynamicLayer

from samplers.language_model import TransformersModel
from tests.table_model import TableModel
from tests.tiny_model import small_windows, tiny_model

WIDTH = 11
PROMPT = [3, 1, 4, 1, 5]
ROUNDED = 1e-3
"""The windows differ by up to 2e-4 in float32, and by 3e-7 in float64: it is all rounding."""
MODELS: dict[str, Any] = {"tiny": tiny_model(WIDTH, [0]), "windows": small_windows()}


def alone(model: Any, row: tuple[int, ...]) -> Any:
    with torch.no_grad():
        return model(torch.tensor([PROMPT + list(row)])).logits[0, -1].numpy()


def check(model: Any, read: TransformersModel, rows: list[tuple[int, ...]]) -> None:
    for row, logits in zip(rows, read.logits_of(rows), strict=True):
        assert logits == pytest.approx(alone(model, row), abs=ROUNDED)


@pytest.mark.parametrize("name", MODELS)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_particles_that_are_drawn_anew_find_their_own_cache(name: str, data: st.DataObject) -> None:
    """Every step may copy, drop and reorder the rows of the last one, and then adds a token to each."""
    model = MODELS[name]
    read = TransformersModel(model, PROMPT)
    rows: list[tuple[int, ...]] = [()] * data.draw(st.integers(1, 5))
    for _ in range(6):
        check(model, read, rows)
        order = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=5))
        tokens = data.draw(st.lists(st.integers(0, WIDTH - 1), min_size=len(order), max_size=len(order)))
        rows = [(*rows[place], token) for place, token in zip(order, tokens, strict=True)]
    assert read.forwards == 6


@pytest.mark.parametrize("name", MODELS)
@settings(deadline=None, max_examples=25)
@given(calls=st.lists(st.lists(st.lists(st.integers(0, WIDTH - 1), max_size=5), min_size=1, max_size=5), max_size=4))
def test_any_rows_are_read_right(name: str, calls: list[list[list[int]]]) -> None:
    model = MODELS[name]
    read = TransformersModel(model, PROMPT)
    for rows in calls:
        check(model, read, [tuple(row) for row in rows])
        assert read.logits(rows[0]) == pytest.approx(alone(model, tuple(rows[0])), abs=ROUNDED)


def interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_reading_is_not_gone_on_from() -> None:
    model = MODELS["tiny"]
    read = TransformersModel(model, PROMPT)
    read.logits_of([(1,), (2,)])
    hook = model.lm_head.register_forward_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        read.logits_of([(2, 5), (1, 6)])
    hook.remove()
    check(model, read, [(2, 5), (1, 6)])
    check(model, read, [(1, 6, 7), (1, 6, 8), (2, 5, 7)])


def test_an_interruption_while_rows_are_put_in_order_is_not_gone_on_from(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MODELS["tiny"]
    read = TransformersModel(model, PROMPT)
    read.logits_of([(1,), (2,), (3,)])
    order = DynamicLayer.batch_select_indices
    with monkeypatch.context() as patched:
        patched.setattr(DynamicLayer, "batch_select_indices", lambda *given: interrupt(order(*given)))
        with pytest.raises(KeyboardInterrupt):
            read.logits_of([(2, 5)])
    check(model, read, [(1, 6), (2, 5)])


def test_models_without_a_cache_of_rows_read_one_by_one() -> None:
    model: Any = TableModel(WIDTH)
    read = TransformersModel(model, [0])
    rows = [(1, 2), (3, 4), (1, 2), ()]
    for row, logits in zip(rows, read.logits_of(rows), strict=True):
        assert np.array_equal(logits, model.logits((0, *row)).numpy())
    assert read.forwards == 3
