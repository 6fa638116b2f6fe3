"""`apply_mask` against the obvious way, bit for bit: every type, width, stride and choice of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from constrain import apply_mask
from constrain.cpu_masks import MINUS_INFINITY
from constrain.parallel import in_parts

DTYPES = tuple(MINUS_INFINITY)
INTEGERS = {2: torch.int16, 4: torch.int32, 8: torch.int64}


def bits_of(scores: torch.Tensor) -> torch.Tensor:
    """The scores as whole numbers, so that NaNs and signs of zero count."""
    return scores.contiguous().view(INTEGERS[scores.element_size()])


def naive(
    scores: torch.Tensor, words: NDArray[np.uint32], rows: list[int] | None = None, is_shared: bool = False
) -> torch.Tensor:
    out = scores.clone()
    for row in range(len(scores)) if rows is None else rows:
        mask = words[0 if is_shared else row]
        for token in range(scores.shape[1]):
            if token >= 32 * len(mask) or not int(mask[token // 32]) >> (token % 32) & 1:
                out[row, token] = -torch.inf
    return out


def random_scores(generator: np.random.Generator, rows: int, width: int, dtype: torch.dtype) -> torch.Tensor:
    """Scores of random bits, most of them numbers and some of them not."""
    whole = INTEGERS[dtype.itemsize]
    least, most = torch.iinfo(whole).min, torch.iinfo(whole).max
    return torch.from_numpy(generator.integers(least, most, (rows, width))).to(whole).view(dtype)


def random_words(generator: np.random.Generator, rows: int, length: int) -> NDArray[np.uint32]:
    """Words of five kinds: any bits, all, none, all but a few, and no more than a few."""
    words = generator.integers(0, 2**32, (rows, length), dtype=np.uint32)
    few = np.bitwise_or.reduce(np.uint32(1) << generator.integers(0, 32, (7, rows, length), dtype=np.uint32))
    kind = generator.integers(0, 5, (rows, length))
    return np.choose(kind, [words, np.zeros_like(words), np.full_like(words, 2**32 - 1), few, ~few])


def test_the_constants_are_minus_infinity() -> None:
    for dtype, value in MINUS_INFINITY.items():
        found = int(bits_of(torch.tensor([-torch.inf], dtype=dtype)))
        assert found % 2 ** (8 * dtype.itemsize) == value


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(DTYPES), st.integers(0, 4), st.integers(0, 200), st.integers(1, 5), st.integers(0, 2**32), st.data()
)
def test_every_type_and_width(
    dtype: torch.dtype, rows: int, width: int, length: int, seed: int, data: st.DataObject
) -> None:
    generator = np.random.default_rng(seed)
    scores, words = random_scores(generator, rows, width, dtype), random_words(generator, rows, length)
    before, expected = bits_of(scores).clone(), bits_of(naive(scores, words))
    assert torch.equal(bits_of(apply_mask(scores, words)), expected)
    assert torch.equal(bits_of(scores), before)
    chosen = data.draw(st.lists(st.integers(0, rows - 1), unique=True)) if rows else []
    some = bits_of(naive(scores, words, chosen))
    assert torch.equal(bits_of(apply_mask(scores, words, indices=chosen)), some)
    out = torch.empty_like(scores)
    assert apply_mask(scores, words, out=out, indices=chosen) is out
    assert torch.equal(bits_of(out), some)
    in_place = scores.clone()
    apply_mask(in_place, words, out=in_place, indices=chosen)
    assert torch.equal(bits_of(in_place), some)
    apply_mask(scores, words, out=scores)
    assert torch.equal(bits_of(scores), expected)


def strided(scores: torch.Tensor, kind: str) -> torch.Tensor:
    """The same scores, otherwise in memory."""
    rows, width = scores.shape
    if kind == "transposed":
        return scores.t().contiguous().t()
    if kind == "every third row":
        return torch.zeros(3 * rows, width, dtype=scores.dtype)[::3].copy_(scores)
    if kind == "part of wider rows":
        return torch.zeros(rows, width + 5, dtype=scores.dtype)[:, 3:-2].copy_(scores)
    return torch.zeros(rows, 2 * width, dtype=scores.dtype)[:, ::2].copy_(scores)


@pytest.mark.parametrize("kind", ["transposed", "every third row", "part of wider rows", "every second column"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("chosen", [None, [2, 0]])
def test_scores_that_are_not_contiguous(kind: str, dtype: torch.dtype, chosen: list[int] | None) -> None:
    generator = np.random.default_rng(len(kind))
    plain, words = torch.from_numpy(generator.normal(size=(3, 71))).to(dtype), random_words(generator, 3, 2)
    scores = strided(plain, kind)
    expected = naive(plain, words, chosen)
    assert torch.equal(apply_mask(scores, words, indices=chosen), expected)
    out = strided(torch.zeros_like(plain), kind)
    before = plain.clone()
    apply_mask(plain, words, out=out, indices=chosen)
    assert torch.equal(out, expected)
    assert torch.equal(plain, before)
    apply_mask(scores, words, out=scores, indices=chosen)
    assert torch.equal(scores, expected)


def test_one_mask_for_all_rows_and_one_row() -> None:
    generator = np.random.default_rng(1)
    scores, words = torch.randn(4, 90), random_words(generator, 1, 3)
    expected = naive(scores, words, is_shared=True)
    assert torch.equal(apply_mask(scores, words), expected)
    assert torch.equal(apply_mask(scores, words[0]), expected)
    assert torch.equal(apply_mask(scores[2], words[0]), expected[2])
    assert torch.equal(apply_mask(scores[2], words), expected[2])
    assert torch.equal(apply_mask(scores, words[0], indices=[3]), naive(scores, words, [3], is_shared=True))
    row = scores[1].clone()
    assert apply_mask(row, words[0], out=row) is row
    assert torch.equal(row, expected[1])


@pytest.mark.parametrize("form", [np.int32, torch.int32, torch.uint32])
def test_words_in_other_forms(form: Any) -> None:
    scores, words = torch.randn(3, 96), random_words(np.random.default_rng(2), 6, 3)
    expected = naive(scores, words[::2])
    given = words.view(np.int32) if form is np.int32 else torch.from_numpy(words.view(np.int32)).view(form)
    assert torch.equal(apply_mask(scores, given[::2]), expected)


def test_large_batches_are_dealt_to_threads() -> None:
    generator = np.random.default_rng(3)
    scores, words = torch.randn(9, 1 << 17), random_words(generator, 9, 1 << 12)
    allowed = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").view(np.bool_)
    expected = torch.where(torch.from_numpy(allowed), scores, -torch.inf)
    assert torch.equal(apply_mask(scores, words), expected)
    assert torch.equal(apply_mask(scores, words, indices=range(9)), expected)


@pytest.mark.parametrize("rows", [0, 1, 5, 64])
@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_parts_are_all_of_the_rows(rows: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constrain.parallel.most_threads", lambda: threads)
    seen: list[int] = []
    in_parts(lambda first, last: seen.extend(range(first, last)), rows, 1 << 30, 7)
    assert sorted(seen) == list(range(rows))


def test_an_error_in_a_part_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constrain.parallel.most_threads", lambda: 2)

    def fail(first: int, last: int) -> None:
        if first:
            raise RuntimeError("in the second part")

    with pytest.raises(RuntimeError, match="in the second part"):
        in_parts(fail, 4, 1 << 30, 2)


@pytest.mark.parametrize("chosen", [None, [1]])
@pytest.mark.parametrize("width", [64, 70, 40])
def test_gradients_flow_through_a_new_tensor(chosen: list[int] | None, width: int) -> None:
    words = random_words(np.random.default_rng(4), 2, 2)
    scores = torch.randn(2, width, requires_grad=True)
    masked = apply_mask(scores, words, indices=chosen)
    assert torch.equal(masked, naive(scores.detach(), words, chosen))
    (gradient,) = torch.autograd.grad(masked[torch.isfinite(masked)].sum(), scores)
    assert torch.equal(gradient, torch.isfinite(masked).float())
    with pytest.raises(ValueError, match=r"no gradient flows through out: leave it out, or .* torch.no_grad"):
        apply_mask(scores, words, out=torch.empty(2, width))
    with torch.no_grad():
        assert torch.equal(apply_mask(scores, words, out=scores, indices=chosen), masked)


SCORES, WORDS = torch.zeros(2, 64), np.zeros((2, 2), np.uint32)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((SCORES.long(), WORDS), {}, TypeError, "logits is a tensor of float16, bfloat16, float32, float64, not torch"),
        ((WORDS, WORDS), {}, TypeError, "logits is a tensor of"),
        (
            (SCORES[None], WORDS),
            {},
            ValueError,
            r"or \[width\], not \[1, 2, 64\]: choose one position",
        ),
        ((SCORES[0, 0], WORDS), {}, ValueError, r"not \[\]"),
        ((SCORES, WORDS.astype(np.uint8)), {}, TypeError, "words is the masks of Automaton.mask or .* not .*uint8"),
        ((SCORES, WORDS.tolist()), {}, TypeError, "words is the masks"),
        ((SCORES, torch.zeros(2, 2)), {}, TypeError, "words is the masks"),
        ((SCORES, WORDS[None]), {}, ValueError, r"words are \[batch, mask_words\] or \[mask_words\], not \[1, 2, 2\]"),
        ((SCORES, np.zeros((3, 2), np.uint32)), {}, ValueError, "2 rows of logits need as many masks, or one .* not 3"),
        ((SCORES, WORDS), {"indices": [0, 2]}, IndexError, "rows from 0 to 1 .* not 2"),
        ((SCORES, WORDS), {"indices": [-1]}, IndexError, "rows from 0 to 1 .* not -1"),
        ((SCORES, WORDS), {"out": WORDS}, TypeError, "out is a tensor like logits"),
        ((SCORES, WORDS), {"out": SCORES.half()}, ValueError, r"out has to be like logits, torch.float32 \[2, 64\]"),
        ((SCORES, WORDS), {"out": SCORES[:1]}, ValueError, r"not torch.float32 \[1, 64\]"),
        ((SCORES, WORDS), {"out": torch.zeros(1, 64).expand(2, 64)}, ValueError, r"share memory .* clone\(\)"),
    ],
)
def test_what_does_not_fit_is_refused(
    arguments: tuple[Any, Any], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        apply_mask(*arguments, **options)


def test_an_out_that_overlaps_is_refused() -> None:
    memory = torch.zeros(3, 64)
    with pytest.raises(ValueError, match="out lies in the memory of logits"):
        apply_mask(memory[:2], WORDS, out=memory[1:])
