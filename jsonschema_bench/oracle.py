"""What `json` and `jsonschema` say about a text: the oracle that walks are judged by."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend, validator_for
from referencing.exceptions import Unresolvable
from regress import RegressError

from constrain.json_numbers import exact_number
from jsonschema_bench.ecma import KEYWORDS
from jsonschema_bench.errors import CannotJudgeError

Oracle = Callable[[str], str | None]
"""Says what is wrong with a text; `None` where nothing is."""


def exact(literal: str) -> int | Fraction:
    """The number that a literal spells; `CannotJudgeError` for one that is too long to be compared."""
    try:
        return exact_number(literal)
    except ValueError as error:
        raise CannotJudgeError(str(error)) from error


def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names differ."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a member name is repeated")
    return made


def read_text(text: str) -> Any:
    """The value of a JSON text, with exact numbers.

    Raises `ValueError` where it is none, `CannotJudgeError` where a number is too long to be compared.
    """
    return json.loads(
        text, parse_float=exact, parse_int=exact, object_pairs_hook=no_repeats, parse_constant=_no_constant
    )


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def make_oracle(schema: Any) -> Oracle:
    """The oracle for a schema, with formats asserted as far as `jsonschema` knows them."""
    plain = validator_for(schema, default=Draft202012Validator)
    kind: Any = extend(plain, KEYWORDS)  # type: ignore[no-untyped-call]  # jsonschema has no types for it
    read = json.loads(json.dumps(schema), parse_float=exact)
    if isinstance(read, dict):
        # It would bring back the plain validator wherever a reference leads to the root.
        read.pop("$schema", None)
    validator = kind(read, format_checker=kind.FORMAT_CHECKER)

    def judge(text: str) -> str | None:
        try:
            value = read_text(text)
        except ValueError as error:
            return f"not JSON: {error}"
        try:
            problem = next(validator.iter_errors(value), None)
        except (re.error, RegressError, UnicodeEncodeError, Unresolvable) as error:
            raise CannotJudgeError(str(error)) from error
        return (
            None if problem is None else f"not valid at /{'/'.join(map(str, problem.absolute_path))}: {problem.message}"
        )

    return judge
