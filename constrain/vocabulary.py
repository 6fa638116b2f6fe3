"""What the ids of a model mean: the bytes of each token, and the ids that end a text."""

from __future__ import annotations

import hashlib
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from constrain.arguments import check_is_whole
from constrain.flat_tokens import FlatTokens
from constrain.quoted_tokens import ESCAPE, QUOTE, QuotedTokens
from constrain.token_bytes.extracted import VocabularyError
from constrain.trie import LONGEST_TOKEN, Trie, build_trie, load_trie

if TYPE_CHECKING:
    from collections.abc import Iterable

LEGAL_BYTES = [*range(0x80), *range(0x80, 0xC0), *range(0xC2, 0xF5)]


class Vocabulary:
    """The bytes of every id, up to the width of the model's logits.

    `tokens[i]` is empty where id `i` stands for no text: special tokens, padding, and the ids of `eos_token_ids`,
    which end the text whatever their spelling. Vocabularies of equal content are equal.
    """

    def __init__(self, tokens: Iterable[bytes], eos_token_ids: Iterable[int]) -> None:
        texts = list(tokens)
        self.eos_token_ids: tuple[int, ...] = tuple(sorted({int(index) for index in eos_token_ids}))
        _check_eos(self.eos_token_ids, len(texts))
        for index in self.eos_token_ids:
            texts[index] = b""
        _check_tokens(texts)
        self.tokens: tuple[bytes, ...] = tuple(texts)

    @classmethod
    def from_tokenizer(
        cls, tokenizer: Any, size: int | None = None, eos_token_ids: int | Iterable[int] | None = None
    ) -> Vocabulary:
        """The vocabulary of a tokenizer, checked against the tokenizer's own encoding and decoding.

        `tokenizer` comes from `transformers`, `tokenizers`, `tiktoken`, `mistral_common` or `sentencepiece`. `size` is
        the width of the model's logits where that is more than the tokenizer has ids. `eos_token_ids` replaces the
        tokenizer's own, for instance by the list of a generation config.
        """
        from constrain.token_bytes.check import check_extracted
        from constrain.token_bytes.detect import extract

        extracted = extract(tokenizer)
        check_extracted(extracted)
        ends = extracted.eos_token_ids if eos_token_ids is None else eos_token_ids
        return cls(_fit(extracted.tokens, size), [ends] if isinstance(ends, int) else ends)

    def __len__(self) -> int:
        """The number of ids."""
        return len(self.tokens)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return self.eos_token_ids == other.eos_token_ids and self.tokens == other.tokens

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} ids, eos_token_ids={list(self.eos_token_ids)}, {self.content_hash[:12]})"

    @property
    def mask_words(self) -> int:
        """How many 32-bit words a mask over all ids has."""
        return (len(self) + 31) // 32

    @property
    def memory_bytes(self) -> int:
        """What the tokens take, and their trie where it was asked for."""
        trie: Trie | None = self.__dict__.get("trie")
        return self._token_bytes + (0 if trie is None else trie.memory_bytes)

    @cached_property
    def _token_bytes(self) -> int:
        return sum(map(sys.getsizeof, self.tokens)) + sys.getsizeof(self.tokens)

    @cached_property
    def flat(self) -> FlatTokens:
        """The tokens one behind the other."""
        return FlatTokens.of(self.tokens)

    @cached_property
    def tokens_hash(self) -> str:
        """A name for the bytes of all ids."""
        return self.flat.digest

    @cached_property
    def content_hash(self) -> str:
        """A name for the bytes of all ids and the ids that end a text."""
        return hashlib.sha256(f"{self.tokens_hash} {self.eos_token_ids}".encode()).hexdigest()

    @cached_property
    def trie(self) -> Trie:
        """The tokens as a trie: made, or read from the cache on disk, when first asked for."""
        return load_trie(self.tokens, self.tokens_hash)

    @cached_property
    def escaping_trie(self) -> Trie:
        """The tokens that may end a JSON string, or hold an escape, as a trie of their own: few, so it is made anew."""
        return build_trie(self.tokens, self.flat.with_any(QUOTE + ESCAPE))

    @cached_property
    def quoted_tokens(self) -> QuotedTokens:
        """The tokens in which a JSON string may end."""
        return QuotedTokens.of(self.tokens, self.flat)

    @cached_property
    def byte_complete(self) -> bool:
        """Whether every byte that UTF-8 uses is a token by itself, so that every text can be written."""
        return self.flat.single_bytes.issuperset(LEGAL_BYTES)


def _check_eos(eos_token_ids: tuple[int, ...], size: int) -> None:
    if not eos_token_ids:
        raise VocabularyError("no id ends a text", "pass the ids that do as `eos_token_ids`")
    for index in eos_token_ids:
        if not 0 <= index < size:
            raise VocabularyError(
                f"EOS id {index} lies outside of the {size} ids", "pass `size`, the width of the model's logits"
            )


def _check_tokens(tokens: list[bytes]) -> None:
    for index, token in enumerate(tokens):
        if not isinstance(token, bytes):
            raise VocabularyError(f"id {index} is {token!r}, not bytes", "encode the text of each token in UTF-8")
        if len(token) > LONGEST_TOKEN:
            raise VocabularyError(
                f"id {index} has {len(token)} bytes; {LONGEST_TOKEN} is the limit", "make it an empty token"
            )


def _fit(tokens: list[bytes], size: int | None) -> list[bytes]:
    """`tokens`, as many as `size` says: padded, or cut where only ids without text are lost."""
    if size is None:
        return tokens
    check_is_whole("size", size)
    if any(tokens[size:]):
        index = next(index for index in range(size, len(tokens)) if tokens[index])
        raise VocabularyError(
            f"the tokenizer has {len(tokens)} ids, more than the size {size}",
            "give the model and its own tokenizer; `size` is the width of the model's logits",
            f"{index} ({tokens[index]!r})",
        )
    return tokens[:size] + [b""] * (size - len(tokens))
