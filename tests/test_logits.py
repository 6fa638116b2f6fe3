"""`ConstraintLogitsProcessor` under `model.generate`: every row of every call stays in its language."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch

from constrain.compile import compile_choice
from constrain.errors import ConstraintViolationError
from constrain.logits import ConstraintLogitsProcessor
from constrain.mask_tensors import unpack_tensor
from constrain.masks import unpack
from constrain.protocols import TokenAutomaton
from constrain.vocabulary import Vocabulary
from tests.table_automaton import TableAutomaton, TableVocabulary
from tests.tiny_model import tiny_model

PAD, EOS, OTHER_EOS = 0, 1, 2
TEXTS = [b"", b"", b"", b"a", b"b", b"ab", b"ba", b"aa", b"bb", b"abc", b"c", b"ca", b"", b"cc"]
VOCABULARY = TableVocabulary(TEXTS, (EOS, OTHER_EOS))
WORDS = ["abab", "abc", "bab", "aabbaabb", "b"]
AB = TableAutomaton.of_words(WORDS, VOCABULARY)
ENGINE_AB = compile_choice(WORDS, Vocabulary(TEXTS, (EOS, OTHER_EOS)))
C = TableAutomaton.of_words(["cca", "cac", "ccccccca"], VOCABULARY)


MODEL = tiny_model(len(TEXTS), (EOS, OTHER_EOS), PAD)
PROMPTS = torch.tensor([[PAD, 5, 3], [PAD, PAD, 4], [10, 3, 3]])


def texts_of(rows: torch.Tensor, prompt_length: int) -> list[str]:
    return [b"".join(TEXTS[token] for token in row[prompt_length:].tolist()).decode() for row in rows]


def members(automaton: TableAutomaton, texts: list[str]) -> bool:
    return all(automaton.is_accepting(automaton.advance_bytes(0, text.encode())) for text in texts)


def run(processor: ConstraintLogitsProcessor, prompts: torch.Tensor = PROMPTS, **options: Any) -> list[str]:
    rows = MODEL.generate(
        prompts, attention_mask=(prompts != PAD).long(), logits_processor=[processor], max_new_tokens=20, **options
    )
    return texts_of(rows, prompts.shape[1])


@pytest.mark.parametrize(
    "options",
    [
        {"do_sample": False},
        {"do_sample": True},
        {"do_sample": True, "num_return_sequences": 5},
        {"do_sample": False, "num_beams": 4},
        {"do_sample": False, "num_beams": 4, "num_return_sequences": 3},
        {"do_sample": True, "num_beams": 3, "num_return_sequences": 2},
    ],
)
@pytest.mark.parametrize("automaton", [AB, ENGINE_AB])
def test_every_row_is_a_member(options: dict[str, Any], automaton: TokenAutomaton) -> None:
    processor = ConstraintLogitsProcessor(automaton)
    for seed in range(5):
        torch.manual_seed(seed)
        texts = run(processor, **options)
        assert len(texts) == 3 * int(str(options.get("num_return_sequences", 1)))
        assert members(AB, texts)


@pytest.mark.parametrize(
    "options", [{"do_sample": True}, {"do_sample": True, "num_return_sequences": 3}, {"num_beams": 3}]
)
def test_each_prompt_has_its_automaton(options: dict[str, Any]) -> None:
    processor = ConstraintLogitsProcessor([AB, C, AB])
    for seed in range(5):
        torch.manual_seed(seed)
        texts = run(processor, **options)
        each = len(texts) // 3
        for index, automaton in enumerate([AB, C, AB]):
            assert members(automaton, texts[index * each : (index + 1) * each])


def test_equal_prompts_keep_their_own_automata() -> None:
    texts = run(ConstraintLogitsProcessor([AB, C]), torch.tensor([[3, 4], [3, 4]]), do_sample=True)
    assert members(AB, texts[:1])
    assert members(C, texts[1:])


def test_prompts_that_change_places_keep_their_own_automata() -> None:
    processor = ConstraintLogitsProcessor([AB, C])
    prompts = torch.tensor([[3, 4], [4, 3]])
    for rows in (prompts, prompts.flip(0), prompts):
        texts = run(processor, rows, do_sample=True)
        assert members(AB, texts[:1])
        assert members(C, texts[1:])


def test_assisted_generation_gives_what_greedy_gives() -> None:
    assistant = tiny_model(len(TEXTS), (EOS, OTHER_EOS), PAD, seed=1)
    for prompt in ([[5, 3]], [[4, 4]], [[10, 3]]):
        processor = ConstraintLogitsProcessor(AB)
        greedy = run(processor, torch.tensor(prompt))
        assert run(processor, torch.tensor(prompt), assistant_model=assistant) == greedy
        assert run(processor, torch.tensor(prompt), prompt_lookup_num_tokens=3) == greedy


def test_a_processor_serves_one_call_after_the_other() -> None:
    processor = ConstraintLogitsProcessor(AB)
    prompts = [[[5, 3]], [[5, 3, 3]], [[5, 3, 3, 10]], [[5]], [[3, 4], [4, 3]], [[5, 3]], [[5, 3]]]
    for prompt in prompts:
        expected = run(ConstraintLogitsProcessor(AB), torch.tensor(prompt))
        assert run(processor, torch.tensor(prompt)) == expected


def process(processor: ConstraintLogitsProcessor, rows: list[list[int]], scores: torch.Tensor) -> torch.Tensor:
    return processor(cast(torch.LongTensor, torch.tensor(rows)), cast(torch.FloatTensor, scores))


def scores_after(processor: ConstraintLogitsProcessor, rows: list[list[int]]) -> torch.Tensor:
    return process(processor, rows, torch.zeros(len(rows), len(TEXTS)))


def test_rows_may_be_permuted_dropped_and_repeated() -> None:
    processor = ConstraintLogitsProcessor(AB)
    scores_after(processor, [[9, 9], [9, 8]])
    scores_after(processor, [[9, 9, 3], [9, 8, 4]])
    out = scores_after(processor, [[9, 8, 4, 3], [9, 9, 3, 4], [9, 9, 3, 4]])
    assert torch.equal(out[1], out[2])
    assert [allowed(row) for row in out] == [after_ab(b"ba"), after_ab(b"ab"), after_ab(b"ab")]
    assert [allowed(row) for row in scores_after(processor, [[9, 9, 3, 4, 10]])] == [after_ab(b"abc")]


def allowed(row: torch.Tensor) -> list[int]:
    return torch.isfinite(row).nonzero().flatten().tolist()


def after_ab(text: bytes) -> list[int]:
    state = AB.advance_bytes(0, text)
    return [token for token in range(len(TEXTS)) if AB.advance(state, token) >= 0]


def test_dropped_rows_are_found_among_all_prompts() -> None:
    processor = ConstraintLogitsProcessor([AB, C])
    scores_after(processor, [[9, 9], [9, 8]])
    out = scores_after(processor, [[9, 8, 10]])
    assert allowed(out[0]) == [token for token in range(len(TEXTS)) if C.advance(C.advance(0, 10), token) >= 0]


def test_padding_after_the_end_is_no_violation() -> None:
    processor = ConstraintLogitsProcessor(AB)
    scores_after(processor, [[9], [9]])
    scores_after(processor, [[9, 4], [9, 3]])
    out = scores_after(processor, [[9, 4, EOS], [9, 3, 4]])
    assert allowed(out[0]) == [EOS, OTHER_EOS]
    out = scores_after(processor, [[9, 4, EOS, PAD], [9, 3, 4, 10]])
    assert allowed(out[0]) == [EOS, OTHER_EOS]


def test_a_refused_token_raises_and_says_why() -> None:
    processor = ConstraintLogitsProcessor(AB)
    scores_after(processor, [[9], [9]])
    with pytest.raises(ConstraintViolationError, match="row 1 left the language at token 10: b'c' does not go on"):
        scores_after(processor, [[9, 4], [9, 10]])


def test_reset_begins_with_a_prompt_that_goes_on_from_the_last() -> None:
    processor = ConstraintLogitsProcessor(AB)
    scores_after(processor, [[9]])
    assert allowed(scores_after(processor, [[9, 3]])[0]) == after_ab(b"a")
    processor.reset()
    assert allowed(scores_after(processor, [[9, 3]])[0]) == after_ab(b"")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("width", [len(TEXTS), len(TEXTS) + 40])
def test_scores_keep_their_type_and_allowed_values(dtype: torch.dtype, width: int) -> None:
    scores = torch.randn(2, width).to(dtype)
    before = scores.clone()
    out = process(ConstraintLogitsProcessor(AB), [[9], [9]], scores)
    assert out.dtype == dtype
    assert torch.equal(scores, before)
    finite = torch.isfinite(out)
    assert allowed(out[0]) == after_ab(b"")
    assert torch.equal(out[finite], scores[finite])


def test_scores_that_somebody_holds_are_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constrain.score_memory.LARGE_BYTES", 1)
    processor, scores = ConstraintLogitsProcessor(AB), torch.randn(2, len(TEXTS))
    held = [process(processor, [[9], [9]], scores + number) for number in range(6)]
    views = [process(processor, [[9], [9]], scores + number)[1, 3:] for number in range(6)]
    for number, (all_of_it, part) in enumerate(zip(held, views, strict=True)):
        expected = process(ConstraintLogitsProcessor(AB), [[9], [9]], scores + number)
        assert torch.equal(all_of_it, expected)
        assert torch.equal(part, expected[1, 3:])


def test_memory_of_scores_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constrain.score_memory.LARGE_BYTES", 1)
    processor, scores = ConstraintLogitsProcessor(AB), torch.randn(2, len(TEXTS))
    seen = set()
    for _ in range(10):
        held = process(processor, [[9], [9]], scores)
        seen.add(held.data_ptr())
    assert len(seen) == 2


def test_gradients_flow_through_a_processor() -> None:
    scores = torch.randn(1, len(TEXTS), requires_grad=True)
    masked = process(ConstraintLogitsProcessor(AB), [[9]], scores)
    (gradient,) = torch.autograd.grad(masked[torch.isfinite(masked)].sum(), scores)
    assert gradient.nonzero()[:, 1].tolist() == after_ab(b"")


def test_narrow_logits_are_refused() -> None:
    with pytest.raises(ValueError, match="the model scores 9 tokens"):
        process(ConstraintLogitsProcessor(AB), [[9]], torch.zeros(1, 9))


def test_rows_that_do_not_divide_among_automata_are_refused() -> None:
    with pytest.raises(ValueError, match="3 rows cannot be shared among 2 automata"):
        scores_after(ConstraintLogitsProcessor([AB, C]), [[9], [9], [9]])


def test_masks_are_unpacked_alike_on_both_devices() -> None:
    words = torch.randint(-(2**31), 2**31, (5, 7), dtype=torch.int64).to(torch.int32)
    for width in (1, 31, 32, 33, 200, 224):
        expected = unpack(words.numpy().view("uint32"), width)
        assert (unpack_tensor(words, width).numpy() == expected).all()


def test_the_engine_and_the_table_write_the_same() -> None:
    for seed in range(5):
        rows = []
        for automaton in (AB, ENGINE_AB):
            torch.manual_seed(seed)
            rows.append(run(ConstraintLogitsProcessor(automaton), do_sample=True, num_return_sequences=3))
        assert rows[0] == rows[1]
