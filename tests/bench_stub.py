"""An engine for tests of the benchmark: it judges by the schema's own keyword `texts`, and can be told to misbehave."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

from jsonschema_bench.engines.base import Options, Walk
from jsonschema_bench.errors import RefusedError
from jsonschema_bench.tokenise import Tokeniser


class StubSession:
    """Lets the given texts through, and their prefixes."""

    def __init__(self, tokeniser: Tokeniser, texts: Sequence[str], limit: int | None) -> None:
        self.accepted = [tokeniser.encode(text) for text in texts]
        self.limit = limit

    def walk(self, tokens: Sequence[int], times: list[int]) -> Walk:
        if self.limit is not None and len(tokens) > self.limit:
            raise RefusedError("too long for me")
        for step in range(len(tokens)):
            if not any(list(tokens[: step + 1]) == ids[: step + 1] for ids in self.accepted):
                return Walk(step, False)
            times.append(1000)
        return Walk(len(tokens), list(tokens) in self.accepted)


class StubEngine:
    version = "1.0"

    def __init__(self, tokeniser: Tokeniser, options: Options) -> None:
        self.tokeniser = tokeniser

    def open(self, schema: Any) -> StubSession:
        deed = schema.get("deed")
        if deed == "refuse":
            raise RefusedError("not today")
        if deed == "raise":
            raise KeyError("lost")
        if deed == "die":
            os._exit(3)
        if deed == "sleep":
            time.sleep(60)
        return StubSession(self.tokeniser, schema.get("texts", ['{"a": "x", "b": 1}']), schema.get("limit"))


NAME = "tests.bench_stub:StubEngine"


class PickyEngine(StubEngine):
    """Refuses what has the keyword `hard`."""

    def open(self, schema: Any) -> StubSession:
        if schema.get("hard"):
            raise RefusedError("too hard")
        return super().open(schema)


PICKY = "tests.bench_stub:PickyEngine"
