"""From a schema and a prompt to a value: the loop is our own, so that the settings are the caller's and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from constrain.arguments import check_is_model, check_is_tokenizer
from constrain.compiled import automaton_of, vocabulary_for
from constrain.decoding import Statistics
from constrain.errors import InvalidValueError, SettingsError
from constrain.options import SchemaOptions
from constrain.partial_json import PartialJson
from constrain.protocols import Sampler, TokenAutomaton
from constrain.schemas import is_json_schema, reader_of, to_json_schema
from constrain.task import Prompt, Settings, Task
from constrain.verifying import Verifier, checked_reader

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from grammars.json_schema.documents import AnyRegistry
    from grammars.json_schema.named_formats import CustomFormats


MAX_NEW_TOKENS: Final = 256


def _budget(given: int | None, sampler: Sampler | None) -> int:
    """What was asked for, or else what the sampler says of itself."""
    budget: int = getattr(sampler, "max_new_tokens", MAX_NEW_TOKENS) if given is None else given
    return budget


def generate_text(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    automaton: TokenAutomaton,
    prompt: Prompt,
    *,
    max_new_tokens: int | None = None,
    sampler: Sampler | None = None,
    seed: int | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    statistics: Statistics | None = None,
    jump_forward: bool = False,
) -> str:
    """A text of the automaton's language, written by `model` after `prompt` and complete within `max_new_tokens`.

    `temperature` (1.0, 0 is greedy), `top_k` and `top_p` (none) are applied to what the constraint allows, as
    `transformers` does it; a generation config of the model is never read. A `sampler` brings its own settings, these
    three have to be left out then; its `max_new_tokens` counts where the call has none (256 without a sampler).
    `prompt` is used as it is where it is a text; messages (`{"role": ..., "content": ...}`) go through the tokenizer's
    chat template.

    The model is not called for tokens that are the only ones allowed. With `jump_forward` it is not called either
    where only the text is decided and not how tokens spell it: such text is written in the longest tokens, as a
    tokenizer would, and not as the model would have drawn them. `statistics` is filled in with what the generation
    cost; its `forced_share` is the share of the tokens that needed no call.

    Raises `BudgetError` before the model runs where `max_new_tokens` does not hold the shortest value, `ContextError`
    where the prompt leaves no room for it in the model's context (the budget never reaches beyond that context), and
    `VocabularyError` where the automaton was compiled for another vocabulary than the model's.
    """
    check_is_model(model)
    check_is_tokenizer(tokenizer)
    settings = Settings(_budget(max_new_tokens, sampler), seed, temperature, top_k, top_p, statistics, jump_forward)
    return Task(model, tokenizer, automaton, prompt, settings).write(sampler)


def generate_json(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    schema: Any,
    prompt: Prompt,
    *,
    max_new_tokens: int | None = None,
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
    custom_formats: CustomFormats | None = None,
    approximate: bool = False,
    deadline: float | None = None,
    statistics: Statistics | None = None,
    jump_forward: bool = False,
) -> Any:
    """A value of `schema`, written by `model` after `prompt`: never truncated, never invalid.

    A JSON Schema (`dict`, `bool` or JSON text) gives plain Python values; a pydantic model or any other Python type
    gives an instance, validated by pydantic (whose error is raised where a validator of yours refuses the value). See
    `compile_json_schema` for `property_order`, `whitespace`, `formats`, `draft`, `registry`, `custom_formats` and
    `deadline`, `generate_text` for the rest.

    With `approximate`, what can not be compiled of the schema is left out of the masks, and the value is checked when
    it is complete: one that is not valid is written anew, a few times where there is something to draw, and then
    `GenerationError` says which keyword refuses it.
    """
    settings = Settings(_budget(max_new_tokens, sampler), seed, temperature, top_k, top_p, statistics, jump_forward)
    options = SchemaOptions(property_order, whitespace, formats, draft, registry, custom_formats, approximate, deadline)
    task, read = _prepared(model, tokenizer, schema, prompt, settings, options)
    for attempt in task.attempts(sampler):
        try:
            return read(attempt.write(sampler))
        except InvalidValueError as error:
            refused = error
    raise refused


def stream_json(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    schema: Any,
    prompt: Prompt,
    *,
    max_new_tokens: int = MAX_NEW_TOKENS,
    seed: int | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    property_order: str = "schema",
    whitespace: str | tuple[str, str] = "flexible",
    formats: str = "assert",
    draft: str | None = None,
    registry: AnyRegistry | None = None,
    custom_formats: CustomFormats | None = None,
    approximate: bool = False,
    deadline: float | None = None,
    statistics: Statistics | None = None,
    jump_forward: bool = False,
) -> Iterator[tuple[str, Any]]:
    """What `generate_json` writes, while it is written: pairs of a piece of text and the value so far.

    The pieces make up the text. Values so far are plain Python values with everything open closed (see
    `constrain.partial_json`). The last pair has an empty piece and the value that `generate_json` returns; with
    `approximate` there is `GenerationError` in its place where the value is not valid.
    """
    settings = Settings(max_new_tokens, seed, temperature, top_k, top_p, statistics, jump_forward)
    options = SchemaOptions(property_order, whitespace, formats, draft, registry, custom_formats, approximate, deadline)
    task, read = _prepared(model, tokenizer, schema, prompt, settings, options)
    return _stream(task, task.pieces(), read)


def _prepared(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    schema: Any,
    prompt: Prompt,
    settings: Settings,
    options: SchemaOptions,
) -> tuple[Task, Callable[[str], Any]]:
    """The task of writing a value of `schema`, and what reads the text of the value."""
    check_is_model(model)
    check_is_tokenizer(tokenizer)
    if options.formats != "assert" and not is_json_schema(schema):
        raise SettingsError("formats", options.formats, "'assert' for a Python type, whose values pydantic reads")
    wanted = to_json_schema(schema)
    automaton = automaton_of(wanted, vocabulary_for(model, tokenizer), options)
    read = reader_of(schema)
    if options.approximate:
        read = checked_reader(read, Verifier(wanted, options))
    return Task(model, tokenizer, automaton, prompt, settings), read


def _stream(task: Task, pieces: Iterator[str], read: Callable[[str], Any]) -> Iterator[tuple[str, Any]]:
    partial = PartialJson()
    for piece in pieces:
        partial.feed(piece)
        yield piece, partial.value
    yield "", read(task.checked(partial.text))
