"""What can go wrong in a sampler, as records that say what to do."""

from __future__ import annotations

from dataclasses import dataclass

from constrain.errors import GenerationError
from samplers.sample import Sample


@dataclass(unsafe_hash=True)
class AttemptsError(GenerationError):
    """No member came of `attempts` attempts in a row; `found` are the samples that had been drawn until then.

    `bound` is an upper bound on the probability that the target writes a member.
    """

    what: str
    attempts: int
    bound: float
    found: tuple[Sample, ...]

    def __str__(self) -> str:
        return f"{self.what}, {self.attempts} in a row (the language has at most {self.bound:.3g} of the model's mass)"


@dataclass(unsafe_hash=True)
class EmptyLanguageError(GenerationError):
    """No text of the language fits in the budget and has any probability under the target."""

    what: str = (
        "no text of the language fits in max_new_tokens and has any probability under the target: "
        "raise max_new_tokens, and top_k and top_p where they are set"
    )

    def __str__(self) -> str:
        return self.what


@dataclass(unsafe_hash=True)
class TreeMismatchError(ValueError):
    """A stored tree was grown for something else; `what` differs."""

    what: str
    found: str

    def __str__(self) -> str:
        return f"the tree cannot be used, {self.what} differs: it is of {self.found} (grow a new one and save that)"
