"""Compiled code is kept where it can be written, found there again, and does without where nothing can be written."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest
from numba import config

from constrain.warm_up import where_kept
from grammars import jit
from grammars.jit import PACKAGE, Home, choose, copy_compiled, is_writable

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A package below which no directory can be made, not even by root."""
    package = tmp_path / "locked"
    package.mkdir()
    (package / "__pycache__").write_text("no directory")
    return package


@pytest.fixture(autouse=True)
def _no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", "")


def test_the_package_comes_first(tmp_path: Path) -> None:
    assert choose(tmp_path) == Home()
    assert is_writable(tmp_path / "__pycache__")


def test_the_setting_of_numba_comes_before_all(tmp_path: Path, locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "numba"))
    assert choose(locked) == Home()
    assert (tmp_path / "numba").is_dir()
    monkeypatch.setattr(config, "CACHE_DIR", str(locked / "__pycache__" / "below"))
    monkeypatch.setenv("CONSTRAIN_CACHE_DIR", str(tmp_path / "own"))
    assert choose(tmp_path) == Home(tmp_path / "own" / "kernels")


def test_then_the_cache_directory(tmp_path: Path, locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSTRAIN_CACHE_DIR", str(tmp_path / "own"))
    assert choose(locked) == Home(tmp_path / "own" / "kernels")


@pytest.mark.parametrize("has_home", [True, False])
def test_then_a_directory_of_the_process(
    tmp_path: Path, locked: Path, monkeypatch: pytest.MonkeyPatch, has_home: bool
) -> None:
    if has_home:
        monkeypatch.setenv("CONSTRAIN_CACHE_DIR", str(locked / "__pycache__" / "below"))
    else:
        monkeypatch.setattr(jit, "cache_directory", lambda: None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    home = choose(locked)
    assert home.directory is not None
    assert home.directory.parent == tmp_path
    assert home.directory.stat().st_mode & 0o77 == 0
    assert (home.is_kept, home.is_lasting) == (True, False)
    assert choose(locked).directory != home.directory


def test_then_nowhere(locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = str(locked / "__pycache__" / "below")
    monkeypatch.setenv("CONSTRAIN_CACHE_DIR", nowhere)
    monkeypatch.setattr(tempfile, "tempdir", nowhere)
    monkeypatch.setattr(jit, "SHARED_MEMORY", nowhere)
    assert choose(locked) == Home(is_kept=False, is_lasting=False)


def test_what_was_compiled_beside_the_source_is_copied_once(tmp_path: Path) -> None:
    source, home = tmp_path / "kernels.py", Home(tmp_path / "home")
    cache = tmp_path / "__pycache__"
    cache.mkdir()
    for name in ("kernels.f-1.py311.nbi", "kernels.f-1.py311.1.nbc", "other.f-1.py311.nbi", "kernels.cpython-311.pyc"):
        (cache / name).write_text(name)
    assert copy_compiled(source, home) == 2
    assert copy_compiled(source, home) == 0
    copied = {file.name: file for file in (tmp_path / "home").rglob("*.nb[ic]")}
    assert set(copied) == {"kernels.f-1.py311.nbi", "kernels.f-1.py311.1.nbc"}
    os.utime(cache / "kernels.f-1.py311.nbi", (2e9, 2e9))
    assert copy_compiled(source, home) == 1
    assert not list((tmp_path / "home").rglob("tmp*"))
    assert copy_compiled(source, Home()) == 0


def test_it_is_said_where_code_is_kept() -> None:
    assert where_kept(Home()) == "kept in the package"
    assert where_kept(Home(Path("/x"))) == f"kept in {Path('/x')}"
    assert "set CONSTRAIN_CACHE_DIR" in where_kept(Home(Path("/x"), is_lasting=False))
    assert [str(Home(is_kept=False)), PACKAGE.name] == ["memory", "grammars"]


PROGRAM = """
    import sys
    from pathlib import Path
    from grammars import jit
    jit.HOME = jit.choose(Path(sys.argv[1]))
    sys.path.insert(0, sys.argv[1])
    import small
    assert small.double(21) == 42
    assert jit.config.CACHE_DIR == "", "the setting is for others"
    print(jit.HOME, len(small.double.stats.cache_hits) if jit.HOME.is_kept else "-")
"""
SMALL = """
    from numba import types
    from grammars.jit import kernel
    @kernel((types.int64,))
    def double(number):
        return 2 * number
"""


def run(package: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (package / "small.py").write_text(textwrap.dedent(SMALL))
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    settings.pop("NUMBA_CACHE_DIR", None)
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(package)]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=True)  # noqa: S603


def test_a_second_process_finds_what_the_first_compiled(tmp_path: Path, locked: Path) -> None:
    own = tmp_path / "own"
    results = [run(locked, CONSTRAIN_CACHE_DIR=str(own)) for _ in range(2)]
    assert [result.stdout.split() for result in results] == [[str(own / "kernels"), "0"], [str(own / "kernels"), "1"]]
    assert [result.stderr for result in results] == ["", ""]


def test_a_process_that_can_keep_nothing_says_so_in_a_line_and_works(tmp_path: Path, locked: Path) -> None:
    below = str(locked / "__pycache__" / "below")
    result = run(locked, CONSTRAIN_CACHE_DIR=below, TMPDIR=str(tmp_path))
    assert result.stdout.split()[0].startswith(str(tmp_path / "constrain-"))
    assert len(result.stderr.splitlines()) == 1
    assert "constrain warm-up" in result.stderr
    assert "CONSTRAIN_CACHE_DIR" in result.stderr
    assert not list(tmp_path.glob("constrain-*"))
