"""Masks from a table of rows: torch and Triton do the same, and rows that are replaced are sent again.

Everything runs on the CPU: torch as on any device, Triton through its interpreter.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from constrain import ConstraintLogitsProcessor, DeviceRows
from constrain.device_masks import mask_from_table, mask_with_torch
from constrain.device_rows import Place, Serials
from tests.table_automaton import TableAutomaton, TableVocabulary
from tests.tiny_model import tiny_model

DTYPES = (torch.float32, torch.bfloat16, torch.float16)


def naive(scores: torch.Tensor, table: NDArray[np.uint32], places: list[int]) -> torch.Tensor:
    out = scores.clone()
    for row, place in enumerate(places):
        for token in range(scores.shape[1] if place >= 0 else 0):
            if token >= 32 * table.shape[1] or not int(table[place, token // 32]) >> (token % 32) & 1:
                out[row, token] = -torch.inf
    return out


def check(kernel: Any, dtype: torch.dtype, width: int, length: int, places: list[int], seed: int) -> None:
    generator = np.random.default_rng(seed)
    table = generator.integers(0, 2**32, (6, length), dtype=np.uint32)
    scores = torch.from_numpy(generator.normal(size=(len(places), width))).to(dtype)
    words, rows = torch.from_numpy(table.view(np.int32)), torch.tensor(places, dtype=torch.int32)
    expected, out = naive(scores, table, places), torch.zeros_like(scores)
    kernel(scores, words, rows, out)
    assert torch.equal(out, expected)
    kernel(scores, words, rows, scores)
    assert torch.equal(scores, expected)


CASES = (
    st.sampled_from(DTYPES), st.integers(1, 150), st.integers(1, 4),
    st.lists(st.integers(-1, 5), min_size=1, max_size=4), st.integers(0, 2**32),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(*CASES)
@pytest.mark.parametrize("kernel", [mask_with_torch, mask_from_table])
def test_torch_masks_from_a_table(
    kernel: Any, dtype: torch.dtype, width: int, length: int, places: list[int], seed: int
) -> None:
    check(kernel, dtype, width, length, places, seed)


@pytest.fixture(scope="module")
def interpreted() -> Any:
    """`constrain.triton_kernels` as Triton's interpreter runs it, apart from the module that others import."""
    if importlib.util.find_spec("triton") is None:
        pytest.skip("the package triton is not installed: it comes with torch for CUDA")
    spec = importlib.util.find_spec("constrain.triton_kernels")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRITON_INTERPRET", "1")
        spec.loader.exec_module(module)
        yield module.mask_scores


@settings(max_examples=25, deadline=None)
@given(*CASES)
def test_triton_masks_from_a_table(
    interpreted: Any, dtype: torch.dtype, width: int, length: int, places: list[int], seed: int
) -> None:
    check(interpreted, dtype, width, length, places, seed)


def test_triton_masks_rows_of_several_blocks(interpreted: Any) -> None:
    for width in (4096, 5000, 6200):
        check(interpreted, torch.float32, width, 160, [3, -1, 0], width)


@dataclass(eq=False)
class Counting:
    """States are numbers of random rows; counts how often each was asked for."""

    rows: NDArray[np.uint32]
    asked: list[int] = field(default_factory=list)

    def mask(self, state: int) -> NDArray[np.uint32]:
        self.asked.append(state)
        row: NDArray[np.uint32] = self.rows[state]
        return row


def counting(seed: int, states: int = 40, words: int = 3) -> Counting:
    return Counting(np.random.default_rng(seed).integers(0, 2**32, (states, words), dtype=np.uint32))


def masked(rows: DeviceRows, places: list[Place]) -> None:
    scores = torch.randn(len(places), 96)
    words = np.array([[2**32 - 1] * 3 if place is None else place[0].mask(place[1]) for place in places], np.uint32)
    assert torch.equal(rows.apply(scores, places), naive(scores, words, list(range(len(places)))))


