"""Cases: a schema, and instances that are labelled valid or not."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema_bench.errors import BenchError


@dataclass(frozen=True)
class Instance:
    """A JSON text, and whether the schema of its case accepts it."""

    text: str
    valid: bool
    description: str = ""


@dataclass(frozen=True)
class Case:
    """A schema as Python data, with the texts to judge by it."""

    name: str
    schema: Any
    instances: tuple[Instance, ...]


def spell(value: Any) -> str:
    """The JSON text of a value as `json.dumps` writes it, in plain characters unless they are no Unicode text."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() or not _has_surrogates(text) else json.dumps(value)


def _has_surrogates(text: str) -> bool:
    return any(0xD800 <= ord(character) <= 0xDFFF for character in text)


def read_instance(data: dict[str, Any]) -> Instance:
    """One labelled instance of a MaskBench case or of a test of the official suite."""
    return Instance(spell(data["data"]), data["valid"], data.get("description", ""))


def load_case(path: Path) -> Case:
    """A case in the form of MaskBench: `{"schema": …, "tests": [{"valid": …, "data": …}]}`."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Case(path.stem, data["schema"], tuple(read_instance(test) for test in data["tests"]))
    except FileNotFoundError as error:
        raise BenchError(f"there is no case {path}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        wanted = '{"schema": …, "tests": [{"valid": …, "data": …}]}'
        raise BenchError(f"{path} is no case, which has the form {wanted}: {error!r}") from error


def choose(files: Sequence[Path], limit: int | None, sample: int | None, seed: int) -> list[Path]:
    """All files, or `limit` of them spread evenly over the sorted names, or `sample` of them drawn with `seed`."""
    ordered = sorted(files)
    if limit is not None and sample is not None:
        raise BenchError("--limit and --sample exclude each other")
    if sample is not None:
        return sorted(random.Random(seed).sample(ordered, min(sample, len(ordered))))
    count = len(ordered) if limit is None else min(limit, len(ordered))
    return [ordered[i * len(ordered) // count] for i in range(count)]


def find_files(folder: Path, limit: int | None = None, sample: int | None = None, seed: int = 0) -> list[Path]:
    """The case files of a folder, chosen as `choose` says; `BenchError` where one of them is no case."""
    files = list(folder.glob("*.json"))
    if not files:
        raise BenchError(f"no case files (*.json) in {folder}")
    chosen = choose(files, limit, sample, seed)
    # Now, and not after an hour of measuring the others.
    for path in chosen:
        load_case(path)
    return chosen
