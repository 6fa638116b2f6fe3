"""Random walks through the masks of this project's engine: each has to end in a text that the oracle accepts."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from constrain.protocols import DEAD, TokenAutomaton
from grammars.errors import GrammarError, LimitError
from jsonschema_bench.drawing import Drawer, Ids, allowed_ids
from jsonschema_bench.errors import CannotJudgeError
from jsonschema_bench.oracle import Oracle
from jsonschema_bench.tokenise import allowed

PROBED = 8
"""How many tokens are tried against the mask in each state, allowed and others."""


@dataclass(frozen=True)
class Place:
    """A walk by its place in the run: the case, the property order, and the number among the walks there."""

    case: str
    order: str
    number: int

    def random(self, seed: int) -> random.Random:
        """The random numbers of this walk, the same whatever else the run contains."""
        return random.Random(f"{seed}/{self.case}/{self.order}/{self.number}")


@dataclass(frozen=True)
class Problem:
    """What went wrong in a walk, and the text up to there; `kind` is one of `KINDS`."""

    kind: str
    what: str
    text: str


KINDS = ("dead end", "disagreement", "invalid text", "not judged", "limit", "refused")
"""Empty masks; masks that contradict `advance`; texts that the oracle refuses; texts that it cannot judge; walks that
met a limit of the engine, or a part of the schema that it refuses: errors that say so."""
HARMLESS = frozenset({"not judged", "limit", "refused"})


class WalkError(Exception):
    """A walk cannot go on."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind = kind
        self.what = what


class Walker:
    """One walk: where it is, and the tokens so far."""

    def __init__(self, automaton: TokenAutomaton, drawer: Drawer, rng: random.Random) -> None:
        self.automaton = automaton
        self.drawer = drawer
        self.rng = rng
        self.state = automaton.start
        self.ids: list[int] = []
        self.tokens = automaton.vocabulary.tokens
        self.eos = automaton.vocabulary.eos_token_ids

    @property
    def written(self) -> bytes:
        """The text so far."""
        return b"".join(self.tokens[token] for token in self.ids)

    def wander(self, most: int) -> None:
        """Draw at most so many tokens, checking each mask; stop early where the text may end, now and then."""
        for _ in range(most):
            ids = self.look()
            texts = ids[~np.isin(ids, self.eos)]
            if not len(texts) or (len(texts) < len(ids) and self.rng.random() < 0.2):
                return
            self.step(self.drawer.draw(self.rng, texts))

    def finish(self) -> None:
        """Write the shortest completion, byte by byte where the vocabulary has the bytes, and end the text."""
        singles = {token: i for i, token in enumerate(self.tokens) if len(token) == 1}
        for byte in self.automaton.shortest_text(self.state):
            self.look()
            self.step(singles[bytes([byte])])
        self.look()
        if not self.automaton.is_accepting(self.state):
            raise WalkError("dead end", "the text may not end after its shortest completion")
        self.end()

    def step(self, token: int) -> None:
        """Go on by a token that the mask allows."""
        following = self.automaton.advance(self.state, token)
        if following == DEAD:
            raise WalkError("disagreement", f"the mask allows {self.tokens[token]!r}, advance does not")
        self.state = following
        self.ids.append(token)

    def end(self) -> None:
        """End the text; check that its end allows nothing but ends, and that the bytes lead to the same state."""
        by_bytes = self.automaton.advance_bytes(self.automaton.start, self.written)
        if by_bytes != self.state:
            raise WalkError("disagreement", f"the same text by bytes leads to state {by_bytes}, not {self.state}")
        final = self.automaton.advance(self.state, self.eos[0])
        if final == DEAD or set(allowed_ids(self.automaton.mask(final)).tolist()) != set(self.eos):
            raise WalkError("disagreement", "after its end the text may go on")

    def look(self) -> Ids:
        """The allowed ids here; some of them and some others are tried with `advance`."""
        row = self.automaton.mask(self.state)
        ids = allowed_ids(row)
        if not len(ids):
            raise WalkError("dead end", "the mask is empty")
        size = len(self.tokens)
        if ids[-1] >= size:
            raise WalkError("disagreement", f"the mask allows id {ids[-1]} of {size}")
        tried = [self.rng.randrange(size) for _ in range(PROBED)] + [int(self.rng.choice(ids)) for _ in range(PROBED)]
        for token in (*tried, *self.eos):
            may = self.automaton.advance(self.state, token) != DEAD
            if may != allowed(row, token):
                bit = int(not may)
                raise WalkError("disagreement", f"id {token} {self.tokens[token]!r}: mask bit {bit}, advance {may}")
        return ids


def walk(automaton: TokenAutomaton, drawer: Drawer, oracle: Oracle, rng: random.Random) -> Problem | None:
    """Walk once and judge the text; what went wrong, if anything did."""
    walker = Walker(automaton, drawer, rng)
    try:
        walker.wander(rng.choice((0, 3, 10, 30, 80)))
        walker.finish()
        complaint = oracle(walker.written.decode())
    except WalkError as error:
        return Problem(error.kind, error.what, walker.written.decode(errors="replace"))
    except UnicodeDecodeError as error:
        return Problem("invalid text", f"not UTF-8: {error}", walker.written.decode(errors="replace"))
    except GrammarError as error:
        kind = "limit" if isinstance(error, LimitError) else "refused"
        return Problem(kind, str(error), walker.written.decode(errors="replace"))
    except CannotJudgeError as error:
        return Problem("not judged", str(error), walker.written.decode(errors="replace"))
    return None if complaint is None else Problem("invalid text", complaint, walker.written.decode())