@pytest.mark.parametrize("limit", [12 * 4, 12 * 7, 1 << 20])
def test_rows_of_many_automata_share_a_table(limit: int) -> None:
    rows, automata = DeviceRows(3, "cpu", limit=limit), [counting(seed) for seed in range(3)]
    generator = np.random.default_rng(limit)
    seen: set[tuple[int, int]] = set()
    for _ in range(100):
        chosen = [(int(which), int(state)) for which, state in generator.integers(0, 40, (4, 2))]
        seen.update((which % 3, state) for which, state in chosen if state % 7)
        masked(rows, [(automata[which % 3], state) if state % 7 else None for which, state in chosen])
        assert rows.memory_bytes <= limit
    assert len(rows) == min(limit // 12, len(seen))


def test_known_rows_are_not_asked_for_again() -> None:
    rows, automaton = DeviceRows(3, "cpu"), counting(0)
    scores = torch.zeros(4, 96)
    for _ in range(3):
        rows.apply(scores, [(automaton, state) for state in (5, 6, 5, 7)])
    assert set(automaton.asked) == {5, 6, 7}
    asked = len(automaton.asked)
    rows.apply(scores[:2], [(automaton, 7), None], out=scores[:2])
    assert len(automaton.asked) == asked


def test_the_rows_used_last_are_kept() -> None:
    rows, automaton = DeviceRows(3, "cpu", limit=36), counting(0)
    for states in ((0, 1, 2), (0,), (3,), (0, 2)):
        masked(rows, [(automaton, state) for state in states])
    automaton.asked.clear()
    rows.apply(torch.zeros(3, 96), [(automaton, state) for state in (0, 2, 3)])
    assert automaton.asked == []


def test_a_batch_that_the_table_cannot_hold_is_refused() -> None:
    rows, automaton = DeviceRows(3, "cpu", limit=24), counting(0)
    with pytest.raises(ValueError, match="the batch needs 3 rows, limit lets the table have 2: raise it"):
        rows.apply(torch.zeros(3, 96), [(automaton, 0), (automaton, 1), (automaton, 2)])
    masked(rows, [(automaton, 0), (automaton, 1), (automaton, 0)])


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"limit has to be the bytes of one row \(12\) or more, not 11"):
        DeviceRows(3, "cpu", limit=11)
    with pytest.raises(TypeError, match="mask_words is a whole number"):
        DeviceRows("3", "cpu")  # type: ignore[arg-type]  # what is refused
    with pytest.raises(ValueError, match=r"logits have to be \[1, width\], a row for each place: \[2, 96\]"):
        DeviceRows(3, "cpu").apply(torch.zeros(2, 96), [None])
    with pytest.raises(ValueError, match="no gradient flows through DeviceRows: use apply_mask"):
        DeviceRows(3, "cpu").apply(torch.zeros(1, 96, requires_grad=True), [None])
    with pytest.raises(ValueError, match="rows are of 3 words and those of the vocabulary of 1"):
        ConstraintLogitsProcessor(WORDS, rows=DeviceRows(3, "cpu"))


def test_a_row_is_not_taken_for_that_of_an_automaton_that_is_gone() -> None:
    serials, seen = Serials(), set()
    for _ in range(50):
        automaton = counting(0)
        seen.add(serials.of(automaton))
        assert serials.of(automaton) in seen
        del automaton
    assert len(seen) == 50
    assert not serials._known


PAD, EOS = 0, 1
TEXTS = [b"", b"", b"a", b"b", b"ab", b"ba", b"c"]
VOCABULARY = TableVocabulary(TEXTS, (EOS,))
WORDS = TableAutomaton.of_words(["abab", "abc", "bab", "b"], VOCABULARY)
OTHERS = TableAutomaton.of_words(["cab", "cc"], VOCABULARY)


@pytest.mark.parametrize("options", [{"num_beams": 3}, {"do_sample": True, "num_return_sequences": 2}])
def test_a_processor_with_device_rows_writes_what_one_without_writes(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_model(len(TEXTS), (EOS,), PAD)
    prompts = torch.tensor([[PAD, 3, 2], [2, 2, 3]])
    shared = DeviceRows(VOCABULARY.mask_words, "cpu")
    written: list[torch.Tensor] = []
    for rows in (None, None, shared, shared):
        if len(written) == 1:
            monkeypatch.setattr(ConstraintLogitsProcessor, "_on_cpu", ConstraintLogitsProcessor._on_device)
        torch.manual_seed(0)
        processor = ConstraintLogitsProcessor([WORDS, OTHERS], rows=rows)
        mask = (prompts != PAD).long()
        written.append(
            model.generate(prompts, attention_mask=mask, logits_processor=[processor], max_new_tokens=9, **options)
        )
    assert len(shared) > 1
    assert all(torch.equal(each, written[0]) for each in written)


def test_drafts_that_leave_the_language_are_not_masked_on_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    model, assistant = tiny_model(len(TEXTS), (EOS,), PAD), tiny_model(len(TEXTS), (EOS,), PAD, seed=1)
    prompt = torch.tensor([[3, 2]])
    options: dict[str, Any] = {"max_new_tokens": 9, "logits_processor": [ConstraintLogitsProcessor(WORDS)]}
    expected = model.generate(prompt, **options)
    monkeypatch.setattr(ConstraintLogitsProcessor, "_on_cpu", ConstraintLogitsProcessor._on_device)
    found = model.generate(prompt, assistant_model=assistant, **options)
    assert torch.equal(found, expected)
