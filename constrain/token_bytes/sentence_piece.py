"""Tokens of a SentencePiece model."""

from __future__ import annotations

from typing import Any

from constrain.token_bytes.extracted import Extracted
from constrain.token_bytes.pieces import byte_fallback, sentencepiece


def extract_sentencepiece(model: Any) -> Extracted:
    """The tokens of a `sentencepiece.SentencePieceProcessor`."""
    size = model.get_piece_size()
    special = {index for index in range(size) if model.IsControl(index) or model.IsUnused(index)}
    unknown = frozenset(index for index in range(size) if model.IsUnknown(index))
    eos = model.eos_id()
    return Extracted(
        family="SentencePiece",
        tokens=[b"" if index in special or index in unknown else _bytes(model, index) for index in range(size)],
        eos_token_ids=(eos,) if eos >= 0 else (),
        encode=lambda text: list(model.encode(text)),
        decode=lambda ids: str(model.decode(ids)),
        normalise=model.normalize,
        unknown=unknown,
    )


def _bytes(model: Any, index: int) -> bytes:
    piece = model.id_to_piece(index)
    return (byte_fallback(piece) if model.IsByte(index) else None) or sentencepiece(piece)
