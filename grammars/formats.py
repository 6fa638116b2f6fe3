"""The `format`s of JSON Schema as automata, each written down from the grammar of its standard.

Where a standard cannot be told by an automaton of reasonable size, less is accepted than it allows, never more:
leap seconds only with offsets of whole and half hours; no host names with labels such as `xn--…`, whose validity
depends on Unicode tables; no year 0000, which Python's dates do not know. `FORMAT_LENGTHS` bounds what is left.

The automata are stored with the package: after a change here run `python -m grammars.make_stored`.
"""

from __future__ import annotations

from collections.abc import Callable

from grammars.date_patterns import DAY, MINUTE, SECOND
from grammars.determinise import determinise
from grammars.dfa import Dfa
from grammars.idn_hostname import idn_hostname
from grammars.regex import match_language
from grammars.regex_parser import parse_pattern
from grammars.regex_syntax import regex_syntax
from grammars.stored import stored
from grammars.uri_patterns import IPV4, IPV6, iri, iri_reference, uri, uri_reference, uri_template

FORMAT_LENGTHS = {"hostname": 253, "idn-hostname": 253}
"""The greatest number of characters, for formats whose automaton leaves counting to the reader."""


def _time() -> str:
    return rf"(?:{SECOND}(?:\.\d+)?(?:[Zz]|[+-]{MINUTE})|{_leap_seconds()})"


def _leap_seconds() -> str:
    """A leap second is 23:59:60 in UTC, so the local time says which offsets it can have."""
    cases = []
    for local in range(29, 24 * 60, 30):
        east = (local + 1) % (24 * 60)
        west = (24 * 60 - east) % (24 * 60)
        zulu = "|[Zz]" if east == 0 else ""
        cases.append(rf"{_clock(local)}:60(?:\.\d+)?(?:\+{_clock(east)}|-{_clock(west)}{zulu})")
    return "|".join(cases)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _date_time() -> str:
    return rf"{DAY}[Tt]{_time()}"


def _duration() -> str:
    time = r"T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S)"
    date = r"(?:\d+D|\d+M(?:\d+D)?|\d+Y(?:\d+M(?:\d+D)?)?)"
    return rf"P(?:{date}(?:{time})?|{time}|\d+W)"


def _hostname() -> str:
    label = r"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    return rf"{label}(?:\.{label})*"


def _email(more: str = "") -> str:
    atom = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{more}-]+"
    quoted = rf'"(?:[ !#-\[\]-~{more}]|\\[ -~])*"'
    label = rf"[A-Za-z0-9{more}](?:[A-Za-z0-9{more}-]*[A-Za-z0-9{more}])?"
    domain = rf"(?:{label}(?:\.{label})*|\[(?:{IPV4}|IPv6:{IPV6})\])"
    return rf"(?:{atom}(?:\.{atom})*|{quoted})@{domain}"


_POINTER = r"(?:/(?:[^~/]|~[01])*)*"

_PATTERNS: dict[str, Callable[[], str]] = {
    "date": lambda: DAY,
    "time": _time,
    "date-time": _date_time,
    "duration": _duration,
    "email": _email,
    "idn-email": lambda: _email(r"\u0080-\u{10ffff}"),
    "hostname": _hostname,
    "ipv4": lambda: IPV4,
    "ipv6": lambda: IPV6,
    "uuid": lambda: r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "uri": uri,
    "uri-reference": uri_reference,
    "iri": iri,
    "iri-reference": iri_reference,
    "uri-template": uri_template,
    "json-pointer": lambda: _POINTER,
    "regex": regex_syntax,
    "relative-json-pointer": lambda: rf"(?:0|[1-9]\d*)(?:#|{_POINTER})",
}

ASSERTED_FORMATS = frozenset({*_PATTERNS, "idn-hostname"})
"""The formats that `format_dfa` knows."""


def format_dfa(name: str) -> Dfa | None:
    """The texts that have a format; None for a format that is not known."""
    return stored(name) if name in ASSERTED_FORMATS else None


def build_format(name: str) -> Dfa:
    """What `format_dfa` reads from a file, made from its pattern."""
    if name == "idn-hostname":
        return idn_hostname()
    return determinise(match_language(parse_pattern(rf"^(?:{_PATTERNS[name]()})$")))
