"""Saved results as a Markdown page and a plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jsonschema_bench.pictures import picture
from jsonschema_bench.results import RunResult
from jsonschema_bench.tables import EXPLANATION, cells, header, pass_labels, sections


def markdown(results: Sequence[RunResult]) -> str:
    """All runs, one section each."""
    return "\n\n".join(_section(result) for result in results) + "\n"


def _section(result: RunResult) -> str:
    settings = result.settings
    names = [engine.engine for engine in result.engines]
    titles = header(result)
    lines = [f"## {settings.get('title', '')}", ""]
    known = [f"{key}: {settings[key]}" for key in ("data", "when", "machine", "python") if key in settings]
    lines += [", ".join(known), "", _row(titles), _row([":--", *["--:"] * (len(titles) - 1)])]
    for title, rows in sections(result):
        lines.append(_row([f"**{title}**", *[""] * (len(titles) - 1)]))
        lines += [_row(cells(line, names)) for line in rows]
    return "\n".join([*lines, "", EXPLANATION])


def _row(values: Sequence[str]) -> str:
    return f"| {' | '.join(values)} |"


def plot(results: Sequence[RunResult], path: Path) -> None:
    """Draw the time between masks by percentile, a line for each engine and pass."""
    with picture(path, figsize=(8, 5)) as figure:
        axes = figure.add_subplot()
        for label, points in curves(results):
            # the distance from 100 % on a logarithmic scale gives the tail the room that it needs
            levels = [100 / (100 - min(level, 99.9999)) for level, _ in points]
            axes.plot(levels, [time / 1e3 for _, time in points], label=label)
        axes.set(xscale="log", yscale="log", xlabel="percentile of steps", ylabel="time between masks, µs")
        axes.set_xticks([1, 2, 10, 100, 1000, 10000], ["0", "50", "90", "99", "99.9", "99.99"])
        axes.grid(alpha=0.3)
        axes.legend()


def curves(results: Sequence[RunResult]) -> list[tuple[str, tuple[tuple[float, float], ...]]]:
    """The lines to draw, with labels that tell runs apart where there are several."""
    several = len(results) > 1
    return [
        (f"{engine.engine}{label}" + (f" ({result.settings.get('when', '')})" if several else ""), each.step_curve)
        for result in results
        for engine in result.engines
        for label, each in zip(pass_labels(result.engines), engine.passes, strict=True)
        if each.step_curve
    ]
