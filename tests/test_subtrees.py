"""Subtrees of a vocabulary in which a lexical state only loops are taken as a whole: the masks have to be the same."""

from __future__ import annotations

import itertools
import random
from functools import reduce
from operator import or_

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constrain import DEAD, Automaton, Vocabulary, compile_json_schema, compile_regex
from constrain.subtrees import BYTE_CLASSES, NO_UTF8
from constrain.trie import build_trie

PIECES = [
    "a",
    "b",
    "z",
    "A",
    "Z",
    "f",
    "0",
    "1",
    "9",
    " ",
    "-",
    "_",
    ".",
    ":",
    "/",
    "é",
    "ß",
    "€",
    "𝄞",
    "\t",
    "\\",
    '"',
    "n",
    "u",
]
WORDS = ["".join(word).encode() for length in (1, 2, 3) for word in itertools.product(PIECES, repeat=length)]
# Tokens that begin or end in the middle of a character, and some that are no UTF-8 at all.
ODD = [text for word in ("aé", "€b", "𝄞", "z€") for text in (word.encode()[:-1], word.encode()[1:])]
BROKEN = [b"a\x80", b"\xc0\xaf", b"z\xed\xa0\x80", b"a\xf4\x90", b"b\xe0\x80"]
TOKENS = list(dict.fromkeys([bytes([byte]) for byte in range(256)] + WORDS + ODD + BROKEN))
VOCABULARY = Vocabulary([*TOKENS, b""], [len(TOKENS)])
PATTERNS = [
    *("[a-z]+", "[a-z0-9-]{1,40}", ".*", "[^a]*", "(?:a|b.)*", r"\w+(?: \w+)*", "[a-fé]*", "(?:[^é]{3})*"),
    *("[\u0080-\U0010ffff]+", "[^\u20ac]{2,9}z"),
]


@given(st.lists(st.binary(min_size=1, max_size=6) | st.text(min_size=1, max_size=4).map(str.encode), min_size=1))
@example([b"\xed\xa0"])
def test_classes_below_are_those_of_the_bytes_below(tokens: list[bytes]) -> None:
    trie, texts = build_trie(tokens), [b""]
    for node in range(1, len(trie)):
        above = next(parent for parent in range(node - 1, -1, -1) if trie.depth[parent] == trie.depth[node] - 1)
        texts.append(texts[above] + bytes([trie.byte[node]]))
    for node in range(len(trie)):
        below = range(node + 1, trie.end[node])
        assert trie.below[node] == reduce(or_, (own_class(texts[each]) for each in below), 0)


def own_class(text: bytes) -> int:
    return int(BYTE_CLASSES[text[-1]]) | (0 if may_be_utf8(text) else NO_UTF8)


def may_be_utf8(text: bytes) -> bool:
    """Whether some text begins like this. (Python's incremental decoder waits for the third byte of a surrogate.)"""
    ends = [b"", *(bytes([byte]) + b"\x80" * more for byte in (0x80, 0x90, 0xA0) for more in range(3))]
    return any(decodes(text + end) for end in ends)


def decodes(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("bounds", [{}, {"maxLength": 5}, {"minLength": 2, "maxLength": 70}])
def test_masks_of_strings(pattern: str, bounds: dict[str, int]) -> None:
    schema = {"type": "string", "pattern": f"^(?:{pattern})$", **bounds}
    check_walks(compile_json_schema(schema, VOCABULARY, whitespace="compact"))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_masks_of_bare_texts(pattern: str) -> None:
    check_walks(compile_regex(pattern, VOCABULARY))


def check_walks(automaton: Automaton) -> None:
    """Every mask has the tokens that lead on, byte by byte."""
    tokens = np.arange(len(TOKENS))
    rng = random.Random(0)
    for _ in range(6):
        state = automaton.start
        for _ in range(6):
            after = automaton.successors(state, tokens)
            row = automaton.mask(state)
            allowed = row[tokens >> 5] >> (tokens & 31).astype(np.uint32) & 1
            assert (allowed == (after != DEAD)).all()
            if not allowed.any():
                break
            state = int(after[rng.choice(np.flatnonzero(allowed))])
