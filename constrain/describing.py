"""The coverage report of a schema: what the masks enforce, what asserts nothing, and what is refused and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constrain.options import SchemaOptions
from constrain.schemas import to_json_schema
from grammars.deadline import check_seconds, within
from grammars.json_schema.report import describe_schema

if TYPE_CHECKING:
    from rich.console import Console

    from grammars.json_schema.coverage import Coverage
    from grammars.json_schema.documents import AnyRegistry
    from grammars.json_schema.named_formats import CustomFormats

_STYLES: Final = {"refused": "red", "approximated": "yellow", "unseen": "yellow", "annotation": "dim", "unused": "dim"}


def describe(
    schema: Any,
    *,
    property_order: str = "schema",
    formats: str = "assert",
    draft: str | None = None,
    registry: AnyRegistry | None = None,
    custom_formats: CustomFormats | None = None,
    approximate: bool = False,
    deadline: float | None = None,
) -> Coverage:
    """The verdict on every keyword of a schema that is reachable from its root; see `compile_json_schema`.

    Something is `refused` where `compile_json_schema` with the same options raises `GrammarError`, or where a text may
    lead to such an error later on. With `approximate=True` what is left out of the masks is `approximated`. `deadline`
    is how many seconds the whole report may take before `LimitError`.
    """
    options = SchemaOptions(
        property_order,
        formats=formats,
        draft=draft,
        registry=registry,
        custom_formats=custom_formats,
        approximate=approximate,
        deadline=deadline,
    )
    return describe_with(schema, options)


def describe_with(schema: Any, options: SchemaOptions) -> Coverage:
    """The same for options that are together already."""
    check_seconds(options.deadline)
    with within(options.deadline):
        return describe_schema(to_json_schema(schema), options.grammar, approximate=options.approximate)


def show_coverage(coverage: Coverage, console: Console | None = None) -> None:
    """Prints a report as a table."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = console or Console(highlight=False)
    table = Table(*("pointer", "keyword", "verdict", "reason"), box=None, pad_edge=False)
    for record in coverage.records:
        style = _STYLES.get(record.verdict, "")
        cells = (record.pointer, record.keyword, record.verdict, record.reason)
        # As Text: pointers and reasons may hold what rich takes for markup.
        table.add_row(*(Text(cell, overflow="fold") for cell in cells), style=style)
    shown.print(table)
    for bound in coverage.unseen:
        shown.print(Text(f"not looked at: {bound}", style="yellow"))
    for note in coverage.notes:
        shown.print(Text(note))
