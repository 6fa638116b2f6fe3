"""What is taken from a tokenizer, whatever its family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class VocabularyError(ValueError):
    """The tokens of a vocabulary can not be used as bytes: what was found, at which token, and what to do."""

    def __init__(self, found: str, advice: str, token: str | None = None) -> None:
        super().__init__(found, advice, token)
        self.found, self.advice, self.token = found, advice, token

    def __str__(self) -> str:
        place = "" if self.token is None else f" (token {self.token})"
        return f"{self.found}{place}: {self.advice}"


@dataclass(frozen=True)
class Extracted:
    """The bytes of every id, and the tokenizer's own two functions to check them with.

    `decode` drops at most a space at each end of the text. `normalise` is what `encode` does to a text before it is
    cut, up to white space; with `exact` it keeps white space too. Ids in `unknown` stand for text that was lost.
    """

    family: str
    tokens: list[bytes]
    eos_token_ids: tuple[int, ...]
    encode: Callable[[str], list[int]]
    decode: Callable[[list[int]], str]
    normalise: Callable[[str], str] = str
    exact: bool = False
    unknown: frozenset[int] = frozenset()
