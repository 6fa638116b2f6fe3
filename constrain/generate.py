"""From a schema and a prompt to a value: the loop is our own, so that the settings are the caller's and no others."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from constrain.budget import budget_of
from constrain.compiled import automaton_of, vocabulary_for
from constrain.decoding import Decoding, Statistics
from constrain.drawing import DrawSettings, make_generator
from constrain.errors import GenerationError
from constrain.options import SchemaOptions
from constrain.partial_json import PartialJson
from constrain.protocols import DEAD, Sampler, TokenAutomaton
from constrain.python_types import reader_of, to_json_schema
from constrain.scoring import encode_prompt, logits_width

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from grammars.json_schema.documents import AnyRegistry

Prompt: TypeAlias = str | Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Task:
    """What every way of generating needs: where from, under what constraint, within what budget."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    automaton: TokenAutomaton
    prompt: Prompt
    max_new_tokens: int
    seed: int | None

    def __post_init__(self) -> None:
        """Refuses, before the model runs, a budget that no value fits in and logits that leave tokens out."""
        width, size = logits_width(self.model), len(self.automaton.vocabulary)
        if width < size and any(self.automaton.vocabulary.tokens[width:]):
            raise ValueError(f"the model scores {width} tokens, the vocabulary of the automaton has {size}")
        budget_of(self.automaton).begin(self.max_new_tokens)

    def decode(self, settings: DrawSettings, statistics: Statistics | None) -> Iterator[str]:
        """Draws one text; the pieces are whole characters even where a token is not."""
        tokens = Decoding(
            model=self.model,
            automaton=self.automaton,
            prompt=encode_prompt(self.tokenizer, self.prompt),
            budget=budget_of(self.automaton),
            max_new_tokens=self.max_new_tokens,
            settings=settings,
            generator=make_generator(self.seed),
            statistics=statistics if statistics is not None else Statistics(),
        )
        decoder = codecs.getincrementaldecoder("utf-8")()
        for token in tokens:
            piece = decoder.decode(self.automaton.vocabulary.tokens[token])
            if piece:
                yield piece
        decoder.decode(b"", final=True)

    def sample(self, sampler: Sampler) -> str:
        """One text from a sampler, which is held to the constraint and to the budget."""
        drawn = sampler.sample(
            self.model,
            self.tokenizer,
            self.automaton,
            self.prompt,
            n=1,
            seed=self.seed,
            max_new_tokens=self.max_new_tokens,
        )
        if not drawn:
            raise GenerationError("the sampler found no value of the language within its limits")
        if len(drawn[0].tokens) > self.max_new_tokens:
            raise GenerationError(f"the sampler took {len(drawn[0].tokens)} tokens, {self.max_new_tokens} were allowed")
        return drawn[0].text

    def checked(self, text: str) -> str:
        """`text`, which has to be a member of the language: the last line of defence."""
        state = self.automaton.advance_bytes(self.automaton.start, text.encode())
        if state == DEAD or not self.automaton.is_accepting(state):
            raise GenerationError(f"the text is not a complete member of the language: {text!r}")
        return text


def generate_text(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    automaton: TokenAutomaton,
    prompt: Prompt,
    *,
    max_new_tokens: int = 256,
    sampler: Sampler | None = None,
    seed: int | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    statistics: Statistics | None = None,
) -> str:
    """A text of the automaton's language, written by `model` after `prompt` and complete within `max_new_tokens`.

    `temperature` (1.0, 0 is greedy), `top_k` and `top_p` (none) are applied to what the constraint allows, as
    `transformers` does it; a generation config of the model is never read. A `sampler` brings its own settings, these
    three have to be left out then. `statistics` is filled in with what the generation cost. `prompt` is used as it is
    where it is a text; messages (`{"role": ..., "content": ...}`) go through the tokenizer's chat template.

    Raises `BudgetError` before the model runs where `max_new_tokens` does not hold the shortest value.
    """
    task = Task(model, tokenizer, automaton, prompt, max_new_tokens, seed)
    if sampler is None:
        return task.checked("".join(task.decode(_settings(temperature, top_k, top_p), statistics)))
    if any(setting is not None for setting in (temperature, top_k, top_p, statistics)):
        raise ValueError("temperature, top_k, top_p and statistics belong to the sampler: set them there")
    return task.checked(task.sample(sampler))


def generate_json(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    schema: Any,
    prompt: Prompt,
    *,
    max_new_tokens: int = 256,
    sampler: Sampler | None = None,
    seed: int | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    property_order: str = "schema",
    whitespace: str | tuple[str, str] = "flexible",
    formats: str = "assert",
    draft: str | None = None,
    registry: AnyRegistry | None = None,
    statistics: Statistics | None = None,
) -> Any:
    """A value of `schema`, written by `model` after `prompt`: never truncated, never invalid.

    A JSON Schema (`dict`, `bool` or JSON text) gives plain Python values; a pydantic model or any other Python type
    gives an instance, validated by pydantic (whose error is raised where a validator of yours refuses the value). See
    `compile_json_schema` for `property_order`, `whitespace`, `formats`, `draft` and `registry`, `generate_text` for the
    rest.
    """
    options = SchemaOptions(property_order, whitespace, formats, draft, registry)
    text = generate_text(
        model,
        tokenizer,
        _automaton(model, tokenizer, schema, options),
        prompt,
        max_new_tokens=max_new_tokens,
        sampler=sampler,
        seed=seed,
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        statistics=statistics,
    )
    return reader_of(schema)(text)


def stream_json(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    schema: Any,
    prompt: Prompt,
    *,
    max_new_tokens: int = 256,
    seed: int | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    property_order: str = "schema",
    whitespace: str | tuple[str, str] = "flexible",
    formats: str = "assert",
    draft: str | None = None,
    registry: AnyRegistry | None = None,
    statistics: Statistics | None = None,
) -> Iterator[tuple[str, Any]]:
    """What `generate_json` writes, while it is written: pairs of a piece of text and the value so far.

    The pieces make up the text. Values so far are plain Python values with everything open closed (see
    `constrain.partial_json`). The last pair has an empty piece and the value that `generate_json` returns.
    """
    automaton = _automaton(
        model, tokenizer, schema, SchemaOptions(property_order, whitespace, formats, draft, registry)
    )
    task = Task(model, tokenizer, automaton, prompt, max_new_tokens, seed)
    return _stream(task, task.decode(_settings(temperature, top_k, top_p), statistics), reader_of(schema))


def _stream(task: Task, pieces: Iterator[str], read: Callable[[str], Any]) -> Iterator[tuple[str, Any]]:
    partial = PartialJson()
    for piece in pieces:
        partial.feed(piece)
        yield piece, partial.value
    yield "", read(task.checked(partial.text))


def _settings(temperature: float | None, top_k: int | None, top_p: float | None) -> DrawSettings:
    return DrawSettings(1.0 if temperature is None else temperature, top_k, top_p)


def _automaton(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, schema: Any, options: SchemaOptions
) -> TokenAutomaton:
    return automaton_of(to_json_schema(schema), vocabulary_for(model, tokenizer), options)
