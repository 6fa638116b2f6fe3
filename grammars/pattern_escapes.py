"""What a backslash means in patterns of either flavour."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, Protocol

from grammars import charsets
from grammars.codepoints import LAST, CodePoints


class Failure(Protocol):
    """Raises the error of a pattern at a place in it."""

    def __call__(self, what: str, index: int) -> NoReturn:
        """`what` is wrong at `index`."""


@dataclass(frozen=True)
class PatternSyntax:
    """What the escapes of one flavour stand for; classes are asked for with whether ASCII is meant (Python's flag)."""

    controls: dict[str, str]
    digits: Callable[[bool], CodePoints]
    word: Callable[[bool], CodePoints]
    space: Callable[[bool], CodePoints]
    codes: re.Pattern[str]
    """Escapes that name a character, by number or by name; tried first."""
    properties: bool


_CONTROLS = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

ECMA_SYNTAX = PatternSyntax(
    controls=_CONTROLS,
    digits=lambda _: charsets.ASCII_DIGITS,
    word=lambda _: charsets.ASCII_WORD,
    space=lambda _: charsets.ECMA_SPACE,
    codes=re.compile(
        r"x(?P<x>[0-9a-fA-F]{2})|u\{(?P<braced>[0-9a-fA-F]+)\}"
        r"|u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})"
        r"|c(?P<control>[a-zA-Z])|(?P<octal>0)(?![0-9])"
    ),
    properties=True,
)
PYTHON_SYNTAX = PatternSyntax(
    controls={**_CONTROLS, "a": "\a"},
    digits=lambda ascii_only: charsets.ASCII_DIGITS if ascii_only else charsets.unicode_digits(),
    word=lambda ascii_only: charsets.ASCII_WORD if ascii_only else charsets.unicode_word(),
    space=lambda ascii_only: charsets.ASCII_SPACE if ascii_only else charsets.unicode_space(),
    codes=re.compile(
        r"x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<braced>[0-9a-fA-F]{8})|N\{(?P<name>[^}]+)\}"
        r"|(?P<octal>0[0-7]{0,2}|[1-3][0-7]{2})"
    ),
    properties=False,
)
_CLASS_OCTAL = re.compile(r"(?P<octal>[0-7]{1,3})")
_PROPERTY = re.compile(r"(?P<sign>[pP])\{(?P<name>[^}]*)\}")


class EscapeReader:
    """Reads the escapes of one pattern."""

    def __init__(self, pattern: str, syntax: PatternSyntax, fail: Failure) -> None:
        self.pattern, self.syntax, self.fail = pattern, syntax, fail

    def word(self, ascii_only: bool) -> CodePoints:
        """`\\w`."""
        return self.syntax.word(ascii_only)

    def read(self, index: int, in_class: bool, ascii_only: bool) -> tuple[CodePoints, int]:
        """What the escape stands for whose backslash is just before `index`, and where it ends."""
        code = self.syntax.codes.match(self.pattern, index)
        if code is None and in_class and not self.syntax.properties:
            code = _CLASS_OCTAL.match(self.pattern, index)
        if code is not None:
            return self._character(code, index), code.end()
        named = _PROPERTY.match(self.pattern, index) if self.syntax.properties else None
        if named is not None:
            return self._property(named, index), named.end()
        return self._letter(self.pattern[index : index + 1], index, in_class, ascii_only), index + 1

    def _character(self, code: re.Match[str], index: int) -> CodePoints:
        kind = code.lastgroup or ""
        match kind:
            case "low":
                point = 0x10000 + ((int(code["high"], 16) - 0xD800) << 10) + int(code["low"], 16) - 0xDC00
            case "control":
                point = ord(code["control"]) % 32
            case "octal":
                point = int(code["octal"], 8)
            case "name":
                point = self._named(code["name"], index)
            case _:
                point = int(code[kind], 16)
        if point > LAST:
            self.fail("code point out of range", index - 1)
        return CodePoints.of([(point, point)])

    def _named(self, name: str, index: int) -> int:
        try:
            return ord(unicodedata.lookup(name))
        except (KeyError, TypeError):  # a TypeError where the name is that of several characters
            self.fail("undefined character name", index - 1)

    def _property(self, found: re.Match[str], index: int) -> CodePoints:
        points = charsets.unicode_property(found["name"])
        if points is None:
            self.fail("Unicode property not supported", index - 1)
        return ~points if found["sign"] == "P" else points

    def _letter(self, letter: str, index: int, in_class: bool, ascii_only: bool) -> CodePoints:
        classes = {"d": self.syntax.digits, "w": self.syntax.word, "s": self.syntax.space}
        if letter.lower() in classes:
            points = classes[letter.lower()](ascii_only)
            return ~points if letter.isupper() else points
        if letter in self.syntax.controls:
            return CodePoints.of_text(self.syntax.controls[letter])
        if letter == "b" and in_class:
            return CodePoints.of_text("\b")
        if letter == "":
            self.fail("pattern ends in a backslash", index - 1)
        if letter in "123456789" or letter == "k":
            self.fail("back-references are not supported", index - 1)
        if letter.isascii() and letter.isalnum():
            self.fail("unknown escape", index - 1)
        return CodePoints.of_text(letter)
