"""The picture of `constrain sample`: how the estimate of Z settles, and what the masks took away at each token."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constrain.cli_schemas import InputError
from samplers.problem import Problem
from samplers.sample import Sample
from samplers.statistics import log_mean


def draw_picture(path: Path, problem: Problem[Any], samples: Sequence[Sample], estimates: Sequence[float]) -> None:
    """Draws two panels into a file of any format that matplotlib knows; the model reads each sample once more."""
    figure = _new_figure()
    left, right = figure.subplots(1, 2)
    if estimates:
        _draw_convergence(left, estimates)
    _draw_removed(right, removed_masses(problem, samples))
    figure.savefig(path, dpi=150)


def check_picture(path: Path) -> None:
    """Refuses a picture that could not be written."""
    known = sorted(_new_figure().canvas.get_supported_filetypes())
    if path.suffix[1:].lower() not in known:
        raise InputError(f"--picture: the name has to end in one of .{', .'.join(known)}, not {path.name!r}")


def _new_figure() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError("--picture needs matplotlib: install the extra 'bench'") from error
    return Figure(figsize=(11, 4), layout="constrained")


def _draw_convergence(axes: Any, estimates: Sequence[float]) -> None:
    """The logarithm of the mean of the estimates so far, with twice its standard error, where there is one."""
    parts = [(count, *log_mean(estimates[:count])) for count in range(1, len(estimates) + 1)]
    rows = np.array([(count, log_z, error if math.isfinite(error) else 0.0) for count, log_z, error in parts])
    counts, logs, errors = rows[np.isfinite(rows[:, 1])].T
    axes.plot(counts, logs)
    axes.fill_between(counts, logs - 2 * errors, logs + 2 * errors, alpha=0.25)
    axes.set(title="Estimate of log Z ± 2 standard errors", xlabel="samples", ylabel="log probability of the language")


def _draw_removed(axes: Any, removed: Sequence[NDArray[np.float64]]) -> None:
    """Quartiles over the samples, by the number of the token."""
    length = max(map(len, removed))
    columns = [np.array([row[at] for row in removed if at < len(row)]) for at in range(length)]
    quartiles = np.array([np.quantile(column, [0.25, 0.5, 0.75]) for column in columns]).T
    places = np.arange(1, length + 1)
    axes.fill_between(places, quartiles[0], quartiles[2], alpha=0.25, step="mid", label="quartiles")
    axes.step(places, quartiles[1], where="mid", label="median")
    axes.set(title="What the masks removed", xlabel="token of the text", ylabel="probability removed", ylim=(0, 1))
    axes.legend()


def removed_masses(problem: Problem[Any], samples: Sequence[Sample]) -> list[NDArray[np.float64]]:
    """For each distinct sample the probability of what was refused, before each of its tokens and at its end."""
    rows = sorted({tuple(sample.tokens) for sample in samples})
    return [_removed(problem, row) for row in rows]


def _removed(problem: Problem[Any], row: tuple[int, ...]) -> NDArray[np.float64]:
    place, found = problem.language.start, []
    for at in range(len(row) + 1):
        found.append(1 - float(np.exp(problem.shares(row[:at], place).log_probs).sum()))
        place = problem.language.take(place, row[at]) if at < len(row) else place
    return np.array(found)
