"""What the commands have in common: a schema in a file, and how it is to be read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constrain.options import SchemaOptions
from grammars.errors import GrammarError

if TYPE_CHECKING:
    from grammars.json_schema.documents import AnyRegistry

MOST_NOTES: Final = 8


class InputError(ValueError):
    """A file or an argument that cannot be used, said in one line."""


def add_meaning(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what a schema means."""
    parser.add_argument("--schema", required=True, type=Path, metavar="FILE", help="a JSON Schema")
    parser.add_argument("--property-order", choices=("schema", "any"), default="schema", help="order of the members")
    parser.add_argument("--formats", choices=("assert", "annotate"), default="assert", help="meaning of `format`")
    words = "a format, and the pattern that its texts match from end to end (may be repeated)"
    parser.add_argument("--custom-format", nargs=2, action="append", metavar=("NAME", "PATTERN"), help=words)
    parser.add_argument("--draft", metavar="NAME", help="draft of a schema without $schema: draft4 to 2020-12")
    words = "another schema, to which references lead by its $id (may be repeated)"
    parser.add_argument("--registry", type=Path, action="append", metavar="FILE", help=words)
    parser.add_argument("--approximate", action="store_true", help="leave out what can not be compiled")


def add_layout(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what stands between the parts of a text."""
    blanks = parser.add_mutually_exclusive_group()
    blanks.add_argument("--whitespace", choices=("flexible", "compact"), default="flexible", help="blanks in the JSON")
    blanks.add_argument("--separators", nargs=2, metavar=("ITEM", "KEY"), help="as those of json.dumps: ', ' ': '")


def add_writing(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which model writes what, and how much of it."""
    parser.add_argument("--prompt", required=True, help="what to write about")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="a model of transformers (default: the shipped one)")
    parser.add_argument("--max-new-tokens", type=int, default=256, help="the budget of a value (default: %(default)s)")


def options_of(given: argparse.Namespace) -> SchemaOptions:
    """What the arguments of `add_meaning`, and of `add_layout` where they are known, say together.

    Raises `InputError` for what does not fit, and for files that are no schemas.
    """
    return SchemaOptions(
        given.property_order,
        _whitespace(given),
        given.formats,
        given.draft,
        _registry(given.registry),
        _custom_formats(given),
        given.approximate,
    )


def _whitespace(given: argparse.Namespace) -> str | tuple[str, str]:
    from grammars.json_schema.layout import layout_of

    separators = getattr(given, "separators", None)
    if separators is None:
        return str(getattr(given, "whitespace", "flexible"))
    try:
        layout_of((separators[0], separators[1]))
    except ValueError as error:
        raise InputError(str(error)) from error
    return separators[0], separators[1]


def _custom_formats(given: argparse.Namespace) -> dict[str, str] | None:
    pairs = given.custom_format or []
    if pairs and given.formats == "annotate":
        raise InputError("--custom-format asserts a format, which --formats annotate forbids")
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InputError("--custom-format gives one name two patterns")
    return found or None


def _registry(paths: Sequence[Path] | None) -> AnyRegistry | None:
    """The documents of some files."""
    if not paths:
        return None
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    resources = [Resource.from_contents(read_schema(path), default_specification=DRAFT202012) for path in paths]
    for path, resource in zip(paths, resources, strict=True):
        if resource.id() is None:
            raise InputError(f"{path} has no $id, by which references could lead to it")
    return Registry().with_resources((str(resource.id()), resource) for resource in resources)


def read_schema(path: Path) -> Any:
    """The schema in a file; `InputError` where there is none, `OSError` where there is no file."""
    # This imports all that reads schemas, which takes half a second that `--help` need not wait for.
    from grammars.json_schema.schema_text import parse_schema

    try:
        return parse_schema(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error
    except GrammarError as error:
        raise InputError(f"{path}: {error}") from error


def note_unknown(schema: Any, options: SchemaOptions) -> None:
    """Prints on stderr which keywords and formats of a schema constrain nothing because nobody knows them."""
    from grammars.json_schema.unknown import unknown_parts

    try:
        notes = list(unknown_parts(replace(options, formats="assert").grammar(schema)))
    except GrammarError:
        # Whoever compiles the schema says so, or leaves out what is wrong.
        return
    for note in notes[:MOST_NOTES]:
        print(f"note: {note}", file=sys.stderr)
    if len(notes) > MOST_NOTES:
        print(f"note: and {len(notes) - MOST_NOTES} more, which `constrain describe` lists", file=sys.stderr)
