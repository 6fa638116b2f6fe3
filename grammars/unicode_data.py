"""Scripts and other properties of characters that Python's `unicodedata` lacks, as of Unicode 14.

`grammars/data/unicode.json` maps names to keys and keys to code points; `python -m grammars.make_unicode` writes it.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from functools import cache
from pathlib import Path

import numpy as np

from grammars.codepoints import LAST, CodePoints
from grammars.memo import remembered

FILE = Path(__file__).parent / "data" / "unicode.json"
"""Where the code points are."""

_WORD = np.dtype("<i4")


@remembered(256)
def listed_property(name: str) -> CodePoints | None:
    """The characters of a property (`Alphabetic`) or of a script (`sc=Greek`, `scx=Grek`); None for other names."""
    content = _content()
    key = content["names"].get(name)
    return None if key is None else _unpacked(content["bounds"][key])


def packed(bounds: list[int]) -> str:
    """Code points at which a property begins or ends to hold, as text; differences compress better."""
    steps = np.diff(np.array([0, *bounds])).astype(_WORD)
    return b64encode(zlib.compress(steps.tobytes(), 9)).decode("ascii")


def _unpacked(text: str) -> CodePoints:
    bounds = np.cumsum(np.frombuffer(zlib.decompress(b64decode(text)), dtype=_WORD)).tolist()
    if len(bounds) % 2:
        bounds.append(LAST + 1)
    return CodePoints.of((low, after - 1) for low, after in zip(bounds[::2], bounds[1::2], strict=True))


@cache
def _content() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = json.loads(FILE.read_text("ascii"))
    return content
