"""Small files kept between runs, found again by the hash of what they were made from.

A cache is never needed: a directory that can not be written and a file that was damaged both read as "not there".
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

DIGEST_SIZE = 32
APPLICATION = "maskwright"


def cache_directory() -> Path | None:
    """Where files are kept: `CONSTRAIN_CACHE_DIR`, or the user's cache directory; None when there is no home."""
    chosen = os.environ.get("CONSTRAIN_CACHE_DIR")
    if chosen:
        return Path(chosen)
    try:
        return _user_cache() / APPLICATION
    except RuntimeError:
        return None


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def load(name: str) -> bytes | None:
    """The content stored under `name`; None when there is none or it is not what was written."""
    directory = cache_directory()
    if directory is None:
        return None
    try:
        stored = (directory / name).read_bytes()
    except OSError:
        return None
    digest, content = stored[:DIGEST_SIZE], stored[DIGEST_SIZE:]
    return content if hashlib.sha256(content).digest() == digest else None


def store(name: str, content: bytes) -> bool:
    """Keep `content` under `name`, at once for all readers; whether that was possible."""
    directory = cache_directory()
    if directory is None:
        return False
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _replace(directory / name, hashlib.sha256(content).digest() + content)
    except OSError:
        return False
    return True


def _replace(path: Path, content: bytes) -> None:
    """Write beside `path` and rename, so that no reader sees half a file, whoever else writes."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
