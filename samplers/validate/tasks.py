"""Real tasks for the shipped model: small JSON schemas, bit-vector terms, and cases of MaskBench from a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constrain import Automaton, BudgetError, GrammarError, LimitError, Vocabulary, compile_json_schema, compile_lark
from constrain.prompting import render_prompt
from constrain.scoring import encode_prompt
from constrain.shipped import load_shipped_model
from samplers.adaptive import AdaptiveRejection
from samplers.errors import AttemptsError, EmptyLanguageError
from samplers.language import Completable, Language, Place
from samplers.language_model import LanguageModel, TransformersModel
from samplers.problem import Problem
from samplers.randomness import make_rng
from samplers.target import OWN, Logits

if TYPE_CHECKING:
    from constrain.budget import Row

SCHEMA, TERM, CASE = KINDS = ("schemas", "bit vectors", "cases")
DATA: Final = Path(__file__).with_name("data")
MOST_CASES: Final = 4
CASE_CHARACTERS: Final = 400
CASE_TOKENS: Final = 24
CASE_SECONDS: Final = 5.0
CASE_PROBES: Final = 3
CASE_ATTEMPTS: Final = 100
CASE_REQUEST: Final = "Make up an example."
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
    """The schemas of `data/schemas.json`, and bit-vector terms with and without examples in the prompt."""
    rows = json.loads((DATA / "schemas.json").read_text(encoding="utf-8"))
    schemas = [_schema_task(row["name"], row["request"], row["schema"], row["max_new_tokens"]) for row in rows]
    grammar = (DATA / "bit_vectors.lark").read_text(encoding="utf-8")
    prompts = {
        "terms": render_prompt(TERM_REQUEST),
        "terms, with examples": "".join(f"{line}\n" for line in ("### Request", *TERM_EXAMPLES)),
    }
    terms = [
        Task(name, prompt, TERM_TOKENS, TERM, lambda vocabulary: compile_lark(grammar, vocabulary))
        for name, prompt in prompts.items()
    ]
    return schemas + terms


@cache
def case_tasks(folder: Path) -> tuple[Task, ...]:
    """A few cases in the form of MaskBench, spread over the small ones of a folder.

    Of each part of the folder `CASE_PROBES` are tried, and the first is taken of which adaptive rejection finds a text
    within the budget in `CASE_ATTEMPTS` attempts. What the model hardly ever writes cannot be drawn exactly by it.
    Raises `ValueError` for a folder without cases, or with a file that is none.
    """
    tasks = [_case_task(path.stem, schema) for path, schema in _small_schemas(folder)]
    chosen: list[Task] = []
    for number in range(MOST_CASES):
        part = tasks[number * len(tasks) // MOST_CASES : (number + 1) * len(tasks) // MOST_CASES]
        chosen += _first_that_fits(part)
    return tuple(chosen)


def _first_that_fits(tasks: Sequence[Task]) -> list[Task]:
    step = max(1, len(tasks) // CASE_PROBES)
    return next(([task] for task in tasks[::step][:CASE_PROBES] if _fits(task)), [])


def _fits(task: Task) -> bool:
    try:
        posed = Posed(task)
        _ = posed.completable().language.start
        AdaptiveRejection(max_attempts=CASE_ATTEMPTS).draw(posed.exact(), 1, make_rng(0))
    except (AttemptsError, BudgetError, EmptyLanguageError, GrammarError, LimitError):
        return False
    return True


def _small_schemas(folder: Path) -> list[tuple[Path, Any]]:
    found = []
    for path in sorted(folder.glob("*.json")):
        schema = _schema_of(path)
        if len(json.dumps(schema)) <= CASE_CHARACTERS:
            found.append((path, schema))
    if not found:
        raise ValueError(f"no case (*.json) with a schema of at most {CASE_CHARACTERS} characters in {folder}")
    return found


def _schema_of(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))["schema"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f'{path} is no case, which has the form {{"schema": …}}: {error!r}') from error


def _schema_task(name: str, request: str, schema: Any, limit: int) -> Task:
    def compiled(vocabulary: Vocabulary) -> Automaton:
        return compile_json_schema(schema, vocabulary)

    return Task(name, render_prompt(request, schema), limit, SCHEMA, compiled)


def _case_task(name: str, schema: Any) -> Task:
    def compiled(vocabulary: Vocabulary) -> Automaton:
        return compile_json_schema(schema, vocabulary, deadline=CASE_SECONDS)

    return Task(name, render_prompt(CASE_REQUEST, schema), CASE_TOKENS, CASE, compiled)


@cache
def _shipped() -> tuple[Any, Any, Vocabulary]:
    model, tokenizer = load_shipped_model()
    return model, tokenizer, Vocabulary.from_tokenizer(tokenizer, size=model.config.vocab_size)
