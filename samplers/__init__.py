"""Samplers: ways to draw texts of a language from a model, each with its log-probability and importance weight."""

from samplers.masked import Greedy, MaskedSampling
from samplers.sample import Sample, Samples
from samplers.statistics import RunStatistics
from samplers.target import Target

__all__ = ["Greedy", "MaskedSampling", "RunStatistics", "Sample", "Samples", "Target"]
