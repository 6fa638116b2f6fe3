"""What can go wrong between a constraint and a text, as records that say what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(unsafe_hash=True)
class BudgetError(ValueError):
    """The shortest value known does not fit in the budget: `needed` tokens against the `given` ones.

    The shortest value is one of the fewest bytes, spelled in the fewest tokens; a longer one of longer tokens may take
    a few tokens less, and is not looked for.
    """

    needed: int
    given: int
    advice: str = "raise max_new_tokens, or ask for less"

    def __str__(self) -> str:
        return f"the shortest value known takes {self.needed} tokens, max_new_tokens allows {self.given}: {self.advice}"


@dataclass(unsafe_hash=True)
class ContextError(ValueError):
    """The prompt leaves no room in the model's context of `context` tokens for a value of at least `needed`."""

    prompt: int
    context: int
    needed: int
    advice: str = "shorten the prompt, or take a model with a longer context"

    def __str__(self) -> str:
        return (
            f"the prompt takes {self.prompt} tokens and the shortest value {self.needed}, "
            f"the model's context holds {self.context}: {self.advice}"
        )


@dataclass(unsafe_hash=True)
class SpellingError(ValueError):
    """The vocabulary has no tokens for some byte of the shortest value."""

    text: bytes

    def __str__(self) -> str:
        return f"no tokens of this vocabulary spell {self.text!r}, which is the shortest value of the constraint"


@dataclass(unsafe_hash=True)
class ConstraintViolationError(ValueError):
    """A row of the batch holds a token that the constraint refuses: something else chose it, past the mask."""

    row: int
    token: int
    reason: str

    def __str__(self) -> str:
        return (
            f"row {self.row} left the language at token {self.token}: {self.reason} (a later processor or a forced "
            "token chose it; if this is a new prompt that goes on from the last one, call reset() first)"
        )


@dataclass(unsafe_hash=True)
class GenerationError(RuntimeError):
    """The model or the sampler gave something that no value can be made of."""

    what: str

    def __str__(self) -> str:
        return self.what


@dataclass(unsafe_hash=True)
class InvalidValueError(GenerationError):
    """A value that the masks let through, as they only approximate the schema, and that is not valid.

    `keyword` is the JSON Pointer of the keyword that refuses it, or nothing where the value can not be checked.
    """

    keyword: str = ""


@dataclass(unsafe_hash=True)
class SettingsError(ValueError):
    """A setting whose value means nothing."""

    setting: str
    given: object
    allowed: str

    def __str__(self) -> str:
        return f"{self.setting} must be {self.allowed}, not {self.given}"
