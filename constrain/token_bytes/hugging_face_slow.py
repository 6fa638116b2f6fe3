"""Tokens of the slow tokenizers of `transformers`, written in Python."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from constrain.token_bytes.extracted import Extracted
from constrain.token_bytes.hugging_face_fast import special_tokens, transformers_eos, unknown_family
from constrain.token_bytes.pieces import byte_fallback, byte_level, sentencepiece, to_bytes, word_piece

if TYPE_CHECKING:
    from collections.abc import Callable


def extract_transformers_slow(tokenizer: Any) -> Extracted:
    """The tokens of a slow tokenizer of `transformers`."""
    family, to_text, normalise, exact = _family(tokenizer)
    special = special_tokens(tokenizer)
    unknown = getattr(tokenizer, "unk_token_id", None)
    return Extracted(
        family=f"transformers {family}",
        tokens=_tokens(tokenizer, special, to_text),
        eos_token_ids=transformers_eos(tokenizer),
        encode=partial(tokenizer.encode, add_special_tokens=False),
        decode=_decoder(tokenizer, special),
        normalise=normalise,
        exact=exact,
        unknown=frozenset(() if unknown is None else (unknown,)),
    )


def _family(tokenizer: Any) -> tuple[str, Callable[[str], bytes], Callable[[str], str], bool]:
    """The name of the family, the bytes of its tokens, what it does to a text, and whether it keeps white space."""
    if hasattr(tokenizer, "sp_model"):
        return "SentencePiece", _piece, tokenizer.sp_model.normalize, False
    if hasattr(tokenizer, "byte_decoder"):
        return "byte-level BPE", partial(byte_level, alphabet=tokenizer.byte_decoder), str, True
    if hasattr(tokenizer, "wordpiece_tokenizer"):
        return "WordPiece", word_piece, partial(_basic, tokenizer), False
    if getattr(tokenizer, "_utf_vocab_size", None) == 256:
        return "bytes", _single_byte, str, True
    raise unknown_family(tokenizer)


def _piece(token: str) -> bytes:
    return byte_fallback(token) or sentencepiece(token)


def _single_byte(token: str) -> bytes:
    return bytes([ord(token)]) if len(token) == 1 and ord(token) < 256 else to_bytes(token)


def _basic(tokenizer: Any, text: str) -> str:
    return "".join(tokenizer.basic_tokenizer.tokenize(text)) if tokenizer.do_basic_tokenize else text


def _tokens(tokenizer: Any, special: set[int], to_text: Callable[[str], bytes]) -> list[bytes]:
    vocabulary = tokenizer.get_vocab()
    size = max(len(tokenizer), max(vocabulary.values(), default=-1) + 1)
    tokens = [b""] * size
    for text, index in vocabulary.items():
        if index not in special:
            tokens[index] = to_text(text)
    return tokens


def _decoder(tokenizer: Any, special: set[int]) -> Callable[[list[int]], str]:
    """The tokenizer's own decoding; that of SentencePiece is asked directly, for `transformers` spells bytes out."""
    if not hasattr(tokenizer, "sp_model"):
        return partial(tokenizer.decode, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def decode(ids: list[int]) -> str:
        pieces = tokenizer.convert_ids_to_tokens([index for index in ids if index not in special])
        return str(tokenizer.sp_model.decode(pieces))

    return decode
