"""Bytes in words, for explanations."""

from __future__ import annotations

from collections.abc import Collection, Iterable

DIGITS = frozenset(b"0123456789")
LETTERS = frozenset(range(ord("a"), ord("z") + 1)) | frozenset(range(ord("A"), ord("Z") + 1))
BLANKS = frozenset(b" \t\n\r")
PRINTABLE = frozenset(range(0x20, 0x7F))
BEYOND = frozenset(range(0x80, 0x100))
MOST_LISTED = 8
MANY = 80


def quote(text: bytes) -> str:
    """A text as it is shown."""
    return repr(text.decode("utf-8", "backslashreplace"))


def alternatives(words: Iterable[str], most: int = MOST_LISTED) -> str:
    """`a, b or c`; what is beyond the most is counted."""
    found = list(dict.fromkeys(words))
    if len(found) > most:
        found = [*found[: most - 1], f"{len(found) - most + 1} others"]
    return " or ".join(filter(None, [", ".join(found[:-1]), found[-1]])) if found else ""


def name_bytes(allowed: Collection[int]) -> list[str]:
    """What some bytes are, the wide classes first."""
    left, words = set(allowed), []
    if len(left & PRINTABLE) >= MANY:
        words.append("a character")
        # without line breaks it is the body of a JSON string, where the quote is its end
        left = set() if ord("\n") in left else left & {ord('"')}
    classes = [(LETTERS, "a letter"), (DIGITS, "a digit"), (DIGITS - {ord("0")}, "a digit but '0'")]
    for members, word in classes:
        if members <= left:
            words.append(word)
            left -= members
    if len(left & BLANKS) > 1:
        words.append("white space")
        left -= BLANKS
    words += [repr(chr(byte)) for byte in sorted(left & PRINTABLE | left & BLANKS)]
    if left & BEYOND:
        words.append("a character beyond ASCII" if left - frozenset(range(0x80, 0xC0)) else "the rest of a character")
    return words + [f"byte {byte:#04x}" for byte in sorted(left - PRINTABLE - BLANKS - BEYOND)]
