"""A new lexicon is given what nearly every JSON text needs before a text has to wait for it.

The rows of strings and numbers take some 40 ms of a vocabulary with 131,072 tokens. The first schema of a process pays
that while it is compiled, and one in hundreds where a lexicon is full; otherwise several would in mid-text. Nor has a
text to wait until the kernels are loaded that automata of keys are made by.
"""

from __future__ import annotations

from typing import Any, Final

from constrain.automaton import Automaton
from constrain.lexicon import lexicon_for
from constrain.vocabulary import Vocabulary
from grammars.json_schema.grammar import JsonSchemaGrammar

_BOUNDED: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 100}
_PATTERNS: Final[dict[str, Any]] = {"type": "object", "patternProperties": {"^a": {"type": "string"}, "b$": True}}
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "bounded": _BOUNDED, "number": {"type": "number"}, "keys": _PATTERNS},
}
_TEXTS: Final = (
    b'{"text": "x',
    b'{"text":',
    b'{"bounded": "x',
    b'{"bounded": "',
    b'{"number": 1',
    b'{"keys": {',
    b'{"other": {"x',
    b'{"other": ["x',
)


def fill_lexicon(vocabulary: Vocabulary) -> None:
    """Fills the lexicon of a vocabulary if it is new, and the vocabulary can spell any text."""
    lexicon = lexicon_for(vocabulary)
    if lexicon.is_new and vocabulary.byte_complete:
        lexicon.is_new = False
        automaton = Automaton(JsonSchemaGrammar(_SCHEMA, property_order="any"), vocabulary)
        for text in _TEXTS:
            automaton.mask(automaton.advance_bytes(automaton.start, text))
