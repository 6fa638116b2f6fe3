"""The oracle of walks, the random choice of tokens, and the parts of the official suite."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from jsonschema_bench.drawing import Drawer, allowed_ids
from jsonschema_bench.engines.base import Options
from jsonschema_bench.engines.ours import OurEngine
from jsonschema_bench.engines.remotes import read_registry
from jsonschema_bench.errors import CannotJudgeError, RefusedError
from jsonschema_bench.messages import Fault
from jsonschema_bench.oracle import make_oracle
from jsonschema_bench.results import CaseResult, EngineResult, PassResult
from jsonschema_bench.suite import Score, declare, find_parts, score
from jsonschema_bench.tokenise import allowed
from jsonschema_bench.vocabularies import single_bytes


@pytest.mark.parametrize("number", ["1" * 5000, "1e5000", "-1e-5000", "1e99999999999999999999", "1." + "0" * 5000])
def test_numbers_too_long_to_compare_are_not_judged(number: str) -> None:
    with pytest.raises(CannotJudgeError, match="too many digits"):
        make_oracle({"type": "integer"})(f"[{number}]")


@pytest.mark.parametrize(
    ("schema", "text", "valid"),
    [
        ({"multipleOf": 0.1}, "0.3", True),
        ({"multipleOf": 0.1}, "0.35", False),
        ({"type": "integer"}, "1.0", True),
        ({"format": "date"}, '"2024-02-30"', False),
        ({"enum": [0.5]}, "0.5", True),
        ({}, '{"a": 1, "a": 2}', False),
        ({}, "NaN", False),
        ({}, "[1", False),
        ({"pattern": "^.$"}, '"\\n"', False),
        ({"pattern": "^a$"}, '"a\\n"', False),
        ({"pattern": "\\p{L}"}, '"\u00e9"', True),
        ({"pattern": "^[\\w-.]$"}, '"-"', True),
        ({"patternProperties": {"\\w": False}}, '{"\u00e9": 1}', True),
        ({"patternProperties": {"\\w": {"type": "null"}}}, '{"e": 1}', False),
        ({"patternProperties": {"^.$": True}, "additionalProperties": False}, '{"a": 1}', True),
        ({"patternProperties": {"^.$": True}, "additionalProperties": False}, '{"a\\n": 1}', False),
        ({"properties": {"a": True}, "additionalProperties": {"type": "null"}}, '{"a": 1, "b": 1}', False),
    ],
)
def test_the_oracle_judges(schema: object, text: str, valid: bool) -> None:
    assert (make_oracle(schema)(text) is None) == valid


@pytest.mark.parametrize(
    "schema", [{"pattern": "("}, {"pattern": "[^\ud800-\udfff]"}, {"$ref": "http://elsewhere.example/x"}]
)
def test_the_oracle_says_when_it_cannot_judge(schema: object) -> None:
    with pytest.raises(CannotJudgeError):
        make_oracle(schema)('"a"')


def test_patterns_are_read_alike_below_references() -> None:
    member = {"properties": {"p": {"pattern": "^\\d$"}, "c": {"$ref": "#"}}}
    oracle = make_oracle({"$schema": "http://json-schema.org/draft-07/schema#", **member})
    assert oracle('{"c": {"p": "3"}}') is None
    assert oracle('{"c": {"p": "\u0663"}}') is not None


def test_the_oracle_does_not_judge_where_readers_of_patterns_differ() -> None:
    with pytest.raises(CannotJudgeError, match="not by regress"):
        make_oracle({"pattern": "(?:(?:b?b)+){1,2}b"})('"bb"')


def test_rows_are_read() -> None:
    row = np.array([0b101, 1 << 31], np.uint32)
    assert allowed_ids(row).tolist() == [0, 2, 63]
    assert [token for token in range(64) if allowed(row, token)] == [0, 2, 63]


def test_drawing_reaches_every_first_byte() -> None:
    drawer = Drawer([b"", b'"', *(b"a%d" % i for i in range(100))])
    rng = random.Random(0)
    drawn = {drawer.draw(rng, np.arange(1, 102)) for _ in range(300)}
    assert 1 in drawn
    assert len(drawn) > 50


def test_single_bytes_are_tokens() -> None:
    tokeniser = single_bytes()
    assert tokeniser.text(tokeniser.encode("aé")) == "aé"
    assert tokeniser.words == 9


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    tests = [{"description": "t", "data": 1, "valid": True}, {"description": "u", "data": "x", "valid": False}]
    groups = [{"description": "g", "schema": schema, "tests": tests} for schema in ({"type": "integer"}, True)]
    for place in ("tests/draft7/type.json", "tests/draft7/optional/format/date.json"):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(groups))
    remote = tmp_path / "remotes/draft7/a.json"
    remote.parent.mkdir(parents=True)
    remote.write_text("{}")
    return tmp_path


def test_parts_of_the_suite_are_found(suite: Path) -> None:
    required, formats = find_parts(suite, ["draft4", "draft7"], ["required", "optional", "format"])
    assert (required.draft, required.kind, required.tests) == ("draft7", "required", 4)
    assert formats.kind == "format"
    assert required.cases[0].schema == {"$schema": "http://json-schema.org/draft-07/schema#", "type": "integer"}
    assert required.cases[1].schema is True


def test_a_declared_dialect_is_kept() -> None:
    assert declare({"$schema": "x"}, "y") == {"$schema": "x"}


def test_tests_of_refused_groups_are_wrong(suite: Path) -> None:
    part = find_parts(suite, ["draft7"], ["required"])[0]
    faults = (Fault(1, valid=False, what=""),)
    cases = (CaseResult("a", "wrong", faults=faults), CaseResult("b", "refused"))
    result = EngineResult("e", "1", 0, 0, 0, 0, (PassResult(cases, None, None),))
    assert score(part, result) == Score(right=1, lost_groups=1, wrong_accepts=1, wrong_rejects=0)


def test_remote_documents_have_the_addresses_of_the_suite(suite: Path) -> None:
    assert "http://localhost:1234/draft7/a.json" in read_registry(suite / "remotes")


def test_our_engine_has_the_remote_documents(suite: Path) -> None:
    (suite / "remotes/draft7/a.json").write_text('{"type": "null"}')
    tokeniser = single_bytes()
    schema = {"$ref": "http://localhost:1234/draft7/a.json"}
    session = OurEngine(tokeniser, Options(remotes=suite / "remotes")).open(schema)
    assert session.walk(tokeniser.encode("null"), []).ended
    assert not session.walk(tokeniser.encode("1"), []).ended
    with pytest.raises(RefusedError, match="leads nowhere"):
        OurEngine(tokeniser, Options()).open(schema)
