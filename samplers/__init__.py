"""Samplers: ways to draw texts of a language from a model, each with its log-probability and importance weight."""

from samplers.adaptive import AdaptiveRejection, ASAp, WeightedTree
from samplers.best_first import BestFirst, Ranking
from samplers.errors import AttemptsError, EmptyLanguageError, TreeMismatchError
from samplers.markov import MCMC
from samplers.masked import Greedy, MaskedSampling
from samplers.processor import ASApProcessor
from samplers.sample import Sample, Samples
from samplers.statistics import RunStatistics
from samplers.target import Target
from samplers.tree.shared import forget_trees

__all__ = [
    "MCMC",
    "ASAp",
    "ASApProcessor",
    "AdaptiveRejection",
    "AttemptsError",
    "BestFirst",
    "EmptyLanguageError",
    "Greedy",
    "MaskedSampling",
    "Ranking",
    "RunStatistics",
    "Sample",
    "Samples",
    "Target",
    "TreeMismatchError",
    "WeightedTree",
    "forget_trees",
]
