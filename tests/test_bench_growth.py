"""Grown schemas have the sizes that are asked for and accept their texts; slopes are those of known curves."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from constrain.checking import byte_vocabulary, check_text
from constrain.compile import compile_json_schema
from jsonschema_bench.engines.ours import make_vocabulary
from jsonschema_bench.growing import GROWERS, with_bytes, with_definitions, with_properties, with_values
from jsonschema_bench.growth import (
    BATCHES,
    Curve,
    Growth,
    draw,
    in_words,
    measure_batches,
    measure_grower,
    measure_vocabularies,
    sentences,
    unit,
)
from jsonschema_bench.vocabularies import single_bytes


@pytest.mark.parametrize("name", GROWERS)
@pytest.mark.parametrize("size", [10, 1000])
def test_grown_schemas_accept_their_texts(name: str, size: int) -> None:
    grown = GROWERS[name][0](size, "s")
    jsonschema.validate(json.loads(grown.text), grown.schema)
    assert check_text(compile_json_schema(grown.schema, byte_vocabulary(), property_order="any"), grown.text) is None


def test_sizes_are_what_they_are_called() -> None:
    for size in (1000, 30_000):
        assert size <= len(json.dumps(with_bytes(size, "s").schema)) < size + 700
    assert len(with_properties(70, "s").schema["properties"]) == 70
    assert len(set(with_values(70, "s").schema["enum"])) == 70
    assert len(with_definitions(70, "s").schema["$defs"]) == 70


@pytest.mark.parametrize("power", [0, 0.5, 1, 2])
def test_the_slope_is_the_power(power: float) -> None:
    sizes = (10, 100, 1000, 10_000)
    curve = Curve("x", sizes, tuple(3.0 * size**power for size in sizes))
    assert curve.slope == pytest.approx(power)


def test_slopes_and_times_in_words() -> None:
    assert [in_words(slope) for slope in (-0.3, 0.05, 0.5, 1, 1.5)] == [
        "does not grow",
        "does not grow",
        "grows less than in proportion",
        "grows in proportion",
        "grows more than in proportion",
    ]
    assert [unit(time) for time in (7.0, 1500.0, 2.5e6, 3e9)] == ["7 ns", "1.5 µs", "2.5 ms", "3 s"]


def test_growth_is_measured_said_and_drawn(tmp_path: Path) -> None:
    tokeniser = single_bytes()
    vocabulary = make_vocabulary(tokeniser)
    growths = [
        measure_grower(name, vocabulary, tokeniser, 100 if name != "bytes of schema" else 10_000) for name in GROWERS
    ]
    growths += [measure_batches(vocabulary, tokeniser), measure_vocabularies([tokeniser, tokeniser])]
    assert [growth.of for growth in growths] == [*GROWERS, "batch", "tokens of the vocabulary"]
    assert growths[-2].curves[0].sizes == BATCHES
    assert all(time > 0 for growth in growths[:-1] for curve in growth.curves for time in curve.times)
    shown = [Growth("size", (Curve("work", (10, 1000), (20.0, 2000.0)),))]
    assert list(sentences(shown)) == ["size, 10 → 1,000:", "  work: 20 ns → 2 µs, slope 1.00: grows in proportion"]
    draw(growths[:-1], tmp_path / "growth.png")
    assert (tmp_path / "growth.png").stat().st_size > 20_000
