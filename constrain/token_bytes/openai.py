"""Tokens of `tiktoken`."""

from __future__ import annotations

from functools import partial
from typing import Any

from constrain.token_bytes.extracted import Extracted

ENDS = ("<|endoftext|>", "<|return|>", "<|im_end|>")


def extract_tiktoken(encoding: Any) -> Extracted:
    """The tokens of a `tiktoken.Encoding`."""
    specials = {encoding.encode_single_token(name): name for name in encoding.special_tokens_set}
    ends = [index for name in ENDS for index, special in specials.items() if special == name]
    return Extracted(
        family="tiktoken",
        tokens=[b"" if index in specials else _bytes(encoding, index) for index in range(encoding.n_vocab)],
        eos_token_ids=tuple(ends[:1]),
        encode=partial(encoding.encode, disallowed_special=()),
        decode=encoding.decode,
        exact=True,
    )


def _bytes(encoding: Any, index: int) -> bytes:
    """The bytes of a token; ids between the ranks and the special tokens may stand for nothing."""
    try:
        return bytes(encoding.decode_single_token_bytes(index))
    except KeyError:
        return b""
