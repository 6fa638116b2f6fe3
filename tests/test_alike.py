"""Equal rows of tables, against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grammars import alike


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 1)), min_size=1, max_size=20))
def test_equal_rows(rows: list[tuple[int, int]]) -> None:
    first, kinds = alike.alike(np.array(rows))
    distinct = list(dict.fromkeys(rows))
    assert [rows[place] for place in first] == distinct
    assert [distinct[kind] for kind in kinds] == rows
