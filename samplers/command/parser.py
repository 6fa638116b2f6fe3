"""The arguments of `constrain sample`."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from constrain.cli_schemas import InputError, add_layout, add_meaning, add_writing

SAMPLERS: Final = {
    "asap": "samplers.adaptive:ASAp",
    "adaptive-rejection": "samplers.adaptive:AdaptiveRejection",
    "weighted-tree": "samplers.adaptive:WeightedTree",
    "mcmc": "samplers.markov:MCMC",
    "awrs": "samplers.awrs:AWRS",
    "smc": "samplers.sequential:SequentialMonteCarlo",
    "masked": "samplers.masked:MaskedSampling",
    "greedy": "samplers.masked:Greedy",
    "best-first": "samplers.best_first:BestFirst",
}
"""Where the classes are that the names stand for."""


def add_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `sample` to the commands of `constrain`."""
    words = "draw values of a schema from the model conditioned on it, with their weights"
    parser = commands.add_parser("sample", help=words)
    add_meaning(parser)
    add_layout(parser)
    add_writing(parser)
    words = "how to draw (default: %(default)s)"
    parser.add_argument("--sampler", choices=tuple(SAMPLERS), default="adaptive-rejection", help=words)
    parser.add_argument("--n", type=int, default=10, help="how many values (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="makes the draws repeatable")
    parser.add_argument("--temperature", type=float, help="of the distribution to draw from (default: 1.0)")
    parser.add_argument("--top-k", type=int, help="of the distribution to draw from (default: all tokens)")
    parser.add_argument("--top-p", type=float, help="of the distribution to draw from (default: all tokens)")
    words = "a file with what earlier runs learnt: read where it is there, and written at the end"
    parser.add_argument("--tree", type=Path, metavar="FILE", help=words)
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the convergence and what the masks removed")
    parser.set_defaults(run=run_sample)


def run_sample(options: argparse.Namespace) -> int:
    """Draws and writes JSON Lines to standard output."""
    from samplers.command.drawing import draw_all

    if options.n < 1:
        raise InputError(f"--n must be at least 1, not {options.n}")
    return draw_all(options)


def sampler_of(options: argparse.Namespace) -> Any:
    """The sampler that the arguments name, with the settings that they give."""
    from samplers.target import Target

    module, name = SAMPLERS[options.sampler].split(":")
    kind = getattr(import_module(module), name)
    target = Target(
        temperature=1.0 if options.temperature is None else options.temperature,
        top_k=options.top_k,
        top_p=options.top_p,
    )
    if "target" in kind.__dataclass_fields__:
        return kind(target=target, max_new_tokens=options.max_new_tokens)
    if target != Target():
        raise InputError(f"--temperature, --top-k and --top-p are not for --sampler {options.sampler}")
    return kind(max_new_tokens=options.max_new_tokens)
