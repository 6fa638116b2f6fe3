"""Vocabularies and automata that were made before, so that the second call with the same schema starts at once."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from constrain.automaton import Automaton
from constrain.compile import compile_json_schema
from constrain.fitting import end_tokens, logits_width
from constrain.lru import WeighedLru
from constrain.options import SchemaOptions
from constrain.vocabulary import Vocabulary
from grammars.json_schema.schema_text import JsonSchema, check_extent

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from grammars.json_schema.named_formats import CustomFormats

KEPT_AUTOMATA: Final = 32
KEPT_BYTES: Final = 1 << 30
_WITHOUT_REFERENCES: Final = 2
"""The version of `marshal` that writes equal values in the same way, be they one object or two."""

_vocabularies: WeakKeyDictionary[PreTrainedTokenizerBase, dict[tuple[int, ...], Vocabulary]] = WeakKeyDictionary()
_automata: WeighedLru[tuple[bytes, SchemaOptions, int, object, Vocabulary], Automaton] = WeighedLru(
    KEPT_AUTOMATA, lambda automaton: automaton.memory_bytes, KEPT_BYTES
)
"""The `id` is that of the registry, which the options hold: as long as they are kept, no other has it."""


def vocabulary_for(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Vocabulary:
    """The vocabulary of a tokenizer, as wide as the model's logits; made anew when tokens were added to it.

    Every id that the tokenizer or the model's generation config names as an end of the text is one.
    """
    known = _vocabularies.setdefault(tokenizer, {})
    size, ends = max(len(tokenizer), logits_width(model)), _ends(model, tokenizer)
    key = (len(tokenizer), size, *ends)
    if key not in known:
        known[key] = Vocabulary.from_tokenizer(tokenizer, size=size, eos_token_ids=ends or None)
    return known[key]


def _ends(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    own: int | None = tokenizer.eos_token_id
    return sorted(end_tokens(model) | (set() if own is None else {own}))


def automaton_of(schema: JsonSchema, vocabulary: Vocabulary, options: SchemaOptions) -> Automaton:
    """The automaton of a schema, from the last few that were asked for or compiled now."""
    settings: dict[str, Any] = vars(options)
    check_extent(schema)
    try:
        # Unlike JSON text, this tells names that are no texts, and tuples, from what they would be written as.
        written = marshal.dumps(schema, _WITHOUT_REFERENCES)
        key = (written, options, id(options.registry), _content(options.custom_formats), vocabulary)
        automaton = _automata.get(key)
    except (TypeError, ValueError):  # what is no JSON, numbers that are no floats, separators in a list
        return compile_json_schema(schema, vocabulary, **settings)
    if automaton is None:
        automaton = compile_json_schema(schema, vocabulary, **settings)
        _automata.put(key, automaton)
    return automaton


def _content(formats: CustomFormats | None) -> object:
    """What a dict of formats holds now: its owner may change it."""
    return formats and frozenset(formats.items())
