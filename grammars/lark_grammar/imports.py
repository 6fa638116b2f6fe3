"""Names that a grammar imports: `lark` lets unknown ones pass and complains later, about something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

from grammars.errors import GrammarError
from grammars.lark_grammar.places import place_at, visible

_IMPORT = re.compile(r"%import\s+(?P<library>\w+)(?:\.(?P<name>\w+)|\s*\((?P<names>[^)]*)\))")
_DEFINITION = re.compile(r"^[?!]?(\w+)(?:\.-?\d+)?\s*:", re.MULTILINE)


def check_imports(text: str) -> None:
    """Raises for a name that is not in the library it is imported from, with its place and what there is."""
    shown = visible(text)
    for found in _IMPORT.finditer(shown):
        library = files("lark") / "grammars" / f"{found['library']}.lark"
        if not library.is_file():
            continue  # `lark` says so itself
        defined = _DEFINITION.findall(library.read_text(encoding="utf-8"))
        for name, position in _names(found):
            if name not in defined:
                raise GrammarError(
                    f"{found['library']} has no {name}",
                    place_at(text, position),
                    name,
                    f"it has {', '.join(sorted(defined))}",
                )


def _names(found: re.Match[str]) -> Iterator[tuple[str, int]]:
    group = "name" if found["name"] else "names"
    yield from ((name.group(), found.start(group) + name.start()) for name in re.finditer(r"\w+", found[group]))
