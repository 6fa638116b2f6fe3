"""What the parts of generation expect of each other: an automaton, a sampler, and the samples it returns.

Generation is written against these protocols alone, so that an automaton made by hand, or a sampler from another
package, fits in without inheriting anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

DEAD: Final = -1


class TokenVocabulary(Protocol):
    """The ids of a tokenizer as bytes; an empty `bytes` marks an id that stands for no text."""

    @property
    def tokens(self) -> Sequence[bytes]:
        """The bytes of every id."""

    @property
    def eos_token_ids(self) -> Sequence[int]:
        """The ids that end a text."""

    @property
    def mask_words(self) -> int:
        """How many 32-bit words a mask has."""

    def __len__(self) -> int:
        """How many ids there are."""


class TokenAutomaton(Protocol):
    """A constraint over tokens whose states are plain integers; see `constrain.Automaton`."""

    @property
    def start(self) -> int:
        """The initial state."""

    @property
    def vocabulary(self) -> TokenVocabulary:
        """The vocabulary that tokens are numbered by."""

    def mask(self, state: int) -> NDArray[np.uint32]:
        """A bit for every token that may come next."""

    def fill(self, states: NDArray[np.int64], out: NDArray[np.uint32]) -> None:
        """Writes the masks of many states into the rows of `out`."""

    def advance(self, state: int, token: int) -> int:
        """The state after `token`, or `DEAD`."""

    def advance_bytes(self, state: int, text: bytes) -> int:
        """The state after `text`, or `DEAD`."""

    def is_accepting(self, state: int) -> bool:
        """Whether the text may end here."""

    def explain(self, state: int, token: int) -> str:
        """Why `token` is refused here."""

    def shortest_text(self, state: int) -> bytes:
        """A shortest completion of the state, in bytes."""


class DrawnSample(Protocol):
    """What generation reads of a sample; `samplers.Sample` has more."""

    @property
    def text(self) -> str:
        """The text, a member of the language."""

    @property
    def tokens(self) -> Sequence[int]:
        """The ids of the text, without the one that ended it."""


class Sampler(Protocol):
    """Draws texts of an automaton's language from a model; owns its loop and pins its own settings."""

    def sample(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        automaton: TokenAutomaton,
        prompt: Any,
        n: int = 1,
        seed: int | None = None,
        *,
        max_new_tokens: int | None = None,
    ) -> Sequence[DrawnSample]:
        """`n` samples, each complete within `max_new_tokens` tokens where the sampler promises that."""
