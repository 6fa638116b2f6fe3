"""Samplers: ways to draw texts of a language from a model, each with its log-probability and importance weight.

`problem` is what they draw from: a model after a prompt (`language_model`), a language (`language`) and settings
(`target`). `docs/samplers.md` says which sampler to use when. What needs torch is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constrain.lazy import lazily

if TYPE_CHECKING:
    from samplers.adaptive import AdaptiveRejection, ASAp, WeightedTree
    from samplers.awrs import AWRS
    from samplers.best_first import BestFirst, Ranking
    from samplers.errors import AttemptsError, EmptyLanguageError, TreeMismatchError
    from samplers.markov import MCMC
    from samplers.masked import Greedy, MaskedSampling
    from samplers.monitor import TextMonitor
    from samplers.particles.critics import Product
    from samplers.problem import Request
    from samplers.processor import ASApProcessor
    from samplers.rejection.settings import ProposalModel
    from samplers.sample import Sample, Samples
    from samplers.sequential import SequentialMonteCarlo
    from samplers.statistics import RunStatistics
    from samplers.steps import Masked
    from samplers.target import Target
    from samplers.tree.files import load_tree, save_tree
    from samplers.tree.shared import forget_trees

_HOMES = {
    "AWRS": "samplers.awrs",
    "MCMC": "samplers.markov",
    "ASAp": "samplers.adaptive",
    "ASApProcessor": "samplers.processor",
    "AdaptiveRejection": "samplers.adaptive",
    "AttemptsError": "samplers.errors",
    "BestFirst": "samplers.best_first",
    "EmptyLanguageError": "samplers.errors",
    "Greedy": "samplers.masked",
    "Masked": "samplers.steps",
    "MaskedSampling": "samplers.masked",
    "Product": "samplers.particles.critics",
    "ProposalModel": "samplers.rejection.settings",
    "Ranking": "samplers.best_first",
    "Request": "samplers.problem",
    "RunStatistics": "samplers.statistics",
    "Sample": "samplers.sample",
    "Samples": "samplers.sample",
    "SequentialMonteCarlo": "samplers.sequential",
    "Target": "samplers.target",
    "TextMonitor": "samplers.monitor",
    "TreeMismatchError": "samplers.errors",
    "WeightedTree": "samplers.adaptive",
    "forget_trees": "samplers.tree.shared",
    "load_tree": "samplers.tree.files",
    "save_tree": "samplers.tree.files",
}

__all__ = [
    "AWRS",
    "MCMC",
    "ASAp",
    "ASApProcessor",
    "AdaptiveRejection",
    "AttemptsError",
    "BestFirst",
    "EmptyLanguageError",
    "Greedy",
    "Masked",
    "MaskedSampling",
    "Product",
    "ProposalModel",
    "Ranking",
    "Request",
    "RunStatistics",
    "Sample",
    "Samples",
    "SequentialMonteCarlo",
    "Target",
    "TextMonitor",
    "TreeMismatchError",
    "WeightedTree",
    "forget_trees",
    "load_tree",
    "save_tree",
]


__getattr__ = lazily(__name__, _HOMES)
