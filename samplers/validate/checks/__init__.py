"""The checks, one module each; a module that defines `CHECK` is found by itself."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from samplers.validate.figures import Check


def all_checks() -> dict[str, Check]:
    """All checks by their names, which are those of their modules."""
    found = {}
    for module in sorted(info.name for info in iter_modules(__path__)):
        check: Check = import_module(f"{__name__}.{module}").CHECK
        found[module.replace("_", "-")] = check
    return found
