"""llguidance, its fastest way from Python: masks written straight into a buffer, one matcher reset for each text."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter_ns
from typing import Any

import llguidance
from llguidance.numpy import allocate_token_bitmask

from jsonschema_bench.engines.base import EmptySession, Peer, Walk
from jsonschema_bench.errors import RefusedError
from jsonschema_bench.tokenise import Row, Tokeniser, allowed

UNSATISFIABLE = "Unsatisfiable schema"


class Buffer:
    """A row that masks are written into, with its address looked up once."""

    def __init__(self, size: int) -> None:
        self.row: Row = allocate_token_bitmask(1, size)[0]
        self.address: int = self.row.ctypes.data
        self.bytes: int = self.row.nbytes


class LlguidanceSession:
    """One matcher; it is never given a token that its mask refuses, because it could not be reset after that."""

    def __init__(self, matcher: llguidance.LLMatcher, buffer: Buffer, eos: int) -> None:
        self.matcher = matcher
        self.buffer = buffer
        self.eos = eos
        matcher.unsafe_compute_mask_ptr(buffer.address, buffer.bytes)

    def walk(self, tokens: Sequence[int], times: list[int]) -> Walk:
        """See `Session.walk`."""
        self.matcher.reset()
        fill, advance = self.matcher.unsafe_compute_mask_ptr, self.matcher.consume_token
        row, address, size = self.buffer.row, self.buffer.address, self.buffer.bytes
        for step, token in enumerate(tokens):
            began = perf_counter_ns()
            fill(address, size)
            masked = perf_counter_ns() - began
            if not allowed(row, token):
                return Walk(step, False)
            began = perf_counter_ns()
            taken = advance(token)
            advanced = perf_counter_ns() - began
            if not taken:
                return Walk(step, False, False)
            times.append(masked + advanced)
        fill(address, size)
        return Walk(len(tokens), allowed(row, self.eos))


class LlguidanceEngine(Peer):
    """llguidance with its default options: strict about keywords that it does not know, any whitespace."""

    package = "llguidance"

    def load(self, tokeniser: Tokeniser) -> None:
        """See `Peer.load`."""
        self.tokenizer = _tokenizer(tokeniser)
        self.buffer = Buffer(len(tokeniser.tokens))

    def open(self, schema: Any) -> LlguidanceSession | EmptySession:
        """See `Engine.open`."""
        try:
            grammar = llguidance.LLMatcher.grammar_from_json_schema(schema)
        except ValueError as error:
            raise RefusedError(str(error)) from error
        matcher = llguidance.LLMatcher(self.tokenizer, grammar, log_level=0)
        if matcher.get_error().startswith(UNSATISFIABLE):
            return EmptySession()
        if matcher.is_error():
            raise RefusedError(matcher.get_error())
        return LlguidanceSession(matcher, self.buffer, self.eos)


class _Wrapped:
    """What `llguidance.TokenizerWrapper` asks of a tokenizer."""

    def __init__(self, tokeniser: Tokeniser) -> None:
        self.tokens = list(tokeniser.tokens)
        self.eos_token_id = tokeniser.eos
        self.bos_token_id = None
        self.special_token_ids = range(tokeniser.special)
        self._encode = tokeniser.encode

    def __call__(self, text: str) -> list[int]:
        return self._encode(text)


def _tokenizer(tokeniser: Tokeniser) -> llguidance.LLTokenizer:
    texts = tokeniser.tokens[tokeniser.special :]
    if len(set(texts)) < len(texts):
        # Several ids spell the same bytes, which an encoding of ranks does not know.
        return llguidance.LLTokenizer(llguidance.TokenizerWrapper(_Wrapped(tokeniser)))
    # a third faster than the same vocabulary through llguidance.TokenizerWrapper; the stubs do not list it
    made: llguidance.LLTokenizer = llguidance.LLTokenizer.from_tiktoken(  # type: ignore[attr-defined]
        encoder={token: i for i, token in enumerate(tokeniser.tokens) if i >= tokeniser.special},
        special_tokens={f"<special {i}>": i for i in range(tokeniser.special)},
        pattern=tokeniser.pattern,
        eos_token=tokeniser.eos,
        n_vocab=None,
        slices=None,
    )
    return made
