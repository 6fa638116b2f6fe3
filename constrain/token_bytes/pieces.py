"""How the common families write bytes as strings in their vocabularies."""

from __future__ import annotations

import re

SPACE_MARK = "▁"
BYTE_PIECE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's alphabet: printable Latin-1 stands for itself, the other bytes for the characters from 256 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(0x100 + i): byte for i, byte in enumerate(others)}


BYTE_ALPHABET = _byte_alphabet()


def byte_level(token: str, alphabet: dict[str, int] = BYTE_ALPHABET) -> bytes:
    """The bytes of a token in GPT-2's alphabet; an added token with other characters is its own text."""
    try:
        return bytes([alphabet[char] for char in token])
    except KeyError:
        return to_bytes(token)


def byte_fallback(token: str) -> bytes | None:
    """The byte of a piece like `<0x0A>`; None for any other piece."""
    match = BYTE_PIECE.fullmatch(token)
    return bytes([int(match[1], 16)]) if match else None


def to_bytes(text: str) -> bytes:
    """UTF-8; a lone surrogate, which no text has, becomes the replacement character."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()


def sentencepiece(token: str) -> bytes:
    """The bytes of a piece of SentencePiece that is not a byte piece."""
    return to_bytes(token.replace(SPACE_MARK, " "))


def word_piece(token: str, prefix: str = "##") -> bytes:
    """The bytes of a WordPiece: it continues a word after `prefix`, otherwise a space comes before it."""
    return to_bytes(token[len(prefix) :] if token.startswith(prefix) else f" {token}")
