"""One tokenizer of every family, trained or written here: nothing is downloaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import tiktoken
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import BertGenerationTokenizer, ByT5Tokenizer, PreTrainedTokenizer, PreTrainedTokenizerFast
from transformers.models.bert.tokenization_bert_legacy import BertTokenizerLegacy

from constrain.token_bytes.check import SAMPLES
from constrain.token_bytes.pieces import BYTE_ALPHABET
from tests.vocabularies import MISTRAL_DATA

ALPHABET = sorted(BYTE_ALPHABET)
UNKNOWN, END, SEPARATOR = "<unk>", "</s>", "[SEP]"
NAMES = {"unk_token": UNKNOWN, "eos_token": END}


def _trained(tokenizer: Tokenizer, trainer: Any) -> Tokenizer:
    tokenizer.train_from_iterator(SAMPLES * 3, trainer)
    return tokenizer


def byte_level(decoder: Any = None) -> PreTrainedTokenizerFast:
    """Byte-level BPE, with added tokens that are text and others that are not."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoder or decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=[END], initial_alphabet=ALPHABET)
    fast = PreTrainedTokenizerFast(tokenizer_object=_trained(tokenizer, trainer), eos_token=END)
    fast.add_tokens([AddedToken("<tool call>", special=False), AddedToken("<image>", special=True)])
    return fast


def _bpe_state(marked: bool) -> dict[str, Any]:
    """A trained BPE over characters as JSON; with `marked`, spaces are written as SentencePiece does."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace() if marked else pre_tokenizers.Whitespace()
    suffix = "" if marked else "</w>"
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=[UNKNOWN, END], end_of_word_suffix=suffix)
    state: dict[str, Any] = json.loads(_trained(tokenizer, trainer).to_str())
    return state


def byte_fallback() -> PreTrainedTokenizerFast:
    """SentencePiece's BPE with byte fallback, as Llama 2 has it."""
    state = _bpe_state(marked=True)
    vocabulary = state["model"]["vocab"]
    for byte in range(256):
        vocabulary[f"<0x{byte:02X}>"] = len(vocabulary)
    state["model"]["byte_fallback"] = True
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.pre_tokenizer = None
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    tokenizer.decoder = decoders.Sequence(steps)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **NAMES)


def end_of_word() -> PreTrainedTokenizerFast:
    """BPE whose tokens mark the end of a word, as CLIP and the first GPT have it."""
    tokenizer = Tokenizer.from_str(json.dumps(_bpe_state(marked=False)))
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **NAMES)


def unigram() -> PreTrainedTokenizerFast:
    """Unigram, as T5 has it, with Unicode normalised."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=400, special_tokens=[UNKNOWN, END], unk_token=UNKNOWN)
    return PreTrainedTokenizerFast(tokenizer_object=_trained(tokenizer, trainer), **NAMES)


def _word_pieces() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = [UNKNOWN, SEPARATOR, "[PAD]", "[CLS]", "[MASK]"]
    return _trained(tokenizer, trainers.WordPieceTrainer(vocab_size=400, special_tokens=names))


def word_piece() -> PreTrainedTokenizerFast:
    """WordPiece, as BERT has it."""
    tokenizer = _word_pieces()
    tokenizer.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token=UNKNOWN, sep_token=SEPARATOR)


def whole_words() -> PreTrainedTokenizerFast:
    """Whole words without a decoder: joined by spaces."""
    tokenizer = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trained = _trained(tokenizer, trainers.WordLevelTrainer(vocab_size=300, special_tokens=[UNKNOWN, END]))
    return PreTrainedTokenizerFast(tokenizer_object=trained, **NAMES)


def slow_word_piece(folder: Path) -> BertTokenizerLegacy:
    """BERT's WordPiece in Python."""
    vocabulary = _word_pieces().get_vocab()
    file = folder / "vocab.txt"
    file.write_text("\n".join(sorted(vocabulary, key=vocabulary.__getitem__)), encoding="utf-8")
    return BertTokenizerLegacy(str(file), unk_token=UNKNOWN)


def slow_sentencepiece() -> BertGenerationTokenizer:
    """A SentencePiece model with byte fallback behind a slow tokenizer."""
    return BertGenerationTokenizer(str(MISTRAL_DATA / "tokenizer.model.v1"))


def slow_bytes() -> ByT5Tokenizer:
    """One token for each byte."""
    return ByT5Tokenizer()


class SlowCharacters(PreTrainedTokenizer):
    """A tokenizer written in Python that says nothing about its family: one token for each byte."""

    def __init__(self) -> None:
        self.names = [END, *ALPHABET]
        self.numbers = {name: index for index, name in enumerate(self.names)}
        super().__init__(eos_token=END)  # type: ignore[no-untyped-call]  # transformers has none

    @property
    def vocab_size(self) -> int:
        return len(self.names)

    def get_vocab(self) -> dict[str, int]:
        return dict(self.numbers)

    def _tokenize(self, text: str, **_: Any) -> list[str]:
        letters = {byte: char for char, byte in BYTE_ALPHABET.items()}
        return [letters[byte] for byte in text.encode()]

    def _convert_token_to_id(self, token: str) -> int:
        return self.numbers[token]

    def _convert_id_to_token(self, index: int) -> str:
        return self.names[index]

    def convert_tokens_to_string(self, tokens: list[str]) -> str:
        return bytes(BYTE_ALPHABET[char] for char in "".join(tokens)).decode("utf-8", "replace")


class SlowByteLevel(SlowCharacters):
    """The same, with GPT-2's alphabet where tokenizers of its kind keep it."""

    byte_decoder = BYTE_ALPHABET


def tiktoken_encoding() -> tiktoken.Encoding:
    """Single bytes and a few merges, with a gap before the special tokens."""
    words = [b"th", b"the", b" th", b" the", b"\xf0\x9f", b'":']
    ranks = {bytes([byte]): byte for byte in range(256)} | {word: 256 + i for i, word in enumerate(words)}
    special = {"<|endoftext|>": 300, "<|fim|>": 301}
    return tiktoken.Encoding("made_here", pat_str=r"\s?\w+|\s+|[^\s\w]+", mergeable_ranks=ranks, special_tokens=special)
