"""The small problem on which samplers are held against the truth: binary strings.

A string that begins with 0 has to be 00000, one that begins with 1 is any of five digits. Whoever masks step by step
takes the first digit as the model likes it, and does not see how little of the model's mass is left behind a 0. The
language is that of Park et al. 2024, "Grammar-Aligned Decoding"; tokens of one and two digits spell a string in
several ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from constrain import Automaton, Vocabulary, compile_regex
from samplers.language import Language, Place
from samplers.problem import Problem
from samplers.target import OWN, Target
from samplers.validate.enumeration import Law, law, members
from samplers.validate.table import TableLanguageModel

TOKENS: Final = {0: "0", 1: "1", 2: "00", 3: "01", 4: "10", 5: "11"}
END: Final = 6
WORDS: Final = ("00000", *(f"1{rest:04b}" for rest in range(16)))
SEEDS: Final = range(8)


@cache
def binary_automaton() -> Automaton:
    """The constraint, compiled once."""
    vocabulary = Vocabulary([text.encode() for text in TOKENS.values()] + [b""], [END])
    return compile_regex("00000|1[01]{4}", vocabulary)


@dataclass(frozen=True)
class Harness:
    """The problem of a seed, and its truth. `limit` is the number of tokens; any string fits in five."""

    seed: int
    target: Target = OWN
    limit: int = 5

    def problem(self) -> Problem[Place]:
        """A problem with counters of its own."""
        model = TableLanguageModel(len(TOKENS) + 1, self.seed)
        return Problem(model, Language(binary_automaton(), self.limit), self.target)

    def law(self) -> Law:
        """The exact law, from the table alone."""
        model = TableLanguageModel(len(TOKENS) + 1, self.seed)
        rows = members(TOKENS, WORDS, self.limit)
        return law(lambda row: model.row(row).tolist(), rows, [END], self.target)
