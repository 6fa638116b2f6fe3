"""The format `idn-hostname`: host names with labels in any script, after RFC 5890 to 5893.

Which characters may stand in a label is derived as RFC 5892 derives it, the rules of context and of direction (RFC
5893) hold, and a label is in normal form (NFC). What an automaton cannot tell is bounded from the safe side:

- Punycode is not calculated. A label of up to `MOST` characters takes less than 63 octets however it is spelled, and
  four such take less than 253; longer labels, and names of more labels, are accepted in ASCII alone.
- Labels that begin with `xn--` are not accepted, whatever they stand for.
- Marks that may compose with a letter, and one mark upon another, are not accepted: they may not be in normal form.
- Characters are those of Unicode 3.2, whose properties are settled.
- A joiner (U+200C) stands after a virama, or between Arabic letters that join; a Katakana middle dot before Japanese.
- Of digits there are not the Arabic-Indic ones, which may not stand beside others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache

from grammars import charsets, dfa_ops
from grammars.codepoints import CodePoints
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.regex import match_language, search_language
from grammars.regex_parser import parse_pattern

MOST = 9
"""How long a label may be that is not in ASCII: 4 octets for `xn--`, at most 5 for the first character, 6 for each."""
MOST_IN_ASCII = 20
MOST_LABELS = 4
"""How long labels in ASCII may be, and how many there may be, in a name of which others are not."""

_ALWAYS_VALID = "\u00df\u03c2\u06fd\u06fe\u0f0b\u3007"
_NEVER_VALID = "\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b"
_IN_CONTEXT = "\u00b7\u0375\u05f3\u05f4\u30fb"
_ARABIC_DIGITS = "".join(map(chr, range(0x660, 0x66A)))
_NO_LABEL_BLOCKS = [(0x20D0, 0x20FF), (0x1D100, 0x1D24F), (0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF)]
"""Marks for symbols, musical symbols, and parts of Hangul syllables."""

_DOT = r"[.\u3002\uff0e\uff61]"
_NOT_DOT = r"^.\u3002\uff0e\uff61"
_DUAL = r"\u0626\u0628\u062a-\u062e\u0633-\u063f\u0641-\u0647\u0649\u064a"
_RIGHT = r"\u0622-\u0625\u0627\u0629\u062f-\u0632\u0648"
"""Arabic letters that join on both sides, and those that join to what comes before them (ArabicShaping.txt)."""


def idn_hostname() -> Dfa:
    """The automaton of the format."""
    ascii_name = rf"{_ascii_label(63)}(?:{_DOT}{_ascii_label(63)})*"
    short = _ascii_label(MOST_IN_ASCII)
    plain = rf"(?:{short}|{_left_to_right('a-z0-9' + _class(_first), _class(_last))})"
    from_left = rf"(?:(?![0-9]){short}|{_left_to_right('a-z' + _class(_first_letter), _class(_last_strong))})"
    mixed = rf"(?:{from_left}|{_right_to_left()})"
    names = [rf"{label}(?:{_DOT}{label}){{0,{MOST_LABELS - 1}}}" for label in (plain, mixed)]
    found = dfa_ops.union(
        *(determinise(match_language(parse_pattern(rf"^(?:{name})$"))) for name in [ascii_name, *names])
    )
    for rule in _broken_rules():
        found = dfa_ops.difference(found, determinise(search_language(parse_pattern(rule))))
    return found


def _ascii_label(most: int) -> str:
    return rf"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{{0,{most - 2}}}[A-Za-z0-9])?"


def _left_to_right(first: str, last: str) -> str:
    inner = _class(_left)
    return rf"(?!..--)(?:[{first}](?:[a-z0-9{inner}-]{{0,{MOST - 2}}}[a-z0-9{last}])?)"


def _right_to_left() -> str:
    first, inner, marks = _class(_right), _class(_right_part), _class(_mark)
    ends = rf"[0-9{first}{_class(_arabic_digit)}]"
    return rf"(?:(?=[{_NOT_DOT}]{{1,{MOST}}}(?:{_DOT}|$))[{first}](?:[0-9{inner}-]*{ends})?[{marks}]*)"


def _broken_rules() -> list[str]:
    """What breaks a rule of context, of direction or of the normal form, wherever it is found."""
    virama = _class(_virama)
    return [
        r"(?<!l)\u00b7|\u00b7(?!l)|\u0375(?!\p{sc=Greek})|(?<!\p{sc=Hebrew})[\u05f3\u05f4]",
        r"\u30fb(?![\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}])",
        rf"(?<![{virama}])\u200d|(?<![{virama}{_DUAL}])\u200c|(?<=[{_DUAL}])\u200c(?![{_DUAL}{_RIGHT}])",
        rf"[{_class(_ordered)}]{{2}}",
    ]


@cache
def _points() -> list[str]:
    """The characters beyond ASCII that labels may have."""
    ignored = [charsets.unicode_property(name) or () for name in ("Default_Ignorable_Code_Point", "White_Space")]
    blocks = CodePoints.of(_NO_LABEL_BLOCKS)
    chars = [chr(point) for point in range(0x80, 0x30000) if not any(point in points for points in (*ignored, blocks))]
    valid = [char for char in chars if _is_old(char) and (char in _ALWAYS_VALID or _is_valid(char))]
    return [char for char in valid if char not in _trailing()] + [*_IN_CONTEXT, "\u200c", "\u200d"]


def _is_old(char: str) -> bool:
    return unicodedata.ucd_3_2_0.category(char) != "Cn"


def _is_valid(char: str) -> bool:
    """Whether a letter, mark or digit is what folding makes of it."""
    if char in _NEVER_VALID + _ARABIC_DIGITS or unicodedata.category(char) not in {
        "Ll",
        "Lu",
        "Lo",
        "Nd",
        "Lm",
        "Mn",
        "Mc",
    }:
        return False
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
    return folded == char


@cache
def _trailing() -> frozenset[str]:
    """What may compose with the character before it."""
    found: set[str] = set()
    for char in map(chr, range(0x80, 0x30000)):
        parts = unicodedata.decomposition(char).split()
        if len(parts) > 1 and not parts[0].startswith("<"):
            found.update(chr(int(part, 16)) for part in parts[1:])
    return frozenset(found)


def _class(holds: Callable[[str], bool]) -> str:
    """The characters of which something holds, as the inside of a class."""
    points = CodePoints.of_text("".join(char for char in _points() if holds(char)))
    return "".join(rf"\u{{{low:x}}}-\u{{{high:x}}}" for low, high in points.intervals)


def _direction(char: str) -> str:
    return "BN" if char in "\u200c\u200d" else unicodedata.bidirectional(char)


def _left(char: str) -> bool:
    return _direction(char) not in ("R", "AL", "AN")


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _first(char: str) -> bool:
    return _left(char) and not _is_mark(char)


def _last(char: str) -> bool:
    return _left(char)


def _first_letter(char: str) -> bool:
    return _direction(char) == "L" and not _is_mark(char)


def _last_strong(char: str) -> bool:
    return _direction(char) in ("L", "EN")


def _right(char: str) -> bool:
    return _direction(char) in ("R", "AL")


def _right_part(char: str) -> bool:
    return _direction(char) in ("R", "AL", "EN", "NSM", "BN", "ON")


def _arabic_digit(char: str) -> bool:
    return _direction(char) == "EN"


def _mark(char: str) -> bool:
    return _direction(char) == "NSM"


def _virama(char: str) -> bool:
    return unicodedata.combining(char) == 9


def _ordered(char: str) -> bool:
    return unicodedata.combining(char) > 0
