"""Formats against the `jsonschema` library, the standard library and the official test suite."""

from __future__ import annotations

import datetime
import ipaddress
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grammars.dfa import Dfa
from grammars.formats import ASSERTED_FORMATS, FORMAT_LENGTHS, format_dfa
from grammars.idn_hostname import MOST

SUITE = Path(__file__).parents[2] / "shared/data/json-schema-test-suite/tests/draft2020-12/optional/format"

GOOD = {
    "date": ["2024-02-29", "2000-02-29", "1999-12-31", "0400-02-29"],
    "time": ["08:30:06Z", "23:59:60Z", "01:29:60+01:30", "15:59:60.5-08:00", "08:30:06.283185-00:00", "08:30:06z"],
    "date-time": ["1963-06-19T08:30:06.28Z", "1998-12-31T15:59:60.123-08:00", "2020-02-29t00:00:00z"],
    "duration": ["P4DT12H30M5S", "P2W", "PT0S", "P1Y2M", "PT1H30M"],
    "email": ["joe.bloggs@example.com", '"joe bloggs"@a-b.c', "te~st@[127.0.0.1]", "a@[IPv6:::1]"],
    "idn-email": ["실례@실례.테스트", "a@b"],
    "hostname": ["www.example.com", "1host", "a--b.com", "a" * 63],
    "idn-hostname": [
        "실례.테스트",
        "www.bücher.example",
        "a" * 63,
        "l·l",
        "א׳ב",
        "ßςདྷ".replace("དྷ", "\u0f0b\u3007"),
        "क्\u200dष",
        "a。b",
    ],
    "ipv4": ["192.168.0.1", "255.255.255.255", "0.0.0.0"],  # noqa: S104  # no server
    "ipv6": ["::", "::1", "1:2:3:4:5:6:7:8", "1::8", "::ffff:192.168.0.1", "1:2:3:4:5:6:7::", "12:34::1.2.3.4"],
    "uuid": ["2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4Aa-73B441D16380"],
    "uri": ["http://foo.bar/?baz=qux#quux", "urn:a:b", "mailto:J.D@e.com", "ldap://[2001:db8::7]/c?o", "a:"],
    "uri-reference": ["/abc", "", "#f", "//foo.bar", "./this:that", "a/b:c", "http://a"],
    "iri": ["http://ƒøø.ßår/?∂éœ=πîx#πîüx"],
    "iri-reference": ["/âππ", "âππ"],
    "uri-template": ["http://e.com/dict/{term:1}/{+x,y*}", "a'b"],
    "json-pointer": ["", "/foo~0~1/bar%", "/ /"],
    "regex": [
        *(
            "",
            "^a+?$",
            r"^[\w.-]+@\w{2,63}\.[a-z]{2,}$",
            "(?<name>x)",
            "[]",
            "[^]",
            r"\cA",
            r"\p{L}",
            r"\u{1F600}|\/",
            "(?<=a+)b",
        ),
        *(
            "((a|b)(c(d)))*",
            r"[\u4e00-\u9fa5]",
            r"[^\x00-\x7F]",
            r"[\u0600-\u06FF]",
            "[a-z0-9_-]",
            "[-a]",
            "a{3,12}",
            "a{2}",
            "[ -~]",
        ),
    ],
    "relative-json-pointer": ["1", "0#", "10/foo"],
}
BAD = {
    "date": ["2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "24-01-01", "2024-1-1", "0000-01-01"],
    "time": ["22:59:60Z", "23:59:60+01:00", "24:00:00Z", "12:00:00", "01:02:03+24:00", "12:00:00.Z", "1২:00:00Z"],
    "date-time": ["1990-02-31T15:59:59Z", "1963-06-19 08:30:06Z", "1990-12-31T23:59:61Z", "2024-01-01"],
    "duration": ["P", "PT", "P1YT", "P1Y2W", "P1Y2D", "PT0.5S", "P2S"],
    "email": ["2962", ".a@b.c", "a.@b", "a..b@c", "a@b c", "a@-b", "a@[127.0.0.300]", "a@"],
    "idn-email": ["2962"],
    "hostname": ["", "-a", "a-", "a_b", "a.", "a..b", "a" * 64, "xn--X"],
    "idn-hostname": [
        "",
        "-ü",
        "ü-",
        "ü" * 64,
        "a..ü",
        "xn--X",
        "\u0300a",
        "a·l",
        "0a.א",
        "aא",
        "Ü",
        "u\u0308",
        "\u302e실",
        "ab--ü",
        "ü.",
    ],
    "ipv4": ["256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "1.2.3.4\n"],
    "ipv6": [
        "",
        ":",
        "1:2",
        "12345::",
        "1::2::3",
        "::1.2.3.256",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "fe80::a%e",
    ],
    "uuid": ["2eb8aa08aa9811eab4aa73b441d16380", "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380", ""],
    "uri": ["abc", "//a", "http:// a", "http://a/%zz", "1a:b", "http://[::1", "http://a/\\", "http://a:b/", "é:a"],
    "uri-reference": ["\\\\W", "1:b", "a b", "%a", "//a@b@c"],
    "iri": ["http://a b"],
    "iri-reference": ["\\\\"],
    "uri-template": ["{a", "a b", "{}"],
    "json-pointer": ["a", "/~2", "/~"],
    "regex": [
        *(
            "^(abc]",
            r"\a",
            "(?P<n>x)",
            r"(?P=n)",
            "(?#c)a",
            "(?i)abc",
            "(",
            ")",
            "a**",
            "*",
            "[b-a]",
            "[a",
            "a{2,1}",
            "a{",
            "]",
            "}",
        ),
        *(
            r"\p{X}",
            r"\u{110000}",
            r"\-",
            "\\",
            r"[\w-z]",
            "(?=a)*",
            "^*",
            r"\b+",
            "[9-0]",
            r"[\u9fa5-\u4e00]",
            r"\u12",
            "(?a)",
        ),
    ],
    "relative-json-pointer": ["01", "-1", "/a", "0##"],
}


def _dfa(name: str) -> Dfa:
    dfa = format_dfa(name)
    assert dfa is not None
    return dfa


@pytest.mark.parametrize("name", sorted(ASSERTED_FORMATS))
def test_examples(name: str) -> None:
    assert [text for text in GOOD[name] if _dfa(name).matches(text) < 0] == []
    assert [text for text in BAD[name] if _dfa(name).matches(text) >= 0] == []


def test_unknown_formats() -> None:
    assert format_dfa("color") is None


def _suite() -> Iterator[tuple[str, str, bool]]:
    for name in sorted(ASSERTED_FORMATS) if SUITE.is_dir() else []:
        for group in json.loads((SUITE / f"{name}.json").read_text("utf-8")):
            for case in group["tests"]:
                if isinstance(case["data"], str):
                    yield name, case["data"], case["valid"]


def _is_known_to_be_refused(name: str, text: str) -> bool:
    """What docs/json-schema.md says is left out: Punycode, long labels that are not in ASCII, Arabic-Indic digits."""
    label = max(re.split("[.。．｡]", text), key=len)
    if name == "hostname":
        return "xn--" in text
    return name == "idn-hostname" and (
        "xn--" in text or "\u0660" in text or (len(label) > MOST and not label.isascii())
    )


def test_official_suite() -> None:
    """Where the suite is at hand: nothing wrong is accepted, and what is right but refused is written down."""
    wrong = []
    for name, text, valid in _suite():
        accepted = _dfa(name).matches(text) >= 0 and len(text) <= FORMAT_LENGTHS.get(name, len(text))
        if accepted != valid and (accepted or not _is_known_to_be_refused(name, text)):
            wrong.append((name, text, valid))
    assert wrong == []


def random_name(rng: random.Random, length: int) -> str:
    """A random walk through the names in any script."""
    dfa, state, text = _dfa("idn-hostname"), 0, ""
    while dfa.labels[state] < 0 or len(text) < length:
        edges = list(dfa.rows[state])
        if len(text) >= length:
            edges = [edge for edge in edges if dfa.distances[edge[2]] < dfa.distances[state]]
        if not edges:
            break
        low, high, state = rng.choice(edges)
        text += chr(rng.randint(low, high))
    return text


def test_names_in_any_script_can_be_encoded() -> None:
    rng = random.Random(11)
    for _ in range(2000):
        name = random_name(rng, rng.randint(1, 40))
        labels = [label for label in re.split("[.。．｡]", name) if not label.isascii()]
        for label in labels:
            idna.check_label(label)
        if labels:
            ascii_lowered = re.sub("[A-Z]", lambda found: found[0].lower(), re.sub("[。．｡]", ".", name))
            idna.encode(ascii_lowered, strict=True)


@given(st.dates())
def test_all_dates(date: datetime.date) -> None:
    assert _dfa("date").matches(date.isoformat()) == 0


@given(st.integers(1, 9999), st.integers(0, 13), st.integers(0, 32))
def test_only_dates(year: int, month: int, day: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    assert (_dfa("date").matches(text) == 0) == Draft202012Validator.FORMAT_CHECKER.conforms(text, "date")


@given(st.datetimes(timezones=st.timezones()))
def test_date_times(moment: datetime.datetime) -> None:
    text = moment.isoformat()
    accepted = _dfa("date-time").matches(text) == 0
    assert accepted == Draft202012Validator.FORMAT_CHECKER.conforms(text, "date-time")
    assert accepted == (_dfa("time").matches(text[11:]) == 0)


@given(st.ip_addresses(v=6) | st.ip_addresses(v=4))
def test_all_addresses(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    name = f"ipv{address.version}"
    assert _dfa(name).matches(str(address)) == 0
    assert _dfa(name).matches(address.exploded) == 0


@given(st.text("0123456789abf:.", max_size=24) | st.from_regex(r"\A([0-9a-f]{0,2}:){1,7}[0-9a-f]{0,2}(1\.2\.3\.4)?\Z"))
def test_only_addresses(text: str) -> None:
    for name, kind in (("ipv4", ipaddress.IPv4Address), ("ipv6", ipaddress.IPv6Address)):
        assert (_dfa(name).matches(text) == 0) == _parses(kind, text)


def _parses(kind: type[ipaddress.IPv4Address] | type[ipaddress.IPv6Address], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True
