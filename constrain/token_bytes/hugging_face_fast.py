"""Tokens of the `tokenizers` library, by itself or inside a fast tokenizer of `transformers`."""

from __future__ import annotations

import json
from typing import Any

from constrain.token_bytes.decoders import is_byte_level, token_decoder
from constrain.token_bytes.extracted import Extracted, VocabularyError


def extract_fast(
    backend: Any, special_ids: set[int], eos_token_ids: tuple[int, ...], unknown: int | None = None
) -> Extracted:
    """The tokens of a `tokenizers.Tokenizer`; `special_ids` stand for no text, `unknown` for a text that was lost."""
    state = None if backend.decoder is None else json.loads(backend.decoder.__getstate__())
    special = special_ids | {index for index, token in backend.get_added_tokens_decoder().items() if token.special}
    vocabulary = backend.get_vocab(with_added_tokens=True)
    if unknown is None:
        unknown = backend.token_to_id(getattr(backend.model, "unk_token", None) or "<unk>")
    return Extracted(
        family=f"tokenizers {type(backend.model).__name__}",
        tokens=_tokens(vocabulary, special, state),
        eos_token_ids=eos_token_ids,
        encode=lambda text: list(backend.encode(text, add_special_tokens=False).ids),
        decode=lambda ids: str(backend.decode(ids, skip_special_tokens=True)),
        normalise=str if backend.normalizer is None else backend.normalizer.normalize_str,
        exact=is_byte_level(state),
        unknown=frozenset(() if unknown is None else (unknown,)),
    )


def _tokens(vocabulary: dict[str, int], special: set[int], state: dict[str, Any] | None) -> list[bytes]:
    decode = token_decoder(state)
    tokens = [b""] * (max(vocabulary.values(), default=-1) + 1)
    for text, index in vocabulary.items():
        if index not in special:
            tokens[index] = decode(text)
    return tokens


def extract_backend(backend: Any) -> Extracted:
    """The tokens of a bare `tokenizers.Tokenizer`, whose EOS id is that of the usual names."""
    names = ("</s>", "<|endoftext|>", "<|end_of_text|>", "<|im_end|>", "<eos>", "[EOS]", "[SEP]")
    ends = [index for name in names if (index := backend.token_to_id(name)) is not None]
    return extract_fast(backend, set(ends[:1]), tuple(ends[:1]))


def extract_transformers_fast(tokenizer: Any) -> Extracted:
    """The tokens of a fast tokenizer of `transformers`."""
    special, unknown = set(tokenizer.all_special_ids), getattr(tokenizer, "unk_token_id", None)
    return extract_fast(tokenizer.backend_tokenizer, special, transformers_eos(tokenizer), unknown)


def transformers_eos(tokenizer: Any) -> tuple[int, ...]:
    """The id that ends a text; models of BERT's kind end it with their separator."""
    for name in ("eos_token_id", "sep_token_id"):
        index = getattr(tokenizer, name, None)
        if index is not None:
            return (int(index),)
    return ()


def special_tokens(tokenizer: Any) -> set[int]:
    """The ids of a tokenizer of `transformers` that stand for no text."""
    added = tokenizer.added_tokens_decoder.items()
    return set(tokenizer.all_special_ids) | {index for index, token in added if token.special}


def unknown_family(tokenizer: Any) -> VocabularyError:
    """The error for a tokenizer of no known family."""
    return VocabularyError(
        f"{type(tokenizer).__module__}.{type(tokenizer).__qualname__} is no known kind of tokenizer",
        "build a Vocabulary from the bytes of each token instead",
    )
