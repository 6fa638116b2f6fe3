"""Which shapes of objects cover others, against a look at every pair."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grammars.json_schema.coverings import Coverings
from grammars.json_schema.objects import ObjectShape

names = st.sets(st.sampled_from("abcd"), max_size=3)
sizes = st.integers(0, 3)


def _shape(required: set[str], absent: set[str], low: int, high: int | None) -> ObjectShape:
    return ObjectShape((), (), tuple(required), frozenset(absent - required), (), low, high)


shapes = st.builds(_shape, names, names, sizes, st.none() | sizes)


@given(st.lists(shapes, max_size=8), shapes)
def test_a_shape_is_covered_where_a_look_at_all_finds_one(larger: list[ObjectShape], shape: ObjectShape) -> None:
    assert Coverings(larger).covers(shape) == any(other.covers(shape) for other in larger)
