"""xgrammar, through its documented way from Python: one bitmask tensor, one matcher reset for each text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from time import perf_counter_ns
from typing import Any

import torch
import xgrammar

from jsonschema_bench.engines.base import EmptySession, Peer, Walk
from jsonschema_bench.errors import RefusedError
from jsonschema_bench.tokenise import Row, Tokeniser, allowed

UNSATISFIABLE = "cannot accept any value"


class XgrammarSession:
    """One matcher over a compiled grammar."""

    def __init__(self, compiled: xgrammar.CompiledGrammar, bitmask: torch.Tensor, eos: int) -> None:
        self.matcher = xgrammar.GrammarMatcher(compiled)
        self.bitmask = bitmask
        self.row: Row = bitmask.numpy()[0]
        self.eos = eos
        self.matcher.fill_next_token_bitmask(bitmask)

    def walk(self, tokens: Sequence[int], times: list[int]) -> Walk:
        """See `Session.walk`."""
        self.matcher.reset()
        fill, advance = self.matcher.fill_next_token_bitmask, self.matcher.accept_token
        bitmask, row = self.bitmask, self.row
        for step, token in enumerate(tokens):
            began = perf_counter_ns()
            fill(bitmask)
            masked = perf_counter_ns() - began
            if not allowed(row, token):
                return Walk(step, False)
            began = perf_counter_ns()
            taken = advance(token)
            advanced = perf_counter_ns() - began
            if not taken:
                return Walk(step, False, False)
            times.append(masked + advanced)
        fill(bitmask)
        return Walk(len(tokens), allowed(row, self.eos))


class XgrammarEngine(Peer):
    """xgrammar with one thread, any whitespace, and undeclared members allowed (not its strict mode)."""

    package = "xgrammar"

    def load(self, tokeniser: Tokeniser) -> None:
        """See `Peer.load`."""
        torch.set_num_threads(1)
        size = len(tokeniser.tokens)
        info = xgrammar.TokenizerInfo(
            list(tokeniser.tokens), xgrammar.VocabType.RAW, vocab_size=size, stop_token_ids=[tokeniser.eos]
        )
        self.compiler = xgrammar.GrammarCompiler(info, max_threads=1)
        self.bitmask = xgrammar.allocate_token_bitmask(1, size)

    def open(self, schema: Any) -> XgrammarSession | EmptySession:
        """See `Engine.open`."""
        given = schema if isinstance(schema, dict) else json.dumps(schema)
        try:
            compiled = self.compiler.compile_json_schema(given, any_whitespace=True, strict_mode=False)
        except (RuntimeError, ValueError) as error:
            if UNSATISFIABLE in str(error):
                return EmptySession()
            raise RefusedError(str(error)) from error
        return XgrammarSession(compiled, self.bitmask, self.eos)
