"""Results as tables: a row for each measure, a column for each engine, and our engine against its best peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from jsonschema_bench.results import Common, EngineResult, PassResult, RunResult
from jsonschema_bench.timing import Summary

OURS = "ours"

EXPLANATION = """First mask: compile, make the matcher, make the first mask; a time-out counts as its whole time.
Between masks: one mask and the advance by one allowed token, called from Python.
Common cases: those that every engine of the run compiled and walked to the end, so that none looks quick by refusing.
Each engine has a process of its own and one thread; they take turns."""


@dataclass(frozen=True)
class Line:
    """A row: its label, and the value of each engine, `None` where there is none."""

    label: str
    values: tuple[float | None, ...]
    show: Callable[[float], str]
    compared: bool = False


Section = tuple[str, list[Line]]


def sections(result: RunResult) -> Iterator[Section]:
    """All rows of a run, in groups with a title."""
    engines = result.engines
    yield "cases", count_lines(engines)
    if not engines:
        return
    firsts = [engine.passes[0] for engine in engines]
    yield "first mask, ms", _first_mask_lines(firsts)
    yield from _in_common("first mask, ms", firsts, _first_mask_lines)
    for number, label in enumerate(pass_labels(engines)):
        title, passes = f"between masks, µs{label}", [engine.passes[number] for engine in engines]
        yield title, _step_lines(passes)
        yield from _in_common(title, passes, _step_lines)
    yield "process", process_lines(engines)


def _in_common(
    title: str, passes: Sequence[PassResult], lines: Callable[[Sequence[Common]], list[Line]]
) -> Iterator[Section]:
    """The same over the cases that all engines walked, where there are several engines."""
    common = [each.common for each in passes if each.common is not None]
    if len(common) == len(passes):
        yield f"{title}, {common[0].cases:,} common cases", lines(common)


def pass_labels(engines: Sequence[EngineResult]) -> list[str]:
    """How the passes are called; nothing where there is one."""
    passes = max((len(engine.passes) for engine in engines), default=0)
    return [""][:passes] if passes < 2 else [f", pass {number + 1}" for number in range(passes)]


def count_lines(engines: Sequence[EngineResult]) -> list[Line]:
    """Cases by how they ended, and wrongly judged instances, in the first pass."""
    firsts = [engine.passes[0] for engine in engines]

    def line(label: str, count: Callable[[PassResult], int]) -> Line:
        return Line(label, tuple(count(each) for each in firsts), "{:,.0f}".format)

    return [
        line("cases", lambda p: len(p.cases)),
        line("passing", lambda p: p.counts()["pass"]),
        line("refused", lambda p: p.counts()["refused"]),
        line("timed out", lambda p: p.counts()["timeout"]),
        line("crashed", lambda p: p.counts()["crash"]),
        line("wrong somewhere", lambda p: p.counts()["wrong"]),
        line("wrongly accepted instances", lambda p: p.wrong_accepts),
        line("wrongly refused instances", lambda p: p.wrong_rejects),
    ]


def _first_mask_lines(times: Sequence[PassResult | Common]) -> list[Line]:
    return _time_lines([each.first_masks for each in times], 1e6)


def _step_lines(times: Sequence[PassResult | Common]) -> list[Line]:
    summaries = [each.steps for each in times]
    count = Line("steps", tuple(s.count if s else None for s in summaries), "{:,.0f}".format)
    return [count, *_time_lines(summaries, 1e3)]


def _time_lines(summaries: Sequence[Summary | None], unit: float) -> list[Line]:
    named = [{name: value / unit for name, value in s.named().items()} if s else {} for s in summaries]
    labels = next((list(names) for names in named if names), [])
    return [Line(label, tuple(names.get(label) for names in named), significant, compared=True) for label in labels]


def process_lines(engines: Sequence[EngineResult]) -> list[Line]:
    """Start-up and memory."""
    return [
        Line("load, s", tuple(e.load_seconds for e in engines), significant),
        Line("warm-up, s", tuple(e.warm_up_seconds for e in engines), significant),
        Line("memory when ready, MB", tuple(e.base_memory / 1e6 for e in engines), "{:,.0f}".format),
        Line("peak memory, MB", tuple(e.peak_memory / 1e6 for e in engines), "{:,.0f}".format, compared=True),
    ]


def significant(value: float) -> str:
    """Three significant digits, and thousands in full."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratio(names: Sequence[str], values: Sequence[float | None]) -> float | None:
    """The value of our engine divided by the smallest of its peers'."""
    ours = [value for name, value in zip(names, values, strict=True) if name == OURS and value is not None]
    peers = [value for name, value in zip(names, values, strict=True) if name != OURS and value]
    return ours[0] / min(peers) if ours and peers else None


def cells(line: Line, names: Sequence[str]) -> list[str]:
    """A row as text: label, values, and the comparison where the row is one to compare."""
    compared = ratio(names, line.values) if line.compared else None
    shown = ["–" if value is None else line.show(value) for value in line.values]
    return [line.label, *shown, "" if compared is None else f"{compared:.2f} ×"]


def header(result: RunResult) -> list[str]:
    """The titles of the columns."""
    named = [f"{engine.engine} {engine.version}" for engine in result.engines]
    return ["", *named, "ours / best peer"]


def print_result(result: RunResult, console: Console) -> None:
    """Show a run on a terminal."""
    names = [engine.engine for engine in result.engines]
    table = Table(title=result.settings.get("title"), caption=EXPLANATION)
    for place, title in enumerate(header(result)):
        table.add_column(title, justify="right" if place else "left", no_wrap=not place)
    for title, lines in sections(result):
        table.add_section()
        table.add_row(f"[bold]{title}[/bold]")
        for line in lines:
            table.add_row(*cells(line, names))
    console.print(table)


def print_failures(result: RunResult, console: Console, most: int) -> None:
    """List the cases that do not pass, with causes, up to a number for each engine."""
    for engine in result.engines:
        print_failed(engine, console, most)


def print_failed(engine: EngineResult, console: Console, most: int, prefix: str = "") -> None:
    """List the cases that do not pass with one engine."""
    failed = [case for case in engine.passes[0].cases if case.status != "pass"]
    if not failed or not most:
        return
    first = f", the first {most}" if len(failed) > most else ""
    console.print(f"{prefix}{engine.engine}: {len(failed)} do not pass{first}")
    table = Table("case", "status", "cause")
    for case in failed[:most]:
        table.add_row(escape(case.name), case.status, escape(case.cause[:300]))
    console.print(table)
