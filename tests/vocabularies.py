"""Vocabularies for tests: all single bytes, a small one made for JSON, and a real one of 131,072 ids."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import mistral_common
from mistral_common.tokens.tokenizers.tekken import Tekkenizer

from constrain.vocabulary import Vocabulary

MISTRAL_DATA = Path(mistral_common.__file__).parent / "data"

JSON_PIECES = (
    '{"', '":', '": ', '": "', '","', '", "', '"}', '"},', '"},{"', '":{', '": {', '":[', '": [', "{}", "[]", '""',
    "[[", "]]", "}}", "]}", "},", "}, ", "],", "], ", "[{", '["', '"]', ", ", ",\n", "{\n", "[\n", "\n}", "\n]", ": ",
    "  ", "    ", "\n  ", "\n    ", " \n", "\\n", "\\u", "\\u00", "\\ud83d", '\\"', "\\\\", "true", "false", "null",
    "tr", "ue", "fal", "se", "nul", "l}", "00", "10", "12", "123", "1.5", "-1", ".0", "0.", "e1", "e+", "E-", "1e3",
    "00000", "id", "na", "me", "name", "ag", "age", "type", '"name"', '"age"', '"id":', "value", "items", "foo", "bar",
    "ab", "abc", "the", "ing", " a", "2024", "-01-", "T1", ":00", "Z\"", "@", ".com", "a@b", "é", "ü", "€", "中",
    "中文", "🙂", "\u0301", " =", "==", "if", "int", "else", "x1", "//", "/*", "*/", "+ ", "(x", "()", "));",
)  # fmt: skip


def bytes_vocabulary() -> Vocabulary:
    """The 256 single bytes, and one id that ends the text."""
    return Vocabulary([bytes([byte]) for byte in range(256)] + [b""], [256])


def small_vocabulary() -> Vocabulary:
    """About 300 ids: printable ASCII, pieces of JSON, halves of characters, the same text twice, two ends."""
    singles = [bytes([byte]) for byte in (9, 10, 13, *range(0x20, 0x7F))]
    halves = [
        b"\xc3",
        b"\xe4\xb8",
        b"\xf0\x9f",
        b"\xf0\x9f\x99",
        *(bytes([byte]) for byte in range(0x80, 0xC0)),
        b'\x82"',
    ]
    pieces = [piece.encode() for piece in JSON_PIECES]
    twice = [b'"', b"true", b'":']
    return Vocabulary([b"", *singles, *pieces, b"", *halves, *twice, b"", b""], [0, len(singles) + len(pieces) + 1])


@cache
def tekken_tokenizer() -> Tekkenizer:
    """Mistral's byte-level BPE with 131,072 ids."""
    return Tekkenizer.from_file(MISTRAL_DATA / "tekken_240911.json")


@cache
def tekken() -> Vocabulary:
    """The vocabulary of `tekken_tokenizer`."""
    return Vocabulary.from_tokenizer(tekken_tokenizer())
