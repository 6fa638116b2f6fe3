"""The official JSON Schema Test Suite, where it lies beside the repository, and cases of our own in the same form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grammars.errors import GrammarError
from grammars.json_schema import JsonSchemaGrammar
from tests.naive import NaiveMatcher

HERE = Path(__file__).resolve().parent
ROOTS = [HERE / "data" / "json_schema_suite", HERE.parents[1] / "shared" / "data" / "json-schema-test-suite" / "tests"]
DRAFTS = {"draft7": "draft-07", "draft2019-09": "2019-09", "draft2020-12": "2020-12"}
NOT_YET = {"dynamicRef", "recursiveRef", "refRemote", "vocabulary"}
FILES = [
    path
    for root in ROOTS
    for draft in DRAFTS
    for path in sorted((root / draft).glob("*.json"))
    if path.stem not in NOT_YET
]
REFUSED = (
    *("$dynamicRef", "$recursiveRef", "uniqueItems", "multipleOf"),
    *("leads nowhere", "counted by their kind", "more members are asked for"),
)


def matcher_of(group: Any, draft: str) -> NaiveMatcher | None:
    """A matcher; None for a group that nothing satisfies or that is refused for a reason that is known."""
    try:
        return NaiveMatcher(JsonSchemaGrammar(group["schema"], property_order="any", formats="annotate", draft=draft))
    except GrammarError as error:
        message = str(error)
    if "nothing satisfies" in message:
        assert not any(test["valid"] for test in group["tests"]), group["description"]
    else:
        assert any(reason in message for reason in REFUSED), (group["description"], message)
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_required_tests(path: Path) -> None:
    wrong = []
    for group in json.loads(path.read_text(encoding="utf-8")):
        matcher = matcher_of(group, DRAFTS[path.parent.name])
        for test in group["tests"] if matcher else ():
            text = json.dumps(test["data"]).encode()
            if matcher and matcher.matches(text) != test["valid"]:
                wrong.append((group["description"], test["description"]))
    assert wrong == []
