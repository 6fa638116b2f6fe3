"""What kernels were compiled for beside the types that are declared for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from grammars.jit import KERNELS


def undeclared(modules: Collection[str]) -> set[tuple[str, Any]]:
    """The names of kernels of some modules, each with types that it was called with and is not declared for."""
    own = [each for each in KERNELS if each.dispatcher.py_func.__module__ in modules]
    assert own
    declared = {(each.dispatcher.__name__, each.signature) for each in own}
    return {(each.dispatcher.__name__, types) for each in own for types in each.dispatcher.signatures} - declared
