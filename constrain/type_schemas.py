"""The JSON Schemas of Python types, narrowed to what pydantic reads."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from constrain import type_patterns as patterns
from grammars.errors import GrammarError

LARGEST: Final = sys.float_info.max
LARGEST_INT: Final = 10**308
"""pydantic has limits for the digits of whole numbers; so many are cheap to count."""
BOUNDS: Final = ("ge", "gt", "le", "lt")
# Escapes that pydantic's regular expressions and those of JSON Schema read differently outside of ASCII.
_DIALECT: Final = re.compile(r"\\[DWSbB]|\[\^[^\]]*\\[dws]")


def _uuid(version: int) -> JsonSchemaValue:
    return {"type": "string", "format": "uuid", "pattern": patterns.uuid_of(version)}


_IPV4: Final = {"type": "string", "format": "ipv4"}
_IPV6: Final = {"type": "string", "format": "ipv6"}
_IP: Final = {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}
_BASE64: Final = {"type": "string", "pattern": patterns.BASE64}
FORMATS: Final[dict[str, JsonSchemaValue]] = {
    "ipv4network": _IPV4,
    "ipv4interface": _IPV4,
    "ipv6network": _IPV6,
    "ipv6interface": _IPV6,
    "ipvanyaddress": _IP,
    "ipvanyinterface": _IP,
    "ipvanynetwork": _IP,
    "base64": _BASE64,
    "base64url": _BASE64,
    "fraction": {"type": "string", "pattern": patterns.FRACTION},
    **{f"uuid{version}": _uuid(version) for version in range(1, 9)},
}
"""What stands for formats that JSON Schema does not know."""
UNKNOWN_FORMATS: Final = ("file-path", "directory-path", "zoneinfo", "regex", "name-email", "email", "json-string")


class SchemaOfTypes(GenerateJsonSchema):
    """pydantic's schemas, with the parts that it leaves unsaid said in JSON Schema's own words."""

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """The schema of a part, whatever else than its core says something of it."""
        result = super().generate_inner(schema)
        name = result.get("format")
        if isinstance(name, str) and name in UNKNOWN_FORMATS:
            _refuse(f"texts of the format {name}", "take str")
        if schema["type"] == "function-plain" and schema["function"]["function"].__name__ == "import_string":
            _refuse("ImportString", "take str")
        if "keys_schema" in schema and result.get("type") == "object":
            return {**result, **self._keys(schema["keys_schema"])}
        return dict(FORMATS[name]) if isinstance(name, str) and name in FORMATS else result

    def _keys(self, keys: Mapping[str, Any]) -> JsonSchemaValue:
        """What the names of members have to be, spelled as texts."""
        kind = keys["type"]
        if kind in patterns.KEYS:
            _check_unbounded(keys, f"keys of the type {kind}", (*BOUNDS, "multiple_of", "max_digits", "decimal_places"))
            return {"propertyNames": {"pattern": patterns.KEYS[kind]}}
        said = self.generate_inner(keys)
        values = said.get("enum", [said["const"]] if "const" in said else [])
        texts = kind == "enum" and all(isinstance(each.value, str) for each in keys["members"])
        if not (kind == "any" or texts or said.get("type") == "string" or (values and all(map(_is_text, values)))):
            _refuse(f"keys of the type {kind}", "take keys that are texts")
        return {"propertyNames": said} if said.keys() - {"type"} else {}

    def int_schema(self, schema: Any) -> JsonSchemaValue:
        """As many digits as pydantic reads."""
        return _within(super().int_schema(schema), -LARGEST_INT, LARGEST_INT)

    def float_schema(self, schema: Any) -> JsonSchemaValue:
        """What does not round to infinity, nor to an excluded bound."""
        result = dict(super().float_schema(schema))
        if "exclusiveMinimum" in result:
            above = math.nextafter(result.pop("exclusiveMinimum"), math.inf)
            result["minimum"] = max(above, result.get("minimum", above))
        if "exclusiveMaximum" in result:
            below = math.nextafter(result.pop("exclusiveMaximum"), -math.inf)
            result["maximum"] = min(below, result.get("maximum", below))
        return _within(result, -LARGEST, LARGEST)

    def decimal_schema(self, schema: Any) -> JsonSchemaValue:
        """A number; a text of digits where there is a limit to them."""
        digits, places = schema.get("max_digits"), schema.get("decimal_places")
        if digits is None and places is None:
            low = max([-LARGEST, *(_at_least(schema[key], key == "gt") for key in ("ge", "gt") if key in schema)])
            high = min([LARGEST, *(-_at_least(-schema[key], key == "lt") for key in ("le", "lt") if key in schema)])
            multiple = {"multipleOf": float(schema["multiple_of"])} if "multiple_of" in schema else {}
            return {"type": "number", "minimum": low, "maximum": high, **multiple}
        signed = schema.get("ge") != 0
        bounds = [key for key in (*BOUNDS, "multiple_of") if key in schema and (key != "ge" or signed)]
        if bounds:
            _refuse("bounds and digits of one Decimal", "ask for one of them; ge=0 goes with digits")
        places = (digits or 0) if places is None else places
        whole = (15 if digits is None else digits) - places
        return {"type": "string", "pattern": patterns.decimal_of_digits(whole, places, signed=signed)}

    def fraction_schema(self, schema: Any) -> JsonSchemaValue:
        """A text."""
        _check_unbounded(schema, "Fraction")
        return dict(FORMATS["fraction"])

    def complex_schema(self, _schema: Any) -> JsonSchemaValue:
        """Both parts written out."""
        return {"type": "string", "pattern": patterns.COMPLEX}

    def str_schema(self, schema: Any) -> JsonSchemaValue:
        """Patterns as both dialects read them, lengths and stripping as the configuration has them."""
        options = self._config.config_dict
        known = {key: schema.get(key, options.get(f"str_{key}")) for key in ("min_length", "max_length")}
        sized: Any = {**schema, **{key: size for key, size in known.items() if size is not None}}
        result = super().str_schema(sized)
        stripped = schema.get("strip_whitespace", options.get("str_strip_whitespace"))
        ascii_only = _DIALECT.search(str(result.get("pattern", ""))) is not None
        return _and(result, [patterns.STRIPPED] * bool(stripped) + [patterns.ASCII] * ascii_only)

    def bytes_schema(self, schema: Any) -> JsonSchemaValue:
        """Text in the encoding that is configured; lengths count bytes."""
        encoding = self._config.val_json_bytes
        if encoding == "utf8":
            result = dict(super().bytes_schema(schema))
            result.pop("format", None)
            return _and(result, [patterns.ASCII] if len(result) > 1 else [])
        _check_unbounded(schema, f"bytes in {encoding}", ("min_length", "max_length"))
        return {"type": "string", "pattern": patterns.BASE64 if encoding == "base64" else patterns.HEX}

    def date_schema(self, schema: Any) -> JsonSchemaValue:
        """Within the bounds."""
        return _and(super().date_schema(schema), _range_of_days(schema, 1))

    def datetime_schema(self, schema: Any) -> JsonSchemaValue:
        """Within the bounds by three days, as time zones go; no leap seconds."""
        if schema.get("tz_constraint") == "naive":
            return _and({"type": "string", "pattern": patterns.NAIVE_DATETIME}, _range_of_days(schema, 3))
        _check_zone(schema)
        return _and(super().datetime_schema(schema), [patterns.NO_LEAP_SECOND, *_range_of_days(schema, 3)])

    def time_schema(self, schema: Any) -> JsonSchemaValue:
        """No leap seconds."""
        _check_unbounded(schema, "time")
        if schema.get("tz_constraint") == "naive":
            return {"type": "string", "pattern": patterns.NAIVE_TIME}
        _check_zone(schema)
        return _and(super().time_schema(schema), [patterns.NO_LEAP_SECOND])

    def timedelta_schema(self, schema: Any) -> JsonSchemaValue:
        """Within what `timedelta` holds."""
        _check_unbounded(schema, "timedelta")
        return {"type": "string", "pattern": patterns.TIMEDELTA}

    def url_schema(self, schema: Any) -> JsonSchemaValue:
        """Plain addresses."""
        schemes = list(schema.get("allowed_schemes") or ["https", "http"])
        return {"type": "string", "pattern": patterns.url(schemes), "maxLength": schema.get("max_length", 2083)}

    def multi_host_url_schema(self, schema: Any) -> JsonSchemaValue:
        """Plain addresses."""
        return self.url_schema(schema)

    def json_schema(self, _schema: Any) -> JsonSchemaValue:
        """Refused: its texts are JSON within JSON."""
        _refuse("Json", "take the type inside")

    def is_subclass_schema(self, _schema: Any) -> JsonSchemaValue:
        """Refused: a class has no JSON."""
        _refuse("a class as a value", "take a Literal of names")

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        """Without members that would be dropped, or be read by another of a member's names."""
        return _closed(super().model_schema(schema))

    def dataclass_schema(self, schema: Any) -> JsonSchemaValue:
        """See `model_schema`."""
        return _closed(super().dataclass_schema(schema))

    def typed_dict_schema(self, schema: Any) -> JsonSchemaValue:
        """See `model_schema`."""
        return _closed(super().typed_dict_schema(schema))

    def tagged_union_schema(self, schema: Any) -> JsonSchemaValue:
        """`anyOf`, because the tags already keep the cases apart; `discriminator` is not a JSON Schema keyword.

        The tag has to be there, even where the field that holds it has a default.
        """
        result = dict(super().tagged_union_schema(schema))
        tag = result.pop("discriminator", {}).get("propertyName")
        cases = result.pop("oneOf", [])
        if tag is not None:
            cases = [{"allOf": [case], "required": [tag]} for case in cases]
        return {**result, "anyOf": cases} if cases else result


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _refuse(what: str, advice: str) -> NoReturn:
    raise GrammarError(f"{what} cannot be told by a JSON Schema so that pydantic reads all of it", advice=advice)


