"""The arguments of `constrain sample`."""

from __future__ import annotations

import argparse
import json
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
TREE_SAMPLERS: Final = "asap", "adaptive-rejection", "weighted-tree"
_OBJECTS: Final = {"target", "max_new_tokens", "critic", "steps", "monitor", "proposal"}
"""Settings that other arguments give, or that only Python can."""


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
    words = "a setting of the sampler, such as particles=64 for smc, cut=uniform for mcmc; may be given several times"
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings", help=words)
    words = f"what {', '.join(TREE_SAMPLERS)} learnt earlier: read where it is there, and written at the end"
    parser.add_argument("--tree", type=Path, metavar="FILE", help=words)
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the convergence and what the masks removed")
    parser.set_defaults(run=run_sample)


def run_sample(options: argparse.Namespace) -> int:
    """Draws and writes JSON Lines to standard output."""
    from samplers.command.drawing import draw_all

    if options.n < 1:
        raise InputError(f"--n must be at least 1, not {options.n}")
    if options.tree is not None and options.sampler not in TREE_SAMPLERS:
        raise InputError(f"--tree is for {', '.join(TREE_SAMPLERS)}: --sampler {options.sampler} keeps no tree")
    for name, path in (("--tree", options.tree), ("--picture", options.picture)):
        if path is not None and not path.parent.is_dir():
            raise InputError(f"{name}: there is no directory {path.parent}")
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
    settings = _own_settings(kind, options)
    if "target" in kind.__dataclass_fields__:
        settings["target"] = target
    elif target != Target():
        raise InputError(f"--temperature, --top-k and --top-p are not for --sampler {options.sampler}")
    try:
        return kind(max_new_tokens=options.max_new_tokens, **settings)
    except (TypeError, ValueError) as error:
        raise InputError(str(error)) from error


def _own_settings(kind: Any, options: argparse.Namespace) -> dict[str, Any]:
    """What `--set` says: numbers and words."""
    known = sorted(kind.__dataclass_fields__.keys() - _OBJECTS)
    pairs = {name: value for name, _, value in (given.partition("=") for given in options.settings)}
    for name in pairs:
        if name not in known:
            words = f"--sampler {options.sampler} has {', '.join(known)}" if known else f"{options.sampler} has none"
            raise InputError(f"--set {name}: no setting that can be given here ({words})")
    return {name: _read(value) for name, value in pairs.items()}


def _read(text: str) -> Any:
    """A number, true, false or null, or a word."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
