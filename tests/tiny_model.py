"""A causal language model of a few kilobytes with random weights: real `transformers` code, no learnt preference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM


def tiny_model(width: int, eos_token_ids: Sequence[int], pad_token_id: int | None = None, seed: int = 0) -> Any:
    """Typed as `Any` because the annotations of `generate` refuse a plain list of processors."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=width,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=2048,
        bos_token_id=None,
        eos_token_id=list(eos_token_ids),
        pad_token_id=pad_token_id,
        initializer_range=0.9,
    )
    model: Any = LlamaForCausalLM(config)
    return model.eval()


def small_windows() -> Any:
    """A model whose cache forgets: what it read can not be taken back."""
    torch.manual_seed(0)
    config = MistralConfig(
        vocab_size=11,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        sliding_window=4,
        initializer_range=0.9,
        bos_token_id=None,
        eos_token_id=0,
    )
    return MistralForCausalLM(config).eval()
