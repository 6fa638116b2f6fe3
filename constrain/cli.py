"""The command line: `constrain generate`, `check`, `describe`, `demo`, `warm-up`, and those that other packages add.

Exit status: 0 when all is well, 1 when `check` refuses the text or `describe` finds something that is refused, 2 when
something is wrong with what was asked, 141 when nobody reads what is printed any more.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constrain.cli_schemas import (
    InputError,
    add_layout,
    add_meaning,
    add_writing,
    note_unknown,
    options_of,
    read_schema,
)
from constrain.errors import BudgetError, ContextError, GenerationError, SettingsError, SpellingError
from constrain.token_bytes.extracted import VocabularyError
from grammars.errors import GrammarError

if TYPE_CHECKING:
    from rich.console import Console

    from constrain.checking import Refusal
    from constrain.options import SchemaOptions

COMMANDS: Final = "constrain.commands"
"""The group of entry points whose functions add a command to the parser that they are given."""
SIGPIPE: Final = 13
"""Its number, which Python has no name for on Windows."""
EXPECTED = (
    GrammarError,
    VocabularyError,
    BudgetError,
    ContextError,
    SpellingError,
    SettingsError,
    GenerationError,
    InputError,
    OSError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status; what goes wrong is one line on stderr."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        return _end_unread()
    except RecursionError:
        print(f"constrain: nested too deeply [limit recursion = {sys.getrecursionlimit()}]", file=sys.stderr)
        return 2
    except EXPECTED as error:
        print(f"constrain: {_one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def _end_unread() -> int:
    """The status that shells give to a program whose pipe is closed."""
    # What is left in the buffer would end in the same error when Python exits.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + SIGPIPE


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="constrain", description="Makes a language model write only what is valid.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_generate(commands.add_parser("generate", help="write JSON of a schema after a prompt, as it is generated"))
    _add_check(commands.add_parser("check", help="tell whether the masks of a schema would let a text through"))
    _add_describe(commands.add_parser("describe", help="tell what of a schema is enforced, and what is refused"))
    demo = commands.add_parser("demo", help="three worked cases, with the constraint and without it")
    demo.add_argument("--seed", type=int, default=0, help="seed of the draws (default: %(default)s)")
    demo.set_defaults(run=run_demo)
    warm_up = commands.add_parser("warm-up", help="compile the kernels and keep them for the next time")
    warm_up.set_defaults(run=run_warm_up)
    # Packages that know this one add commands of their own; what they load here has to be light.
    for entry in entry_points(group=COMMANDS):
        entry.load()(commands)
    return parser


def _add_generate(parser: argparse.ArgumentParser) -> None:
    add_meaning(parser)
    add_layout(parser)
    add_writing(parser)
    parser.add_argument("--n", type=int, default=1, help="how many values, one after the other (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="makes the draws repeatable; value i uses seed + i")
    parser.add_argument("--temperature", type=float, help="0 takes the most probable token (default: 1.0)")
    parser.add_argument("--top-k", type=int, help="draw from the k most probable allowed tokens (default: all)")
    parser.add_argument("--top-p", type=float, help="draw from the most probable ones that reach p (default: all)")
    words = "write text that has to come in the longest tokens, without asking the model"
    parser.add_argument("--jump-forward", action="store_true", help=words)
    words = "print on stderr what each value cost: tokens, calls of the model, seconds"
    parser.add_argument("--statistics", action="store_true", help=words)
    parser.set_defaults(run=run_generate)


def _add_check(parser: argparse.ArgumentParser) -> None:
    add_meaning(parser)
    add_layout(parser)
    words = "the file of the text to check (default: standard input)"
    parser.add_argument("instance", nargs="?", type=Path, metavar="FILE", help=words)
    parser.set_defaults(run=run_check)


def _add_describe(parser: argparse.ArgumentParser) -> None:
    add_meaning(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.set_defaults(run=run_describe)


def _stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def run_generate(options: argparse.Namespace) -> int:
    """Streams values to standard output, each on lines of its own."""
    from constrain.decoding import Statistics
    from constrain.generate import stream_json
    from constrain.progress import compiling
    from constrain.prompting import render_prompt
    from constrain.shipped import load_model, load_shipped_model

    schema = read_schema(options.schema)
    if options.n < 1:
        raise InputError(f"--n must be at least 1, not {options.n}")
    given = options_of(options)
    settings = vars(given)
    note_unknown(schema, given)
    model, tokenizer = load_shipped_model() if options.model is None else load_model(options.model)
    for index in range(options.n):
        began, statistics = time.perf_counter(), Statistics()
        with compiling(_stderr()):
            pieces = stream_json(
                model,
                tokenizer,
                schema,
                render_prompt(options.prompt, schema),
                max_new_tokens=options.max_new_tokens,
                seed=None if options.seed is None else options.seed + index,
                temperature=options.temperature,
                top_k=options.top_k,
                top_p=options.top_p,
                statistics=statistics,
                jump_forward=options.jump_forward,
                **settings,
            )
            first = next(pieces)
        _write([first[0]])
        _write(piece for piece, _ in pieces)
        _write(["\n"])
        if options.statistics:
            print(f"{statistics}, {time.perf_counter() - began:.2f} s", file=sys.stderr)
    return 0


def _write(pieces: Any) -> None:
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()


def run_check(options: argparse.Namespace) -> int:
    """Prints the verdict on a text; a line end at its very end is not part of it."""
    from constrain.checking import byte_vocabulary, check_text
    from constrain.compile import compile_json_schema
    from constrain.progress import compiling

    schema, text = read_schema(options.schema), _read_instance(options.instance)
    with compiling(_stderr()):
        given = options_of(options)
        settings: dict[str, Any] = vars(given)
        refusal = check_text(compile_json_schema(schema, byte_vocabulary(), **settings), text)
    if refusal is None:
        print("accepted")
        return 0
    print(f"refused: {refusal}")
    print(f"  {refusal.context}\n  {' ' * (refusal.column - 1)}^")
    if given.property_order == "schema" and _is_read_further(schema, given, text, refusal):
        print("hint: members come in the order of the schema here; --property-order any takes them in any order")
    return 1


def _is_read_further(schema: Any, given: SchemaOptions, text: str, refusal: Refusal) -> bool:
    """Whether a text is refused where it is only because of the order of its members."""
    from constrain.checking import byte_vocabulary, check_text
    from constrain.compile import compile_json_schema

    settings: dict[str, Any] = vars(replace(given, property_order="any"))
    try:
        other = check_text(compile_json_schema(schema, byte_vocabulary(), **settings), text)
    except GrammarError:
        return False
    return other is None or other.offset > refusal.offset


def _read_instance(path: Path | None) -> str:
    data = sys.stdin.buffer.read() if path is None else path.read_bytes()
    try:
        return data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InputError(f"the text is not UTF-8: byte {error.start}: {error.reason}") from error


def run_describe(options: argparse.Namespace) -> int:
    """Prints the verdict on every keyword of a schema."""
    from constrain.describing import describe_with, show_coverage

    coverage = describe_with(read_schema(options.schema), options_of(options))
    if options.json:
        print(json.dumps(coverage.to_dict(), indent=2))
    else:
        show_coverage(coverage)
    return 1 if coverage.refused else 0


def run_demo(options: argparse.Namespace) -> int:
    """Shows what the shipped model writes with and without constraints."""
    from constrain.demo import show_demo

    return show_demo(options.seed)


def run_warm_up(_: argparse.Namespace) -> int:
    """Compiles every kernel; with a warm cache this takes a second."""
    from constrain.warm_up import show_warm_up

    show_warm_up(_stderr())
    return 0


if __name__ == "__main__":
    sys.exit(main())
