"""A small language whose shortest end by characters takes more tokens than another one."""

from __future__ import annotations

from tests.table_automaton import TableAutomaton, TableVocabulary

# After an "a" the shortest end is "bc", of two tokens; "dddd" takes but one.
LETTERS = {0: "a", 1: "b", 2: "c", 3: "dddd", 4: "e"}
LONG_WAY = ["abc", "adddd", "e"]


def letters_automaton() -> TableAutomaton:
    """The automaton of the words over the letters, with one more id that ends a text."""
    vocabulary = TableVocabulary([text.encode() for text in LETTERS.values()] + [b""], [5])
    return TableAutomaton.of_words(LONG_WAY, vocabulary)
