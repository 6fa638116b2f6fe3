"""Engines by name."""

from __future__ import annotations

import importlib
import importlib.util
from typing import cast

from jsonschema_bench.engines.base import EngineType
from jsonschema_bench.errors import BenchError, MissingError

ENGINES = {
    "ours": "jsonschema_bench.engines.ours:OurEngine",
    "llguidance": "jsonschema_bench.engines.llguidance:LlguidanceEngine",
    "xgrammar": "jsonschema_bench.engines.xgrammar:XgrammarEngine",
}
"""Where the adapters are; any other is named by its place, `package.module:Class`."""

PACKAGES = {"llguidance": ("llguidance",), "xgrammar": ("xgrammar", "torch")}
"""The packages that the adapters of the peers need."""


def check_name(name: str) -> None:
    """Raise where no engine has this name."""
    if name not in ENGINES and ":" not in name:
        raise BenchError(f"no engine '{name}': choose from {', '.join(ENGINES)}, or name one as package.module:Class")


def check_installed(name: str) -> None:
    """Raise where a package that the engine needs is not installed."""
    for package in PACKAGES.get(name, ()):
        if importlib.util.find_spec(package) is None:
            raise MissingError(package)


def find_engine(name: str) -> EngineType:
    """The adapter of an engine."""
    check_name(name)
    module, _, attribute = ENGINES.get(name, name).partition(":")
    return cast("EngineType", getattr(importlib.import_module(module), attribute))
