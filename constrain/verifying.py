"""Values checked when they are complete, by `jsonschema`: for masks that only approximate a schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from constrain.errors import InvalidValueError
from constrain.json_numbers import exact_number
from grammars.errors import GrammarError
from grammars.json_schema.draft import LATEST, draft_named
from grammars.json_schema.named_formats import asserted_formats
from grammars.json_schema.nodes import escape
from grammars.json_schema.strings import language

if TYPE_CHECKING:
    from jsonschema import FormatChecker, ValidationError
    from jsonschema.protocols import Validator

    from constrain.options import SchemaOptions
    from grammars.dfa import Dfa
    from grammars.json_schema.schema_text import JsonSchema

_SHOWN: Final = 200
Check = Callable[..., "Iterator[ValidationError] | None"]


def checked_reader(read: Callable[[str], Any], verifier: Verifier) -> Callable[[str], Any]:
    """`read` for valid texts; `InvalidValueError` for others."""

    def checked(text: str) -> Any:
        verifier.check(text)
        return read(text)

    return checked


class Verifier:
    """Says of a text whether its value is valid against a schema; numbers are compared exactly."""

    def __init__(self, schema: JsonSchema, options: SchemaOptions) -> None:
        from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # it has no types

        kind = _kind_of(schema, options.draft)
        self._validator: Validator = kind(
            _exactly(schema),
            registry=REGISTRY if options.registry is None else options.registry.combine(REGISTRY),
            format_checker=_format_checker(kind, options) if options.formats == "assert" else None,
        )

    def check(self, text: str) -> None:
        """Raises `InvalidValueError` for a text that is not valid, or of which that can not be told."""
        from jsonschema.exceptions import UndefinedTypeCheck, UnknownType
        from referencing.exceptions import Unresolvable

        try:
            value = json.loads(text, parse_float=exact_number, parse_int=exact_number)
            problem = next(self._validator.iter_errors(value), None)
        except (re.error, Unresolvable, UnknownType, UndefinedTypeCheck, ValueError, RecursionError) as error:
            raise InvalidValueError(f"the value can not be checked: {_short(str(error))}") from error
        if problem is not None:
            keyword = "/".join(["#", *map(escape, problem.absolute_schema_path)])
            raise InvalidValueError(f"the value is not valid, {keyword} refuses it: {_short(problem.message)}", keyword)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _exactly(value: Any) -> Any:
    """A schema whose numbers are those that are written."""
    if isinstance(value, dict):
        return {key: _exactly(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_exactly(inner) for inner in value]
    return exact_number(str(value)) if isinstance(value, float | Decimal) else value


def _kind_of(schema: JsonSchema, draft: str | None) -> type[Validator]:
    """The validator of a schema's draft, which reads patterns as the masks do where it can."""
    from jsonschema import validators as known

    kinds = {
        4: known.Draft4Validator,
        6: known.Draft6Validator,
        7: known.Draft7Validator,
        2019: known.Draft201909Validator,
        2020: known.Draft202012Validator,
    }
    default = kinds[(LATEST if draft is None else draft_named(draft)).year]
    is_named = draft is not None or (isinstance(schema, dict) and isinstance(schema.get("$schema"), str))
    kind: type[Validator] = known.validator_for(schema, default=default)
    changed: dict[str, Check] = {"pattern": _pattern, **({} if is_named else _of_all_drafts(kind, kinds))}
    made: type[Validator] = known.extend(kind, changed)  # type: ignore[no-untyped-call]  # jsonschema has no types for it
    return made


def _format_checker(kind: type[Validator], options: SchemaOptions) -> FormatChecker:
    """The formats that `jsonschema` knows, and those of the caller."""
    from jsonschema import FormatChecker

    own = options.custom_formats or {}
    languages = asserted_formats("assert", own)
    checker = FormatChecker(formats=())
    checks = {name: (partial(_has_format, language(languages[name])), ()) for name in own}
    checker.checkers = {**kind.FORMAT_CHECKER.checkers, **checks}
    return checker


def _has_format(texts: Dfa, instance: object) -> bool:
    return not isinstance(instance, str) or texts.matches(instance) >= 0


def _pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    from jsonschema import ValidationError

    if validator.is_type(instance, "string") and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _matches(pattern: str, text: str) -> bool:
    try:
        return language(("pattern", pattern)).matches(text) >= 0
    except GrammarError:
        return re.search(pattern, text) is not None


def _of_all_drafts(latest: Any, kinds: dict[int, Any]) -> dict[str, Check]:
    """Keywords of older drafts, which count in a schema that names none."""
    of_4, of_7 = kinds[4].VALIDATORS, kinds[7].VALIDATORS
    return {
        "dependencies": of_7["dependencies"],
        "additionalItems": of_7["additionalItems"],
        "$recursiveRef": kinds[2019].VALIDATORS["$recursiveRef"],
        "items": _either(lambda items, _: isinstance(items, list), of_7["items"], latest.VALIDATORS["items"]),
        **dict(_bounds(of_4, latest.VALIDATORS)),
    }


def _bounds(of_4: Any, latest: Any) -> Iterator[tuple[str, Check]]:
    """Bounds beside which a boolean says that they are exclusive."""
    for name, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        is_old = partial(_has_boolean, exclusive)
        yield name, _either(is_old, of_4[name], latest[name])
        yield exclusive, _either(is_old, _nothing, latest[exclusive])


def _has_boolean(name: str, _value: Any, schema: dict[str, Any]) -> bool:
    return isinstance(schema.get(name), bool)


def _nothing(*_: Any) -> Iterator[ValidationError]:
    return iter(())


def _either(is_old: Callable[[Any, dict[str, Any]], bool], old: Check, new: Check) -> Check:
    def check(validator: Any, value: Any, instance: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
        # A check that has nothing to say may return None.
        chosen = old if is_old(value, schema) else new
        yield from chosen(validator, value, instance, schema) or ()

    return check
