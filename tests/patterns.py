"""Random patterns that Python reads, and texts for them."""

from __future__ import annotations

from hypothesis import strategies as st

TEXT_CHARS = "ab1 é\n_"
ATOMS = ["a", "b", "1", ".", r"\d", r"\w", r"\s", r"\S", r"\W", "[ab]", "[^a]", "[a-b1]", r"[^\w]", "é", r"\u00e9", " "]
ASSERTIONS = ["^", "$", r"\b", r"\B", r"\A", r"\Z"]
QUANTIFIERS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,3}?", "{2,}", "{,2}"]


def _extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    kinds = st.sampled_from(["(?:", "(", "(?P<n>", "(?i:"])
    grouped = st.tuples(kinds, inner).map(lambda pair: "".join(pair) + ")")
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: "(?:" + "|".join(pair) + ")"),
        st.tuples(grouped, st.sampled_from(QUANTIFIERS)).map(lambda pair: _unnamed("".join(pair))),
        st.tuples(st.sampled_from(["(?=", "(?!"]), inner).map(lambda pair: "".join(pair) + ")"),
        grouped.map(_unnamed),
    )


def _unnamed(pattern: str) -> str:
    """Python wants group names to be unique."""
    return pattern.replace("(?P<n>", "(")


LEAVES = st.one_of(
    st.sampled_from(ATOMS),
    st.tuples(st.sampled_from(ATOMS), st.sampled_from(QUANTIFIERS)).map("".join),
    st.sampled_from(ASSERTIONS),
    st.sampled_from(["(?<=a)", "(?<!b)", "(?<=a1)", "(?<![ab] )"]),
)
PATTERNS = st.recursive(LEAVES, _extend, max_leaves=6)
TEXTS = st.lists(st.text(TEXT_CHARS, max_size=7), min_size=12, max_size=12)
