"""`ASApProcessor` under `model.generate`, against the enumeration of what a model gives to all members."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from transformers import LogitsProcessor

from constrain import GenerationError, Vocabulary, compile_choice, compile_json_schema, compile_regex
from samplers import ASApProcessor, Target
from samplers.tree.prefix_tree import PrefixTree
from samplers.validate.enumeration import Row, law, members, total_variation
from tests.tiny_model import tiny_model

PAD, EOS, OTHER_EOS = 0, 1, 2
TOKENS = {3: "a", 4: "b", 5: "ab", 6: "ba", 7: "bb"}
WORDS = ["abab", "bba", "abb", "b"]
VOCABULARY = Vocabulary([b"", b"", b"", *(text.encode() for text in TOKENS.values())], [EOS, OTHER_EOS])
AUTOMATON = compile_choice(WORDS, VOCABULARY)
OTHER = compile_choice(["aaa", "ba"], VOCABULARY)
MODEL = tiny_model(len(VOCABULARY), (EOS, OTHER_EOS), PAD)
PROMPTS = torch.tensor([[PAD, 5, 3], [4, 3, 3]])
LENGTH = 6


def generate(processor: ASApProcessor, prompts: torch.Tensor = PROMPTS, **options: Any) -> list[str]:
    given = {"do_sample": True, "max_new_tokens": LENGTH, **options}
    mask = (prompts != PAD).long()
    rows = MODEL.generate(prompts, attention_mask=mask, logits_processor=[processor], **given)
    return ["".join(TOKENS.get(token, "") for token in row[prompts.shape[1] :].tolist()) for row in rows]


def truth(prompt: list[int], target: Target) -> Mapping[Row, float]:
    def logits(row: Row) -> list[float]:
        with torch.no_grad():
            scores: list[float] = MODEL(torch.tensor([[*prompt, *row]])).logits[0, -1].double().tolist()
        return scores

    return law(logits, members(TOKENS, WORDS, LENGTH - 1), [EOS, OTHER_EOS], target).masses


def proposal(tree: PrefixTree[Any]) -> dict[Row, float]:
    """What the tree draws next, as far as its nodes are open."""
    found = {}
    for node in tree.nodes():
        if node.branches is None:
            continue
        stop = node.branches.slot_of(-1)
        if stop is not None:
            q = node.branches.masses[stop] / node.branches.masses.sum()
            row, above = tuple(node.tokens()), node
            while above.parent is not None and above.parent.branches is not None:
                masses = above.parent.branches.masses
                q *= masses[above.slot] / masses.sum()
                above = above.parent
            found[row] = float(q)
    return found


@pytest.mark.parametrize("options", [{}, {"num_return_sequences": 4}, {"do_sample": False}, {"top_k": 1}])
@pytest.mark.parametrize("automaton", [AUTOMATON, [AUTOMATON, OTHER]])
def test_every_row_is_a_member(automaton: Any, options: dict[str, Any]) -> None:
    processor = ASApProcessor(automaton, MODEL, seed=0, max_new_tokens=LENGTH)
    for _ in range(5):
        texts = generate(processor, **options)
        half = len(texts) // 2
        assert set(texts[:half]) <= set(WORDS)
        assert set(texts[half:]) <= set(WORDS if automaton is AUTOMATON else ["aaa", "ba"])


@pytest.mark.parametrize("target", [Target(), Target(temperature=0.7), Target(top_k=5)])
def test_the_draws_tend_to_the_law_whatever_the_generation_config_says(target: Target) -> None:
    processor = ASApProcessor(AUTOMATON, MODEL, target=target, seed=0, max_new_tokens=LENGTH)
    for _ in range(40):
        generate(processor, num_return_sequences=8, top_k=2, temperature=0.3)
    for row in PROMPTS.tolist():
        masses = truth([token for token in row if token != PAD], target)
        z = math.fsum(masses.values())
        tree = processor._tree(0, row)
        assert math.exp(tree.root.log_theta) == pytest.approx(z, rel=0.02)
        assert total_variation({row: mass / z for row, mass in masses.items()}, proposal(tree)) < 0.02


def test_a_seed_repeats_the_draws() -> None:
    first, second, third = (
        [generate(ASApProcessor(AUTOMATON, seed=seed), num_return_sequences=6) for _ in range(2)] for seed in (1, 1, 2)
    )
    assert first == second != third


def test_one_processor_serves_one_call_after_the_other() -> None:
    processor = ASApProcessor(AUTOMATON, MODEL, max_new_tokens=LENGTH)
    for prompts in (PROMPTS, PROMPTS[:1], torch.tensor([[3, 3, 4, 4]]), PROMPTS):
        assert set(generate(processor, prompts)) <= set(WORDS)
    assert len(processor._trees) == 3


def test_beams_are_refused() -> None:
    processor = ASApProcessor(AUTOMATON, MODEL, seed=0, max_new_tokens=LENGTH)
    with pytest.raises(GenerationError, match="beams"):
        generate(processor, num_beams=3, num_return_sequences=3)


class Doom(LogitsProcessor):
    """Leaves no probability to anything that is allowed after the prompt and then an "a"."""

    def __call__(self, ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        doomed = [len(row) > PROMPTS.shape[1] and row[PROMPTS.shape[1]] == 3 for row in ids.tolist()]
        scores = torch.where(torch.tensor(doomed)[:, None], -torch.inf, scores)  # type: ignore[assignment]
        scores[:, PAD] = 0.0
        return scores


def test_what_cannot_be_completed_is_learnt_though_the_call_fails() -> None:
    processor = ASApProcessor(AUTOMATON, MODEL, seed=0, max_new_tokens=LENGTH)
    prompts = PROMPTS[1:]
    options: dict[str, Any] = {"do_sample": True, "max_new_tokens": LENGTH, "num_return_sequences": 20}
    options |= {"attention_mask": torch.ones_like(prompts), "logits_processor": [Doom(), processor]}
    failed = 0
    for _ in range(8):
        try:
            rows = MODEL.generate(prompts, **options)
        except GenerationError as error:
            assert "call it again" in str(error)  # noqa: PT017  # of the calls some succeed
            failed += 1
    assert failed == 1
    assert 3 not in rows[:, PROMPTS.shape[1]]


def test_a_small_memory_is_kept_by_texts_that_never_end() -> None:
    automaton = compile_regex("[ab]{20,}", VOCABULARY)
    memories = []
    for limit in (1 << 20, 8000):
        processor = ASApProcessor(automaton, MODEL, seed=0, memory_limit=limit)
        for _ in range(5):
            generate(processor, num_return_sequences=4, max_new_tokens=3)
        memories.append([processor._tree(0, row).memory_bytes for row in PROMPTS.tolist()])
    assert min(memories[0]) > 8000
    assert 1000 < max(memories[1]) <= 8000


def test_a_token_that_was_not_drawn_is_refused() -> None:
    processor = ASApProcessor(AUTOMATON, seed=0)
    scores: Any = torch.zeros((1, len(VOCABULARY)))
    drawn = processor(torch.tensor([[3]]), scores)  # type: ignore[arg-type]
    other = next(token for token in TOKENS if drawn[0, token] != 0)
    with pytest.raises(GenerationError, match="was drawn"):
        processor(torch.tensor([[3, other]]), scores)  # type: ignore[arg-type]
    processor.reset()
    processor(torch.tensor([[3, other]]), scores)  # type: ignore[arg-type]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        ASApProcessor([])
    with pytest.raises(ValueError, match="max_new_tokens"):
        ASApProcessor(AUTOMATON, max_new_tokens=0)
    with pytest.raises(TypeError, match="target is a Target"):
        ASApProcessor(AUTOMATON, target=0.7)  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(ValueError, match="memory_limit"):
        ASApProcessor(AUTOMATON, memory_limit=0)
    with pytest.raises(ValueError, match="2 automata"):
        generate(ASApProcessor([AUTOMATON, OTHER]), PROMPTS[:1])
    other = compile_json_schema(True, Vocabulary([bytes([byte]) for byte in range(256)] + [b""], [256]))
    with pytest.raises(ValueError, match="vocabulary"):
        ASApProcessor([AUTOMATON, other])
    with pytest.raises(ValueError, match="model scores"):
        ASApProcessor(other, MODEL)
