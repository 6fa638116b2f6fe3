"""Keywords with patterns for `jsonschema`, which reads patterns as Python does: here as ECMA-262 says, by `regress`.

`regress` misses some matches of nested repetitions (`(?:(?:b?b)+){1,2}b` in `bb`). So where it finds none and Python
does, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import regress
from jsonschema import ValidationError

from jsonschema_bench.errors import CannotJudgeError


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> regress.Regex:
    """The pattern with Unicode's meaning of characters, if it can be read so."""
    try:
        return regress.Regex(pattern, "u")
    except regress.RegressError:
        return regress.Regex(pattern)


def _matches(pattern: str, text: str) -> bool:
    if _compiled(pattern).find(text) is not None:
        return True
    if _python_finds(pattern, text):
        raise CannotJudgeError(f"{pattern!r} matches {text!r} in Python, and not by regress")
    return False


def _python_finds(pattern: str, text: str) -> bool:
    """Whether Python sees a match, but for what it plainly means otherwise: `$` before a line end at the end."""
    try:
        return not text.endswith("\n") and re.search(pattern, text, re.ASCII) is not None
    except re.error:
        return False


def _pattern(validator: Any, pattern: str, instance: object, _schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _matches(pattern, str(instance)):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    for pattern, schema in patterns.items() if validator.is_type(instance, "object") else ():
        for name, value in instance.items():
            if _matches(pattern, name):
                yield from validator.descend(value, schema, path=name, schema_path=pattern)


def _additional_properties(validator: Any, additional: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    declared, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name, value in instance.items() if validator.is_type(instance, "object") else ():
        if name not in declared and not any(_matches(pattern, name) for pattern in patterns):
            yield from validator.descend(value, additional, path=name)


KEYWORDS = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
}
"""To extend a validator with. (`unevaluatedProperties` keeps Python's meaning of patterns.)"""
