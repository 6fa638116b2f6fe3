"""Whether a vocabulary, a prompt and a model belong together, asked before the model runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constrain.protocols import TokenVocabulary
from constrain.token_bytes.extracted import VocabularyError

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def text_config(model: PreTrainedModel) -> Any:
    """The configuration of the part of a model that reads and writes text."""
    config: Any = model.config
    return config.get_text_config() if hasattr(config, "get_text_config") else config


def logits_width(model: PreTrainedModel) -> int:
    """How many tokens the model scores: often more than its tokenizer knows, because of padding."""
    return int(text_config(model).vocab_size)


def context_length(model: PreTrainedModel) -> int | None:
    """How many tokens the model was made to read, prompt and value together; None where its configuration is silent."""
    length = getattr(text_config(model), "max_position_embeddings", None)
    return length if isinstance(length, int) and length > 0 else None


def end_tokens(model: PreTrainedModel) -> set[int]:
    """The ids at which `model.generate` stops."""
    found = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    return set() if found is None else {found} if isinstance(found, int) else set(found)


def check_width(vocabulary: TokenVocabulary, width: int) -> None:
    """Refuses logits too narrow for the vocabulary, because a state might allow none of their tokens."""
    if any(vocabulary.tokens[width:]) or any(token >= width for token in vocabulary.eos_token_ids):
        raise VocabularyError(
            f"the model scores {width} tokens and the vocabulary has text for {len(vocabulary)}",
            "build it from the model's own tokenizer with size=model.config.vocab_size",
        )


def check_vocabulary(vocabulary: TokenVocabulary, model: PreTrainedModel) -> None:
    """Refuses a vocabulary that is not the model's: too wide, or ended by other ids than the model's texts."""
    check_width(vocabulary, logits_width(model))
    ends = end_tokens(model)
    written = sorted(end for end in ends if end < len(vocabulary) and vocabulary.tokens[end])
    if written or (ends and ends.isdisjoint(vocabulary.eos_token_ids)):
        raise VocabularyError(
            f"the model's generation config ends a text at {sorted(ends)}, the vocabulary at "
            f"{list(vocabulary.eos_token_ids)}",
            "give Vocabulary.from_tokenizer eos_token_ids=model.generation_config.eos_token_id",
        )
