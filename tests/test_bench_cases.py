"""Cases are read, chosen and spelled the same way every time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jsonschema_bench.cases import choose, find_files, load_case, spell
from jsonschema_bench.errors import BenchError

FILES = [Path(f"{split}---{number:03}.json") for split in "abcde" for number in range(20)]


def test_a_limit_spreads_evenly_over_all_splits() -> None:
    chosen = choose(list(reversed(FILES)), 10, None, 0)
    assert chosen == [sorted(FILES)[i * 10] for i in range(10)]
    assert {path.name[0] for path in chosen} == set("abcde")


def test_a_limit_beyond_the_data_means_all() -> None:
    assert choose(FILES, 1000, None, 0) == choose(FILES, None, None, 0) == sorted(FILES)


def test_a_sample_depends_on_its_seed_alone() -> None:
    first = choose(FILES, None, 10, 7)
    assert first == choose(list(reversed(FILES)), None, 10, 7)
    assert first != choose(FILES, None, 10, 8)
    assert len(set(first)) == 10


def test_limit_and_sample_exclude_each_other() -> None:
    with pytest.raises(BenchError, match="exclude"):
        choose(FILES, 1, 1, 0)


def test_a_folder_without_cases_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no case files"):
        find_files(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        "[]",
        "3",
        "{",
        '{"schema": true}',
        '{"schema": {}, "tests": [{"data": 1}]}',
        '{"schema": 1, "tests": 2}',
    ],
)
def test_files_that_are_no_cases_are_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text('{"schema": true, "tests": []}')
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(BenchError, match=r"other\.json is no case, which has the form"):
        find_files(tmp_path)


def test_a_case_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"there is no case .*nope\.json"):
        load_case(tmp_path / "nope.json")


def test_a_case_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x---y.json"
    tests = [{"description": "d", "valid": True, "data": {"a": "é"}}, {"valid": False, "data": 1.0}]
    path.write_text(json.dumps({"schema": {"type": "object"}, "tests": tests}))
    case = load_case(path)
    assert case.name == "x---y"
    assert [(each.text, each.valid) for each in case.instances] == [('{"a": "é"}', True), ("1.0", False)]


def test_lone_surrogates_are_escaped() -> None:
    assert spell("\ud800") == '"\\ud800"'
    assert spell("é😀") == '"é😀"'
