"""Three worked cases: what a model writes under a schema, next to what it writes by itself from the same prompt."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator
from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from constrain.decoding import Statistics, continue_freely
from constrain.drawing import DrawSettings, make_generator
from constrain.generate import stream_json
from constrain.progress import notice
from constrain.prompting import render_prompt
from constrain.scoring import encode_prompt
from constrain.shipped import load_shipped_model
from constrain.warm_up import show_warm_up

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

BUDGET: Final = 200
TEMPERATURE: Final = 0.7


@dataclass(frozen=True)
class Case:
    """One thing to ask for."""

    title: str
    prompt: str
    schema: dict[str, Any]


PERSON: Final = Case(
    "A record: formats, ranges and a choice",
    "Make up an employee living in Lisbon.",
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 3, "maxLength": 40},
            "age": {"type": "integer", "minimum": 18, "maximum": 67},
            "email": {"type": "string", "format": "email", "maxLength": 40},
            "joined": {"type": "string", "format": "date"},
            "department": {"enum": ["sales", "support", "research"]},
        },
        "required": ["name", "age", "email", "joined", "department"],
        "additionalProperties": False,
    },
)
ORDER: Final = Case(
    "A list: patterns, counts and numbers",
    "Write an order of three products.",
    {
        "type": "object",
        "properties": {
            "order_id": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"},
            "items": {
                "type": "array",
                "minItems": 3,
                "maxItems": 3,
                "items": {
                    "type": "object",
                    "properties": {
                        "product": {"type": "string", "maxLength": 24},
                        "quantity": {"type": "integer", "minimum": 1, "maximum": 99},
                        "price": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
                    },
                    "required": ["product", "quantity", "price"],
                    "additionalProperties": False,
                },
            },
            "paid": {"type": "boolean"},
        },
        "required": ["order_id", "items", "paid"],
        "additionalProperties": False,
    },
)
THREAD: Final = Case(
    "A recursive schema: comments with replies",
    "Write a thread of comments.",
    {
        "$defs": {
            "comment": {
                "type": "object",
                "properties": {
                    "author": {"type": "string", "maxLength": 24},
                    "text": {"type": "string", "maxLength": 80},
                    "replies": {"type": "array", "items": {"$ref": "#/$defs/comment"}},
                },
                "required": ["author", "text", "replies"],
                "additionalProperties": False,
            }
        },
        "$ref": "#/$defs/comment",
    },
)
CASES: Final = (PERSON, ORDER, THREAD)


def show_demo(seed: int) -> int:
    """Runs the cases; 0 when every constrained text is valid, which `jsonschema` decides."""
    console = Console(highlight=False)
    show_warm_up(Console(stderr=True, highlight=False))
    with notice(console, "Loading the shipped model ..."):
        model, tokenizer = load_shipped_model()
    verdicts = [_show(console, model, tokenizer, case, seed) for case in CASES]
    console.print(f"Temperature {TEMPERATURE}, seed {seed}, at most {BUDGET} tokens for every text.")
    console.print(f"{sum(verdicts)} of {len(verdicts)} constrained texts are valid.")
    return 0 if all(verdicts) else 1


def _show(console: Console, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, case: Case, seed: int) -> bool:
    prompt = render_prompt(case.prompt, case.schema)
    console.rule(f"[bold]{case.title}")
    console.print(Text(f"Prompt: {case.prompt}"))
    free = "".join(_free(model, tokenizer, prompt, seed))
    console.print(_panel("without the constraint", free, verdict(free, case.schema), ""))
    began, statistics = time.perf_counter(), Statistics()
    pieces = stream_json(
        model,
        tokenizer,
        case.schema,
        prompt,
        max_new_tokens=BUDGET,
        seed=seed,
        temperature=TEMPERATURE,
        statistics=statistics,
    )
    text = "".join(piece for piece, _ in pieces)
    cost = f"{statistics}, {time.perf_counter() - began:.2f} s"
    problem = verdict(text, case.schema)
    console.print(_panel("with the constraint", text, problem, cost))
    return problem is None


def _free(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, prompt: str, seed: int) -> list[str]:
    tokens = continue_freely(
        model,
        encode_prompt(tokenizer, prompt),
        BUDGET,
        [tokenizer.eos_token_id] if isinstance(tokenizer.eos_token_id, int) else [],
        DrawSettings(TEMPERATURE),
        make_generator(seed),
    )
    return [str(tokenizer.decode(list(tokens)))]


def verdict(text: str, schema: dict[str, Any]) -> str | None:
    """None for JSON text that is valid under `schema` (formats included), otherwise what is wrong with it."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return f"not JSON: {error}"
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    errors = sorted(validator.iter_errors(value), key=lambda error: len(error.absolute_path))
    return f"{errors[0].json_path}: {errors[0].message}" if errors else None


def _panel(title: str, text: str, problem: str | None, cost: str) -> Panel:
    mark = Text("✓ valid", "green") if problem is None else Text(f"✗ {problem}", "red")
    lines = [Text(text), mark, *([Text(cost, "dim")] if cost else [])]
    return Panel(Group(*lines), title=title, title_align="left", border_style="green" if problem is None else "red")
