r"""The format `regex`: patterns of ECMA-262 with the flag `u`, as far as an automaton of reasonable size can tell.

What would need a stack, a memory or a comparison is bounded from the safe side, so that nothing wrong is accepted:

- groups nest `DEPTH` deep, and there are none inside of look-around assertions;
- only a group at the very beginning may have a name, and there are no back-references (nor `\0`: write `\x00`);
- in `{3,12}` the greater number has more digits; or it has two, and the smaller one fewer tens or no ones; or both have
  one digit;
- a range of a class is one of ASCII letters and digits, or goes from other ASCII to `~`, or between two `\x…`, `\u00…`
  or `\u…` that differ in the digit after that, or from `\u0400` to `\u04ff` and the like;
- of properties (`\p{L}`) there are the general categories by their short names.
"""

from __future__ import annotations

from collections.abc import Iterator

DEPTH = 3

_HEX = "[0-9A-Fa-f]"
_HEX_DIGITS = [f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in "0123456789abcdef"]
_NAME = r"[A-Za-z_$][A-Za-z0-9_$]*"
_LITERAL = r"[^\^$\\.*+?()\[\]{}|]"
_CATEGORY = "C[cfnos]?|L[Clmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?"
_ESCAPE = (
    rf"[dDwWsSfnrtv^$\\.*+?()\[\]{{}}|/]|c[A-Za-z]|x{_HEX}{{2}}|u{_HEX}{{4}}"
    rf"|u\{{0*(?:{_HEX}{{1,5}}|10{_HEX}{{4}})\}}|[pP]\{{(?:{_CATEGORY})\}}"
)


def regex_syntax() -> str:
    """The pattern of the patterns."""
    named = rf"\^?\(\?<{_NAME}>{_disjunction(DEPTH - 1)}\)(?:{_quantifier()})?"
    return rf"(?:{named})?{_disjunction(DEPTH)}"


def _disjunction(depth: int) -> str:
    """Alternatives with groups nested up to `depth` deep."""
    group = rf"|\((?:\?:)?{_disjunction(depth - 1)}\)" if depth else ""
    look = rf"|\(\?(?:=|!|<=|<!){_disjunction(0)}\)" if depth else ""
    term = rf"(?:{_LITERAL}|\.|\\(?:{_ESCAPE})|{_class()}{group})(?:{_quantifier()})?"
    return rf"(?:{term}|[\^$|]|\\[bB]{look})*"


def _quantifier() -> str:
    return rf"(?:[*+?]|\{{(?:\d+,?|{_ordered_counts()})\}})\??"


def _ordered_counts() -> str:
    digits = [rf"{low},[{low}-9]" for low in range(10)]
    tens = [rf"{low}\d,[{low + 1}-9]\d|{low}0,{low}\d" for low in range(1, 9)]
    return "|".join([*digits, *tens, r"\d,[1-9]\d+", r"\d\d,[1-9]\d\d+", r"\d{3},[1-9]\d{3,}"])


def _class() -> str:
    return rf"\[\^?-?(?:[^\]\\-]|\\(?:{_ESCAPE}|[b-])|(?:{_range()})-?)*-?\]"


def _range() -> str:
    letters = [rf"{low}-[{low}-9A-Za-z]" for low in "0123456789"]
    letters += [rf"{low}-[{low}-Za-z]" for low in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    letters += [rf"{low}-[{low}-z]" for low in "abcdefghijklmnopqrstuvwxyz"]
    coded = [rf"\\x{low}{_HEX}-\\x{high}{_HEX}" for low, high in _increasing()]
    for zeros, left in (("00", 1), ("", 3)):
        tail = f"{_HEX}{{{left}}}"
        coded += [rf"\\u{zeros}{low}{tail}-\\u{zeros}{high}{tail}" for low, high in _increasing()]
    blocks = [rf"\\u0{digit}00-\\u0{digit}[Ff][Ff]" for digit in _HEX_DIGITS]
    return "|".join([*letters, r"[ -,./:-@\[^-`{-}]-~", *coded, *blocks])


def _increasing() -> Iterator[tuple[str, str]]:
    """Each hexadecimal digit, and those that are greater."""
    for index, digit in enumerate(_HEX_DIGITS[:-1]):
        yield digit, f"(?:{'|'.join(_HEX_DIGITS[index + 1 :])})"
