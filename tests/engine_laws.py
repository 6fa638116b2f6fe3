"""What has to hold for every automaton in every state, checked against the slow reference in `tests/naive.py`."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Any

from constrain import DEAD, Automaton, Vocabulary
from constrain.masks import token_ids
from constrain.rows import Row
from grammars.ir import Grammar
from tests.naive import NaiveMatcher
from tests.naive_scanner import ScannerMatcher
from tests.vocabularies import JSON_PIECES

MORE_PIECES = (
    '": 1, "', "}, {", '"}]', '{"a":', 'a","', ',\n  "', '\n  "', "e10", "-0.", "0.0", "if (", ") {", "; }", "aaaa",
    "aaaaaaaaaaaa", "éé", "x{", "*/ ", "/* ", '" ', '\\u00e9"',
)  # fmt: skip


@cache
def vocabulary() -> Vocabulary:
    """All single bytes, pieces of JSON and programs, halves of characters, the same text twice, two ends."""
    pieces = [piece.encode() for piece in JSON_PIECES + MORE_PIECES]
    halves = [b"\xf0\x9f", b"\xf0\x9f\x98", b'\x82"', b"\x80,", b'"', b"true"]
    tokens = [b"", *(bytes([byte]) for byte in range(256)), *pieces, *halves, b"", b""]
    return Vocabulary(tokens, [0, len(tokens) - 1])


def ids_of(row: Row) -> set[int]:
    """The ids that a mask allows."""
    return set(token_ids(row, len(vocabulary())).tolist())


@dataclass
class Pair:
    """An automaton and the reference, for the same grammar."""

    automaton: Automaton
    matcher: NaiveMatcher

    @classmethod
    def of(cls, grammar: Grammar, **limits: int) -> Pair:
        """Both for a grammar, over `vocabulary`."""
        return cls(Automaton(grammar, vocabulary(), **limits), NaiveMatcher(grammar))

    def can_complete(self, naive: Any) -> bool:
        """Whether a state of the reference can be completed; without longest match every one can."""
        if naive is None or not isinstance(self.matcher.matcher, ScannerMatcher):
            return naive is not None
        return self.matcher.matcher.completion(naive, 3000) is not None


def check_state(pair: Pair, state: int, naive: Any, rng: random.Random) -> set[int]:
    """The mask is not empty, and is what the reference and `advance` say; the ids that may come next."""
    automaton, tokens, ends = pair.automaton, vocabulary().tokens, set(vocabulary().eos_token_ids)
    allowed = ids_of(automaton.mask(state))
    assert allowed, "no token may come next"
    assert bool(allowed & ends) == automaton.is_accepting(state) == pair.matcher.is_accepting(naive)
    assert allowed & ends in (set(), ends)
    possible = pair.matcher.allowed_tokens(naive, list(tokens))
    assert allowed - ends <= possible, [tokens[token] for token in allowed - ends - possible]
    for token in sorted(possible - allowed)[:3]:
        assert not pair.can_complete(pair.matcher.run(naive, tokens[token])), tokens[token]
    for token in range(len(tokens)) if rng.random() < 0.3 else rng.sample(range(len(tokens)), 20):
        assert (automaton.advance(state, token) != DEAD) == (token in allowed), tokens[token]
    return allowed - ends


def check_cuts(automaton: Automaton, text: bytes, state: int, rng: random.Random) -> None:
    """The same text leads to the same state, however it is cut."""
    assert automaton.advance_bytes(automaton.start, text) == state
    cuts = sorted(rng.choices(range(len(text) + 1), k=3))
    reached = automaton.start
    for first, last in zip([0, *cuts], [*cuts, len(text)], strict=True):
        reached = automaton.advance_bytes(reached, text[first:last])
    assert reached == state
    reached = automaton.start
    singles = vocabulary().tokens
    for byte in text:
        reached = automaton.advance(reached, singles.index(bytes([byte])))
    assert reached == state


def check_walk(pair: Pair, seed: int, steps: int) -> bytes:
    """Walks at random and checks every state on the way; the text so far."""
    rng, tokens = random.Random(seed), vocabulary().tokens
    state, naive, text = pair.automaton.start, pair.matcher.start, b""
    for _ in range(steps):
        allowed = sorted(check_state(pair, state, naive, rng))
        if not allowed:
            break
        longer = [token for token in allowed if len(tokens[token]) > 1]
        token = rng.choice(longer if longer and rng.random() < 0.5 else allowed)
        state, naive = pair.automaton.advance(state, token), pair.matcher.run(naive, tokens[token])
        text += tokens[token]
    check_cuts(pair.automaton, text, state, rng)
    return text


def check_text(pair: Pair, text: bytes) -> bool:
    """Both read a text equally far, byte by byte; whether it belongs to the language."""
    state, naive = pair.automaton.start, pair.matcher.start
    for at in range(len(text)):
        state = pair.automaton.advance_bytes(state, text[at : at + 1])
        naive = pair.matcher.step(naive, text[at])
        if state == DEAD:
            assert not pair.can_complete(naive), text[: at + 1]
            assert pair.automaton.advance_bytes(pair.automaton.start, text) == DEAD
            return False
        assert naive is not None, text[: at + 1]
    assert pair.automaton.advance_bytes(pair.automaton.start, text) == state
    assert pair.automaton.is_accepting(state) == pair.matcher.is_accepting(naive), text
    return pair.automaton.is_accepting(state)


def mutated(text: bytes, rng: random.Random) -> bytes:
    """`text` with a few bytes taken out, put in, or a piece of it twice."""
    at, more = rng.randrange(len(text) + 1), rng.choice([b"", b"", b" ", b"a", b"0", b'"', b",", b"\\", b"\xc3", b"}"])
    end = min(len(text), at + rng.choice([0, 0, 1, 1, 2, 5]))
    return text[:at] + more + text[end if rng.random() < 0.7 else max(0, at - 3) :]


def mask_after(automaton: Automaton, text: bytes) -> set[int]:
    """The ids that may come after a text that can be read."""
    return ids_of(automaton.mask(automaton.advance_bytes(automaton.start, text)))
