"""The test language of the papers over a table model: after a 0 only zeros, after a 1 anything, five digits."""

from __future__ import annotations

from typing import Any

from tests.table_automaton import TableAutomaton, TableVocabulary
from tests.table_model import TableModel, TableTokenizer

ENDS = (0, 1)
TOKENS = [b"", b"", b"0", b"1", b"00", b"01", b"10", b"11"]
VOCABULARY = TableVocabulary(TOKENS, ENDS)
WORDS = ["00000", *(f"1{rest:04b}" for rest in range(16))]
AUTOMATON = TableAutomaton.of_words(WORDS, VOCABULARY)
TOKENIZER: Any = TableTokenizer()
MODEL: Any = TableModel(len(TOKENS), seed=7)


def log_prob_of(tokens: tuple[int, ...]) -> float:
    """What the model gives to these tokens and then to any of the ends."""
    rows = [MODEL.logits((0, *tokens[:at])).double().log_softmax(dim=-1) for at in range(len(tokens) + 1)]
    said = sum(float(row[token]) for row, token in zip(rows, tokens, strict=False))
    return said + float(rows[-1][list(ENDS)].logsumexp(dim=-1))
