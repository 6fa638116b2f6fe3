"""The soak's schemas are all different and mostly compile, and its verdict tells growth from flat memory."""

from __future__ import annotations

import json
import random
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from constrain import MemoryUsage
from jsonschema_bench.drawing import QuickDrawer
from jsonschema_bench.errors import BenchError
from jsonschema_bench.soak import BATCHES, Sample, Soak, draw, judge, print_verdict, soak
from jsonschema_bench.tokenise import Row, allowed
from jsonschema_bench.variation import Variations
from jsonschema_bench.vocabularies import VOCABULARIES, vocabulary_named

NOTHING = MemoryUsage(**dict.fromkeys((field.name for field in fields(MemoryUsage)), 0))
MB = 10**6


@pytest.fixture
def cases(tmp_path: Path) -> list[Path]:
    schema = {
        "type": "object",
        "properties": {"a": {"enum": ["x", "y"]}, "b": {"type": "string", "pattern": "^u+$", "maxLength": 9}},
        "items": [{"minimum": 3}],
    }
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"schema": schema, "tests": [{"valid": True, "data": {"a": "x"}}]}))
    return [path]


def test_no_two_schemas_are_alike(cases: list[Path]) -> None:
    variations = Variations(cases, 3)
    made = [variations.make(number) for number in range(200)]
    assert len({json.dumps(schema, sort_keys=True) for schema, _ in made}) == 200
    assert 50 < sum(bool(instances) for _, instances in made) < 150
    assert [Variations(cases, 3).make(number) for number in range(199, -1, -1)] == made[::-1]
    assert Variations(cases, 4).make(0) != made[0]


def test_cases_are_changed_in_names_words_bounds_and_patterns(cases: list[Path]) -> None:
    schemas = [schema for schema, instances in map(Variations(cases, 0).make, range(300)) if instances]
    texts = [json.dumps(schema) for schema in schemas]
    assert any('"a"' not in text for text in texts)
    assert any("(?:^u+$)|^" in text for text in texts)
    assert any('"x"' not in text for text in texts)
    assert any('"maxLength": 9' not in text for text in texts)
    assert all(f'"n{number}"' in json.dumps(Variations(cases, 0).make(number)[0]) for number in range(20))


def test_schemas_are_compiled_walked_and_mostly_accepted(cases: list[Path]) -> None:
    run = Soak(vocabulary_named("bytes"), Variations(cases, 1))
    samples = list(run.run(60))
    assert [sample.schemas for sample in samples] == list(range(1, 61))
    assert run.refused < 15
    assert run.steps > 600
    assert all(sample.resident > 0 and sample.usage.lexicons > 0 for sample in samples)


def samples_of(memory: list[float], lexicons: list[float]) -> list[Sample]:
    pairs = zip(memory, lexicons, strict=True)
    usages = [(m + x, MemoryUsage(**{**vars(NOTHING), "lexicons": int(x * MB)})) for m, x in pairs]
    return [Sample(200 * (i + 1), int(resident * MB), usage) for i, (resident, usage) in enumerate(usages)]


def noise(size: float) -> list[float]:
    rng = random.Random(5)
    return [rng.uniform(0, size) for _ in range(500)]


def test_flat_memory_with_lexicons_that_come_and_go_is_flat() -> None:
    lexicons = [float(i % 37 * 7) for i in range(500)]
    verdict = judge(samples_of([500 + n for n in noise(20)], lexicons))
    assert verdict.is_flat
    assert verdict.early_peak >= 700 * MB


def test_warm_up_does_not_count() -> None:
    ramp = [min(i, 100) * 3.0 + 300 + n for i, n in enumerate(noise(5))]
    assert judge(samples_of(ramp, [0.0] * 500)).is_flat


@pytest.mark.parametrize("slope", [0.05, 0.3])
def test_a_leak_is_found(slope: float) -> None:
    leaking = [500 + slope * i + n for i, n in enumerate(noise(5))]
    verdict = judge(samples_of(leaking, [0.0] * 500))
    assert not verdict.is_flat
    assert verdict.slope == pytest.approx(slope * 50 * MB, rel=0.05)
    assert verdict.low < verdict.slope < verdict.high


def test_a_rising_peak_of_lexicons_is_found() -> None:
    verdict = judge(samples_of([500.0] * 500, [i / 2 for i in range(500)]))
    assert verdict.high < MB
    assert not verdict.is_flat


def test_a_run_is_shown_and_drawn(tmp_path: Path) -> None:
    console = Console(record=True, width=120)
    samples = soak(vocabulary_named("bytes"), [], 10 * BATCHES, 0, console)
    print_verdict(samples, judge(samples), console)
    draw(samples, tmp_path / "soak.png")
    text = console.export_text()
    assert "slope per 10,000 schemas" in text
    assert "lexicons, in the end" in text
    assert (tmp_path / "soak.png").stat().st_size > 5000
    with pytest.raises(BenchError, match="at least"):
        soak(vocabulary_named("bytes"), [], 10, 0, console)


def row_of(tokens: set[int]) -> Row:
    row = np.zeros(9, np.uint32)
    for token in tokens:
        row[token >> 5] |= np.uint32(1 << (token & 31))
    return row


def test_drawn_tokens_are_allowed() -> None:
    tokens = VOCABULARIES["bytes"]().tokens
    drawer, rng, row = QuickDrawer(tokens), random.Random(0), row_of({ord("{") + 1, ord('"') + 1})
    found = {drawer.draw(rng, row) for _ in range(200)}
    assert found == {ord("{") + 1, ord('"') + 1}
    assert all(token is not None and allowed(row, token) for token in found)
    assert drawer.draw(rng, row_of(set())) is None
    with pytest.raises(BenchError, match="no vocabulary 'other'"):
        vocabulary_named("other")
