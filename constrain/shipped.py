"""The small model that ships with the package, and any other by name or path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MODEL_DIR = Path(__file__).with_name("model")


def load_shipped_model() -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The shipped model and its tokenizer, read from the package: nothing is downloaded."""
    # Half precision saves space in the package; on a CPU single precision is faster and as exact as it gets.
    return _load(str(MODEL_DIR), dtype="float32", local_files_only=True)


def load_model(name_or_path: str | Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Any causal language model of `transformers`, by the name of a repository or the path of a folder."""
    return _load(str(name_or_path), dtype="auto", local_files_only=Path(name_or_path).is_dir())


def _load(name_or_path: str, *, dtype: str, local_files_only: bool) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    # Imported here: transformers and torch take seconds, which whoever only compiles masks need not wait for.
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name_or_path, local_files_only=local_files_only)
    model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
        name_or_path, dtype=dtype, local_files_only=local_files_only
    )
    model.eval()
    return model, tokenizer
