"""Train the shipped model's byte-level BPE on the corpus and write it to the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from constrain.shipped import MODEL_DIR
from training.corpus import docstrings, triple

if TYPE_CHECKING:
    from collections.abc import Iterator

VOCABULARY = 4096
TRIPLES = 20_000
EOS, PAD = "<eos>", "<pad>"


def texts() -> Iterator[str]:
    """What the merges are learnt from."""
    for seed in range(TRIPLES):
        drawn = triple(seed)
        yield drawn.prompt + drawn.answer
    yield from docstrings()


def train() -> Tokenizer:
    """A byte-level BPE in which every digit is a token of its own: numbers are copied and bounded digit by digit."""
    tokenizer = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[EOS, PAD],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(), trainer)
    return tokenizer


def main() -> None:
    """Train, and save in the format that `AutoTokenizer` reads."""
    fast = PreTrainedTokenizerFast(
        tokenizer_object=train(),
        eos_token=EOS,
        pad_token=PAD,
        model_max_length=1024,
        clean_up_tokenization_spaces=False,
    )
    fast.save_pretrained(MODEL_DIR)
    print(f"{len(fast)} tokens in {MODEL_DIR}")


if __name__ == "__main__":
    main()
