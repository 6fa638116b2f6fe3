"""Tokens of `mistral_common`: Tekken (special ids first, then byte-level BPE) or SentencePiece."""

from __future__ import annotations

from functools import partial
from typing import Any

from constrain.token_bytes.extracted import Extracted
from constrain.token_bytes.hugging_face_fast import unknown_family
from constrain.token_bytes.sentence_piece import extract_sentencepiece


def extract_mistral(tokenizer: Any) -> Extracted:
    """The tokens of a `MistralTokenizer`, or of what it is made of."""
    instruct = getattr(tokenizer, "instruct_tokenizer", tokenizer)
    inner = getattr(instruct, "tokenizer", instruct)
    if hasattr(inner, "id_to_byte_piece"):
        return _tekken(inner)
    model = getattr(inner, "_model", None)
    if not hasattr(model, "get_piece_size"):
        raise unknown_family(tokenizer)
    return extract_sentencepiece(model)


def _tekken(tokenizer: Any) -> Extracted:
    return Extracted(
        family="Tekken",
        tokens=[tokenizer.id_to_byte_piece(index) for index in range(tokenizer.n_words)],
        eos_token_ids=(tokenizer.eos_id,),
        encode=partial(tokenizer.encode, bos=False, eos=False),
        decode=tokenizer.decode,
        exact=True,
    )
