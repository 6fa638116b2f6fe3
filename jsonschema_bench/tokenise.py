"""The vocabularies that engines are measured with, and the tokens of a text in them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from jsonschema_bench.errors import BenchError, MissingError

Row = npt.NDArray[np.integer]
"""A mask over a vocabulary, one bit a token, in 32-bit words."""

TEKKEN_FILE = "tekken_240911.json"


@dataclass(frozen=True)
class Tokeniser:
    """A vocabulary as bytes, special tokens first, and the function that cuts a text into its ids.

    `pattern` cuts a text into the pieces that tokens never cross. `source` is the tokenizer object of the library
    that the vocabulary came from, `None` for one made by hand.
    """

    name: str
    tokens: Sequence[bytes]
    special: int
    eos: int
    pattern: str
    encode: Callable[[str], list[int]] = field(repr=False)
    source: object = field(default=None, repr=False)

    def text(self, ids: Sequence[int]) -> str:
        """The text that the tokens spell, with replacement characters where they cut a code point."""
        return b"".join(self.tokens[i] for i in ids).decode(errors="replace")

    @property
    def words(self) -> int:
        """The number of 32-bit words in a row of this vocabulary."""
        return -(-len(self.tokens) // 32)


def allowed(row: Row, token: int) -> bool:
    """Whether the bit of `token` is set in `row`."""
    return bool(int(row[token >> 5]) >> (token & 31) & 1)


def tekken() -> Tokeniser:
    """The 131,072 ids that `mistral_common` ships, as a real large vocabulary that needs no download."""
    folder = _mistral_data()
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    source = Tekkenizer.from_file(folder / TEKKEN_FILE)
    special = source.num_special_tokens
    tokens = [b""] * special + [source.id_to_byte_piece(i) for i in range(special, source.n_words)]
    pattern = source._model._pat_str
    return Tokeniser(
        "tekken",
        tokens,
        special,
        source.eos_id,
        pattern,
        lambda text: source.encode(text, bos=False, eos=False),
        source,
    )


def _mistral_data() -> Path:
    spec = importlib.util.find_spec("mistral_common")
    if spec is None or spec.origin is None:
        raise MissingError("mistral_common")
    return Path(spec.origin).parent / "data"


def single_bytes() -> Tokeniser:
    """Every byte a token, for quick trials: id 0 ends the text, id b + 1 is the byte b."""
    tokens = [b"", *(bytes([byte]) for byte in range(256))]
    return Tokeniser("bytes", tokens, 1, 0, r"[\s\S]", lambda text: [byte + 1 for byte in text.encode()])


VOCABULARIES: dict[str, Callable[[], Tokeniser]] = {"tekken": tekken, "bytes": single_bytes}
"""The vocabularies that can be asked for by name."""


def vocabulary_named(name: str) -> Tokeniser:
    """A vocabulary by its name; `BenchError` where there is none of that name."""
    if name not in VOCABULARIES:
        raise BenchError(f"no vocabulary '{name}': choose from {', '.join(VOCABULARIES)}")
    return VOCABULARIES[name]()
