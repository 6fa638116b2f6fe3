"""Real tasks for the shipped model: small JSON schemas, cases of MaskBench, and bit-vector terms."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constrain import Automaton, Vocabulary, compile_json_schema, compile_lark
from constrain.prompting import render_prompt
from constrain.scoring import encode_prompt
from constrain.shipped import load_shipped_model
from samplers.language import Completable, Language, Place
from samplers.language_model import LanguageModel, TransformersModel
from samplers.problem import Problem
from samplers.target import OWN, Logits

if TYPE_CHECKING:
    from constrain.budget import Row

SCHEMA, CASE, TERM = KINDS = ("schemas", "MaskBench cases", "bit vectors")
DATA: Final = Path(__file__).with_name("data")
TERM_TOKENS: Final = 16
TERM_REQUEST: Final = "Write a bit-vector term over s and t."
TERM_EXAMPLES: Final = ("(bvadd s t)", "(bvnot (bvand s t))", "(bvneg s)", "(bvand (bvnot s) t)", "(bvadd (bvneg t) s)")


@dataclass(frozen=True)
class Task:
    """A language and a prompt, of a kind: one of `KINDS`. `compiled` makes the automaton."""

    name: str
    prompt: str
    max_new_tokens: int
    kind: str
    compiled: Callable[[Vocabulary], Automaton]


class RememberedModel:
    """A model whose rows are kept for all seeds; each object counts as a model of its own, whose trees are new."""

    def __init__(self, model: LanguageModel, rows: dict[tuple[int, ...], Logits]) -> None:
        self.forwards = 0
        self._model, self._rows = model, rows

    @property
    def owner(self) -> object:
        """The object itself: seeds share no tree."""
        return self

    @property
    def prompt(self) -> tuple[int, ...]:
        """That of the model."""
        return self._model.prompt

    def logits(self, tokens: Sequence[int]) -> Logits:
        """The scores after `tokens`, counted as a forward whether or not they were read before."""
        self.forwards += 1
        key = tuple(tokens)
        if key not in self._rows:
            self._rows[key] = self._model.logits(tokens)
        return self._rows[key]

    def logits_of(self, rows: Sequence[Sequence[int]]) -> list[Logits]:
        """The scores after each of several rows."""
        return [self.logits(row) for row in rows]


class Posed:
    """A task put to the shipped model: problems with counters and trees of their own, which share what was read."""

    def __init__(self, task: Task) -> None:
        model, tokenizer, vocabulary = _shipped()
        self._automaton = task.compiled(vocabulary)
        self._limit = task.max_new_tokens
        self._model = TransformersModel(model, encode_prompt(tokenizer, task.prompt))
        self._rows: dict[tuple[int, ...], Logits] = {}

    def exact(self) -> Problem[Place]:
        """The whole language, for the tree methods."""
        return Problem(RememberedModel(self._model, self._rows), Language(self._automaton, self._limit), OWN)

    def completable(self) -> Problem[Row]:
        """The part with a known way to the end, for masked sampling."""
        return Problem(RememberedModel(self._model, self._rows), Completable(self._automaton, self._limit), OWN)


def own_tasks() -> list[Task]:
    """The schemas of `data/schemas.json`, MaskBench cases, and bit-vector terms.

    `data/maskbench.json` has cases of MaskBench (guidance-ai/jsonschemabench) by their names, with their schemas
    as they are; the requests and the limits are ours. Terms are asked for with and without examples in the prompt.
    """
    grammar = (DATA / "bit_vectors.lark").read_text(encoding="utf-8")
    prompts = {
        "terms": render_prompt(TERM_REQUEST),
        "terms, with examples": "".join(f"{line}\n" for line in ("### Request", *TERM_EXAMPLES)),
    }
    terms = [
        Task(name, prompt, TERM_TOKENS, TERM, lambda vocabulary: compile_lark(grammar, vocabulary))
        for name, prompt in prompts.items()
    ]
    return [*_of_file("schemas.json", SCHEMA), *_of_file("maskbench.json", CASE), *terms]


def _of_file(name: str, kind: str) -> list[Task]:
    rows = json.loads((DATA / name).read_text(encoding="utf-8"))
    return [schema_task(row["name"], row["request"], row["schema"], row["max_new_tokens"], kind) for row in rows]


def schema_task(name: str, request: str, schema: Any, limit: int, kind: str = SCHEMA) -> Task:
    """A value of a schema, asked for as `generate_json` does it."""

    def compiled(vocabulary: Vocabulary) -> Automaton:
        return compile_json_schema(schema, vocabulary)

    return Task(name, render_prompt(request, schema), limit, kind, compiled)


@cache
def _shipped() -> tuple[Any, Any, Vocabulary]:
    model, tokenizer = load_shipped_model()
    return model, tokenizer, Vocabulary.from_tokenizer(tokenizer, size=model.config.vocab_size)
