"""Train the shipped model and write it to the package; stopped and started again, it goes on from the last checkpoint.

    python -m training.train_model [--pools N] [--threads N] [--fresh]

A pool is 1,024 documents (about 130 thousand tokens). The learning rate warms up, stays for a while, and then falls
to zero.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils.logging import disable_progress_bar

from constrain.shipped import MODEL_DIR
from training.batches import Batch, Documents, pad

CHECKPOINT = Path(__file__).with_name("build") / "checkpoint.pt"
PEAK_RATE = 3e-3
WARM_UP = 2.0  # pools
DECAY = 0.7  # of the whole training
HELD_OUT = [f"held out {i}" for i in range(256)]


def new_model(tokenizer: PreTrainedTokenizerBase) -> LlamaForCausalLM:
    """An untrained model, the same one every time."""
    torch.manual_seed(0)
    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id, "bos_token_id": None}
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=160,
        intermediate_size=448,
        num_hidden_layers=4,
        num_attention_heads=5,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        initializer_range=0.03,
        **ends,
    )
    return LlamaForCausalLM(config)


def new_optimizer(model: LlamaForCausalLM) -> torch.optim.Optimizer:
    """AdamW; only matrices decay."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=PEAK_RATE, betas=(0.9, 0.98), eps=1e-8, fused=True)


def rate(pools_done: float, pools: int) -> float:
    """The learning rate after so many pools of so many."""
    warm = min(1.0, (pools_done + 0.02) / WARM_UP)
    left = (pools - pools_done) / (pools * DECAY)
    return PEAK_RATE * warm * max(0.0, min(1.0, left))


def loss_of(model: PreTrainedModel, batch: Batch) -> torch.Tensor:
    """The weighted mean of the negative log likelihood of every token after the first."""
    logits = model(input_ids=batch.ids[:, :-1]).logits.flatten(0, 1)
    weights = batch.weights[:, 1:].flatten()
    losses = cross_entropy(logits, batch.ids[:, 1:].flatten(), reduction="none")
    return (losses * weights).sum() / weights.sum()


def train_pool(
    model: LlamaForCausalLM, optimizer: torch.optim.Optimizer, batches: list[Batch], done: int, pools: int
) -> float:
    """One pass over a pool; the mean loss."""
    model.train()
    total = 0.0
    for i, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = rate(done + i / len(batches), pools)
        loss = loss_of(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        total += loss.item()
    return total / len(batches)


@torch.no_grad()
def held_out_loss(model: PreTrainedModel, documents: Documents) -> float:
    """Nats per token of the answers of held-out triples."""
    model.eval()
    drawn = [documents.triple(seed) for seed in HELD_OUT]
    total = count = 0.0
    for start in range(0, len(drawn), 32):
        batch = pad(drawn[start : start + 32], 0)
        answers = Batch(batch.ids, (batch.weights == 1.0).float())
        tokens = answers.weights[:, 1:].sum().item()
        total += loss_of(model, answers).item() * tokens
        count += tokens
    return total / count


def save(model: LlamaForCausalLM, optimizer: torch.optim.Optimizer, done: int) -> None:
    """A checkpoint to go on from, and the weights in the package, in half precision."""
    CHECKPOINT.parent.mkdir(exist_ok=True)
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "done": done}, CHECKPOINT)
    half = LlamaForCausalLM(model.config)
    half.load_state_dict(model.state_dict())
    half.half().save_pretrained(MODEL_DIR)


def resume(model: LlamaForCausalLM, optimizer: torch.optim.Optimizer) -> int:
    """Load the last checkpoint, if there is one; the number of pools done."""
    if not CHECKPOINT.exists():
        return 0
    state: dict[str, Any] = torch.load(CHECKPOINT)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["done"])


def main() -> None:
    """Train from the last checkpoint to the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pools", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="forget the last checkpoint")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    disable_progress_bar()
    if options.fresh:
        CHECKPOINT.unlink(missing_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(MODEL_DIR)
    model, documents = new_model(tokenizer), Documents(tokenizer)
    optimizer = new_optimizer(model)
    print(f"{model.num_parameters():,} parameters", flush=True)
    for done in range(resume(model, optimizer), options.pools):
        start = time.perf_counter()
        loss = train_pool(model, optimizer, documents.pool(done), done, options.pools)
        save(model, optimizer, done + 1)
        spent, held_out = time.perf_counter() - start, held_out_loss(model, documents)
        print(f"pool {done + 1}/{options.pools}: loss {loss:.3f}, held out {held_out:.3f}, {spent:.0f} s", flush=True)


if __name__ == "__main__":
    main()
