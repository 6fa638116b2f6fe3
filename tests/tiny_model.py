"""A causal language model of a few kilobytes with random weights: real `transformers` code, no learnt preference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM

SIZES: dict[str, Any] = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_attention_heads": 2,
    "initializer_range": 0.9,
    "bos_token_id": None,
}


def tiny_model(width: int, eos_token_ids: Sequence[int], pad_token_id: int | None = None, seed: int = 0) -> Any:
    """Typed as `Any` because the annotations of `generate` refuse a plain list of processors."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=width,
        num_hidden_layers=1,
        max_position_embeddings=2048,
        eos_token_id=list(eos_token_ids),
        pad_token_id=pad_token_id,
        **SIZES,
    )
    model: Any = LlamaForCausalLM(config)
    return model.eval()


def small_windows() -> Any:
    """A model whose cache forgets: what it read can not be taken back."""
    torch.manual_seed(0)
    config = MistralConfig(
        vocab_size=11,
        num_hidden_layers=2,
        num_key_value_heads=2,
        sliding_window=4,
        eos_token_id=0,
        **SIZES,
    )
    return MistralForCausalLM(config).eval()
