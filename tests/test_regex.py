"""Patterns against Python's `re`, and what only ECMA means."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_regex
from grammars.determinise import determinise
from grammars.dfa import UNBOUNDED
from grammars.dfa_ops import lexeme_of_regex
from grammars.errors import GrammarError, LimitError
from grammars.regex import match_language, match_lengths, search_language
from grammars.regex_parser import Flavour, parse_pattern
from tests.patterns import PATTERNS, TEXT_CHARS, TEXTS


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(PATTERNS, TEXTS)
def test_agrees_with_re(pattern: str, texts: list[str]) -> None:
    """4,800 pairs, each for a search and for a full match."""
    oracle = re.compile(pattern)
    regex = parse_pattern(pattern, flavour="python")
    found, whole = determinise(search_language(regex)), determinise(match_language(regex))
    for text in texts:
        assert (found.matches(text) >= 0) == (oracle.search(text) is not None), (pattern, text)
        assert (whole.matches(text) >= 0) == (oracle.fullmatch(text) is not None), (pattern, text)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(PATTERNS)
def test_there_are_texts_of_the_lengths_that_are_seen_at_a_look(pattern: str) -> None:
    oracle = re.compile(pattern)
    for regex, matches in (
        (search_language(parse_pattern(pattern, flavour="python")), oracle.search),
        (match_language(parse_pattern(pattern, flavour="python")), oracle.fullmatch),
    ):
        found = match_lengths(regex)
        low, high = (0, -1) if found is None else found
        for length in range(low, min(4, high if high is not None else 4) + 1):
            assert any(matches("".join(text)) for text in product(TEXT_CHARS, repeat=length)), (pattern, length)


@pytest.mark.parametrize(
    ("pattern", "lengths"),
    [
        ("^[a-z]{3,64}$", (3, 64)),
        ("^(ab){2}c?$", (4, 5)),
        ("^(abc|d){2,}$", (2, None)),
        ("^(abc)+$", (3, 3)),
        ("^(ab|abc){2,3}$", (4, 9)),
        ("^a(|b*)$", (1, None)),
        ("[ab]", (1, None)),
        ("^[]$", None),
        ("^(?=a)b", None),
    ],
)
def test_lengths_that_are_seen_at_a_look(pattern: str, lengths: tuple[int, int | None] | None) -> None:
    assert match_lengths(search_language(parse_pattern(pattern))) == lengths


REAL = [
    r"^(?!foo)bar.*$",
    r"^(?=.*\d)(?=.*[a-z]).{3,}$",
    r"^((?!ab)(?!ba).)*$",
    r"^$|^a{2,3}b$",
    r"(^a|b$)",
    r"a(?=b|$)",
    r"^(?!^a|b1)",
    r"\bab\b",
    r"a\B1",
    r"(?<!a)b(?!a)",
    r"^(?:a(?!b)|b)+$",
    r"x?^a",
    r"a$|1^|\b\b",
    r"^(a|(?=b)){3}b$",
    r"(?=a{2,5}$)[a1]{1,9}",
]


@pytest.mark.parametrize("pattern", REAL)
def test_real_shapes(pattern: str) -> None:
    dfa = determinise(search_language(parse_pattern(pattern)))
    for length in range(5):
        for text in map("".join, product("ab1 ", repeat=length)):
            assert (dfa.matches(text) >= 0) == bool(re.search(pattern, text)), text


ECMA = [
    (r"^\s$", ["\ufeff", "\u00a0", "\u2003", "\u2028"], ["\x85", "a"]),
    (r"^\d$", ["1"], ["٣"]),
    (r"^\w$", ["a", "_"], ["é"]),
    (r"^.$", ["a", "😀", "\x85"], ["\n", "\r", "\u2028", "\u2029"]),
    ("^a$", ["a"], ["a\n"]),
    (r"^\p{Lu}\p{Letter}*$", ["Éa", "A"], ["é"]),
    (r"^\P{L}+$", ["12"], ["1a"]),
    (r"^\p{gc=Nd}[\p{Zs}x]$", ["1\u00a0", "٣x"], ["1y"]),
    (r"^\u{1F600}\x41\u0042\cJ\/\-\_$", ["😀AB\n/-_"], ["😀AB\n/-"]),
    (r"^\uD83D\uDE00$", ["😀"], ["a"]),
    (r"^[^]$", ["\n", "a"], ["", "ab"]),
    (r"^[]?$", [""], ["a"]),
    (r"^[\w-.]+$", ["a-.b"], ["+"]),
    (r"^a{,2}{$", ["a{,2}{"], ["aa{"]),
    (r"^[\b\]a-]$", ["\b", "]", "-"], ["b"]),
    (r"^(?<year>\d{4})$", ["2024"], ["24"]),
    (r"^\0$", ["\0"], ["0"]),
]


@pytest.mark.parametrize(("pattern", "good", "bad"), ECMA)
def test_ecma(pattern: str, good: list[str], bad: list[str]) -> None:
    dfa = determinise(search_language(parse_pattern(pattern)))
    assert [text for text in good if dfa.matches(text) < 0] == []
    assert [text for text in bad if dfa.matches(text) >= 0] == []


PYTHON = [
    (r"(?i)straSSe[é]", ["STRASSEÉ", "ſtrasse\u00c9"]),
    (r"(?s).(?-s:.)", ["\na"]),
    (r"(?m)^a$", ["b\na\nc"]),
    (r"(?x) a b # comment", ["ab"]),
    ("(?x)a\u00a0b", ["a\u00a0b"]),
    ("^a{0000000000000000000002}$", ["aa"]),
    (r"(?a)^\w$", ["a"]),
    (r"[]a]\N{BULLET}\U0001F600\101\0", ["]•😀A\0"]),
    (r"a(?#note)b{,}", ["a", "abb"]),
    (r"(?i:[^a])b", ["cb"]),
]


@pytest.mark.parametrize(("pattern", "texts"), PYTHON)
def test_python(pattern: str, texts: list[str]) -> None:
    dfa = determinise(search_language(parse_pattern(pattern, flavour="python")))
    for text in [*texts, "A", "é", "aB", "ab", "\n\n", ""]:
        assert (dfa.matches(text) >= 0) == bool(re.search(pattern, text)), text


BAD: list[tuple[str, Flavour, str, int]] = [
    (r"(a)\1", "ecma", "back-references", 4),
    (r"(?<n>a)\k<n>", "ecma", "back-references", 8),
    (r"(?P=n)", "python", "back-references", 1),
    ("a(b", "ecma", "not closed", 4),
    ("a)", "ecma", "unbalanced", 2),
    ("[a", "ecma", "not closed", 1),
    ("a**", "ecma", "multiple repeat", 3),
    ("*a", "ecma", "nothing to repeat", 1),
    ("a{3,2}", "ecma", "greater", 2),
    ("[b-a]", "ecma", "range", 2),
    (r"[\w-a]", "python", "range", 2),
    (r"^\S(|(.|\n)*\S)\Z", "ecma", "unknown escape", 16),
    (r"\p{Greek}", "ecma", "property", 1),
    ("(?>a)", "python", "atomic", 1),
    ("a++", "python", "possessive", 2),
    ("a\\", "ecma", "backslash", 2),
    ("^*", "ecma", "anchor", 2),
    ("a(?i)", "python", "flags", 2),
    ("(?y)", "ecma", "unknown kind", 1),
    (r"\u{110000}", "ecma", "out of range", 1),
    (r"\N{NO SUCH NAME}", "python", "undefined character name", 1),
    (r"\N{LATIN SMALL LETTER R WITH TILDE}", "python", "undefined character name", 1),
]


@pytest.mark.parametrize(("pattern", "flavour", "what", "character"), BAD)
def test_bad_patterns(pattern: str, flavour: Flavour, what: str, character: int) -> None:
    with pytest.raises(GrammarError) as caught:
        parse_pattern(pattern, flavour=flavour)
    assert what in caught.value.what
    assert caught.value.where == f"character {character}"


def test_limits() -> None:
    with pytest.raises(LimitError, match="limit nesting"):
        parse_pattern("(" * 1000 + ")" * 1000)
    with pytest.raises(LimitError, match="limit repeat"):
        parse_pattern("a{99999999}")
    with pytest.raises(LimitError, match="limit repeat"):
        parse_pattern(f"a{{{'9' * 5000}}}")
    with pytest.raises(LimitError, match="limit positions"):
        determinise(parse_pattern("(ab){50000}"))
    with pytest.raises(LimitError, match="limit states"):
        determinise(parse_pattern("(?:a|b)*a(?:a|b){18}"))
    with pytest.raises(GrammarError, match="look-behind"):
        determinise(parse_pattern("(?<=a(?!b))c"))


def test_counted_class_is_a_loop() -> None:
    lexeme = lexeme_of_regex(search_language(parse_pattern("^[a-z]{3,64}$")))
    assert lexeme is not None
    assert (lexeme.dfa.size, lexeme.min_length, lexeme.max_length) == (1, 3, 64)
    lexeme = lexeme_of_regex(search_language(parse_pattern("^x-[a-z]{0,65535}$")), max_length=100)
    assert lexeme is not None
    assert (lexeme.dfa.size, lexeme.min_length, lexeme.max_length) == (3, 0, 100)


@pytest.mark.parametrize(
    ("pattern", "low", "high"),
    [("^[a-z]{3,64}$", 2, 5), ("^a{12}b", 0, None), ("^(aa)*$", 3, 7), ("^(?:a|bbb)$", 2, 2), ("a{9,}", 10, 12)],
)
def test_lexemes_mean_pattern_and_length(pattern: str, low: int, high: int | None) -> None:
    lexeme = lexeme_of_regex(search_language(parse_pattern(pattern)), False, low, high)
    for text in ["a" * count + tail for count in range(15) for tail in ("", "b", "bbb")]:
        wanted = bool(re.search(pattern, text)) and low <= len(text) <= (UNBOUNDED if high is None else high)
        most = UNBOUNDED if lexeme is None or lexeme.max_length is None else lexeme.max_length
        bounds = lexeme is not None and lexeme.min_length <= len(text) <= most
        assert (bounds and lexeme is not None and lexeme.dfa.matches(text) >= 0) == wanted, text


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^[\ud800-\udfff]$", "", "-a"),
        (r"^[^\ud800-\udfff]$", "-a\ud7ff\ue000", ""),
        (r"^[a-\ud800]$", "ab\ud7ff", "-\ue000"),
        (r"^[\udfff-\uffff]$", "\ue000\uffff", "-\ud7ff"),
        (r"^[\u{d800}-\u{00dfff}]$", "", "-"),
        (r"^[\ud700-\ud900]$", "\ud700\ud7ff", "-"),
        ("^[\ud7ff-\udbff]$", "\ud7ff", "-"),
        (r"^[\ud83d\ude00-\ud83d\ude02]$", "\U0001f600\U0001f602", "-"),
        (r"^[\ud800-]$", "-", "a"),
        (r"^[\ud800a]$", "a", "-"),
    ],
)
def test_ranges_may_begin_and_end_with_half_of_a_pair(pattern: str, good: str, bad: str) -> None:
    dfa = determinise(search_language(parse_pattern(pattern)))
    assert all(dfa.matches(char) >= 0 for char in good)
    assert not any(dfa.matches(char) >= 0 for char in bad)


def test_contradictions_are_empty() -> None:
    assert lexeme_of_regex(search_language(parse_pattern("^a$")), min_length=2) is None
    assert lexeme_of_regex(search_language(parse_pattern("a^")), min_length=0) is None
    assert lexeme_of_regex(search_language(parse_pattern("^(aa){2,}$")), max_length=3) is None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"\Aab\Z", "ab"), (r"\U0001f600", "😀"), (r"\N{BULLET}+", "••"), (r"\101", "A"), (r"a{,2}\a", "a\a")],
)
def test_patterns_that_only_python_knows_say_so(pattern: str, text: str) -> None:
    assert re.fullmatch(pattern, text)
    assert check_text(compile_regex(pattern, byte_vocabulary(), flavour="python"), text) is None
    with pytest.raises(GrammarError) as caught:
        compile_regex(pattern, byte_vocabulary())
    assert 'flavour="python"' in caught.value.advice


@pytest.mark.parametrize("pattern", ["(", "(?>a)", r"(a)\9", "a++", "[b-a]"])
def test_patterns_that_python_does_not_help_keep_their_error(pattern: str) -> None:
    with pytest.raises(GrammarError) as caught:
        compile_regex(pattern, byte_vocabulary())
    assert "flavour" not in caught.value.advice
