"""Whether a model's generation config is left unread: a transformer whose config truncates, and the law without it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from samplers.adaptive import AdaptiveRejection
from samplers.language_model import TransformersModel
from samplers.target import OWN, Target
from samplers.validate.checks.law import weighted_shares
from samplers.validate.enumeration import Row, law, members, total_variation
from samplers.validate.figures import Check, Figure, Found, Settings, Tick
from samplers.validate.harness import END, TOKENS, WORDS, binary_automaton

TARGETS: Final = {"as it is": OWN, "temperature 0.7": Target(temperature=0.7), "top-k 4": Target(top_k=4)}
LIMIT: Final = 5
FLOOR: Final = 0.05
_PROMPT: Final = (1, 0)


class _Tokenizer:
    eos_token_id = END

    def __call__(self, _: str) -> dict[str, list[int]]:
        return {"input_ids": list(_PROMPT)}


def _run(settings: Settings, tick: Tick) -> Found:
    limit = FLOOR if settings.samples >= 2000 else None
    figures = []
    for name, target in TARGETS.items():
        distances = []
        for seed in range(settings.seeds):
            distances.append(_distance(seed, target, settings.samples))
            tick()
        what = f"TV with top_k=2 and temperature=0.2 in the config, target {name}"
        figures.append(Figure(what, float(np.mean(distances)), limit))
    return Found(tuple(figures))


def _distance(seed: int, target: Target, samples: int) -> float:
    model = _model(seed)
    tokenizer: Any = _Tokenizer()
    drawn = AdaptiveRejection(target, LIMIT).sample(model, tokenizer, binary_automaton(), "x", samples, seed)
    read = TransformersModel(model, _PROMPT)

    def logits(row: Row) -> list[float]:
        scores: list[float] = read.logits(row).tolist()
        return scores

    truth = law(logits, members(TOKENS, WORDS, LIMIT), [END], target)
    return total_variation(weighted_shares(drawn), truth.probabilities())


def _model(seed: int) -> Any:
    """A transformer of a few kilobytes with random weights."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=END + 1,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        initializer_range=0.9,
        bos_token_id=None,
        eos_token_id=END,
    )
    model: Any = LlamaForCausalLM(config).eval()
    model.generation_config = GenerationConfig(do_sample=True, top_k=2, temperature=0.2, eos_token_id=END)
    return model


CHECK = Check("Settings of the model's generation config", lambda settings: len(TARGETS) * settings.seeds, _run)
