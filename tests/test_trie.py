"""The flat trie against a dictionary of prefixes, and its cache on disk."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constrain.flat_tokens import FlatTokens
from constrain.trie import Trie, build_trie, load_trie
from grammars import cache

TOKENS = [b"a", b"ab", b"", b"abc", b"b", b"ab", b"\xff\x00", b"\xff"]


def same(one: Trie, other: Trie) -> bool:
    names = ("byte", "end", "depth", "token_offsets", "token_ids")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    return all(first.dtype == second.dtype and np.array_equal(first, second) for first, second in pairs)


def children(trie: Trie, node: int) -> Iterator[int]:
    child = node + 1
    while child < trie.end[node]:
        yield child
        child = int(trie.end[child])


def spelled(trie: Trie) -> dict[bytes, list[int]]:
    """Every node by its text, with the ids that end there, found by following children from the root."""
    found = {}
    todo = [(0, b"")]
    while todo:
        node, text = todo.pop()
        assert trie.depth[node] == len(text)
        found[text] = trie.token_ids[trie.token_offsets[node] : trie.token_offsets[node + 1]].tolist()
        below = list(children(trie, node))
        letters = [int(trie.byte[child]) for child in below]
        assert letters == sorted(set(letters))
        todo.extend((child, text + bytes([letter])) for child, letter in zip(below, letters, strict=True))
    return found


def reference(tokens: list[bytes]) -> dict[bytes, list[int]]:
    nodes: dict[bytes, list[int]] = {b"": []}
    for index, token in enumerate(tokens):
        for cut in range(1, len(token) + 1):
            nodes.setdefault(token[:cut], [])
        if token:
            nodes[token].append(index)
    return nodes


FEW_BYTES = st.binary(max_size=6).map(lambda text: bytes(byte % 3 for byte in text))


@given(st.lists(FEW_BYTES | st.binary(max_size=4), max_size=40))
def test_every_prefix_is_one_node(tokens: list[bytes]) -> None:
    trie = build_trie(tokens)
    assert spelled(trie) == reference(tokens)
    assert len(trie) == len(reference(tokens))


@pytest.mark.parametrize("tokens", [[], [b""], [b"", b""]])
def test_no_tokens_leave_the_root(tokens: list[bytes]) -> None:
    trie = build_trie(tokens)
    assert spelled(trie) == {b"": []}
    assert trie.end.tolist() == [1]


def test_types_of_the_arrays() -> None:
    trie = build_trie(TOKENS)
    arrays = (trie.byte, trie.end, trie.depth, trie.token_offsets, trie.token_ids, trie.below)
    types = ["uint8", "int32", "int16", "int32", "int32", "int64"]
    assert [array.dtype.name for array in arrays] == types
    assert trie.memory_bytes == sum(array.nbytes for array in arrays)


def test_a_long_token_is_a_long_chain() -> None:
    assert build_trie([b"x" * 3000, b"x" * 2999]).depth.tolist() == list(range(3001))


def test_the_hash_tells_where_tokens_begin() -> None:
    assert FlatTokens.of([b"ab", b"c"]).digest != FlatTokens.of([b"a", b"bc"]).digest
    assert FlatTokens.of([b"a", b""]).digest != FlatTokens.of([b"", b"a"]).digest


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("CONSTRAIN_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_loaded_is_built(directory: Path) -> None:
    built = build_trie(TOKENS)
    assert same(load_trie(TOKENS), built)
    assert len(list(directory.iterdir())) == 1
    loaded = load_trie(TOKENS)
    assert same(loaded, built)
    assert all(array.flags.writeable and array.flags.aligned for array in (loaded.byte, loaded.end, loaded.depth))


def test_other_tokens_are_another_file(directory: Path) -> None:
    load_trie(TOKENS)
    load_trie(TOKENS[1:])
    assert len(list(directory.iterdir())) == 2


@pytest.mark.parametrize(
    "damage", [lambda content: content[:50], lambda content: b"", lambda content: content[:-1] + b"!"]
)
def test_a_damaged_file_is_built_again(directory: Path, damage: Callable[[bytes], bytes]) -> None:
    built = load_trie(TOKENS)
    (file,) = directory.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert same(load_trie(TOKENS), built)
    assert file.read_bytes() == whole


def test_a_file_of_another_shape_is_built_again(directory: Path) -> None:
    built = load_trie(TOKENS)
    (file,) = directory.iterdir()
    for content in (b"", b"short", bytes(16), bytes(100)):
        cache.store(file.name, content)
        assert same(load_trie(TOKENS), built)


def test_a_cache_that_can_not_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    monkeypatch.setenv("CONSTRAIN_CACHE_DIR", str(blocked / "cache"))
    assert same(load_trie(TOKENS), build_trie(TOKENS))
    assert not cache.store("name", b"content")


def test_a_rename_that_fails_leaves_nothing_behind(directory: Path) -> None:
    (directory / "name").mkdir(parents=True)
    assert not cache.store("name", b"content")
    assert [path.name for path in directory.iterdir()] == ["name"]


def test_no_home_is_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("CONSTRAIN_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert cache.cache_directory() is None
    assert cache.load("name") is None
    assert not cache.store("name", b"content")


@pytest.mark.parametrize(("platform", "part"), [("linux", ".cache"), ("darwin", "Caches"), ("win32", "Local")])
def test_each_platform_has_its_place(platform: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONSTRAIN_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", platform)
    place = cache.cache_directory()
    assert place is not None
    assert part in place.parts


def test_writers_do_not_disturb_each_other(directory: Path) -> None:
    contents = [bytes([letter]) * 200_000 for letter in b"abcd"]
    read: list[bytes | None] = []

    def write(content: bytes) -> None:
        for _ in range(10):
            cache.store("name", content)
            read.append(cache.load("name"))

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(read) <= set(contents)
    assert [path.name for path in directory.iterdir()] == ["name"]


@given(st.lists(st.binary(max_size=3), max_size=30), st.binary(max_size=6))
def test_tokens_along_a_text_are_those_it_begins_with(tokens: list[bytes], text: bytes) -> None:
    expected = [i for i, token in enumerate(tokens) if token and text.startswith(token)]
    assert list(build_trie(tokens).along(text)) == sorted(expected, key=lambda i: (len(tokens[i]), i))