def _check_unbounded(schema: Mapping[str, Any], what: str, bounds: tuple[str, ...] = BOUNDS) -> None:
    found = [bound for bound in bounds if schema.get(bound) is not None]
    if found:
        _refuse(f"{' and '.join(found)} of {what}", "leave the bounds out, and check the value yourself")


def _check_zone(schema: Mapping[str, Any]) -> None:
    if isinstance(schema.get("tz_constraint"), int):
        _refuse("one offset for all times", "leave it out, and check the value yourself")


def _within(result: JsonSchemaValue, low: float, high: float) -> JsonSchemaValue:
    least = {} if "exclusiveMinimum" in result else {"minimum": low}
    most = {} if "exclusiveMaximum" in result else {"maximum": high}
    return {**least, **most, **result}


def _at_least(bound: Decimal | float, exclusive: bool) -> float:
    """The least float whose spelling meets a bound."""
    found = float(bound)
    while Decimal(repr(found)) < bound or (exclusive and Decimal(repr(found)) == bound):
        found = math.nextafter(found, math.inf)
    return found


def _and(result: JsonSchemaValue, more: list[str]) -> JsonSchemaValue:
    return {**result, "allOf": [{"pattern": pattern} for pattern in more]} if more else result


def _closed(result: JsonSchemaValue) -> JsonSchemaValue:
    if result.get("type") != "object" or "properties" not in result:
        return result
    return {"additionalProperties": False, **result}


def _range_of_days(schema: Mapping[str, Any], margin: int) -> list[str]:
    """The patterns of the days within bounds by a margin: zones and a passing midnight do not matter then."""
    today = date.today() if "now_op" in schema else None
    first = [patterns.moved(_day(schema[key]), margin) for key in ("ge", "gt") if schema.get(key) is not None]
    last = [patterns.moved(_day(schema[key]), -margin) for key in ("le", "lt") if schema.get(key) is not None]
    if today is not None and schema["now_op"] == "future":
        first.append(patterns.moved(today, margin + 1))
    elif today is not None:
        last.append(patterns.moved(today, -margin))
    return [*map(patterns.not_before, first), *map(patterns.not_after, last)]


def _day(bound: date) -> date:
    return bound.date() if isinstance(bound, datetime) else bound
