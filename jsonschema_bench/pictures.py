"""Pictures of measurements, drawn without a display."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_bench.errors import MissingError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@contextmanager
def picture(path: Path, **settings: Any) -> Iterator[Figure]:
    """A figure to draw in, written to `path` (.png, .svg, .pdf) afterwards."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingError("matplotlib") from error
    figure = Figure(layout="constrained", **settings)
    FigureCanvasAgg(figure)
    yield figure
    figure.savefig(path)
