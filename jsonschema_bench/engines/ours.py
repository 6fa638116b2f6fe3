"""This project's own engine."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from time import perf_counter_ns
from typing import Any

from constrain import DEAD, Automaton, Vocabulary, compile_json_schema
from grammars.errors import GrammarError
from jsonschema_bench.engines.base import EmptySession, Options, Walk
from jsonschema_bench.engines.remotes import read_registry
from jsonschema_bench.errors import RefusedError
from jsonschema_bench.tokenise import Tokeniser, allowed

UNSATISFIABLE = "nothing satisfies this schema"


class OurSession:
    """One automaton: every text begins again at its start state."""

    def __init__(self, automaton: Automaton, eos: int) -> None:
        self.automaton = automaton
        self.eos = eos
        automaton.mask(automaton.start)

    def walk(self, tokens: Sequence[int], times: list[int]) -> Walk:
        """See `Session.walk`."""
        try:
            return self._walk(tokens, times)
        except GrammarError as error:
            raise RefusedError(str(error)) from error

    def _walk(self, tokens: Sequence[int], times: list[int]) -> Walk:
        mask, advance, state = self.automaton.mask, self.automaton.advance, self.automaton.start
        for step, token in enumerate(tokens):
            began = perf_counter_ns()
            row = mask(state)
            masked = perf_counter_ns() - began
            if not allowed(row, token):
                return Walk(step, False, advance(state, token) == DEAD)
            began = perf_counter_ns()
            state = advance(state, token)
            advanced = perf_counter_ns() - began
            if state == DEAD:
                return Walk(step, False, False)
            times.append(masked + advanced)
        ended = allowed(mask(state), self.eos)
        return Walk(len(tokens), ended, ended == self.automaton.is_accepting(state))


class OurEngine:
    """`compile_json_schema` with the vocabulary read from the tokenizer itself."""

    def __init__(self, tokeniser: Tokeniser, options: Options) -> None:
        self.version = metadata.version("maskwright")
        self.vocabulary = make_vocabulary(tokeniser)
        self.eos = tokeniser.eos
        self.arguments = _arguments(options)

    def open(self, schema: Any) -> OurSession | EmptySession:
        """See `Engine.open`."""
        try:
            return OurSession(compile_json_schema(schema, self.vocabulary, **self.arguments), self.eos)
        except GrammarError as error:
            if error.what.startswith(UNSATISFIABLE):
                return EmptySession()
            raise RefusedError(str(error)) from error


def make_vocabulary(tokeniser: Tokeniser) -> Vocabulary:
    """The vocabulary of a tokeniser, read from its library's own object where there is one."""
    if tokeniser.source is None:
        return Vocabulary(list(tokeniser.tokens), [tokeniser.eos])
    return Vocabulary.from_tokenizer(tokeniser.source)


def _arguments(options: Options) -> dict[str, Any]:
    arguments: dict[str, Any] = {"property_order": options.property_order, "formats": options.formats}
    if options.remotes is not None:
        arguments["registry"] = read_registry(options.remotes)
    return arguments
