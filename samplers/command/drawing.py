"""What `constrain sample` does."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import track

from constrain.cli_schemas import InputError, note_unknown, options_of, read_schema
from constrain.compiled import automaton_of, vocabulary_for
from constrain.progress import compiling, notice
from constrain.prompting import render_prompt
from constrain.shipped import load_model, load_shipped_model
from samplers.best_first import BestFirst, Ranking
from samplers.command.parser import sampler_of
from samplers.errors import TreeMismatchError
from samplers.problem import Problem, Request
from samplers.randomness import make_rng
from samplers.sample import Sample, Samples
from samplers.sequential import SequentialMonteCarlo
from samplers.statistics import log_mean
from samplers.tree.files import load_tree, save_tree

if TYPE_CHECKING:
    from numpy.random import Generator

DRAWING: Final = "Drawing; each sample is written as it comes ..."


def draw_all(options: argparse.Namespace) -> int:
    """Draws one sample after the other and writes each as it comes; what it cost goes to standard error."""
    errors = Console(stderr=True, highlight=False)
    if options.picture is not None:
        from samplers.command.picture import check_picture

        check_picture(options.picture)
    sampler, rng = sampler_of(options), make_rng(options.seed)
    with compiling(errors):
        problem = sampler.pose(_request(options))
        _load(problem, options.tree)
        try:
            with notice(errors, DRAWING) if not errors.is_terminal else nullcontext():
                drawn = list(_draws(sampler, problem, options.n, rng, errors))
            estimates = [each.statistics.log_z for each in drawn if each.statistics.log_z is not None]
            errors.print(_summary(problem, drawn, estimates), soft_wrap=True)
        finally:
            # What was learnt is worth keeping after an interruption too.
            if options.tree is not None:
                save_tree(problem, options.tree)
                errors.print(f"What was learnt is kept in {options.tree}.", soft_wrap=True)
    if options.picture is not None:
        from samplers.command.picture import draw_picture

        draw_picture(options.picture, problem, [sample for each in drawn for sample in each], estimates)
    return 0


def _load(problem: Problem[Any], path: Path | None) -> None:
    if path is None or not path.exists():
        return
    try:
        load_tree(problem, path)
    except TreeMismatchError as error:
        raise InputError(f"{path}: {error}") from error


def _request(options: argparse.Namespace) -> Request:
    schema, given = read_schema(options.schema), options_of(options)
    if given.approximate:
        raise InputError("--approximate lets texts through that are not of the schema: there is no law to draw from")
    note_unknown(schema, given)
    model, tokenizer = load_shipped_model() if options.model is None else load_model(options.model)
    automaton = automaton_of(schema, vocabulary_for(model, tokenizer), given)
    prompt = render_prompt(options.prompt, schema)
    return Request(model, tokenizer, automaton, prompt, options.n, options.max_new_tokens)


def _draws(sampler: Any, problem: Problem[Any], n: int, rng: Generator, errors: Console) -> Iterator[Samples]:
    # The most probable ones are found together, and a population has many.
    parts = [n] if isinstance(sampler, BestFirst | SequentialMonteCarlo) else [1] * n
    for part in track(parts, "Drawing", console=errors, transient=True, disable=not errors.is_terminal):
        drawn: Samples = sampler.draw(problem, part, rng)
        sys.stdout.writelines(_lines(drawn))
        sys.stdout.flush()
        yield drawn


def _lines(drawn: Samples) -> Iterator[str]:
    """Samples as JSON Lines; those of a search say whether nothing that is not here is more probable."""
    certain = [{"certain": each} for each in drawn.certain] if isinstance(drawn, Ranking) else [{}] * len(drawn)
    for sample, more in zip(drawn, certain, strict=True):
        yield json.dumps({**_fields(sample), **more}, ensure_ascii=False) + "\n"


def _fields(sample: Sample) -> dict[str, Any]:
    """What a line says; a weight of zero has the logarithm null."""
    log_weight = None if sample.log_weight == -math.inf else sample.log_weight
    return {"text": sample.text, "log_prob": sample.log_prob, "log_weight": log_weight, "tokens": sample.tokens}


def _summary(problem: Problem[Any], drawn: list[Samples], estimates: list[float]) -> str:
    attempts = sum(each.statistics.attempts for each in drawn)
    cost = problem.statistics(attempts)
    words = (
        f"{attempts} attempts, {cost.model_forwards} forwards of the model, "
        f"{cost.constraint_evaluations} evaluations of the constraint"
    )
    if len(drawn) == 1 and isinstance(drawn[0], Ranking):
        return f"{words}; {_certificate(drawn[0])}"
    if not estimates:
        return words
    log_z, error = log_mean(estimates)
    return f"{words}, log Z = {log_z:.4g}" + (f" ± {error:.2g}" if math.isfinite(error) else "")


def _certificate(ranking: Ranking) -> str:
    """What is proven of the texts that a search found."""
    if ranking.is_certain:
        return "these are certain to be the most probable"
    return (
        f"{len(ranking)} of {ranking.wanted} found, {sum(ranking.certain)} of them certain: every other text has a "
        f"log-probability of at most {ranking.log_bound:.4g} (--set max_forwards={2 * ranking.forwards} looks further)"
    )
