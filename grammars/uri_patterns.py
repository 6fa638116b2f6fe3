"""Patterns of Internet addresses and of URIs, after RFC 3986, 3987, 4291 and 6570."""

from __future__ import annotations

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV4 = rf"(?:{_OCTET}(?:\.{_OCTET}){{3}})"

_H16 = r"[0-9A-Fa-f]{1,4}"
_LS32 = rf"(?:{_H16}:{_H16}|{IPV4})"
_ELIDED = [
    rf"(?:(?:{_H16}:){{0,{before - 1}}}{_H16})?::{after}" if before else f"::{after}"
    for before, after in [
        (0, rf"(?:{_H16}:){{5}}{_LS32}"),
        (1, rf"(?:{_H16}:){{4}}{_LS32}"),
        (2, rf"(?:{_H16}:){{3}}{_LS32}"),
        (3, rf"(?:{_H16}:){{2}}{_LS32}"),
        (4, rf"{_H16}:{_LS32}"),
        (5, _LS32),
        (6, _H16),
        (7, ""),
    ]
]
IPV6 = rf"(?:(?:{_H16}:){{6}}{_LS32}|{'|'.join(_ELIDED)})"

_ESCAPED = "%[0-9A-Fa-f]{2}"
_UNRESERVED = "A-Za-z0-9._~-"
_DELIMITERS = "!$&'()*+,;="
_UCS = (
    r"\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(rf"\u{{{plane:x}0000}}-\u{{{plane:x}fffd}}" for plane in range(1, 14))
    + r"\u{e1000}-\u{efffd}"
)
_PRIVATE = r"\ue000-\uf8ff\u{f0000}-\u{ffffd}\u{100000}-\u{10fffd}"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*"


def _characters(letters: str, more: str = "") -> str:
    return rf"(?:[{_DELIMITERS}{more}{letters}]|{_ESCAPED})"


class _Parts:
    """The parts of a reference whose unreserved characters are `letters`."""

    def __init__(self, letters: str, private: str) -> None:
        segment = _characters(letters, ":@")
        host = rf"(?:\[(?:{IPV6}|[vV][0-9A-Fa-f]+\.[{_DELIMITERS}:{_UNRESERVED}]+)\]|{_characters(letters)}*)"
        authority = rf"(?:{_characters(letters, ':')}*@)?{host}(?::\d*)?"
        segments = rf"(?:/{segment}*)*"
        absolute = rf"//{authority}{segments}|/(?:{segment}+{segments})?"
        self.path = rf"(?:{absolute}|{segment}+{segments}|)"
        self.relative_path = rf"(?:{absolute}|{_characters(letters, '@')}+{segments}|)"
        tail = rf"(?:[/?]|{segment})*"
        self.tail = rf"(?:\?(?:[/?{private}]|{segment})*)?(?:#{tail})?"

    def absolute(self) -> str:
        """With a scheme."""
        return rf"{_SCHEME}:{self.path}{self.tail}"

    def reference(self) -> str:
        """With a scheme, or relative to something that has one."""
        return rf"(?:{self.absolute()}|{self.relative_path}{self.tail})"


_URI = _Parts(_UNRESERVED, "")
_IRI = _Parts(_UCS + _UNRESERVED, _PRIVATE)


def uri() -> str:
    """RFC 3986, `URI`."""
    return _URI.absolute()


def uri_reference() -> str:
    """RFC 3986, `URI-reference`."""
    return _URI.reference()


def iri() -> str:
    """RFC 3987, `IRI`."""
    return _IRI.absolute()


def iri_reference() -> str:
    """RFC 3987, `IRI-reference`."""
    return _IRI.reference()


def uri_template() -> str:
    """RFC 6570, `URI-Template`."""
    literal = rf"(?:[!#$&'()*+,/:;=?@\[\]_~A-Za-z0-9.{_UCS}{_PRIVATE}-]|{_ESCAPED})"
    character = rf"(?:[A-Za-z0-9_]|{_ESCAPED})"
    variable = rf"{character}(?:\.?{character})*(?::[1-9]\d{{0,3}}|\*)?"
    return rf"(?:{literal}|\{{[+#./;?&=,!@|]?{variable}(?:,{variable})*\}})*"
