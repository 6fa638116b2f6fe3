"""Memos are bounded in entries and bytes, give what the function gives, and every cache of the packages is one."""

from __future__ import annotations

import ast
from collections import OrderedDict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constrain.checking import byte_vocabulary
from constrain.compile import compile_json_schema
from grammars import memo
from grammars.dfa import Dfa
from grammars.memo import ENTRY_BYTES, Weighed, memos

ROOT = Path(__file__).resolve().parent.parent


class Sized:
    def __init__(self, size: int) -> None:
        self.memory_bytes = size


def naive(calls: list[int], size: int, most_bytes: int) -> list[int]:
    """The keys that are kept after some calls, the oldest first: the most recent ones that fit, at least one."""
    kept: OrderedDict[int, None] = OrderedDict()
    for key in calls:
        kept[key] = None
        kept.move_to_end(key)
        while len(kept) > size or (len(kept) > 1 and sum(key * 1000 + ENTRY_BYTES for key in kept) > most_bytes):
            kept.popitem(last=False)
    return list(kept)


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(1, 6), st.integers(0, 60_000))
def test_a_memo_keeps_the_last_values_that_fit(calls: list[int], size: int, most_bytes: int) -> None:
    made: list[int] = []

    def make(key: int) -> Sized:
        made.append(key)
        return Sized(1000 * key)

    function = Weighed(make, size, memo.bytes_of, most_bytes)
    for number, key in enumerate(calls):
        known = key in naive(calls[:number], size, most_bytes)
        before = len(made)
        assert function(key).memory_bytes == 1000 * key
        assert len(made) == before + (not known)
        kept = naive(calls[: number + 1], size, most_bytes)
        assert function.entries == len(kept)
        assert function.memory_bytes == sum(1000 * key + ENTRY_BYTES for key in kept)
    function.clear()
    assert (function.entries, function.memory_bytes) == (0, 0)


def test_errors_are_not_kept_and_nothing_is_a_value() -> None:
    calls: list[int] = []

    def make(key: int) -> Sized | None:
        calls.append(key)
        if key < 0:
            raise ValueError("negative")
        return None

    function = Weighed(make, 4, memo.bytes_of, 1 << 20)
    assert function(1) is None
    assert function(1) is None
    assert calls == [1]
    for _ in range(2):
        with pytest.raises(ValueError, match="negative"):
            function(-1)
    assert calls == [1, -1, -1]


def test_arguments_by_name_are_told_apart() -> None:
    function = Weighed(lambda a, b=0: Sized(10 * a + b), 4, memo.bytes_of, 1 << 20)
    assert [function(1).memory_bytes, function(1, b=2).memory_bytes, function(1, b=3).memory_bytes] == [10, 12, 13]


def test_the_weight_of_an_automaton_covers_its_arrays() -> None:
    dfa = Dfa.of_words(["ab", "abc", "x" * 50])
    arrays = (dfa.offsets, dfa.lows, dfa.highs, dfa.targets, dfa.labels)
    assert dfa.memory_bytes >= sum(array.nbytes for array in arrays) + len(dfa.key)


def test_memos_count_what_compiling_leaves_behind() -> None:
    for each in memos():
        each.clear()
    assert all(each.entries == 0 == each.memory_bytes for each in memos())
    compile_json_schema({"type": "string", "pattern": "^[a-f]{3}-x+$"}, byte_vocabulary())
    filled = {each.name for each in memos() if each.entries and each.memory_bytes}
    assert {"grammars.regex_parser.parse_pattern", "grammars.json_schema.strings.lexeme_of"} <= filled
    assert len({each.name for each in memos()}) == len(memos())


def caches(tree: ast.Module) -> list[str]:
    """Functions with arguments that `functools` remembers without end, or beside the list of memos."""
    wrong = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "functools":
            wrong += [alias.name for alias in node.names if alias.name == "lru_cache"]
        if isinstance(node, ast.FunctionDef) and "cache" in map(ast.unparse, node.decorator_list):
            arguments = node.args
            given = arguments.args or arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg
            wrong += [node.name] if given else []
    return wrong


def test_what_a_process_remembers_is_listed() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for package in ("grammars", "constrain")
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in caches(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == {"grammars/memo.py: lru_cache"}
