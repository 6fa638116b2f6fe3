"""Arguments of a wrong type, refused in words where they come in and not by whatever touches them first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from constrain.errors import SettingsError


def wrong_type(name: str, accepted: str, given: object) -> TypeError:
    """The error for an argument that is not what is accepted."""
    shown = repr(given)
    shown = shown if len(shown) <= 60 else f"{shown[:60]}…"
    return TypeError(f"{name} is {accepted}, not {shown} ({type(given).__name__})")


def check_is_text(name: str, given: object) -> None:
    """Refuses what is not a `str`."""
    if not isinstance(given, str):
        raise wrong_type(name, "a text (str)", given)


def check_is_whole(name: str, given: object) -> None:
    """Refuses what is not an `int`; True and False are none."""
    if not isinstance(given, int) or isinstance(given, bool):
        raise wrong_type(name, "a whole number (int)", given)


def check_is_number(name: str, given: object) -> None:
    """Refuses what is not an `int` or a `float`; True and False are none."""
    if not isinstance(given, int | float) or isinstance(given, bool):
        raise wrong_type(name, "a number", given)


def check_is_truth(name: str, given: object) -> None:
    """Refuses what is neither True nor False."""
    if not isinstance(given, bool):
        raise wrong_type(name, "True or False", given)


def check_has(name: str, accepted: str, given: object, attributes: Sequence[str]) -> None:
    """Refuses an object that lacks one of the attributes by which its kind is known, and a class of such objects."""
    if isinstance(given, type) or not all(hasattr(given, attribute) for attribute in attributes):
        raise wrong_type(name, accepted, given)


def check_is_automaton(given: object) -> None:
    """Refuses what is no automaton, such as the schema of one."""
    accepted = "a compiled automaton (of compile_json_schema, compile_regex, compile_lark or compile_choice)"
    check_has("automaton", accepted, given, ("vocabulary", "start", "mask", "advance"))


def check_is_model(given: object) -> None:
    """Refuses what is no model."""
    check_has("model", "a causal language model of transformers, loaded", given, ("config", "forward"))


def check_is_tokenizer(given: object) -> None:
    """Refuses what is no tokenizer of `transformers`."""
    check_has("tokenizer", "a tokenizer of transformers, loaded", given, ("eos_token_id", "__call__"))


def check_is_sampler(given: object) -> None:
    """Refuses what is no sampler, such as the name or the class of one."""
    check_has("sampler", "a sampler (of the package samplers, such as Greedy())", given, ("sample",))


def check_is_prompt(given: Any) -> None:
    """Refuses what is neither a text nor the messages of a chat, and texts that no tokenizer can read."""
    if isinstance(given, str):
        _check_is_unicode("prompt", given)
        return
    if not isinstance(given, Sequence) or not all(isinstance(message, Mapping) for message in given):
        raise wrong_type("prompt", 'a text, or messages such as [{"role": "user", "content": "…"}]', given)
    for message in given:
        for name, part in message.items():
            if isinstance(part, str):
                _check_is_unicode(f"{name} of a message", part)


def _check_is_unicode(name: str, given: str) -> None:
    """Refuses half of a surrogate pair, which UTF-8 can not spell."""
    try:
        given.encode()
    except UnicodeEncodeError as error:
        found = f"{given[error.start]!a} at character {error.start + 1}"
        raise SettingsError(name, found, "Unicode text, without halves of surrogate pairs") from error
