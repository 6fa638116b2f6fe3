"""Which family a tokenizer belongs to, told by the library that its class comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constrain.token_bytes.hugging_face_fast import extract_backend, extract_transformers_fast, unknown_family
from constrain.token_bytes.hugging_face_slow import extract_transformers_slow
from constrain.token_bytes.mistral import extract_mistral
from constrain.token_bytes.openai import extract_tiktoken
from constrain.token_bytes.sentence_piece import extract_sentencepiece

if TYPE_CHECKING:
    from collections.abc import Callable

    from constrain.token_bytes.extracted import Extracted


def _extract_transformers(tokenizer: Any) -> Extracted:
    if hasattr(tokenizer, "backend_tokenizer"):
        return extract_transformers_fast(tokenizer)
    wrapped = getattr(tokenizer, "tokenizer", None)
    if "mistral_common" in _libraries(wrapped):
        return extract_mistral(wrapped)
    return extract_transformers_slow(tokenizer)


FAMILIES: dict[str, Callable[[Any], Extracted]] = {
    "transformers": _extract_transformers,
    "tokenizers": extract_backend,
    "tiktoken": extract_tiktoken,
    "mistral_common": extract_mistral,
    "sentencepiece": extract_sentencepiece,
}


def _libraries(tokenizer: Any) -> list[str]:
    """The libraries of the classes of `tokenizer`, the most special first."""
    return [base.__module__.partition(".")[0] for base in type(tokenizer).__mro__]


def extract(tokenizer: Any) -> Extracted:
    """The tokens of a tokenizer of any known family."""
    for library in _libraries(tokenizer):
        if library in FAMILIES:
            return FAMILIES[library](tokenizer)
    raise unknown_family(tokenizer)
