"""The slow reference is itself compared with `json` and with small languages that can be listed."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammars.ir import EMPTY, Call, Choice, Expr, Extra, Lex, Lexeme, Members, Repeat, Seq
from tests.naive import NaiveMatcher
from tests.naive_text import literal_dfa
from tests.small_grammars import Rules, automaton

ANY = automaton({0: [("\0", "\U0010ffff", 0)]}, [0])
DIGITS = automaton({0: [("0", "0", 1), ("1", "9", 2)], 2: [("0", "9", 2)]}, [-1, 0, 0])
BLANKS = automaton({0: [(" ", " ", 0)]}, [0])
PAIRS = automaton({0: [("x", "x", 1)], 1: [("x", "x", 0)]}, [0, -1])
STRING = Lexeme(ANY, quoted=True)


def literal(text: str) -> Lex:
    return Lex(Lexeme(literal_dfa(text)))


def matcher(start: Expr, **rules: Expr) -> NaiveMatcher:
    return NaiveMatcher(Rules({"start": start} | rules))


def json_rules() -> dict[str, Expr]:
    blank, string = Lex(Lexeme(BLANKS)), Lex(STRING)
    comma = Seq((blank, literal(","), blank))
    member = Seq((string, blank, literal(":"), blank, Call("value")))
    array = Seq((literal("["), blank, Repeat(Call("value"), 0, None, comma), blank, literal("]")))
    members = Seq((literal("{"), blank, Repeat(member, 0, None, comma), blank, literal("}")))
    words = tuple(map(literal, ("true", "false", "null")))
    return {
        "start": Seq((blank, Call("value"), blank)),
        "value": Choice((string, Lex(Lexeme(DIGITS)), *words, array, members)),
    }


JSON = NaiveMatcher(Rules(json_rules()))
PIECES = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    '"',
    "\\",
    "u",
    "0",
    "12",
    "D83D",
    "\\uDE00",
    " ",
    "true",
    "nul",
    "é",
    "\U0001f600",
    "\x1f",
    "n",
]


def loads(text: bytes) -> bool:
    """Whether `text` is JSON, with whole numbers and valid Unicode only."""
    try:
        value = json.loads(text, parse_float=lambda _: 1 / 0, parse_constant=lambda _: 1 / 0)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, ZeroDivisionError):
        return False
    return b"-" not in text


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
@settings(max_examples=300, deadline=None)
def test_json_agrees_with_the_json_module_on_pieces(text: str) -> None:
    assert JSON.matches(text.encode()) == loads(text.encode())


@given(st.lists(st.sampled_from(PIECES), max_size=6).map(lambda pieces: f'"{"".join(pieces)}"'))
@settings(max_examples=300, deadline=None)
def test_strings_agree_with_the_json_module(text: str) -> None:
    assert JSON.matches(text.encode()) == loads(text.encode())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**6) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.sampled_from('a"\n€\U0001f600')), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(VALUES, st.booleans())
@settings(max_examples=100, deadline=None)
def test_json_accepts_what_the_json_module_writes(value: object, ascii_only: bool) -> None:
    assert JSON.matches(json.dumps(value, ensure_ascii=ascii_only).encode())


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (rb'"\/\b\f\n\r\t\"\\"', True),
        (rb'"\u00e9\uD83D\udE00"', True),
        (rb'"\ud83d"', False),
        (rb'"\ude00"', False),
        (rb'"\ud83d\ud83d"', False),
        (rb'"\x41"', False),
        (b'"\xed\xa0\x80"', False),
        (b'"\xc0\x80"', False),
        (b'"\xf4\x90\x80\x80"', False),
        (b'"\x7f"', True),
    ],
)
def test_spellings_of_characters(text: bytes, right: bool) -> None:
    assert JSON.matches(text) == right


def test_a_character_without_completion_is_refused_at_its_first_byte() -> None:
    only_e_acute = matcher(Lex(Lexeme(literal_dfa("é"), quoted=True)))
    opened = only_e_acute.run(only_e_acute.start, b'"')
    tokens = [b"\xc3", b"\xc3\xa9", b"\xc4", b"\\", b"\\u00", b"\\u01", b"e", b'"']
    assert only_e_acute.allowed_tokens(opened, tokens) == {0, 1, 3, 4}


def test_lengths_count_code_points_and_leave_no_dead_ends() -> None:
    lexeme = matcher(Lex(Lexeme(PAIRS, quoted=True, min_length=3, max_length=5)))
    assert [n for n in range(9) if lexeme.matches(b'"' + b"x" * n + b'"')] == [4]
    assert lexeme.run(lexeme.start, b'"xxxxx') is None
    assert matcher(Lex(Lexeme(ANY, quoted=True, max_length=1))).matches('"\U0001f600"'.encode())


def test_impossible_lengths_are_dead_from_the_start() -> None:
    impossible = Lex(Lexeme(PAIRS, min_length=3, max_length=3))
    assert matcher(Choice((impossible, literal("a")))).matches(b"a")
    assert matcher(Seq((literal("a"), impossible))).start == frozenset()


def test_words_taken_out() -> None:
    lexeme = matcher(Lex(Lexeme(ANY, quoted=True, max_length=3, without=frozenset({"ab"}))))
    words = ["".join(letters) for n in range(4) for letters in itertools.product("ab", repeat=n)]
    assert [word for word in words if not lexeme.matches(f'"{word}"'.encode())] == ["ab"]
    assert not lexeme.matches(rb'"\u0061b"')


@pytest.mark.parametrize(("least", "most"), [(0, None), (2, None), (1, 3), (0, 0), (2, 2)])
def test_repetition(least: int, most: int | None) -> None:
    repeated = matcher(Seq((Repeat(literal("ab"), least, most, literal("-")), literal("."))))
    right = [n for n in range(6) if repeated.matches(b"-".join([b"ab"] * n) + b".")]
    assert right == [n for n in range(6) if n >= least and (most is None or n <= most)]


def test_repetition_of_what_may_be_empty() -> None:
    optional = Choice((EMPTY, literal("a")))
    assert [n for n in range(6) if matcher(Repeat(optional, 2, 4)).matches(b"a" * n)] == [0, 1, 2, 3, 4]
    assert matcher(Repeat(optional, 0, None)).matches(b"aaaaaa")


def members(ordered: bool, least: int, most: int | None, required: set[int], extra: bool) -> NaiveMatcher:
    other = Extra(Lexeme(automaton({0: [("x", "z", 1)], 1: [("x", "z", 1)]}, [-1, 0]), quoted=True), "value")
    extras = (other,) if extra else ()
    colon, comma = literal(":"), literal(",")
    body = Members(("a", "b"), ("value",) * 2, frozenset(required), extras, ordered, colon, comma, least, most)
    return matcher(Seq((literal("{"), body, literal("}"))), value=literal("1"))


def is_object(
    keys: tuple[str, ...], ordered: bool, least: int, most: int | None, required: set[int], extra: bool
) -> bool:
    named = [key for key in keys if key in "ab"]
    in_order = [key for key in keys if key not in "ab"] == list(keys[len(named) :]) and named == sorted(named)
    return (
        len(set(keys)) == len(keys)
        and (not ordered or in_order)
        and all("ab"[index] in named for index in required)
        and (extra or len(named) == len(keys))
        and least <= len(keys) <= (9 if most is None else most)
    )


def object_text(keys: tuple[str, ...]) -> bytes:
    return ("{" + ",".join(f'"{key}":1' for key in keys) + "}").encode()


def live_length(walked: NaiveMatcher, text: bytes) -> int:
    """How many bytes of `text` can be read."""
    states = itertools.accumulate(text, lambda state, byte: state and walked.step(state, byte), initial=walked.start)
    return sum(bool(state) for state in states) - 1


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize(("least", "most"), [(0, None), (2, 3), (1, 1), (3, None)])
@pytest.mark.parametrize("required", [set(), {1}, {0, 1}])
@pytest.mark.parametrize("extra", [False, True])
def test_members(ordered: bool, least: int, most: int | None, required: set[int], extra: bool) -> None:
    objects = members(ordered, least, most, required, extra)
    every = [keys for n in range(6) for keys in itertools.product(("a", "b", "x", "xx", "xxx"), repeat=n)]
    right = {object_text(keys) for keys in every if is_object(keys, ordered, least, most, required, extra)}
    prefixes = {text[:cut] for text in right for cut in range(len(text) + 1)}
    for text in [object_text(keys) for keys in every if len(keys) <= 3 and "xxx" not in keys]:
        assert objects.matches(text) == (text in right)
        assert live_length(objects, text) == sum(text[:cut] in prefixes for cut in range(len(text) + 1)) - 1


def test_members_that_can_not_be_finished_are_not_begun() -> None:
    objects = members(ordered=True, least=0, most=1, required={1}, extra=True)
    assert objects.run(objects.start, b'{"b"') is not None
    assert objects.run(objects.start, b'{"a"') is None
    assert objects.run(objects.start, b'{"x"') is None
    assert objects.run(objects.start, b'{"b":1,') is None
    assert members(ordered=True, least=3, most=None, required=set(), extra=False).start == frozenset()
