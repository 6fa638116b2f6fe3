"""The automata that come with the package are the ones that the code makes."""

from __future__ import annotations

from grammars.make_stored import build_all
from grammars.stored import stored, stored_names


def test_the_file_holds_what_the_code_builds() -> None:
    built = build_all()
    assert stored_names() == built.keys()
    stale = [name for name, dfa in built.items() if stored(name) != dfa]
    assert stale == [], "run `python -m grammars.make_stored`"
