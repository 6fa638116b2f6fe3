"""What is said to people who wait, and when."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest
from numba import njit
from rich.console import Console

from constrain.progress import COMPILING, compiling, notice


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def make_console(*, is_terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=is_terminal, width=120)


def compile_something() -> Callable[[int], int]:
    function: Callable[[int], int] = njit(lambda number: number + 1)
    assert function(1) == 2
    return function


def test_compilation_is_said_once() -> None:
    console = make_console(is_terminal=False)
    with compiling(console):
        compile_something()
        compile_something()
    assert shown(console) == f"{COMPILING}\n"


def test_a_terminal_shows_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")  # a dumb one shows nothing that changes
    console = make_console(is_terminal=True)
    with compiling(console):
        compile_something()
    assert COMPILING in shown(console)
    assert "0:00:0" in shown(console)


def test_nothing_is_said_where_nothing_is_compiled() -> None:
    console = make_console(is_terminal=False)
    known = compile_something()
    with compiling(console):
        assert known(2) == 3
    compile_something()
    assert shown(console) == ""


def test_a_notice_waits() -> None:
    console = make_console(is_terminal=False)
    with notice(console, "slow", patience=60):
        pass
    assert shown(console) == ""
    with notice(console, "slow", patience=0.01):
        time.sleep(0.2)
    assert shown(console) == "slow\n"
