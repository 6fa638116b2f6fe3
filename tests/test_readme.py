"""What the README shows is what happens."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from constrain.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [shlex.split(line, comments=True) for line in re.findall(r"(?m)^\$ constrain (.*)$", README)]


def test_the_examples_in_python_print_what_is_shown() -> None:
    first, *others = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    code, _, shown = first.rstrip().rpartition("\n# ")
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)  # noqa: S102  # our own
        for other in others:
            exec(other, names)  # noqa: S102
    assert len(names["samples"]) == 10
    assert ast.literal_eval(printed.getvalue()) == ast.literal_eval(shown)


@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_the_commands_find_their_files(command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(ROOT)
    arguments = [*command[: command.index("<")], command[-1]] if "<" in command else command
    assert main(arguments) in {0, 1}
    assert capsys.readouterr().err == ""
