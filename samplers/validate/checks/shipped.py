"""What the chain and best-first search take on JSON of the shipped model, whose texts are long."""

from __future__ import annotations

from typing import Any, Final

from samplers.best_first import BestFirst
from samplers.mcmc.chain import Chain
from samplers.mcmc.text import CUTS
from samplers.randomness import make_rng
from samplers.validate.figures import Check, Figure, Found, Settings, Tick
from samplers.validate.tasks import Posed, schema_task

STEPS: Final = 60
ARRAY: Final[Any] = {"type": "array", "items": {"type": "string"}, "minItems": 4, "maxItems": 6}
PERSON: Final[Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def _run(_: Settings, tick: Tick) -> Found:
    figures = []
    arrays = Posed(schema_task("array", "Make up some tags.", ARRAY, 64))
    for cut in CUTS:
        figures += _moves(arrays, cut)
        tick()
    person = Posed(schema_task("person", "Make up a person.", PERSON, 64))
    ranking = BestFirst(max_forwards=1000).draw(person.exact(), 1, make_rng(0))
    figures.append(Figure("forwards until the most probable person is certain", ranking.forwards, 1000))
    figures.append(Figure("most probable persons that are certain", sum(ranking.certain), 1, is_floor=True))
    tick()
    return Found(tuple(figures))


def _moves(posed: Posed, cut: str) -> list[Figure]:
    """How often steps lead to a new text, and what they cost."""
    problem = posed.exact()
    chain, rng = Chain(problem, CUTS[cut]), make_rng(0)
    text = next(text for _ in range(STEPS) if (text := chain.init(rng)) is not None)
    moves, begun = 0, problem.model.forwards
    for _ in range(STEPS):
        after = chain.step(text, rng)
        moves += after.tokens != text.tokens
        text = after
    forwards = (problem.model.forwards - begun) / STEPS
    return [
        Figure(f"share of steps that lead to a new array, cut {cut}", moves / STEPS),
        Figure(f"forwards a step, cut {cut}", forwards),
    ]


CHECK = Check("Chain and search on JSON of the shipped model", lambda _: len(CUTS) + 1, _run)
