"""The end of a key that has to differ from those seen before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from constrain import kernels as k
from constrain.lexeme_texts import LexemeTexts
from constrain.stack import CAPTURE, Config, Stack
from grammars.errors import LimitError

MOST_TRIES = 1 << 14


def end_key(state: int, stack: Stack, lexemes: LexemeTexts, advance: Callable[[int, bytes], int]) -> bytes:
    """A short end of the key that is being read in a state, one after which the object can go on."""
    queue = deque([b""])
    for _ in range(MOST_TRIES):
        begun = queue.popleft()
        here = advance(state, begun)
        if here == k.DEAD:
            continue
        keys = list(_keys(here, stack))
        for x, low, high, _, _ in keys:
            end = lexemes.finish(x, low, high)
            if advance(here, end) != k.DEAD:
                return begun + end
        queue.extend(begun + bytes([byte]) for key in keys for byte, _ in lexemes.moves(key[0]))
    raise LimitError(
        "a key that differs from all before is too far away", limit="tries", allowed=MOST_TRIES, given=MOST_TRIES + 1
    )


def _keys(state: int, stack: Stack) -> Iterator[Config]:
    for config in stack.configs(state):
        if config[0] >= 0 and len(stack.span(config[3])) == CAPTURE:
            yield config
