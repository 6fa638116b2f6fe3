"""The decoder of a fast tokenizer, read as a function from one token to its bytes.

A decoder is a chain of steps over strings. All but the two that trim the ends of the whole text act on each token by
itself, which is what makes "the bytes of a token" exact. Other decoders are refused by name.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from constrain.token_bytes.extracted import VocabularyError
from constrain.token_bytes.pieces import byte_fallback, byte_level, to_bytes, word_piece

if TYPE_CHECKING:
    from collections.abc import Callable

Step: TypeAlias = "Callable[[str | bytes], str | bytes]"

CLEAN_UP = (
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
)  # fmt: skip


def token_decoder(state: dict[str, Any] | None) -> Callable[[str], bytes]:
    """The bytes of a token under the decoder with this `state` (None: tokens are joined by spaces)."""
    steps = [_spaced] if state is None else _steps(state)

    def decode(token: str) -> bytes:
        text: str | bytes = token
        for step in steps:
            text = step(text)
        return text if isinstance(text, bytes) else to_bytes(text)

    return decode


def is_byte_level(state: dict[str, Any] | None) -> bool:
    """Whether the decoder is that of byte-level BPE."""
    return state is not None and (state["type"] == "ByteLevel" or any(map(is_byte_level, state.get("decoders", ()))))


def _steps(state: dict[str, Any]) -> list[Step]:
    """The steps of a decoder; what `Fuse` joins is left to `Strip`, which then sees only the ends of the text."""
    if state["type"] != "Sequence":
        return [_on_text(_step(state))]
    kinds = [part["type"] for part in state["decoders"]]
    fused = kinds.index("Fuse") if "Fuse" in kinds else len(kinds)
    parts = [part for i, part in enumerate(state["decoders"]) if part["type"] != "Strip" or i < fused]
    return [_on_text(_step(part)) for part in parts if part["type"] != "Fuse"]


def _step(state: dict[str, Any]) -> Callable[[str], str | bytes]:
    match state:
        case {"type": "ByteLevel"}:
            return byte_level
        case {"type": "ByteFallback"}:
            return lambda text: byte_fallback(text) or text
        case {"type": "Fuse"}:
            return str
        case {"type": "Metaspace", "replacement": mark}:
            return lambda text: text.replace(mark, " ")
        case {"type": "Replace", "pattern": {"String": old}, "content": new}:
            return lambda text: text.replace(old, new)
        case {"type": "Strip", "content": char, "start": start, "stop": stop}:
            return partial(_strip, char=char, start=start, stop=stop)
        case {"type": "WordPiece", "prefix": prefix, "cleanup": cleanup}:
            return lambda text: _clean_up(word_piece(text, prefix).decode()) if cleanup else word_piece(text, prefix)
        case {"type": "BPEDecoder", "suffix": suffix}:
            return lambda text: text.replace(suffix, " ")
    raise VocabularyError(
        f"the tokenizer decodes with {state['type']}, which is not known to act on each token by itself",
        "build a Vocabulary from the bytes of each token instead",
    )


def _on_text(step: Callable[[str], str | bytes]) -> Step:
    """`step`, which leaves alone what is bytes already."""
    return lambda text: text if isinstance(text, bytes) else step(text)


def _spaced(token: str | bytes) -> str | bytes:
    return f" {token!s}"


def _strip(text: str, char: str, start: int, stop: int) -> str:
    for _ in range(start):
        text = text.removeprefix(char)
    for _ in range(stop):
        text = text.removesuffix(char)
    return text


def _clean_up(text: str) -> str:
    for old, new in CLEAN_UP:
        text = text.replace(old, new)
    return text
