"""Writes the file of `grammars.stored`, again whenever what it holds has changed: `python -m grammars.make_stored`."""

from __future__ import annotations

from grammars.dfa import Dfa
from grammars.formats import ASSERTED_FORMATS, build_format
from grammars.numbers import STORED_NUMBERS, build_stored
from grammars.stored import FILE, written


def build_all() -> dict[str, Dfa]:
    """All automata that the file holds, by name."""
    formats = {name: build_format(name) for name in ASSERTED_FORMATS}
    return formats | {name: build_stored(name) for name in STORED_NUMBERS}


def main() -> None:
    """Writes the file."""
    FILE.write_text(written(build_all()), "ascii")


if __name__ == "__main__":
    main()
