"""Constrained generation: from a schema or a grammar to text of it, through token masks.

    schema / grammar text ─ grammars ─► expressions over lexemes ─ program ─► places ─ kernels ─► states and masks
        ─ Automaton ─► ConstraintLogitsProcessor, samplers, generate_json, the command line

`grammars < constrain < samplers < jsonschema_bench`: a package imports only from those to its left. `vocabulary` and
`trie` turn a tokenizer into bytes; `lexicon` holds what automata over one vocabulary share, `program` lays out one
grammar, `kernels` is all the per-token work, `automaton` the object in users' hands. What needs torch or transformers
is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constrain.lazy import lazily

if TYPE_CHECKING:
    from constrain.apply import apply_mask
    from constrain.automaton import DEAD, Automaton
    from constrain.compile import compile_choice, compile_json_schema, compile_lark, compile_regex
    from constrain.decoding import Statistics
    from constrain.describing import describe
    from constrain.device_rows import DeviceRows
    from constrain.errors import (
        BudgetError,
        ConstraintViolationError,
        ContextError,
        GenerationError,
        SettingsError,
        SpellingError,
    )
    from constrain.generate import generate_json, generate_text, stream_json
    from constrain.logits import ConstraintLogitsProcessor
    from constrain.memory import MemoryUsage, memory_usage
    from constrain.protocols import Sampler
    from constrain.token_bytes.extracted import VocabularyError
    from constrain.vocabulary import Vocabulary
    from grammars.errors import GrammarError, LimitError
    from grammars.json_schema.coverage import Coverage

_HOMES = {
    "Automaton": "constrain.automaton",
    "BudgetError": "constrain.errors",
    "ConstraintLogitsProcessor": "constrain.logits",
    "ConstraintViolationError": "constrain.errors",
    "Coverage": "grammars.json_schema.coverage",
    "ContextError": "constrain.errors",
    "DEAD": "constrain.automaton",
    "DeviceRows": "constrain.device_rows",
    "GenerationError": "constrain.errors",
    "GrammarError": "grammars.errors",
    "LimitError": "grammars.errors",
    "MemoryUsage": "constrain.memory",
    "Sampler": "constrain.protocols",
    "SettingsError": "constrain.errors",
    "SpellingError": "constrain.errors",
    "Statistics": "constrain.decoding",
    "Vocabulary": "constrain.vocabulary",
    "VocabularyError": "constrain.token_bytes.extracted",
    "apply_mask": "constrain.apply",
    "compile_choice": "constrain.compile",
    "compile_json_schema": "constrain.compile",
    "compile_lark": "constrain.compile",
    "compile_regex": "constrain.compile",
    "describe": "constrain.describing",
    "generate_json": "constrain.generate",
    "generate_text": "constrain.generate",
    "memory_usage": "constrain.memory",
    "stream_json": "constrain.generate",
}

__all__ = [
    "DEAD",
    "Automaton",
    "BudgetError",
    "ConstraintLogitsProcessor",
    "ConstraintViolationError",
    "ContextError",
    "Coverage",
    "DeviceRows",
    "GenerationError",
    "GrammarError",
    "LimitError",
    "MemoryUsage",
    "Sampler",
    "SettingsError",
    "SpellingError",
    "Statistics",
    "Vocabulary",
    "VocabularyError",
    "apply_mask",
    "compile_choice",
    "compile_json_schema",
    "compile_lark",
    "compile_regex",
    "describe",
    "generate_json",
    "generate_text",
    "memory_usage",
    "stream_json",
]


__getattr__ = lazily(__name__, _HOMES)
