"""Samplers: ways to draw texts of a language from a model, each with its log-probability and importance weight."""

from samplers.masked import Greedy, MaskedSampling
from samplers.sample import Sample

__all__ = ["Greedy", "MaskedSampling", "Sample"]
