"""What the shipped model is worth: held-out loss, and how often it writes valid JSON with nothing to hold it.

python -m training.evaluate [--requests N]
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

import torch
from jsonschema import Draft202012Validator
from transformers import PreTrainedTokenizerBase

from constrain.shipped import load_shipped_model
from training.batches import Documents
from training.corpus import Triple, triple
from training.train_model import held_out_loss

MAX_NEW_TOKENS = 320


@dataclass
class Tally:
    """How many answers there were, and how many of them were JSON, valid, or what the reference answer says."""

    answers: int = 0
    json: int = 0
    valid: int = 0

    def add(self, answer: str, drawn: Triple) -> None:
        """Judge one answer."""
        self.answers += 1
        try:
            value = json.loads(answer)
        except ValueError:
            return
        self.json += 1
        self.valid += Draft202012Validator(drawn.schema or {}).is_valid(value)

    def __str__(self) -> str:
        json_share, valid_share = self.json / self.answers, self.valid / self.answers
        return f"{json_share:.0%} are JSON, {valid_share:.0%} satisfy their schema ({self.answers} answers)"


def held_out(count: int) -> list[Triple]:
    """Triples with a schema that the training never saw."""
    drawn = (triple(f"held out {i}") for i in range(10 * count))
    return [one for one in drawn if one.schema is not None][:count]


@torch.no_grad()
def write(model: Any, tokenizer: PreTrainedTokenizerBase, prompt: str, *, sample: bool) -> str:
    """What the model answers, unconstrained."""
    inputs = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)
    choice = {"do_sample": True, "top_k": 0} if sample else {"do_sample": False}
    output = model.generate(**inputs, **choice, max_new_tokens=MAX_NEW_TOKENS)
    answer = output[0, inputs["input_ids"].shape[1] :]
    return str(tokenizer.decode(answer, skip_special_tokens=True))


def main() -> None:
    """Print the figures of the model card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200)
    requests = held_out(parser.parse_args().requests)
    torch.manual_seed(0)
    model, tokenizer = load_shipped_model()
    print(f"{model.num_parameters():,} parameters, {len(tokenizer):,} tokens")
    print(f"held-out answers: {held_out_loss(model, Documents(tokenizer)):.3f} nats per token")
    for sample in (False, True):
        tally = Tally()
        for drawn in requests:
            tally.add(write(model, tokenizer, drawn.prompt, sample=sample), drawn)
        print(f"{'sampled at temperature 1' if sample else 'greedy'}: {tally}")


if __name__ == "__main__":
    main()
