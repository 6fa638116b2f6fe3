"""The official JSON Schema Test Suite, where it lies beside the repository, and cases of our own in the same form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grammars.errors import GrammarError
from grammars.json_schema import JsonSchemaGrammar
from jsonschema_bench.engines.remotes import read_registry
from tests.naive import NaiveMatcher

HERE = Path(__file__).resolve().parent
OFFICIAL = HERE.parents[1] / "shared" / "data" / "json-schema-test-suite"
ROOTS = [HERE / "data" / "json_schema_suite", OFFICIAL / "tests"]
DRAFTS = {
    "draft4": "draft-04",
    "draft6": "draft-06",
    "draft7": "draft-07",
    "draft2019-09": "2019-09",
    "draft2020-12": "2020-12",
}
OPTIONAL = (
    *("anchor", "bignum", "cross-draft", "dependencies-compatibility", "dynamicRef", "ecmascript-regex"),
    *("float-overflow", "format-assertion", "id", "no-schema", "non-bmp-regex"),
    *("refOfUnknownKeyword", "unknownKeyword"),
)
FILES = [path for root in ROOTS for draft in DRAFTS for path in sorted((root / draft).glob("*.json"))]
OPTIONAL_FILES = [
    path
    for draft in DRAFTS
    for name in OPTIONAL
    for path in (OFFICIAL / "tests" / draft / "optional").glob(f"{name}.json")
]
REMOTES = read_registry(OFFICIAL / "remotes")
REFUSED = ("too many remainders",)


def matcher_of(group: Any, draft: str) -> NaiveMatcher | None:
    """A matcher; None for a group that nothing satisfies or that is refused for a reason that is known."""
    options: Any = {"property_order": "any", "formats": "annotate", "draft": draft}
    try:
        return NaiveMatcher(JsonSchemaGrammar(group["schema"], registry=REMOTES, **options))
    except GrammarError as error:
        message = str(error)
    if "nothing satisfies" in message:
        assert not any(test["valid"] for test in group["tests"]), group["description"]
    else:
        assert any(reason in message for reason in REFUSED), (group["description"], message)
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_required_tests(path: Path) -> None:
    assert wrong_tests(path, DRAFTS[path.parent.name]) == []


@pytest.mark.parametrize("path", OPTIONAL_FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_optional_tests(path: Path) -> None:
    assert wrong_tests(path, DRAFTS[path.parts[-3]]) == []


def wrong_tests(path: Path, draft: str) -> list[tuple[str, str]]:
    """The tests of a file whose instances are let through and should not be, or the other way round."""
    wrong = []
    for group in json.loads(path.read_text(encoding="utf-8")):
        matcher = matcher_of(group, draft)
        for test in group["tests"] if matcher else ():
            text = json.dumps(test["data"]).encode()
            if matcher and matcher.matches(text) != test["valid"]:
                wrong.append((group["description"], test["description"]))
    return wrong
