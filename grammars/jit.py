"""Numba's decorators, with a place for what they compile that works in read-only installs too.

By itself, Numba keeps machine code beside the source or in a directory of the user's, and fails where it can write
neither. Here code is kept in the first of these that can be written: `NUMBA_CACHE_DIR`, beside the source, the cache
directory of `grammars.cache` (`CONSTRAIN_CACHE_DIR`, or the user's), a temporary directory of this process. What was
compiled beside the source before, when an image was built for instance, is copied to where it is not. Where nothing
can be written, code is compiled in memory.
"""

from __future__ import annotations

import atexit
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numba
from numba import config, types
from numba.core import caching, ccallback, runtime

from grammars.cache import cache_directory

_caching: Any = caching  # the types of both have gaps
_runtime: Any = runtime
SHARED_MEMORY: Final = "/dev/shm"  # noqa: S108  # only directories that are made anew are used there
ALONE: Final = (
    "no directory for compiled kernels can be written: this process compiles them for itself (about a minute)"
)
PACKAGE: Final = Path(__file__).parent
_SETTING: Final = "CACHE_DIR"
ADVICE: Final = "run `constrain warm-up` when the image is built, or set CONSTRAIN_CACHE_DIR"


@dataclass(frozen=True)
class Home:
    """Where compiled code is kept: in `directory`, where Numba would keep it (None), or nowhere."""

    directory: Path | None = None
    is_kept: bool = True
    is_lasting: bool = True

    @property
    def place(self) -> Path:
        """A directory that can be written, if code is kept."""
        return self.directory or Path(getattr(config, _SETTING) or PACKAGE / "__pycache__")

    def __str__(self) -> str:
        if not self.is_kept:
            return "memory"
        if self.directory is None:
            return getattr(config, _SETTING) or "the package"
        return str(self.directory)


def is_writable(directory: Path) -> bool:
    """Whether files can be made in a directory, which is made if it is not there."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return True
    except OSError:
        return False


def choose(package: Path) -> Home:
    """Where the code of a package is kept."""
    named: str = getattr(config, _SETTING)
    if is_writable(Path(named) if named else package / "__pycache__"):
        return Home()
    shared = cache_directory()
    if shared is not None and is_writable(shared / "kernels"):
        return Home(shared / "kernels")
    alone = _temporary()
    return Home(is_kept=False, is_lasting=False) if alone is None else Home(alone, is_lasting=False)


def _temporary() -> Path | None:
    """A directory of this process alone: others must not be able to put code there."""
    for parent in (None, SHARED_MEMORY):
        try:
            made = tempfile.mkdtemp(prefix="constrain-", dir=parent)
        except OSError:
            continue
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        return Path(made)
    return None


def copy_compiled(source: Path, home: Home) -> int:
    """Copies what was compiled beside a source file to its home, where it is newer or not there; how many files."""
    if home.directory is None:
        return 0
    target = home.directory / _caching._CacheLocator.get_suitable_cache_subpath(str(source))
    # An index comes after the code that it lists.
    files = sorted((source.parent / "__pycache__").glob(f"{source.stem}.*.nb[ic]"), key=lambda file: file.suffix)
    older = [file for file in files if _is_newer(file, target / file.name)]
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in older:
            _copy(file, target / file.name)
    except OSError:
        return 0  # what is not there is compiled
    return len(older)


def _is_newer(file: Path, other: Path) -> bool:
    return not other.exists() or other.stat().st_mtime < file.stat().st_mtime


def _copy(file: Path, target: Path) -> None:
    """At once for whoever else reads it."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        Path(shutil.copy2(file, folder)).replace(target)


HOME: Final = choose(PACKAGE)
_seen: set[Path] = set()


@contextmanager
def _at_home(function: Callable[..., Any]) -> Iterator[None]:
    """Numba looks for a place while it decorates a function."""
    if HOME.directory is None:
        yield
        return
    source = Path(function.__code__.co_filename)
    if source not in _seen:
        _seen.add(source)
        if not copy_compiled(source, HOME) and not HOME.is_lasting:
            logging.getLogger("constrain").warning("%s; %s", ALONE, ADVICE)
    before = getattr(config, _SETTING)
    setattr(config, _SETTING, str(HOME.directory))
    try:
        yield
    finally:
        setattr(config, _SETTING, before)


def _cache_of(function: Callable[..., Any]) -> Any:
    """Where Numba keeps the code of a function.

    It is loaded without the registries that only a compiler needs, which Numba takes 0.3 s to fill; where there is no
    code, it fills them and compiles.
    """
    cache = _caching.FunctionCache(function)

    def load_overload(signature: Any, target_context: Any) -> Any:
        _runtime.rtsys.initialize(target_context)
        with cache._guard_against_spurious_io_errors():
            return cache._load_overload(signature, target_context)

    cache.load_overload = load_overload
    return cache


class Kernel(NamedTuple):
    """A function that Python calls, and the types that it is called with, of which there may be several."""

    name: str
    dispatcher: Any
    signature: tuple[types.Type, ...]


KERNELS: Final[list[Kernel]] = []


def kernel(*signatures: tuple[types.Type, ...], **settings: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.njit` for what Python calls, without the GIL: its code is kept, where that is possible.

    It is compiled for the types of `signatures` by `constrain.compiling`, or when it is called first.
    """

    def wrap(function: Callable[..., Any]) -> Any:
        dispatcher = numba.njit(nogil=True, **settings)(function)
        if HOME.is_kept:
            with _at_home(function):
                dispatcher._cache = _cache_of(function)
        for number, signature in enumerate(signatures):
            KERNELS.append(Kernel(f"{function.__qualname__} {number}", dispatcher, signature))
        return dispatcher

    return wrap


def inner(function: Callable[..., Any] | None = None, **settings: Any) -> Any:
    """`numba.njit` for what only compiled functions call: the ways in from Python and C are a fifth of the work."""
    njit: Any = numba.njit  # whose stubs lack some of its settings
    wrap = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **settings)
    return wrap if function is None else wrap(function)


def cfunc(signature: Any) -> Callable[[Callable[..., Any]], Any]:
    """`numba.cfunc`, whose code is kept, where that is possible."""

    def wrap(wrapped: Callable[..., Any]) -> Any:
        made: Any = ccallback.CFunc(wrapped, (signature.args, signature.return_type), {}, {})
        if HOME.is_kept:
            with _at_home(wrapped):
                made._cache = _cache_of(wrapped)
        made.compile()
        return made

    return wrap


if not HOME.is_kept:
    logging.getLogger("constrain").warning("%s; %s", ALONE, ADVICE)
