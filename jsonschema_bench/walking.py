"""Many random walks over many schemas, in both property orders, each with a seed of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from constrain import Automaton, Vocabulary, compile_json_schema
from grammars.errors import GrammarError
from jsonschema_bench.cases import Case, load_case
from jsonschema_bench.drawing import Drawer
from jsonschema_bench.oracle import make_oracle
from jsonschema_bench.progress import bars
from jsonschema_bench.walks import HARMLESS, KINDS, Place, Problem, walk

ORDERS = ("any", "schema")


@dataclass
class Tally:
    """What a run has found so far."""

    walks: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    problems: list[tuple[Place, Problem]] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """The number of problems by kind."""
        return Counter(problem.kind for _, problem in self.problems)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return all(problem.kind in HARMLESS for _, problem in self.problems)


def walk_all(files: Sequence[Path], vocabulary: Vocabulary, walks: int, seed: int, console: Console) -> Tally:
    """Walk so many times, spread over the schemas and both orders; what a refused schema leaves goes to later ones."""
    tally = Tally()
    drawer = Drawer(vocabulary.tokens)
    pairs = [(path, order) for path in files for order in ORDERS]
    with bars(console) as progress:
        task = progress.add_task("walks", total=walks, note="")
        for done, (path, order) in enumerate(pairs):
            number = -(-(walks - tally.walks) // (len(pairs) - done))
            for place, problem in _walk_case(load_case(path), order, number, vocabulary, drawer, seed, tally):
                tally.problems.append((place, problem))
                # A run takes long, and what is wrong can be looked into before its end.
                progress.console.print(escape(f"{_options(place)}: {problem.kind}: {problem.what[:300]}"))
            note = ", ".join(f"{count} {kind}" for kind, count in tally.counts().items())
            progress.update(task, completed=tally.walks, note=note)
    return tally


def repeat_walk(case: Case, place: Place, vocabulary: Vocabulary, seed: int) -> Problem | None:
    """One walk again, by its place."""
    automaton = compile_json_schema(case.schema, vocabulary, property_order=place.order)
    return walk(automaton, Drawer(vocabulary.tokens), make_oracle(case.schema), place.random(seed))


def _walk_case(
    case: Case, order: str, number: int, vocabulary: Vocabulary, drawer: Drawer, seed: int, tally: Tally
) -> Iterator[tuple[Place, Problem]]:
    automaton = _compile(case, order, vocabulary, tally)
    if automaton is None:
        return
    oracle = make_oracle(case.schema)
    for place in (Place(case.name, order, i) for i in range(number)):
        tally.walks += 1
        problem = walk(automaton, drawer, oracle, place.random(seed))
        if problem is not None:
            yield place, problem


def _compile(case: Case, order: str, vocabulary: Vocabulary, tally: Tally) -> Automaton | None:
    try:
        return compile_json_schema(case.schema, vocabulary, property_order=order)
    except GrammarError as error:
        tally.refused.append((f"{case.name} ({order})", str(error)))
        return None


def _options(place: Place) -> str:
    return f"--case {place.case} --order {place.order} --number {place.number}"


def print_tally(tally: Tally, seed: int, console: Console, most: int) -> None:
    """Show what a run found, with how to repeat each walk that went wrong."""
    if tally.problems:
        table = Table("walk", "problem", "text", title=f"walks to look into (seed {seed})", title_justify="left")
        for place, problem in tally.problems[:most]:
            table.add_row(_options(place), escape(f"{problem.kind}: {problem.what[:300]}"), escape(problem.text[-200:]))
        console.print(table)
    counts = tally.counts()
    summary = Table("random walks", "", title=f"seed {seed}")
    summary.columns[1].justify = "right"
    summary.add_row("walks", f"{tally.walks:,}")
    summary.add_row("schemas refused, each order", f"{len(tally.refused):,}")
    for kind in KINDS:
        summary.add_row(kind, f"{counts[kind]:,}")
    console.print(summary)
