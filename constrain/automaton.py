"""The token automaton: integer states, masks and transitions, made when they are first asked for."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable
from functools import cached_property
from operator import index
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from constrain import kernels as k
from constrain.arena import grow_full
from constrain.arguments import check_is_whole, wrong_type
from constrain.batches import FEW_ROWS, Located, copy_located
from constrain.explain import Explainer, explain_token
from constrain.forced import forced_text, forced_tokens
from constrain.kernels import ROW_BITS, advance_token, list_mask
from constrain.lexicon import lexicon_for
from constrain.program import Program, automaton_arena
from constrain.remembered import Remembered
from constrain.rows import Row, forget_oldest
from constrain.shortest import ShortestTexts
from constrain.vocabulary import Vocabulary
from constrain.wording import alternatives, name_bytes
from grammars.errors import GrammarError
from grammars.ir import Grammar

DEAD = k.DEAD
DEFAULT_MEMORY_BYTES = 1 << 29
DEFAULT_ROW_BYTES = 1 << 26
STATE_BITS = 40
MOST_MOVES = 1 << 16
ROW_FLAGS = (1 << ROW_BITS) - 1


class Automaton:
    """What a model may write next, for a grammar over a vocabulary.

    States are integers; `start` is the first. The same text always leads to the same state, and every state but
    `DEAD` can be completed. Methods may be called from several threads.

    `memory_limit` bounds the tables in bytes (beyond it `LimitError` is raised), `row_limit` the memoised mask rows
    (the oldest are forgotten). The last 65,536 transitions are remembered besides.
    """

    def __init__(
        self,
        grammar: Grammar,
        vocabulary: Vocabulary,
        *,
        memory_limit: int = DEFAULT_MEMORY_BYTES,
        row_limit: int = DEFAULT_ROW_BYTES,
    ) -> None:
        if not isinstance(vocabulary, Vocabulary):
            raise wrong_type("vocabulary", "a constrain.Vocabulary (Vocabulary.from_tokenizer makes one)", vocabulary)
        check_is_whole("memory_limit", memory_limit)
        check_is_whole("row_limit", row_limit)
        if row_limit <= 0:
            raise ValueError(f"row_limit has to be a positive number of bytes, not {row_limit}")
        self.vocabulary, self._width = vocabulary, len(vocabulary)
        self._lexicon = lexicon_for(vocabulary)
        self._lock = self._lexicon.lock
        longest = int(self._lexicon.arena.header[k.LEX_LONGEST])
        self._arena = automaton_arena(longest, memory_limit)
        self._addresses = self._lexicon_address, self._own_address = self._lexicon.arena.address, self._arena.address
        self._rows: dict[int, Row] = {}
        self._located: dict[int, Located] = {}
        self._most_rows = max(1, row_limit // (4 * vocabulary.mask_words))
        self._moves: dict[tuple[int, int], int] = {}
        self._complete = vocabulary.byte_complete
        self._eos = frozenset(vocabulary.eos_token_ids)
        with self._lock:
            self.program = Program(grammar, self._lexicon, self._arena)
            self._answers: dict[int, Callable[[int], object]] = {
                k.NEED_RULE: self.program.compile,
                k.NEED_SCANNER: self.program.add_scanner,
                k.NEED_VALUE: self.program.add_value,
                k.NEED_NEXT: self.program.add_next,
                k.NO_STATE: _refuse_state,
            }
            start_rule = self.program.compile(self.program.number(grammar.start))
            self._ended = int(k.ended_state(self._arena.address))
            self.start: int = self._run(k.start_state, start_rule)
        with _guard:
            _alive.add(self)

    def _run(self, kernel: Callable[..., int], *args: Any) -> int:
        """Calls a kernel and gives it what it asks for, until it has a value."""
        found: int = kernel(*self._addresses, *args)
        return found if found >= DEAD else self._answer(found, kernel, *args)

    def _answer(self, status: int, kernel: Callable[..., int], *args: Any) -> int:
        """Gives a kernel what it asks for and calls it again, until it has a value."""
        while status < DEAD:
            if status == k.FULL:
                grow_full(self._lexicon.arena, self._arena)
            else:
                self._answers[status](self._arena.numbers[k.AUT_WANTED])
            status = kernel(*self._addresses, *args)
        return status

    def mask(self, state: int) -> Row:
        """The tokens that may come next: bit `t % 32` of word `t // 32`; a read-only `uint32[mask_words]`."""
        row = self._rows.get(state)
        return self._make_row(state) if row is None else row

    def _make_row(self, state: int) -> Row:
        # Code that runs rarely waits for memory, so that few calls and few names count here (docs/performance.md).
        with self._lock:
            # The kernel knows which states there are; what is no plain number of that size would be compiled for anew.
            if type(state) is not int or state >> STATE_BITS:
                state = self._check(state)
            found = list_mask(self._lexicon_address, self._own_address, state)
            if found < DEAD:
                found = self._answer(found, list_mask, state)
            plain, flags = found >> ROW_BITS, found & ROW_FLAGS
            known = self._rows.get(plain)
            if known is None:
                row = self._lexicon.listed_row()
                if flags or not self._complete:
                    row = self._plain_row(plain, flags, row)
                known = self._keep(plain, row)
            return known if plain == state else self._keep(state, self._row_from(plain, state, flags, known))

    def _keep(self, state: int, row: Row) -> Row:
        if len(self._rows) >= self._most_rows:
            self._located.pop(forget_oldest(self._rows), None)
        self._rows[state] = row
        return row

    def _plain_row(self, plain: int, flags: int, row: Row) -> Row:
        """The row of a plain state as the kernel has written it, without what single tokens are found to break."""
        if not self._complete:
            self._check_some(plain, row)
        return self._without_wrong(plain, row, self._remembered.doubtful(plain)) if flags and self._several else row

    def _row_from(self, plain: int, state: int, flags: int, row: Row) -> Row:
        """The row of a state from that of its plain state, which may allow a little more."""
        if flags & k.ROW_KEYS or self._several:
            return self._without_wrong(state, row, self._remembered.doubtful(state))
        return self._without_wrong(state, row, self._remembered.deciding(plain)) if flags & k.ROW_DECIDES else row

    def _check_some(self, state: int, row: Row) -> None:
        if row.any():
            return
        wanted = [byte for byte in range(256) if self.advance_bytes(state, bytes([byte])) != DEAD]
        raise GrammarError(
            "no token of the vocabulary can go on with the text",
            found=f"what may come is {alternatives(name_bytes(wanted))}",
            advice="the vocabulary lacks single bytes; use one with a token for every byte that the text needs",
        )

    def _without_wrong(self, state: int, row: Row, doubtful: Iterable[int]) -> Row:
        """A row less those of some doubtful tokens that are wrong after what was read."""
        allowed = [token for token in doubtful if row[token >> 5] >> (token & 31) & 1]
        wrong = [token for token in allowed if self._run(advance_token, state, token) == DEAD]
        if wrong:
            row = row.copy()
            for token in wrong:
                row[token >> 5] &= ~np.uint32(1 << (token & 31))
            row.flags.writeable = False
        return row

    @property
    def _several(self) -> bool:
        """Whether a token may spell two keys."""
        return bool(self.program.several)

    @cached_property
    def _remembered(self) -> Remembered:
        return Remembered(self.program, self._arena, self._lexicon)

    def fill(self, states: NDArray[np.int64], out: NDArray[np.uint32]) -> None:
        """Writes the masks of many states: `int64[batch]` into `uint32[batch, mask_words]`."""
        shape = (len(states), self.vocabulary.mask_words)
        if getattr(out, "dtype", None) != np.uint32 or out.shape != shape:
            raise ValueError(
                f"out has to be a numpy array uint32[{shape[0]}, {shape[1]}], the masks of {shape[0]} states"
            )
        numbers, get = np.asarray(states).tolist(), self._located.get
        if len(numbers) > FEW_ROWS and out.strides[1] == out.itemsize and out.flags.writeable:
            copy_located([get(state) or self._locate(state) for state in numbers], out)
            return
        for position, state in enumerate(numbers):
            out[position] = self.mask(state)

    def _locate(self, state: int) -> Located:
        """The row of a state with its address, remembered for as long as the row is."""
        row = self.mask(state)
        located = (row.ctypes.data, row)
        with self._lock:
            if state in self._rows:
                self._located[state] = located
        return located

    def advance(self, state: int, token: int) -> int:
        """The state after a token, `DEAD` when it is not allowed."""
        target = self._moves.get((state, token))
        return self._make_move(state, token) if target is None else target

    def _make_move(self, state: int, token: int) -> int:
        with self._lock:
            if type(state) is not int or state >> STATE_BITS:
                state = self._check(state)
            token = index(token)
            if not 0 <= token < self._width:
                raise ValueError(f"token {token} is not in the vocabulary of {self._width} ids")
            if token in self._eos:
                target = self._end(state)
            else:
                target = advance_token(self._lexicon_address, self._own_address, state, token)
                if target < DEAD:
                    target = self._answer(target, advance_token, state, token)
            if target != DEAD:
                if len(self._moves) >= MOST_MOVES:
                    forget_oldest(self._moves)
                self._moves[state, token] = target
        return target

    def _end(self, state: int) -> int:
        """The state after the text, where it may end."""
        return self._ended if self.is_accepting(state) else DEAD

    def advance_all(self, states: NDArray[np.int64], tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        """The state of every row of a batch after its token, `DEAD` where that is not allowed; `int64[batch]` all."""
        pairs = list(zip(np.asarray(states).tolist(), np.asarray(tokens).tolist(), strict=True))
        found = [
            self._make_move(*pair) if target is None else target
            for pair, target in zip(pairs, map(self._moves.get, pairs), strict=True)
        ]
        return np.array(found, np.int64)

    def successors(self, state: int, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        """The states after each of some tokens, `DEAD` for those that are not allowed; `int64[len(tokens)]` both.

        Ends of a sequence have no successor here. Nothing is remembered of it, in contrast to `advance`.
        """
        wanted = np.array(tokens, np.int64)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < len(self.vocabulary):
            raise ValueError(f"tokens have to lie between 0 and {len(self.vocabulary) - 1}")
        found = np.full(len(wanted), k.UNKNOWN, np.int64)
        with self._lock:
            self._run(k.advance_tokens, self._check(state), wanted, found)
        return found

    def plain(self, state: int) -> int:
        """The state that has forgotten which texts were read: what completes `state` completes it too."""
        with self._lock:
            state = self._check(state)
            return self._run(k.plain_state, state) if self._arena.numbers[k.AUT_REMEMBERS] else state

    def advance_bytes(self, state: int, text: bytes) -> int:
        """The state after some text, `DEAD` when the language has no text that goes on like this."""
        data = np.frombuffer(bytearray(memoryview(text)), np.uint8)
        with self._lock:
            return self._run(k.advance_text, self._check(state), data, 0, len(data))

    def is_accepting(self, state: int) -> bool:
        """Whether the text may end here."""
        self._check(state)
        tables = self._arena.tables
        start, end = tables[k.STATE_OFFSETS][state : state + 2].tolist()
        return bool(end > start and tables[k.STATE_POOL][start] < 0)

    def forced_tokens(self, state: int) -> list[int]:
        """The tokens that every completion begins with, as far as they can be told before it is written."""
        with self._lock:
            self._check(state)
            text = forced_text(state, self._run, self.advance_bytes)
            return forced_tokens(self.vocabulary, text, state, self.mask, self.advance_bytes)

    def shortest_text(self, state: int) -> bytes:
        """A shortest completion of the state, in bytes: nothing where the text may end.

        Where the end is far (thousands of steps away in one lexeme) it is the shortest among those in ASCII.
        """
        with self._lock:
            self._check(state)
            return self._shortest_texts.text(state)

    def explain(self, state: int, token: int) -> str:
        """Why a token is refused, or that it is allowed, in the words of the schema or grammar."""
        if not 0 <= token < len(self.vocabulary):
            raise ValueError(f"token {token} is not in the vocabulary of {len(self.vocabulary)} ids")
        with self._lock:
            self._check(state)
            explainer = Explainer(self.program, self._arena, self._lexicon, self.advance_bytes)
            return explain_token(explainer, state, token, self.vocabulary.tokens[token], ends=token in self._eos)

    @cached_property
    def _shortest_texts(self) -> ShortestTexts:
        return ShortestTexts(self.program, self._arena, self._lexicon, self.advance_bytes, self.plain)

    def _check(self, state: int) -> int:
        """The state as a plain integer (another type would compile every kernel again), or an error."""
        number = index(state)
        if not 0 <= number < self._arena.used(k.STATE_OFFSETS):
            _refuse_state(number)
        return number

    @property
    def memory_bytes(self) -> int:
        """What this automaton holds: its tables, transitions and rows, counting rows that others have too in full."""
        return self.table_bytes + 4 * self.vocabulary.mask_words * len(self._rows)

    @property
    def table_bytes(self) -> int:
        """The same without the rows."""
        return self._arena.memory_bytes + 200 * len(self._moves)


_alive: weakref.WeakSet[Automaton] = weakref.WeakSet()
_guard = threading.Lock()


def _refuse_state(number: int) -> NoReturn:
    raise ValueError(f"{number} is not a live state of this automaton")


def live_automata() -> list[Automaton]:
    """The automata that somebody holds."""
    with _guard:
        return list(_alive)
