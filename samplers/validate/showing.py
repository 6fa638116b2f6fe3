"""Results of checks on a terminal, as JSON, and as pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from samplers.validate.figures import SeriesPicture

if TYPE_CHECKING:
    from samplers.validate.figures import Figure, Found, Picture


def print_found(found: Mapping[str, Found], console: Console) -> None:
    """Shows all figures, each with its limit and whether it is met."""
    table = Table("figure", "value", "limit", "met", title="Samplers against their claims")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, each in found.items():
        table.add_section()
        table.add_row(f"[bold]{name}[/bold]")
        for figure in each.figures:
            table.add_row(figure.what, _value(figure), _limit(figure), _verdict(figure))
    console.print(table)


def _value(figure: Figure) -> str:
    return f"{figure.value:.4g}" if figure.error is None else f"{figure.value:.4g} ± {figure.error:.2g}"


def _limit(figure: Figure) -> str:
    return "" if figure.limit is None else f"{'≥' if figure.is_floor else '≤'} {figure.limit:g}"


def _verdict(figure: Figure) -> str:
    return "" if figure.limit is None else "yes" if figure.is_met else "[bold red]no[/bold red]"


def write_found(found: Mapping[str, Found], folder: Path) -> list[Path]:
    """Writes `figures.json` and a PNG for each picture into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "figures.json"
    content = {name: [{**asdict(figure), "is_met": figure.is_met} for figure in e.figures] for name, e in found.items()}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    written = [path]
    for name, each in found.items():
        for number, picture in enumerate(each.pictures, start=1):
            written.append(folder / f"{name}-{number}.png")
            _draw(picture, written[-1])
    return written


def _draw(picture: Picture | SeriesPicture, path: Path) -> None:
    if isinstance(picture, SeriesPicture):
        draw_series(picture, path)
    else:
        draw_picture(picture, path)


def draw_picture(picture: Picture, path: Path) -> None:
    """Draws lines over logarithmic axes."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(7, 4.5), layout="constrained")
    axes = canvas.subplots()
    for line in picture.lines:
        axes.plot(line.xs, line.ys, marker="o", markersize=3, label=line.name)
    axes.set(xscale="log", yscale="log", title=picture.title, xlabel=picture.x_label, ylabel=picture.y_label)
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    canvas.savefig(path, dpi=150)


def draw_series(picture: SeriesPicture, path: Path) -> None:
    """Draws a point with an error bar for each value; far below 0 the axis is logarithmic."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(8, 5), layout="constrained")
    axes = canvas.subplots()
    for number, series in enumerate(picture.series):
        places = [at + (number - (len(picture.series) - 1) / 2) * 0.2 for at in range(len(picture.names))]
        axes.errorbar(places, series.values, yerr=series.errors, fmt="o", markersize=4, capsize=3, label=series.name)
    axes.set_yscale("symlog", linthresh=10)
    axes.set_xticks(range(len(picture.names)), picture.names, rotation=20, ha="right")
    axes.set(title=picture.title, ylabel=picture.y_label)
    axes.grid(visible=True, axis="y", alpha=0.3)
    axes.legend()
    canvas.savefig(path, dpi=150)
