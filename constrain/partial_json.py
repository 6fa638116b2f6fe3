"""The value of a JSON text of which only the beginning is known.

Strings are shown as far as they go, a number when something comes after it (`12` may become `123`), a literal when it
is complete, a member when its value is shown. What is open is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from constrain.json_numbers import parse_json

BLANK: Final = frozenset(" \t\n\r")
LITERALS: Final = frozenset({"true", "false", "null"})
# Escapes that begin so are the first of two that spell one character together.
HIGH_SURROGATES: Final = frozenset({"d8", "d9", "da", "db"})


@dataclass(frozen=True)
class Cut:
    """Where the text can be cut so that it is JSON again, once `closing` is added."""

    length: int
    closing: str


@dataclass
class PartialJson:
    """Reads JSON text piece by piece; `value` is what it says so far, None while it says nothing.

    An escape is shown when it is complete, half of a surrogate pair when the other half has come.

    The text has to be the beginning of a valid one. Each character is looked at once to find where the text can be
    cut; a value is made from the text up to there by `json`.
    """

    text: str = ""
    _closers: list[str] = field(default_factory=list)
    _cut: Cut = Cut(0, "")
    _in_string: bool = False
    _scalar: int = -1
    _is_key: bool = False
    _escape: int = -1
    _half: int = -1

    def feed(self, piece: str) -> None:
        """Reads on."""
        begin = len(self.text)
        self.text += piece
        for at in range(begin, len(self.text)):
            self._read(at, self.text[at])

    @property
    def value(self) -> Any:
        """The value so far, as plain Python values that share nothing with earlier ones."""
        cut = self._open_string() if self._in_string and not self._is_key else self._cut
        head = self.text[: cut.length] + cut.closing
        return parse_json(head) if head.strip() else None

    def _read(self, at: int, character: str) -> None:
        if self._in_string:
            self._read_string(at, character)
        elif character == '"':
            self._in_string, self._escape, self._half = True, -1, -1
        elif character in "{[":
            self._closers.append("}" if character == "{" else "]")
            self._is_key = character == "{"
            self._set_cut(at + 1)
        else:
            self._read_between(at, character)

    def _read_between(self, at: int, character: str) -> None:
        """Punctuation, blanks and the characters of numbers and literals."""
        if self._scalar >= 0 and (character in ",]}" or character in BLANK):
            self._scalar = -1
            self._set_cut(at)
        if character in "]}":
            self._closers.pop()
            self._is_key = False
            self._set_cut(at + 1)
        elif character == ",":
            self._is_key = self._closers[-1] == "}"
        elif character == ":":
            self._is_key = False
        elif character not in BLANK:
            self._scalar = at if self._scalar < 0 else self._scalar
            if self.text[self._scalar : at + 1] in LITERALS:
                self._set_cut(at + 1)

    def _read_string(self, at: int, character: str) -> None:
        if self._escape >= 0:
            self._read_escape(at)
        elif character == "\\":
            self._escape = at
        else:
            self._half = -1
            if character == '"':
                self._in_string = False
                if not self._is_key:
                    self._set_cut(at + 1)

    def _read_escape(self, at: int) -> None:
        """`\\uXXXX` is six characters long, every other escape two."""
        long = self.text[self._escape + 1] == "u"
        if not long or at == self._escape + 5:
            high = long and self.text[self._escape + 2 : self._escape + 4].lower() in HIGH_SURROGATES
            self._half = self._escape if high else -1
            self._escape = -1

    def _set_cut(self, length: int) -> None:
        self._cut = Cut(length, "".join(reversed(self._closers)))

    def _open_string(self) -> Cut:
        held_back = [place for place in (self._escape, self._half) if place >= 0]
        return Cut(min(held_back, default=len(self.text)), '"' + "".join(reversed(self._closers)))
