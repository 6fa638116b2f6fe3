"""One draw from a row of scores, with the settings that the caller asked for and no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch

from constrain.arguments import check_is_whole
from constrain.errors import SettingsError

SEEDS: Final = range(-(2**63), 2**64)
"""What torch can begin with."""


@dataclass(frozen=True)
class DrawSettings:
    """`temperature` 0 takes the most probable token; `top_k` and `top_p` of None leave every allowed token in."""

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < float("inf"):
            raise SettingsError("temperature", self.temperature, "0 or more and finite")
        if self.top_k is not None and self.top_k < 1:
            raise SettingsError("top_k", self.top_k, "at least 1")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise SettingsError("top_p", self.top_p, "above 0 and at most 1")


def make_generator(seed: int | None) -> torch.Generator:
    """A source of randomness of its own: on the CPU, so that a seed means the same on every device."""
    if seed is not None:
        # A range that is asked for anything but a whole number looks through all of its members.
        check_is_whole("seed", seed)
    if seed is not None and seed not in SEEDS:
        raise SettingsError("seed", seed, "at least -2**63 and below 2**64")
    generator = torch.Generator()
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    return generator


def draw(scores: torch.Tensor, settings: DrawSettings, generator: torch.Generator) -> int:
    """A token drawn from `scores`, where refused tokens are at minus infinity and at least one other is not."""
    if settings.temperature == 0:
        return int(scores.argmax())
    scaled = (scores - scores.max()) / settings.temperature
    if settings.top_k is not None and settings.top_k < len(scaled):
        kept = scaled.topk(settings.top_k).indices
        scaled = torch.full_like(scaled, -torch.inf).index_copy(0, kept, scaled[kept])
    probabilities = scaled.softmax(dim=-1)
    if settings.top_p is not None:
        probabilities = _nucleus(probabilities, settings.top_p)
    return int(torch.multinomial(probabilities, 1, generator=generator))


def _nucleus(probabilities: torch.Tensor, top_p: float) -> torch.Tensor:
    """The fewest most probable tokens that reach `top_p` together; the others become 0."""
    ordered, places = probabilities.sort(descending=True, stable=True)
    before = ordered.cumsum(dim=-1) - ordered
    return probabilities.index_fill(0, places[before >= top_p], 0.0)
