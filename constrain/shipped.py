"""The small model that ships with the package, and any other by name or path."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# Imports of transformers and torch are inside the functions: they take seconds, which whoever only compiles masks
# need not wait for.

MODEL_DIR = Path(__file__).with_name("model")


def load_shipped_model() -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The shipped model and its tokenizer, read from the package: nothing is downloaded."""
    # Half precision saves space in the package; a CPU computes faster in single precision.
    with _no_progress_bar():
        return _load(str(MODEL_DIR), dtype="float32", local_files_only=True)


def load_model(name_or_path: str | Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Any causal language model of `transformers`, by the name of a repository or the path of a folder."""
    _check_folder(str(name_or_path))
    return _load(str(name_or_path), dtype="auto", local_files_only=Path(name_or_path).is_dir())


def _check_folder(name: str) -> None:
    """Refuses a path that leads nowhere, which `transformers` would look for on a hub, under a name that none has."""
    is_path = not name or name.startswith((".", "~", "/")) or name.count("/") > 1 or Path(name).exists()
    if is_path and not (Path(name) / "config.json").is_file():
        raise FileNotFoundError(
            f"no model in {name!r}: give the path of a folder with a config.json, or the name of a repository"
        )


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Four megabytes need no progress bar in the middle of what a command prints."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _load(name_or_path: str, *, dtype: str, local_files_only: bool) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name_or_path, local_files_only=local_files_only)
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        name_or_path, dtype=dtype, local_files_only=local_files_only
    )
    model.eval()
    return model, tokenizer
