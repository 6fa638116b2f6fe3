"""The jitted run time: lexical steps, closures over the stack, token walks. One file, since it is one call graph.

Tables live in two arenas, `lex` (shared by all automata of a vocabulary) and `aut` (one automaton). An arena is an
int64 array that holds, for table `k`, its address, its capacity and its used length at `3k, 3k + 1, 3k + 2`; the
Python side (`constrain.arena`) owns the memory. One array argument keeps a call at 0.2 microseconds.

Kernels return a value >= 0, `DEAD`, or a status (`FULL`, `NEED_RULE`, `NEED_SCANNER`) which the Python side answers
before it calls again. Tables only grow and every insertion is complete in itself, so a kernel may be repeated.

A lexical state `x` stands for a place inside a lexeme at byte precision: a state of a code point automaton, and what
has been read of the current code point (UTF-8 bytes, a JSON escape). A configuration is `(x, low, high, cell,
shadow)`: `low` and `high` are the code points that the lexeme still needs and may still have (`high` -1: any number),
`cell` says how to go on after the lexeme, `shadow` names lexical states that must not accept (longest match). A state
is a sorted set of configurations.

The stack is a graph (Tomita 1986): a `JOIN` cell stands for all of its members. Configurations that differ in nothing
but their stacks are joined, so that a state has as many as there are places to be at, however many ways led there.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from grammars.jit import inner, kernel

INT, INTS, BYTES = types.int64, types.int64[::1], types.uint8[::1]
CODE_POINTS = types.Array(types.int32, 1, "C", readonly=True)

DEAD = -1
UNKNOWN = -2
NEED_RULE = -3
FULL = -4
NEED_SCANNER = -5
KILLED = -6
EXHAUSTED = -7
NEED_VALUE = -8
NEED_NEXT = -9
NO_STATE = -10

# Tables of the lexicon. A heap of interned spans takes three tables: pool, offsets, slots.
X_POOL, X_OFFSETS, X_SLOTS = 0, 1, 2
Q_OFFSETS, SEG_LOW, SEG_HIGH, SEG_TARGET, Q_LABEL, Q_MIN, Q_MAX, Q_FIRST, Q_LAST, Q_FLAGS, Q_TOP = range(3, 14)
X_TRANS, X_INFO = 14, 15
NODE_BYTE, NODE_END, NODE_DEPTH, NODE_TOKENS, TOKEN_IDS = range(16, 21)
TOKEN_OFFSETS, TOKEN_BYTES, EOS_IDS = 21, 22, 23
FRONT_KEYS, FRONT_VALUES, FRONTS, FRONT_EXITS, FRONT_TOKENS, FRONT_NEEDS, FRONT_ROWS = range(24, 31)
LEX_SCRATCH, LEX_SCRATCH2, NODE_DENSE, DENSE = range(31, 35)
BUILD_TOKENS, BUILD_NEEDS, BUILD_KEYS, BUILD_NODES, BUILD_PATH = range(35, 40)
Q_START, BASES, NODE_BELOW, BYTE_CLASSES = 40, 41, 42, 43
X_PAGES, ROW_OPS, CANDIDATES = 44, 45, 46
LEX_TABLES = 47
NARROW = (
    NODE_END, NODE_DEPTH, NODE_TOKENS, TOKEN_IDS, X_TRANS, FRONT_TOKENS, TOKEN_OFFSETS, EOS_IDS, NODE_DENSE, DENSE,
    BUILD_TOKENS, BUILD_NEEDS, X_PAGES,
)  # fmt: skip

# Tables of an automaton.
STATE_POOL, STATE_OFFSETS, STATE_SLOTS = 0, 1, 2
CELL_POOL, CELL_OFFSETS, CELL_SLOTS = 3, 4, 5
PLACES, RULE_ENTRY, LISTS, LEXEMES = 6, 7, 8, 9
MEMO_KEYS, MEMO_VALUES = 10, 11
AGENDA, VISITED, TERMS, CLOSED, CONFIGS, CONFIGS2, WORK, PATH = range(12, 20)
SPAN, SPAN2, KEYS, CHAIN, JOINS, NAMED, SORTED = range(20, 27)
AUT_TABLES = 27

# After the tables an arena holds a few scalars; the very last one names the table that has to grow.
LEX_LONGEST, LEX_WORDS, LEX_EXITS, LEX_SALT, LEX_SUM, LEX_SUM2, LEX_COVER, LEX_ESCAPING, LEX_PLAIN = range(
    3 * LEX_TABLES, 3 * LEX_TABLES + 9
)
AUT_WANTED, AUT_STAMP, AUT_VISITS, AUT_IGNORED, AUT_REMEMBERS, AUT_PLAIN, AUT_DOUBTFUL, AUT_HELD = range(
    3 * AUT_TABLES, 3 * AUT_TABLES + 8
)
HEADER = 256
ADDRESSES = 160

# What X_INFO holds for a lexical state. I_BYTES packs the few bytes that lead on (0: not known yet, -1: they are many).
# I_LOOPS are the classes of bytes after which it is the same state (not known yet: less than 0, by the nodes met).
I_LABEL, I_FLAGS, I_MIN, I_MAX, I_FIRST, I_LAST, I_BASE, I_TOP, I_BYTES, I_LOOPS = range(10)
INFO = 10

FINAL = 1  # nothing can be read any more
WIDE = 2  # worth a shared row
LABELLED = 4  # a trie of names: open as long as a name below is
SCANNER = 8  # longest match
WORDS = 16  # words are taken out
BOUNDED = 32  # some state has a longest completion

NO_BOUND = 2**31 - 1
LARGE_CLASS = 8

# Transitions are kept in pages of a few bytes each, made when one of theirs is asked for: most states need few of them.
# X_PAGES has the pages of each state; page 0 belongs to nobody and knows nothing.
PAGE = 32
PAGES = 256 // PAGE

# How far a code point has been read.
BOUNDARY, OPEN, DONE, UTF8, ESCAPE, HEX, PAIR_BACKSLASH, PAIR_U, PAIR_HEX, ANY_UTF8, ANY_HEX = range(11)

# Operations of places; a place is (operation, a, b, next).
OP_SCAN, OP_END, OP_LEX, OP_CALL, OP_ALT, OP_REPEAT, OP_COUNT, OP_INIT, OP_MORE, OP_KEYS, OP_DISPATCH, OP_EXTRA = range(
    12
)
OP_TERMINAL, OP_REMEMBER, OP_FOLLOW, OP_JOIN = 12, 13, 14, 15

JOIN = 2  # the place of a cell that stands for several: its span is this place and then the cells
CAPTURE = 4  # the length of the span of a cell that remembers a text: place, register, parent, text

# Fields of an object's description in LISTS.
O_NAMES, O_ORDERED, O_MIN, O_MAX, O_EXTRAS, O_TRIE, O_WORDS, O_DISPATCH, O_COUNTED, O_FIELDS = range(10)
E_LEXEME, E_PLACE, E_LEAST, EXTRA = range(4)

# Fields of an object's register: members so far, position among the names, the keys of extras seen (a list of pairs
# of what came before and a value; -1: none), words per set of names. Then come the sets of unseen and of open names,
# and counts of extras.
R_COUNT, R_POSITION, R_SEEN, R_WORDS, R_NAMES = range(5)
OBJECT_REGISTER = 1 << 40  # added to the number of an object's register, so that it is not taken for a count

# What memos remember, in the highest byte of their keys.
M_CONTINUATION, M_SCANNER, M_FINISH, M_VALUE, M_NEXT, M_PLAIN_CONTINUATION = range(1, 7)
M_PLAIN, M_CAPTURED, M_REMEMBERED, M_DOUBTFUL = 7, 8, 9, 10  # worked out from the bottom of a stack, see `mapped`
M_ENDS = 11
"""A text that spells a value, and of its last `ENDS_BITS` places those from which a token may go on to its end."""
ENDS_BITS = 20

CONFIG = 5
KEY = 5  # numbers per level of a search for keys
NO_TERMINAL = -1
FINAL_X = -1
ENDED_X = -2
WALK = 5  # numbers per level of a walk
MIN_SHARED_SUBTREE = 48
ENOUGH_NODES = 64  # from so many on it pays to find out after which bytes a lexical state is the same
MANY_CHILDREN = 12
FEW_BYTES = 7
# What `list_mask` says of a row, in its last bits: states remember texts or keys; this one waits for a value that
# decides what follows; it saw keys that tokens of the row may spell again.
ROW_REMEMBERS, ROW_DECIDES, ROW_KEYS = 1, 2, 4
ROW_BITS = 3


LINKED: list[Callable[..., int]] = []
"""Functions that are called by address, in the order of their addresses in an arena's header."""


def linked(function: Callable[..., int]) -> Any:
    """Compiles `function` once, on its own; calls go through its address, which lies in the arena (the first argument).

    Numba links a copy of every callee into every caller and optimises it again there: without these seams the graph
    below took four minutes to compile, with them seconds. An indirect call costs about two nanoseconds, with up to six
    arguments and one more: what goes by the stack is copied in pieces of 32 bytes, and a piece that was written eight
    bytes at a time is only there when all writes before it are done (0.1 microseconds where these miss a cache).
    """
    offset = 8 * (ADDRESSES + len(LINKED))
    LINKED.append(function)

    def call(typing_context, *args):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, values):  # type: ignore[no-untyped-def]
            word = ir.IntType(64)
            slot = builder.add(values[0], ir.Constant(word, offset))
            address = builder.load(builder.inttoptr(slot, word.as_pointer()))
            kind = ir.FunctionType(word, [word] * len(values))
            return builder.call(builder.inttoptr(address, kind.as_pointer()), values)

        return types.int64(*[types.int64] * len(args)), codegen

    call.__name__ = function.__name__
    own = inspect.signature(function).parameters.values()
    call.__signature__ = inspect.Signature(
        [inspect.Parameter("typing_context", inspect.Parameter.POSITIONAL_OR_KEYWORD), *own]
    )  # type: ignore[attr-defined]  # read by Numba
    return intrinsic(call)


def _view(element: types.Type, length: int | None = None, words: bool = False) -> Any:
    """An array over memory that an arena owns, made in place: a call would be one more function to compile and link.

    With `length` it begins at the first argument itself; with `words` at the second one, as long as a mask row;
    otherwise it is the table whose number is the second argument.
    """

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        from numba.np.arrayobj import populate_array  # 0.14 s that compiled code does not need

        word = ir.IntType(64)
        array = context.make_array(signature.return_type)(context, builder)
        index = ir.Constant(word, LEX_WORDS) if words else builder.mul(args[-1], ir.Constant(word, 3))
        slot = builder.gep(builder.inttoptr(args[0], word.as_pointer()), [index])
        address = args[-1] if length or words else builder.load(slot)
        size = ir.Constant(word, length) if length else builder.load(slot if words else cgutils.gep(builder, slot, 1))
        item = context.get_constant(types.intp, element.bitwidth // 8)
        data = builder.inttoptr(address, array.data.type)
        populate_array(array, data=data, shape=[size], strides=[item], itemsize=item, meminfo=None)
        return array._getvalue()

    return types.Array(element, 1, "C"), codegen


@intrinsic
def head(typing_context, arena):
    """The header of an arena."""
    array, codegen = _view(types.int64, length=HEADER)
    return array(types.int64), codegen


@intrinsic
def ints(typing_context, arena, table):
    """Table `table` as int64: one integer type everywhere, so that every kernel is compiled once."""
    array, codegen = _view(types.int64)
    return array(types.int64, types.int64), codegen


@intrinsic
def narrow(typing_context, arena, table):
    """Table `table` as int32, for the large tables of `NARROW`."""
    array, codegen = _view(types.int32)
    return array(types.int64, types.int64), codegen


@intrinsic
def octets(typing_context, arena, table):
    """Table `table` as uint8."""
    array, codegen = _view(types.uint8)
    return array(types.int64, types.int64), codegen


@intrinsic
def words(typing_context, arena, table):
    """Table `table` as uint32."""
    array, codegen = _view(types.uint32)
    return array(types.int64, types.int64), codegen


@intrinsic
def row_at(typing_context, lex, address):
    """The mask row at an address."""
    array, codegen = _view(types.uint32, words=True)
    return array(types.int64, types.int64), codegen


@linked
def room(arena, table, extra):
    """Whether `extra` more entries fit; if not, the table is named for the Python side to grow."""
    if head(arena)[3 * table + 2] + extra <= head(arena)[3 * table + 1]:
        return True
    head(arena)[-1] = table
    return False


# ---- interning

MIX = np.uint64(0x9E3779B97F4A7C15)
MIX2 = np.uint64(0xC2B2AE3D27D4EB4F)


@inner
def hash_span(span, length):
    """A 32-bit mix of `span[:length]`."""
    value = np.uint64(14695981039346656037)
    for i in range(length):
        value = (value ^ np.uint64(np.uint32(span[i]))) * np.uint64(1099511628211)
        value ^= value >> np.uint64(29)
    # Spans that differ in the last number alone lie side by side without this.
    return np.int64((value * MIX) >> np.uint64(32)) & 0x7FFFFFFF


@inner
def same_span(pool, start, span, length):
    """Whether the span of a pool that begins at `start` equals `span`."""
    for i in range(length):
        if pool[start + i] != span[i]:
            return False
    return True


@linked
def intern(arena, heap, table, length):
    """The number of the span at the start of `table` in a heap: equal spans have one number. `FULL` to grow a table."""
    span, pool, offsets, slots = ints(arena, table), ints(arena, heap), ints(arena, heap + 1), ints(arena, heap + 2)
    limit = len(slots) - 1
    slot = hash_span(span, length) & limit
    while slots[slot] != 0:
        found = slots[slot] - 1
        start = offsets[found]
        if offsets[found + 1] - start == length and same_span(pool, start, span, length):
            return np.int64(found)
        slot = (slot + 1) & limit
    number = head(arena)[3 * (heap + 1) + 2]
    if 2 * number > limit:
        head(arena)[-1] = heap + 2
        return np.int64(FULL)
    if not (room(arena, heap, length) and room(arena, heap + 1, 2)):
        return np.int64(FULL)
    start = head(arena)[3 * heap + 2]
    for i in range(length):
        pool[start + i] = span[i]
    offsets[number + 1] = start + length
    head(arena)[3 * heap + 2] = start + length
    head(arena)[3 * (heap + 1) + 2] = number + 1
    slots[slot] = number + 1
    return np.int64(number)


@kernel((INT, INT))
def rehash_heap(arena, heap):
    """Fills the (new, empty) slots of a heap."""
    pool, offsets, slots = ints(arena, heap), ints(arena, heap + 1), ints(arena, heap + 2)
    limit = len(slots) - 1
    for number in range(head(arena)[3 * (heap + 1) + 2]):
        start = offsets[number]
        slot = hash_span(pool[start:], offsets[number + 1] - start) & limit
        while slots[slot] != 0:
            slot = (slot + 1) & limit
        slots[slot] = number + 1


@inner
def memo_slot(keys, key):
    """Where `key` is, or the free slot where it belongs. Keys are stored plus one, 0 is free."""
    limit = len(keys) - 1
    mixed = np.uint64(key) * MIX
    # The highest bits of a key say which memo it belongs to, and have to count.
    mixed = (mixed ^ (mixed >> np.uint64(32))) * MIX
    slot = np.int64(mixed >> np.uint64(32)) & limit
    while keys[slot] != 0 and keys[slot] != key + 1:
        slot = (slot + 1) & limit
    return slot


@linked
def memo_get(arena, table, key):
    """The value remembered for `key` in the memo at `table`, or `UNKNOWN`."""
    keys = ints(arena, table)
    slot = memo_slot(keys, key)
    if keys[slot] == 0:
        return np.int64(UNKNOWN)
    return np.int64(ints(arena, table + 1)[slot])


@linked
def memo_put(arena, table, key, value):
    """Remembers `value`; `FULL` when the memo has to grow."""
    keys, values = ints(arena, table), ints(arena, table + 1)
    if 2 * head(arena)[3 * table + 2] >= len(keys):
        head(arena)[-1] = table
        return np.int64(FULL)
    slot = memo_slot(keys, key)
    if keys[slot] == 0:
        head(arena)[3 * table + 2] += 1
        keys[slot] = key + 1
    values[slot] = value
    return np.int64(value)


@kernel((INTS, INTS, INTS, INTS))
def rehash_memo(old_keys, old_values, keys, values):
    """Moves a memo into larger arrays."""
    for i in range(len(old_keys)):
        if old_keys[i] != 0:
            slot = memo_slot(keys, old_keys[i] - 1)
            keys[slot] = old_keys[i]
            values[slot] = old_values[i]


# ---- lexical states


@linked
def q_step(lex, q, code_point):
    """The state of the code point automaton after `code_point`, or `DEAD`."""
    offsets, lows, highs = ints(lex, Q_OFFSETS), ints(lex, SEG_LOW), ints(lex, SEG_HIGH)
    low, high = offsets[q], offsets[q + 1]
    while low < high:
        middle = (low + high) // 2
        if highs[middle] < code_point:
            low = middle + 1
        else:
            high = middle
    if low < offsets[q + 1] and lows[low] <= code_point:
        return np.int64(ints(lex, SEG_TARGET)[low])
    return np.int64(DEAD)


@inner
def q_range(lex, q, low, high):
    """The edges of `q` that meet `low..high`: (first, last + 1)."""
    offsets, lows, highs = ints(lex, Q_OFFSETS), ints(lex, SEG_LOW), ints(lex, SEG_HIGH)
    first, end = offsets[q], offsets[q + 1]
    bound = end
    while first < bound:
        middle = (first + bound) // 2
        if highs[middle] < low:
            first = middle + 1
        else:
            bound = middle
    last = first
    while last < end and lows[last] <= high:
        last += 1
    return first, last


@inner
def part_range(kind, rest, value):
    """The code points that a half-read one can still become, as two ranges (the second for surrogate pairs)."""
    if kind == UTF8:
        low, high = value << (6 * rest), ((value + 1) << (6 * rest)) - 1
        if rest == 2 and value == 0:
            low = 0x800
        elif rest == 2 and value == 13:
            high = 0xD7FF
        elif rest == 3:
            low, high = max(low, 0x10000), min(high, 0x10FFFF)
        return low, high, 1, 0
    if kind == HEX:
        low, high = value << (4 * rest), ((value + 1) << (4 * rest)) - 1
        first, last = max(low, 0xD800), min(high, 0xDBFF)
        if first > last:
            return low, high, 1, 0
        pair_low = 0x10000 + ((first - 0xD800) << 10)
        pair_high = 0x10000 + ((last - 0xD800) << 10) + 0x3FF
        return low, high, pair_low, pair_high
    if kind == PAIR_BACKSLASH or kind == PAIR_U:
        low = 0x10000 + ((value - 0xD800) << 10)
        return low, low + 0x3FF, 1, 0
    # PAIR_HEX: the high ten bits are known, the low surrogate is being read
    first = (value & 0xFFFF) << (4 * rest)
    last = (((value & 0xFFFF) + 1) << (4 * rest)) - 1
    first, last = max(first, 0xDC00), min(last, 0xDFFF)
    base = 0x10000 + ((value >> 16) << 10) - 0xDC00
    return base + first, base + last, 1, 0


@linked
def make_x(lex, q, without, raw, kind, rest, value):
    """The lexical state with these parts; its facts are stored with it."""
    if not (room(lex, X_INFO, INFO) and room(lex, X_PAGES, PAGES)):
        return np.int64(FULL)
    span = ints(lex, LEX_SCRATCH)
    span[0], span[1], span[2], span[3] = q, without, (raw << 16) | (kind << 8) | rest, value
    x = intern(lex, X_POOL, LEX_SCRATCH, 4)
    if x < 0 or x < head(lex)[3 * X_INFO + 2] // INFO:
        return x
    pages = narrow(lex, X_PAGES)
    for i in range(x * PAGES, x * PAGES + PAGES):
        pages[i] = 0
    describe_x(lex, x, q, without, raw, kind, rest, value)
    head(lex)[3 * X_PAGES + 2] += PAGES
    head(lex)[3 * X_INFO + 2] += INFO
    return x


@inner
def describe_x(lex, x, q, without, raw, kind, rest, value):
    """Writes X_INFO of a new lexical state."""
    info = ints(lex, X_INFO)
    at = x * INFO
    flags = 0 if kind == DONE else ints(lex, Q_FLAGS)[q]
    label, first, last, least, most, top = -1, 0, 0, 0, 0, 0
    if kind == DONE:
        label, first, last, flags = q, q, q + 1, FINAL
    elif kind == BOUNDARY or kind == OPEN or kind == ANY_UTF8 or kind == ANY_HEX:
        first, last = ints(lex, Q_FIRST)[q], ints(lex, Q_LAST)[q]
        least, most, top = ints(lex, Q_MIN)[q], ints(lex, Q_MAX)[q], ints(lex, Q_TOP)[q]
        if kind == BOUNDARY and raw:
            label = ints(lex, Q_LABEL)[q]
            if ints(lex, Q_OFFSETS)[q] == ints(lex, Q_OFFSETS)[q + 1]:
                flags |= FINAL
    else:
        least, most, first, last = hull(lex, q, kind, rest, value)
        top = ints(lex, Q_TOP)[q]
    if without >= 0:
        flags |= WORDS
        if kind == BOUNDARY and not raw and ints(lex, Q_LABEL)[without] >= 0:
            least = max(least, 1)
    info[at + I_LABEL], info[at + I_FLAGS], info[at + I_MIN], info[at + I_MAX] = label, flags, least, most
    info[at + I_FIRST], info[at + I_LAST], info[at + I_BASE], info[at + I_TOP] = first, last, x, top
    info[at + I_BYTES], info[at + I_LOOPS] = 0, -1


@inner
def hull(lex, q, kind, rest, value):
    """Bounds over the states that a half-read code point can lead to: lengths and labels."""
    low, high, pair_low, pair_high = 0, 0x10FFFF, 1, 0
    if kind != ESCAPE:
        low, high, pair_low, pair_high = part_range(kind, rest, value)
    least, most, first, last = NO_BOUND, 0, NO_BOUND, 0
    for turn in range(2):
        if turn == 1:
            low, high = pair_low, pair_high
        if low > high:
            continue
        start, end = q_range(lex, q, low, high)
        for edge in range(start, end):
            target = ints(lex, SEG_TARGET)[edge]
            least, most = min(least, ints(lex, Q_MIN)[target]), max(most, ints(lex, Q_MAX)[target])
            first, last = min(first, ints(lex, Q_FIRST)[target]), max(last, ints(lex, Q_LAST)[target])
    return least, most, first, last


@linked
def after_code_point(lex, q, without, raw, code_point):
    """The lexical state at the boundary after a code point, or `DEAD`."""
    target = q_step(lex, q, code_point)
    if target < 0:
        return np.int64(DEAD)
    if without >= 0:
        without = q_step(lex, without, code_point)
    return make_x(lex, target, without, raw, BOUNDARY, 0, 0)


@inner
def covered_by_one(lex, q, low, high):
    """The one state that every code point in `low..high` leads to, or `DEAD`."""
    first, last = q_range(lex, q, low, high)
    lows, highs, targets = ints(lex, SEG_LOW), ints(lex, SEG_HIGH), ints(lex, SEG_TARGET)
    expected = low
    for edge in range(first, last):
        if lows[edge] > expected or targets[edge] != targets[first]:
            return np.int64(DEAD)
        expected = highs[edge] + 1
    if first == last or expected <= high:
        return np.int64(DEAD)
    return np.int64(targets[first])


@inner
def range_is_live(lex, q, low, high):
    """Whether some code point of a range leads on from `q`."""
    if low > high:
        return False
    first, last = q_range(lex, q, low, high)
    return first < last


@linked
def within_code_point(lex, q, without, raw, kind, rest, value):
    """The lexical state inside a code point, or `DEAD` where no code point of the language remains.

    Where every completion leads to the same state, the bytes read so far are forgotten: 17,000 half-read code
    points of a wide class become three.
    """
    low, high, pair_low, pair_high = part_range(kind, rest, value)
    odd = low <= 0xDFFF and high >= 0xD800
    if kind == UTF8:
        odd = (rest == 2 and (value == 0 or value == 13)) or (rest == 3 and (value == 0 or value == 4))
    if not (range_is_live(lex, q, low, high) or range_is_live(lex, q, pair_low, pair_high)):
        return np.int64(DEAD)
    if without >= 0 and not (
        range_is_live(lex, without, low, high) or range_is_live(lex, without, pair_low, pair_high)
    ):
        without = -1
    if without < 0 and not odd and (kind == UTF8 or kind == HEX):
        target = covered_by_one(lex, q, low, high)
        if target >= 0:
            return make_x(lex, target, -1, raw, ANY_UTF8 if kind == UTF8 else ANY_HEX, rest, 0)
    return make_x(lex, q, without, raw, kind, rest, value)


@inner
def hex_digit(byte):
    """The value of a hexadecimal digit, or -1."""
    if 48 <= byte <= 57:
        return byte - 48
    if 65 <= byte <= 70:
        return byte - 55
    if 97 <= byte <= 102:
        return byte - 87
    return -1


@inner
def short_escape(byte):
    """The code point of a two-character JSON escape, or -1."""
    if byte == 34 or byte == 92 or byte == 47:
        return byte
    if byte == 98:
        return 8
    if byte == 102:
        return 12
    if byte == 110:
        return 10
    if byte == 114:
        return 13
    if byte == 116:
        return 9
    return -1


@inner
def step_boundary(lex, q, without, raw, byte):
    """A byte where a code point, an escape or the closing quote may begin."""
    if not raw:
        if byte == 34:
            label = ints(lex, Q_LABEL)[q]
            if label < 0 or (without >= 0 and ints(lex, Q_LABEL)[without] >= 0):
                return np.int64(DEAD)
            return make_x(lex, label, -1, 0, DONE, 0, 0)
        if byte == 92:
            if ints(lex, Q_OFFSETS)[q] == ints(lex, Q_OFFSETS)[q + 1]:
                return np.int64(DEAD)
            return make_x(lex, q, without, 0, ESCAPE, 0, 0)
        if byte < 32:
            return np.int64(DEAD)
    if byte < 128:
        return after_code_point(lex, q, without, raw, byte)
    if 0xC2 <= byte <= 0xDF:
        return within_code_point(lex, q, without, raw, UTF8, 1, byte & 31)
    if 0xE0 <= byte <= 0xEF:
        return within_code_point(lex, q, without, raw, UTF8, 2, byte & 15)
    if 0xF0 <= byte <= 0xF4:
        return within_code_point(lex, q, without, raw, UTF8, 3, byte & 7)
    return np.int64(DEAD)


@inner
def step_utf8(lex, q, without, raw, rest, value, byte):
    """A continuation byte; overlong forms, surrogates and values past U+10FFFF are refused."""
    if byte < 0x80 or byte > 0xBF:
        return np.int64(DEAD)
    longer = (value << 6) | (byte & 63)
    if rest == 1:
        return after_code_point(lex, q, without, raw, longer)
    if rest == 2 and value < 16 and (longer < 0x20 or 0x360 <= longer <= 0x37F):
        return np.int64(DEAD)
    if rest == 3 and (longer < 0x10 or longer > 0x10F):
        return np.int64(DEAD)
    return within_code_point(lex, q, without, raw, UTF8, rest - 1, longer)


@inner
def step_hex(lex, q, without, kind, rest, value, byte):
    """A hexadecimal digit of a `\\u` escape, or of the second half of a surrogate pair."""
    digit = hex_digit(byte)
    if digit < 0:
        return np.int64(DEAD)
    if kind == PAIR_HEX:
        low = ((value & 0xFFFF) << 4) | digit
        longer = (value & ~0xFFFF) | low
        if rest > 1:
            return within_code_point(lex, q, without, 0, PAIR_HEX, rest - 1, longer)
        if not 0xDC00 <= low <= 0xDFFF:
            return np.int64(DEAD)
        return after_code_point(lex, q, without, 0, 0x10000 + ((value >> 16) << 10) + low - 0xDC00)
    longer = (value << 4) | digit
    if rest > 1:
        return within_code_point(lex, q, without, 0, HEX, rest - 1, longer)
    if 0xD800 <= longer <= 0xDBFF:
        return within_code_point(lex, q, without, 0, PAIR_BACKSLASH, 0, longer)
    if 0xDC00 <= longer <= 0xDFFF:
        return np.int64(DEAD)
    return after_code_point(lex, q, without, 0, longer)


@inner
def step_escape(lex, q, without, kind, value, byte):
    """What follows a backslash, or has to follow a high surrogate."""
    if kind == PAIR_BACKSLASH:
        return make_x(lex, q, without, 0, PAIR_U, 0, value) if byte == 92 else np.int64(DEAD)
    if kind == PAIR_U:
        return (
            within_code_point(lex, q, without, 0, PAIR_HEX, 4, (value - 0xD800) << 16)
            if byte == 117
            else np.int64(DEAD)
        )
    if byte == 117:
        return within_code_point(lex, q, without, 0, HEX, 4, 0)
    code_point = short_escape(byte)
    return after_code_point(lex, q, without, 0, code_point) if code_point >= 0 else np.int64(DEAD)


@linked
def compute_x_step(lex, x, byte):
    """The step of a lexical state, not looked up."""
    pool, start = ints(lex, X_POOL), ints(lex, X_OFFSETS)[x]
    q, without, mode, value = (
        np.int64(pool[start]),
        np.int64(pool[start + 1]),
        pool[start + 2],
        np.int64(pool[start + 3]),
    )
    raw, kind, rest = np.int64(mode >> 16), (mode >> 8) & 255, np.int64(mode & 255)
    if kind == BOUNDARY:
        return step_boundary(lex, q, without, raw, byte)
    if kind == OPEN:
        return make_x(lex, q, without, 0, BOUNDARY, 0, 0) if byte == 34 else np.int64(DEAD)
    if kind == UTF8:
        return step_utf8(lex, q, without, raw, rest, value, byte)
    if kind == HEX or kind == PAIR_HEX:
        return step_hex(lex, q, without, kind, rest, value, byte)
    if kind == DONE:
        return np.int64(DEAD)
    if kind == ANY_UTF8:
        if byte < 0x80 or byte > 0xBF:
            return np.int64(DEAD)
        if rest == 1:
            return make_x(lex, q, -1, raw, BOUNDARY, 0, 0)
        return make_x(lex, q, -1, raw, ANY_UTF8, rest - 1, 0)
    if kind == ANY_HEX:
        if hex_digit(byte) < 0:
            return np.int64(DEAD)
        if rest == 1:
            return make_x(lex, q, -1, raw, BOUNDARY, 0, 0)
        return make_x(lex, q, -1, raw, ANY_HEX, rest - 1, 0)
    return step_escape(lex, q, without, kind, value, byte)


@inner
def new_page(lex, x, byte):
    """The page of the transitions of `x` by `byte` and the bytes around it, none of them known; or `FULL`."""
    if not room(lex, X_TRANS, PAGE):
        return np.int64(FULL)
    start = head(lex)[3 * X_TRANS + 2]
    trans = narrow(lex, X_TRANS)
    for i in range(start, start + PAGE):
        trans[i] = UNKNOWN
    head(lex)[3 * X_TRANS + 2] += PAGE
    narrow(lex, X_PAGES)[x * PAGES + byte // PAGE] = start // PAGE
    return np.int64(start // PAGE)


@linked
def learn_step(lex, x, byte):
    """What `x_step` returns, where it is not known yet."""
    page = np.int64(narrow(lex, X_PAGES)[x * PAGES + byte // PAGE])
    if page == 0:
        page = new_page(lex, x, byte)
        if page == FULL:
            return page
    target = compute_x_step(lex, x, byte)
    if target >= 0:
        mode = ints(lex, X_POOL)[ints(lex, X_OFFSETS)[x] + 2]
        begins = ((mode >> 8) & 255) == BOUNDARY and not (byte == 34 and (mode >> 16) == 0)
        target = 2 * target + (1 if begins else 0)
    if target != FULL:
        narrow(lex, X_TRANS)[page * PAGE + byte % PAGE] = target
    return np.int64(target)


@inner
def x_step(lex, x, byte):
    """The lexical state after a byte, doubled, plus one where a code point begins; `DEAD` or `FULL`."""
    page = np.int64(narrow(lex, X_PAGES)[x * PAGES + byte // PAGE])
    known = np.int64(narrow(lex, X_TRANS)[page * PAGE + byte % PAGE])
    return known if known != UNKNOWN else learn_step(lex, x, byte)


@inner
def lead_byte(code_point):
    """The first byte of a code point in UTF-8."""
    if code_point < 0x80:
        return code_point
    if code_point < 0x800:
        return 0xC0 | (code_point >> 6)
    return 0xE0 | (code_point >> 12) if code_point < 0x10000 else 0xF0 | (code_point >> 18)


@inner
def mark(wanted, low, high):
    """Marks a range of bytes."""
    for byte in range(low, high + 1):
        wanted[byte] = 1


@inner
def mark_candidates(lex, x, wanted):
    """Marks just the bytes that may lead on from `x`: by the form of what is being read, without trying all of them."""
    for byte in range(256):
        wanted[byte] = 0
    pool, start = ints(lex, X_POOL), ints(lex, X_OFFSETS)[x]
    q, mode = np.int64(pool[start]), np.int64(pool[start + 2])
    kind = (mode >> 8) & 255
    if kind == BOUNDARY:
        offsets = ints(lex, Q_OFFSETS)
        for edge in range(offsets[q], offsets[q + 1]):
            mark(wanted, lead_byte(ints(lex, SEG_LOW)[edge]), lead_byte(ints(lex, SEG_HIGH)[edge]))
    if kind == OPEN or kind == ESCAPE or (kind == BOUNDARY and mode >> 16 == 0):
        wanted[34] = wanted[92] = 1
    if kind == ESCAPE:
        wanted[47] = wanted[98] = wanted[102] = wanted[110] = wanted[114] = wanted[116] = 1
    if kind == ESCAPE or kind == PAIR_U:
        wanted[117] = 1
    if kind == HEX or kind == PAIR_HEX or kind == ANY_HEX:
        mark(wanted, 48, 57)
        mark(wanted, 65, 70)
        mark(wanted, 97, 102)
    if kind == UTF8 or kind == ANY_UTF8:
        mark(wanted, 128, 191)
    if kind == PAIR_BACKSLASH:
        wanted[92] = 1


@linked
def few_bytes(lex, x):
    """The bytes that lead on from `x`, packed from the lowest; -1 if more than `FEW_BYTES`, or `FULL`."""
    info = ints(lex, X_INFO)
    known = info[x * INFO + I_BYTES]
    if known != 0:
        return known
    packed, count = np.int64(0), 0
    wanted = octets(lex, CANDIDATES)
    mark_candidates(lex, x, wanted)
    for byte in range(255, -1, -1):
        if not wanted[byte]:
            continue
        move = x_step(lex, x, byte)
        if move == FULL:
            return np.int64(FULL)
        if move >= 0:
            count += 1
            packed = (packed << 8) | byte
            if count > FEW_BYTES:
                break
    packed = np.int64(-1) if count > FEW_BYTES or count == 0 else packed
    info[x * INFO + I_BYTES] = packed
    return packed


@linked
def word_bytes(lex, x):
    """For a lexical state with words taken out: the bytes that can go on in a word or end it, as in `few_bytes`."""
    info, pool, start = ints(lex, X_INFO), ints(lex, X_POOL), ints(lex, X_OFFSETS)[x]
    known = info[x * INFO + I_BYTES]
    if known != 0:
        return known
    packed, count = np.int64(-1), 0
    if (pool[start + 2] >> 8) & 255 == BOUNDARY:
        wanted = octets(lex, CANDIDATES)
        for byte in range(256):
            wanted[byte] = 0
        wanted[34] = wanted[92] = 1
        offsets, without = ints(lex, Q_OFFSETS), pool[start + 1]
        for edge in range(offsets[without], offsets[without + 1]):
            wanted[lead_byte(ints(lex, SEG_LOW)[edge])] = 1
        packed = np.int64(0)
        for byte in range(255, -1, -1):
            if wanted[byte]:
                packed, count = (packed << 8) | byte, count + 1
                if count > FEW_BYTES:
                    break
    info[x * INFO + I_BYTES] = packed if count <= FEW_BYTES else -1
    return info[x * INFO + I_BYTES]


@inner
def next_child(lex, parent, child, packed):
    """The next child of `parent` after `child` that one of a few packed bytes leads to; the end of `parent` if none."""
    ends, start = narrow(lex, NODE_END), narrow(lex, NODE_DENSE)[parent]
    if start < 0 or packed < 0:
        return np.int64(ends[child])
    after = np.int64(octets(lex, NODE_BYTE)[child])
    while packed > 0:
        byte = packed & 255
        if byte > after and narrow(lex, DENSE)[start + byte] >= 0:
            return np.int64(narrow(lex, DENSE)[start + byte])
        packed >>= 8
    return np.int64(ends[parent])


@linked
def base_of(lex, x):
    """The lexical state `x` with no words taken out."""
    info = ints(lex, X_INFO)
    if not info[x * INFO + I_FLAGS] & WORDS or info[x * INFO + I_BASE] != x:
        return np.int64(info[x * INFO + I_BASE])
    pool, start = ints(lex, X_POOL), ints(lex, X_OFFSETS)[x]
    q, mode, value = np.int64(pool[start]), pool[start + 2], np.int64(pool[start + 3])
    raw, kind, rest = np.int64(mode >> 16), np.int64((mode >> 8) & 255), np.int64(mode & 255)
    if kind == UTF8 or kind == HEX:
        base = within_code_point(lex, q, -1, raw, kind, rest, value)
    else:
        base = make_x(lex, q, -1, raw, kind, rest, value)
    if base >= 0:
        info[x * INFO + I_BASE] = base
    return base


# ---- rows of lexical states, shared by every automaton of the vocabulary


@linked
def add_node(lex, byte, depth):
    """Appends a trie node; its end is set when its subtree is complete."""
    for table in (NODE_BYTE, NODE_END, NODE_DEPTH, NODE_DENSE, NODE_BELOW):
        if not room(lex, table, 1):
            return np.int64(FULL)
    if not room(lex, NODE_TOKENS, 2):
        return np.int64(FULL)
    node = head(lex)[3 * NODE_BYTE + 2]
    octets(lex, NODE_BYTE)[node] = byte
    narrow(lex, NODE_DEPTH)[node] = depth
    narrow(lex, NODE_TOKENS)[node + 1] = head(lex)[3 * TOKEN_IDS + 2]
    narrow(lex, NODE_DENSE)[node] = -1
    ints(lex, NODE_BELOW)[node] = -1
    for table in (NODE_BYTE, NODE_END, NODE_DEPTH, NODE_DENSE, NODE_BELOW):
        head(lex)[3 * table + 2] = node + 1
    head(lex)[3 * NODE_TOKENS + 2] = node + 2
    return node


@linked
def index_children(lex, node):
    """Gives a complete node with many children a table of them by byte; 0 or `FULL`."""
    ends, node_bytes = narrow(lex, NODE_END), octets(lex, NODE_BYTE)
    count, child = 0, np.int64(node + 1)
    while child < ends[node]:
        count += 1
        child = np.int64(ends[child])
    if count <= MANY_CHILDREN:
        return 0
    if not room(lex, DENSE, 256):
        return FULL
    start = head(lex)[3 * DENSE + 2]
    dense = narrow(lex, DENSE)
    for i in range(start, start + 256):
        dense[i] = -1
    child = np.int64(node + 1)
    while child < ends[node]:
        dense[start + node_bytes[child]] = child
        child = np.int64(ends[child])
    head(lex)[3 * DENSE + 2] += 256
    narrow(lex, NODE_DENSE)[node] = start
    return 0


@kernel((INT, INT))
def index_vocabulary(lex, node):
    """Indexes the children of the nodes from `node` on; where it stopped for want of room, or the number of nodes."""
    count = head(lex)[3 * NODE_BYTE + 2]
    while node < count and index_children(lex, node) == 0:
        node += 1
    return node


@linked
def add_tokens(lex, node, source):
    """Gives the last node added the tokens of another one."""
    offsets, ids = narrow(lex, NODE_TOKENS), narrow(lex, TOKEN_IDS)
    count = offsets[source + 1] - offsets[source]
    if not room(lex, TOKEN_IDS, count):
        return FULL
    for i in range(count):
        ids[head(lex)[3 * TOKEN_IDS + 2] + i] = ids[offsets[source] + i]
    head(lex)[3 * TOKEN_IDS + 2] += count
    offsets[node + 1] = head(lex)[3 * TOKEN_IDS + 2]
    return 0


@linked
def merge_subtrees(lex, begin, count, counted):
    """A new trie of what follows any of the nodes `BUILD_NODES[begin:begin + count]`; its root.

    Equal remainders of different tokens share a node. With `counted` the root holds the tokens that end at `nodes`.

    Frames lie on one stack: (node, depth, number of sources), then a pair (next child, end) per source.
    """
    first_node, first_token = head(lex)[3 * NODE_BYTE + 2], head(lex)[3 * TOKEN_IDS + 2]
    root = add_node(lex, 0, 0)
    stack, nodes = ints(lex, LEX_SCRATCH2), ints(lex, BUILD_NODES)[begin:]
    if root < 0 or not room(lex, LEX_SCRATCH2, 8 * count + 4096):
        return merge_failed(lex, first_node, first_token)
    ends = narrow(lex, NODE_END)
    size = 0
    for i in range(count):
        if counted and add_tokens(lex, root, nodes[i]) < 0:
            return merge_failed(lex, first_node, first_token)
        stack[size], stack[size + 1] = nodes[i] + 1, ends[nodes[i]]
        size += 2
    stack[size], stack[size + 1] = root, count
    size += 2
    while size > 0:
        parent, sources = np.int64(stack[size - 2]), np.int64(stack[size - 1])
        start = size - 2 - 2 * sources
        smallest = 256
        for i in range(sources):
            child, end = stack[start + 2 * i], stack[start + 2 * i + 1]
            if child < end:
                smallest = min(smallest, np.int64(octets(lex, NODE_BYTE)[child]))
        if smallest == 256:
            ends[parent] = head(lex)[3 * NODE_BYTE + 2]
            if index_children(lex, parent) < 0:
                return merge_failed(lex, first_node, first_token)
            size = start
            continue
        node = add_node(lex, smallest, narrow(lex, NODE_DEPTH)[parent] + 1)
        if node < 0 or not room(lex, LEX_SCRATCH2, size + 2 * sources + 4):
            return merge_failed(lex, first_node, first_token)
        kept = 0
        for i in range(sources):
            child = np.int64(stack[start + 2 * i])
            if child < stack[start + 2 * i + 1] and octets(lex, NODE_BYTE)[child] == smallest:
                if add_tokens(lex, node, child) < 0:
                    return merge_failed(lex, first_node, first_token)
                stack[size + 2 * kept], stack[size + 2 * kept + 1] = child + 1, ends[child]
                stack[start + 2 * i] = ends[child]
                kept += 1
        size += 2 * kept
        stack[size], stack[size + 1] = node, kept
        size += 2
    return root


@linked
def merge_failed(lex, first_node, first_token):
    """Takes back the nodes of an unfinished merge."""
    for table in (NODE_BYTE, NODE_END, NODE_DEPTH, NODE_DENSE, NODE_BELOW):
        head(lex)[3 * table + 2] = first_node
    head(lex)[3 * NODE_TOKENS + 2] = first_node + 1
    head(lex)[3 * TOKEN_IDS + 2] = first_token
    return np.int64(FULL)


@inner
def set_tokens(lex, node):
    """Adds the tokens that end at a node to the row that is being listed."""
    offsets, ids = narrow(lex, NODE_TOKENS), narrow(lex, TOKEN_IDS)
    for i in range(offsets[node], offsets[node + 1]):
        if not is_covered(lex, ids[i]):
            add_op(lex, OP_TOKEN, np.int64(ids[i]))


@inner
def sort_pairs(keys, values, count):
    """Shell sort of two parallel arrays by (key, value)."""
    gap = count // 2
    while gap > 0:
        for i in range(gap, count):
            key, value, j = keys[i], values[i], i
            while j >= gap and (keys[j - gap] > key or (keys[j - gap] == key and values[j - gap] > value)):
                keys[j], values[j] = keys[j - gap], values[j - gap]
                j -= gap
            keys[j], values[j] = key, value
        gap //= 2


# Below most nodes of a wide lexical state nothing happens: after every byte it is the same state. NODE_BELOW has the
# classes of the bytes below a node, so that such subtrees are taken as a whole.


@linked
def find_loops(lex, x):
    """The classes of bytes after which the lexical state is `x` again, kept in X_INFO; or `FULL`."""
    pool, start, info = ints(lex, X_POOL), ints(lex, X_OFFSETS)[x], ints(lex, X_INFO)
    q, without, mode = np.int64(pool[start]), np.int64(pool[start + 1]), np.int64(pool[start + 2])
    loops, classes = np.int64(0), ints(lex, BYTE_CLASSES)
    if (mode >> 8) & 255 == BOUNDARY and without < 0 and info[x * INFO + I_LABEL] < 0:
        for byte in range(256):
            loops |= classes[byte]
        for byte in range(128):
            move = x_step(lex, x, byte)
            if move == FULL:
                return np.int64(FULL)
            if move < 0 or move >> 1 != x:
                loops &= ~classes[byte]
        for byte in range(0xC2, 0xF5):
            rest = 1 if byte < 0xE0 else 2 if byte < 0xF0 else 3
            low, high, _, _ = part_range(UTF8, rest, byte & (63 >> rest))
            if covered_by_one(lex, q, low, high) != q:
                loops &= ~classes[byte]
    ints(lex, X_INFO)[x * INFO + I_LOOPS] = loops
    return loops


@inner
def loops_below(lex, x, node):
    """Whether `x` is the same state all the way below `node`: 1 or 0, or `FULL`."""
    info, size = ints(lex, X_INFO), narrow(lex, NODE_END)[node] - node
    loops = info[x * INFO + I_LOOPS]
    if size == 1 or loops == 0:
        return np.int64(0)
    if loops < 0:
        info[x * INFO + I_LOOPS] = loops - size
        if loops > -ENOUGH_NODES:
            return np.int64(0)
        loops = find_loops(lex, x)
        if loops < 0:
            return np.int64(FULL)
    return np.int64(1) if loops > 0 and not ints(lex, NODE_BELOW)[node] & ~loops else np.int64(0)


@inner
def take_subtree(lex, node, inside):
    """Takes in all tokens below `node` and its own, without needs; how many are inside now."""
    tokens, offsets, ids = narrow(lex, BUILD_TOKENS), narrow(lex, NODE_TOKENS), narrow(lex, TOKEN_IDS)
    for t in range(offsets[node], offsets[narrow(lex, NODE_END)[node]]):
        tokens[inside] = ids[t]
        inside += 1
    return inside


@inner
def take_counted(lex, node, inside, at, least):
    """Takes in all tokens below `node`, whose path ends at `at`, and its own; how many are inside now."""
    tokens, needs, path = narrow(lex, BUILD_TOKENS), narrow(lex, BUILD_NEEDS), ints(lex, BUILD_PATH)
    depths, offsets, ids = narrow(lex, NODE_DEPTH), narrow(lex, NODE_TOKENS), narrow(lex, TOKEN_IDS)
    node_bytes, shift = octets(lex, NODE_BYTE), at - 3 * np.int64(depths[node])
    for below in range(node, narrow(lex, NODE_END)[node]):
        here = shift + 3 * depths[below]
        if below > node:
            path[here + 1] = path[here - 2] + (0 if node_bytes[below] & 0xC0 == 0x80 else 1)
        for t in range(offsets[below], offsets[below + 1]):
            tokens[inside], needs[inside] = ids[t], path[here + 1] + least
            inside += 1
    return inside


# A front is what a lexical state does with the tokens below a trie node: those that stay inside, and merged tries of
# what follows an exit. FRONTS holds per front: row (or -1), first token, token count, first exit, exit count, greatest
# need, first need offset. A counted front sorts tokens by need and parts exits by the code points before them.
F_ROW, F_TOKENS, F_COUNT, F_EXITS, F_EXIT_COUNT, F_GREATEST, F_NEEDS, FRONT = range(8)
EXIT = 3  # label or exit state, code points before it (-1: any), root of the merged trie


@linked
def walk_front(lex, node, x, counted):
    """Walks the subtree of `node` from `x`: fills the tokens inside (with needs) and the exits.

    How many tokens there are, or `FULL`; the number of exits is left in the header.
    """
    tokens, needs = narrow(lex, BUILD_TOKENS), narrow(lex, BUILD_NEEDS)
    exit_keys, exit_nodes, path = ints(lex, BUILD_KEYS), ints(lex, BUILD_NODES), ints(lex, BUILD_PATH)
    node_bytes, ends, depths = octets(lex, NODE_BYTE), narrow(lex, NODE_END), narrow(lex, NODE_DEPTH)
    offsets, ids, info = narrow(lex, NODE_TOKENS), narrow(lex, TOKEN_IDS), ints(lex, X_INFO)
    inside, exits = 0, 0
    base = depths[node]
    path[0], path[1], path[2] = x, 0, node
    i, end = np.int64(node + 1), ends[node]
    while i < end:
        depth = 3 * (depths[i] - base)
        move = x_step(lex, path[depth - 3], np.int64(node_bytes[i]))
        if move < 0:
            if move == FULL:
                return np.int64(FULL)
            parent, packed = path[depth - 1], np.int64(-1)
            if narrow(lex, NODE_DENSE)[parent] >= 0:
                packed = few_bytes(lex, path[depth - 3])
                if packed == FULL:
                    return packed
            i = next_child(lex, parent, i, packed)
            continue
        target, length = move >> 1, path[depth - 2] + (move & 1)
        path[depth], path[depth + 1], path[depth + 2] = target, length, i
        same = loops_below(lex, target, i)
        if same == FULL:
            return same
        if same:
            if counted:
                inside = take_counted(lex, i, inside, depth, info[target * INFO + I_MIN])
            else:
                inside = take_subtree(lex, i, inside)
            i = np.int64(ends[i])
            continue
        final = info[target * INFO + I_FLAGS] & FINAL
        if not (counted and final):
            for t in range(offsets[i], offsets[i + 1]):
                tokens[inside] = ids[t]
                needs[inside] = length + info[target * INFO + I_MIN]
                inside += 1
        if info[target * INFO + I_LABEL] >= 0 and (counted or ends[i] > i + 1):
            key = target if info[target * INFO + I_FLAGS] & SCANNER else info[target * INFO + I_LABEL]
            exit_keys[exits] = key * 1024 + (min(length, 1023) if counted else 0)
            exit_nodes[exits] = i
            exits += 1
        i = np.int64(ends[i]) if final else i + 1
    head(lex)[LEX_EXITS] = exits
    return np.int64(inside)


@linked
def store_exits(lex, number, counted):
    """Merges the exits of a front, one trie per key."""
    exit_keys, exit_nodes, count = ints(lex, BUILD_KEYS), ints(lex, BUILD_NODES), head(lex)[LEX_EXITS]
    front = ints(lex, FRONTS)[number * FRONT :]
    sort_pairs(exit_keys, exit_nodes, count)
    table = ints(lex, FRONT_EXITS)
    start, first = head(lex)[3 * FRONT_EXITS + 2], 0
    groups = 0
    while first < count:
        last = first
        while last < count and exit_keys[last] == exit_keys[first]:
            last += 1
        if not room(lex, FRONT_EXITS, EXIT * (groups + 1)):
            return np.int64(FULL)
        root = merge_subtrees(lex, first, last - first, counted)
        if root < 0:
            return np.int64(FULL)
        at = start + EXIT * groups
        table[at], table[at + 1], table[at + 2] = (
            exit_keys[first] // 1024,
            exit_keys[first] % 1024 if counted else -1,
            root,
        )
        groups += 1
        first = last
    head(lex)[3 * FRONT_EXITS + 2] = start + EXIT * groups
    front[F_EXITS], front[F_EXIT_COUNT] = start, groups
    return np.int64(0)


@inner
def new_row(lex):
    """An empty shared row, or `FULL`."""
    size = head(lex)[LEX_WORDS]
    if not room(lex, FRONT_ROWS, size):
        return np.int64(FULL)
    start = head(lex)[3 * FRONT_ROWS + 2]
    rows = words(lex, FRONT_ROWS)
    for i in range(start, start + size):
        rows[i] = 0
    head(lex)[3 * FRONT_ROWS + 2] += size
    return start // size


@linked
def store_tokens(lex, number, count):
    """Keeps the tokens of a front: as a row where they are many, as a list where they are few."""
    front, tokens = ints(lex, FRONTS)[number * FRONT :], narrow(lex, BUILD_TOKENS)
    if count <= head(lex)[LEX_WORDS] // 2:
        if not room(lex, FRONT_TOKENS, count):
            return np.int64(FULL)
        start = head(lex)[3 * FRONT_TOKENS + 2]
        listed = narrow(lex, FRONT_TOKENS)
        for i in range(count):
            listed[start + i] = tokens[i]
        head(lex)[3 * FRONT_TOKENS + 2] += count
        front[F_ROW], front[F_TOKENS], front[F_COUNT] = -1, start, count
        return np.int64(0)
    row = new_row(lex)
    if row < 0:
        return row
    out = words(lex, FRONT_ROWS)[row * head(lex)[LEX_WORDS] :]
    for i in range(count):
        out[tokens[i] >> 5] |= np.uint32(1) << np.uint32(tokens[i] & 31)
    front[F_ROW], front[F_TOKENS], front[F_COUNT] = row, 0, count
    return np.int64(0)


@linked
def store_sorted_tokens(lex, number, count):
    """Keeps the tokens of a counted front in the order of their needs, with an offset per need."""
    front = ints(lex, FRONTS)[number * FRONT :]
    tokens, needs = narrow(lex, BUILD_TOKENS), narrow(lex, BUILD_NEEDS)
    greatest = 0
    for i in range(count):
        greatest = max(greatest, needs[i])
    if not (room(lex, FRONT_TOKENS, count) and room(lex, FRONT_NEEDS, greatest + 2)):
        return np.int64(FULL)
    offsets = ints(lex, FRONT_NEEDS)[head(lex)[3 * FRONT_NEEDS + 2] :]
    for need in range(greatest + 2):
        offsets[need] = 0
    for i in range(count):
        offsets[needs[i] + 1] += 1
    for need in range(greatest + 1):
        offsets[need + 1] += offsets[need]
    sorted_tokens = narrow(lex, FRONT_TOKENS)[head(lex)[3 * FRONT_TOKENS + 2] :]
    for i in range(count):
        sorted_tokens[offsets[needs[i]]] = tokens[i]
        offsets[needs[i]] += 1
    front[F_ROW], front[F_TOKENS], front[F_COUNT] = -1, head(lex)[3 * FRONT_TOKENS + 2], count
    front[F_GREATEST], front[F_NEEDS] = greatest, head(lex)[3 * FRONT_NEEDS + 2]
    head(lex)[3 * FRONT_TOKENS + 2] += count
    head(lex)[3 * FRONT_NEEDS + 2] += greatest + 2
    return np.int64(0)


@inner
def build_front(lex, node, x, counted):
    """Makes the front of `x` below `node`; its number."""
    if not room(lex, FRONTS, FRONT):
        return np.int64(FULL)
    number = head(lex)[3 * FRONTS + 2] // FRONT
    if not counted and node == 0:
        base = memo_get(lex, FRONT_KEYS, base_key(lex, x))
        if base > 0:
            made = front_beside(lex, x, number, base)
            if made != UNKNOWN:
                return made
    inside = walk_front(lex, node, x, counted)
    if inside < 0:
        return inside
    status = store_sorted_tokens(lex, number, inside) if counted else store_tokens(lex, number, inside)
    if status < 0 or note_exits(lex) < 0 or store_exits(lex, number, counted) < 0:
        return np.int64(FULL)
    if not counted and node == 0 and keep_base(lex, x, number) < 0:
        return np.int64(FULL)
    head(lex)[3 * FRONTS + 2] += FRONT
    return number


# The states of one automaton often fall together after a byte or two: after a letter, a pattern that looks for digits
# has found none. So the first front of an automaton is the base of the others, which are walked side by side with it
# and take over what it says wherever both are in the same state (over the whole vocabulary, where a token is met
# only once). BASES holds per base: its lexical state, its front, the number of its exits, and these as pairs
# (key, node) in the order of the nodes.
POOR = 4  # a base is given up when more than one in so many nodes had to be visited


@inner
def base_key(lex, x):
    """What the base of the automaton of `x` is remembered under, apart from the keys of fronts."""
    pool, start = ints(lex, X_POOL), ints(lex, X_OFFSETS)[x]
    raw = np.int64(pool[start + 2] >> 16)
    return np.int64(-(2**62) + raw * 2**31 + ints(lex, Q_START)[pool[start]])


@linked
def note_exits(lex):
    """Writes the exits of a front behind the bases, in case that it becomes one; 0 or `FULL`."""
    count = head(lex)[LEX_EXITS]
    if not room(lex, BASES, 2 * count + 4):
        return np.int64(FULL)
    table, keys, nodes = ints(lex, BASES), ints(lex, BUILD_KEYS), ints(lex, BUILD_NODES)
    at = max(head(lex)[3 * BASES + 2], 1)
    table[at + 2] = count
    for e in range(count):
        table[at + 3 + 2 * e], table[at + 4 + 2 * e] = keys[e], nodes[e]
    return np.int64(0)


@linked
def keep_base(lex, x, number):
    """Makes a new front the base of its automaton, if that has none and the front has a row; 0 or `FULL`."""
    key, at = base_key(lex, x), max(head(lex)[3 * BASES + 2], 1)
    if memo_get(lex, FRONT_KEYS, key) != UNKNOWN or ints(lex, FRONTS)[number * FRONT + F_ROW] < 0:
        return np.int64(0)
    if memo_put(lex, FRONT_KEYS, key, at) < 0:
        return np.int64(FULL)
    table = ints(lex, BASES)
    table[at], table[at + 1] = x, number
    head(lex)[3 * BASES + 2] = at + 3 + 2 * table[at + 2]
    return np.int64(0)


@linked
def front_beside(lex, x, number, base):
    """Makes the front of `x` from the base of its automaton; `UNKNOWN` where that is no help, or `FULL`."""
    row = new_row(lex)
    if row < 0:
        return row
    size, other = head(lex)[LEX_WORDS], ints(lex, BASES)[base + 1] * FRONT
    front, rows = ints(lex, FRONTS), words(lex, FRONT_ROWS)
    source = front[other + F_ROW] * size
    for i in range(size):
        rows[row * size + i] = rows[source + i]
    at, own = number * FRONT, walk_beside(lex, x, base, row)
    front[at + F_ROW], front[at + F_TOKENS], front[at + F_COUNT] = row, 0, front[other + F_COUNT]
    if own == 0 and head(lex)[LEX_EXITS] == ints(lex, BASES)[base + 2]:
        front[at + F_EXITS], front[at + F_EXIT_COUNT] = front[other + F_EXITS], front[other + F_EXIT_COUNT]
    elif own >= 0 and store_exits(lex, number, 0) < 0:
        own = np.int64(FULL)
    if own < 0:
        head(lex)[3 * FRONT_ROWS + 2] -= size
        return own
    head(lex)[3 * FRONTS + 2] += FRONT
    return number


@linked
def walk_beside(lex, x, base, row):
    """Turns the row of a base into that of `x`, and finds its exits; how many the base has not, or a status.

    `UNKNOWN`, which is remembered, where they hardly ever fall together.
    """
    node_bytes, ends, depths = octets(lex, NODE_BYTE), narrow(lex, NODE_END), narrow(lex, NODE_DEPTH)
    offsets, ids, info = narrow(lex, NODE_TOKENS), narrow(lex, TOKEN_IDS), ints(lex, X_INFO)
    keys, nodes, path, table = ints(lex, BUILD_KEYS), ints(lex, BUILD_NODES), ints(lex, BUILD_PATH), ints(lex, BASES)
    out = words(lex, FRONT_ROWS)[row * head(lex)[LEX_WORDS] :]
    exits, own, met, last = 0, 0, base + 3, base + 3 + 2 * table[base + 2]
    path[0], path[1] = x, table[base]
    i, end, patience = np.int64(1), ends[0], ends[0] // POOR
    while i < end:
        at, byte, skip = 2 * depths[i], np.int64(node_bytes[i]), np.int64(ends[i])
        move = x_step(lex, path[at - 2], byte)
        beside = x_step(lex, path[at - 1], byte) if path[at - 1] >= 0 else np.int64(DEAD)
        if move == FULL or beside == FULL:
            return np.int64(FULL)
        target, other = move >> 1, beside >> 1
        while met < last and table[met + 1] < i:
            met += 2
        if target == other:
            while met < last and table[met + 1] < skip:
                keys[exits], nodes[exits] = table[met], table[met + 1]
                exits, met = exits + 1, met + 2
            i = skip
            continue
        patience -= 1
        if patience < 0:
            given_up = memo_put(lex, FRONT_KEYS, base_key(lex, x), 0)
            return np.int64(UNKNOWN) if given_up == 0 else given_up
        final = move >= 0 and info[target * INFO + I_FLAGS] & FINAL
        if move < 0 or final:
            for t in range(offsets[i], offsets[skip]):
                out[ids[t] >> 5] &= ~(np.uint32(1) << np.uint32(ids[t] & 31))
        if move < 0:
            i = skip
            continue
        for t in range(offsets[i], offsets[i + 1]):
            out[ids[t] >> 5] |= np.uint32(1) << np.uint32(ids[t] & 31)
        if info[target * INFO + I_LABEL] >= 0 and skip > i + 1:
            keys[exits] = (target if info[target * INFO + I_FLAGS] & SCANNER else info[target * INFO + I_LABEL]) * 1024
            nodes[exits] = i
            exits, own = exits + 1, own + 1
        path[at], path[at + 1] = target, other
        i = skip if final else i + 1
    head(lex)[LEX_EXITS] = exits
    return np.int64(own)


@linked
def front_of(lex, node, x, counted):
    """The front of `x` below `node`, made once; `FULL` when a table has to grow."""
    key = (np.int64(node) * 2 + (1 if counted else 0)) * 2**31 + x
    known = memo_get(lex, FRONT_KEYS, key)
    if known >= 0:
        return known
    front = build_front(lex, node, x, counted)
    if front < 0:
        return front
    return memo_put(lex, FRONT_KEYS, key, front)


@inner
def row_within(lex, front, high):
    """The row of the tokens of a counted front whose need is at most `high`, made once; or `FULL`."""
    key = -2 - (np.int64(front) * 4096 + min(high, 4095))
    known = memo_get(lex, FRONT_KEYS, key)
    if known >= 0:
        return known
    row = new_row(lex)
    if row < 0:
        return row
    facts = ints(lex, FRONTS)[front * FRONT :]
    out = words(lex, FRONT_ROWS)[row * head(lex)[LEX_WORDS] :]
    tokens = narrow(lex, FRONT_TOKENS)[facts[F_TOKENS] :]
    for i in range(count_within(lex, front, high)):
        out[tokens[i] >> 5] |= np.uint32(1) << np.uint32(tokens[i] & 31)
    return memo_put(lex, FRONT_KEYS, key, row)


@inner
def count_within(lex, front, high):
    """How many tokens of a counted front have a need of at most `high`."""
    facts = ints(lex, FRONTS)[front * FRONT :]
    if high >= facts[F_GREATEST]:
        return facts[F_COUNT]
    # after the sort, offsets[need] is where the tokens of that need end
    return ints(lex, FRONT_NEEDS)[facts[F_NEEDS] + high] if high >= 0 else 0


# Most rows are the same as one that was written before. So a row is listed first, as what is to be added to it; sums of
# what is listed, in any order, tell whether it is known, and only a new row is written. What is added is a token, a
# shared row, or a part of a list of tokens, each with its kind in the last bits. Around what a key of any text adds
# stand the tokens that spell a word taken out of it, and an end. Tokens in the first shared row are not listed again.
OP_TOKEN, OP_ROW, OP_LIST, OP_WITHOUT, OP_KINDS = range(5)
OP_END = -1
NO_COVER, NEVER_COVER = -1, -2
LIST_BITS = 24


@inner
def scrambled(value, multiplier):
    """A number whose bits all depend on all bits of another one."""
    mixed = (np.uint64(value) ^ (np.uint64(value) >> np.uint64(29))) * multiplier
    mixed = (mixed ^ (mixed >> np.uint64(32))) * multiplier
    return np.int64(mixed ^ (mixed >> np.uint64(30)))


@inner
def add_op(lex, kind, value):
    """Lists what is to be added to a row. What there is no room for is counted all the same."""
    ops, used, op = ints(lex, ROW_OPS), head(lex)[3 * ROW_OPS + 2], value * OP_KINDS + kind
    if used < len(ops):
        ops[used] = op
    head(lex)[3 * ROW_OPS + 2] = used + 1
    head(lex)[LEX_SUM] += scrambled(op ^ head(lex)[LEX_SALT], MIX)
    head(lex)[LEX_SUM2] += scrambled(op + head(lex)[LEX_SALT], MIX2)


@inner
def add_end(lex, before, before2):
    """Ends what a key of any text adds; the sums before it, and that of all of it, are added up."""
    ops, used = ints(lex, ROW_OPS), head(lex)[3 * ROW_OPS + 2]
    if used < len(ops):
        ops[used] = OP_END
    head(lex)[3 * ROW_OPS + 2] = used + 1
    head(lex)[LEX_SUM] = before + scrambled(head(lex)[LEX_SUM] ^ head(lex)[LEX_SUM2], MIX)
    head(lex)[LEX_SUM2] = before2 + scrambled(head(lex)[LEX_SUM2], MIX2)


@inner
def add_shared(lex, row):
    """Lists a shared row, the first of which covers others."""
    add_op(lex, OP_ROW, np.int64(row))
    if head(lex)[LEX_COVER] == NO_COVER:
        head(lex)[LEX_COVER] = row


@inner
def is_covered(lex, token):
    """Whether a token is in the first shared row."""
    row = head(lex)[LEX_COVER]
    if row < 0:
        return False
    return words(lex, FRONT_ROWS)[row * head(lex)[LEX_WORDS] + (token >> 5)] >> np.uint32(token & 31) & np.uint32(1)


@inner
def begin_without(lex, tokens, count):
    """Begins to list what a key of any text adds, with the tokens that spell a word taken out; its sums are apart."""
    head(lex)[LEX_SUM], head(lex)[LEX_SUM2] = 0, 0
    if head(lex)[LEX_COVER] == NO_COVER:
        head(lex)[LEX_COVER] = NEVER_COVER  # tokens are taken from the rows that follow
    add_op(lex, OP_WITHOUT, np.int64(count))
    for i in range(count):
        add_op(lex, OP_WITHOUT, np.int64(tokens[i]))  # not to be taken for tokens that are added


@inner
def begin_ops(lex):
    """Begins to list a row."""
    head(lex)[3 * ROW_OPS + 2], head(lex)[LEX_SUM], head(lex)[LEX_SUM2] = 0, 0, 0
    head(lex)[LEX_COVER] = NO_COVER


@inner
def have_room(lex):
    """Whether there was room for all of a row; if not, the table is named for the Python side to grow."""
    if head(lex)[3 * ROW_OPS + 2] <= len(ints(lex, ROW_OPS)):
        return True
    head(lex)[-1], head(lex)[3 * ROW_OPS + 2] = ROW_OPS, 0
    return False


@inner
def add_row(lex, row, address):
    """Adds a shared row to the one at `address`."""
    out = row_at(lex, address)
    size = head(lex)[LEX_WORDS]
    source = words(lex, FRONT_ROWS)[row * size :]
    for i in range(size):
        out[i] |= source[i]


@inner
def add_list(lex, start, count, address):
    """Adds listed tokens to the row at `address`."""
    out = row_at(lex, address)
    tokens = narrow(lex, FRONT_TOKENS)
    for i in range(start, start + count):
        out[tokens[i] >> 5] |= np.uint32(1) << np.uint32(tokens[i] & 31)


@kernel((INT, INT))
def write_row(lex, address):
    """Writes the row that was listed last; 0."""
    out, ops, begin, count = row_at(lex, address), ints(lex, ROW_OPS), 0, np.int64(0)
    for i in range(len(out)):
        out[i] = 0
    i, end = 0, head(lex)[3 * ROW_OPS + 2]
    while i < end:
        kind, value = ops[i] % OP_KINDS, ops[i] // OP_KINDS
        i += 1
        if ops[i - 1] == OP_END:
            put_back(ops[begin : begin + count], out)
        elif kind == OP_TOKEN:
            out[value >> 5] |= np.uint32(1) << np.uint32(value & 31)
        elif kind == OP_ROW:
            add_row(lex, value, address)
        elif kind == OP_LIST:
            add_list(lex, value >> LIST_BITS, value & ((1 << LIST_BITS) - 1), address)
        else:
            begin, count = i, value
            note_bits(ops[begin : begin + count], out)
            i += count
    return 0


@inner
def note_bits(tokens, out):
    """Notes beside each of some tokens whether it is in a row."""
    for i in range(len(tokens)):
        token = tokens[i] // OP_KINDS
        tokens[i] = token * 2 + ((out[token >> 5] >> np.uint32(token & 31)) & np.uint32(1))


@inner
def put_back(noted, out):
    """Makes some tokens be in a row, or not, as noted."""
    for i in range(len(noted)):
        word, position = noted[i] >> 6, np.uint32((noted[i] >> 1) & 31)
        out[word] &= ~(np.uint32(1) << position)
        out[word] |= np.uint32(noted[i] & 1) << position


# ---- registers of objects: (members so far, position, unseen names, open names)


@inner
def bit(pool, start, index):
    """Bit `index` of the set whose 32-bit words begin at `start`."""
    return (pool[start + (index >> 5)] >> (index & 31)) & 1


@inner
def extra_at(aut, o, e):
    """Where the description of extra `e` of an object begins."""
    lists = ints(aut, LISTS)
    return o + O_FIELDS + lists[o + O_WORDS] + 3 * lists[o + O_NAMES] + EXTRA * e


@inner
def is_wanted(aut, o, e, span):
    """Whether more members of extra `e` have to come."""
    lists = ints(aut, LISTS)
    if e >= lists[o + O_COUNTED]:
        return False
    return span[R_NAMES + 2 * lists[o + O_WORDS] + e] < lists[extra_at(aut, o, e) + E_LEAST]


@linked
def members_due(aut, o):
    """How many members have to come: required names still unseen, extras still wanted; of the register in `SPAN2`."""
    lists, span = ints(aut, LISTS), ints(aut, SPAN2)
    total = np.int64(0)
    for w in range(lists[o + O_WORDS]):
        left = np.uint32(span[R_NAMES + w] & lists[o + O_FIELDS + w])
        while left:
            left &= left - np.uint32(1)
            total += 1
    first = R_NAMES + 2 * lists[o + O_WORDS]
    for e in range(lists[o + O_COUNTED]):
        total += max(lists[extra_at(aut, o, e) + E_LEAST] - span[first + e], 0)
    return np.int64(total)


@inner
def slots_left(aut, o, count):
    """How many more members the object may have."""
    most = ints(aut, LISTS)[o + O_MAX]
    return NO_BOUND if most < 0 else most - count


@inner
def open_names(aut, o, span):
    """Writes the names that may come next behind the unseen ones."""
    lists = ints(aut, LISTS)
    names, size = lists[o + O_NAMES], lists[o + O_WORDS]
    required = o + O_FIELDS
    tight = slots_left(aut, o, span[R_COUNT]) <= members_due(aut, o)
    for w in range(size):
        unseen = span[R_NAMES + w] & (lists[required + w] if tight else -1)
        span[R_NAMES + size + w] = 0 if lists[o + O_ORDERED] else unseen
    if not lists[o + O_ORDERED]:
        return
    for position in range(span[R_POSITION], names):
        label = lists[required + size + names + position]
        needs_it = bit(lists, required, label)
        enough = lists[o + O_EXTRAS] > 0 or span[R_COUNT] + names - position >= lists[o + O_MIN]
        if (needs_it or not tight) and enough:
            span[R_NAMES + size + (label >> 5)] |= 1 << (label & 31)
        if needs_it:
            return


@inner
def count_member(aut, o, span):
    """One more member; the count stops where it no longer matters."""
    lists = ints(aut, LISTS)
    span[R_COUNT] += 1
    if lists[o + O_MAX] < 0:
        span[R_COUNT] = min(span[R_COUNT], lists[o + O_MIN])


@linked
def keep_register(aut, o):
    """The number of the register in `SPAN2`, after its open names are worked out."""
    lists = ints(aut, LISTS)
    open_names(aut, o, ints(aut, SPAN2))
    number = intern(aut, CELL_POOL, SPAN2, R_NAMES + 2 * lists[o + O_WORDS] + lists[o + O_COUNTED])
    return number if number < 0 else number + OBJECT_REGISTER


@linked
def load_register(aut, register):
    """Copies a register to `SPAN2`; its length."""
    pool, offsets, span = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS), ints(aut, SPAN2)
    number = register - OBJECT_REGISTER
    start = offsets[number]
    length = offsets[number + 1] - start
    for i in range(length):
        span[i] = pool[start + i]
    return np.int64(length)


@inner
def first_register(aut, o):
    """The register of an object with no members yet."""
    lists, span = ints(aut, LISTS), ints(aut, SPAN2)
    names, size = lists[o + O_NAMES], lists[o + O_WORDS]
    if not room(aut, SPAN2, R_NAMES + 2 * size + lists[o + O_COUNTED]):
        return np.int64(FULL)
    span[R_COUNT], span[R_POSITION], span[R_SEEN], span[R_WORDS] = 0, 0, -1, size
    for w in range(size):
        rest = names - 32 * w
        span[R_NAMES + w] = (1 << min(rest, 32)) - 1
    for e in range(lists[o + O_COUNTED]):
        span[R_NAMES + 2 * size + e] = 0
    return keep_register(aut, o)


@inner
def take_name(aut, o, register, label):
    """The register after the member `label`."""
    lists, span = ints(aut, LISTS), ints(aut, SPAN2)
    names, size = lists[o + O_NAMES], lists[o + O_WORDS]
    load_register(aut, register)
    count_member(aut, o, span)
    if not lists[o + O_ORDERED]:
        span[R_NAMES + (label >> 5)] &= ~(1 << (label & 31))
        return keep_register(aut, o)
    last = lists[o + O_FIELDS + size + label]
    for position in range(span[R_POSITION], last + 1):
        passed = lists[o + O_FIELDS + size + names + position]
        span[R_NAMES + (passed >> 5)] &= ~(1 << (passed & 31))
    span[R_POSITION] = last + 1
    return keep_register(aut, o)


@inner
def is_seen(aut, seen, value):
    """Whether a value is in a list of values."""
    pool, offsets = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)
    while seen >= 0:
        if pool[offsets[seen] + 1] == value:
            return True
        seen = pool[offsets[seen]]
    return False


@linked
def pair(aut, first, second):
    """The number of a pair: a text and its next byte, or a list and its next value."""
    span = ints(aut, SPAN)
    span[0], span[1] = first, second
    return intern(aut, CELL_POOL, SPAN, 2)


@inner
def take_extra(aut, o, register, e, value):
    """The register after a member of extra `e` whose key is `value` (-1: not known); `DEAD` if that was seen before."""
    lists, span = ints(aut, LISTS), ints(aut, SPAN2)
    load_register(aut, register)
    if value >= 0:
        if is_seen(aut, span[R_SEEN], value):
            return np.int64(DEAD)
        seen = pair(aut, np.int64(span[R_SEEN]), value)
        if seen < 0:
            return seen
        span[R_SEEN] = seen
    count_member(aut, o, span)
    size = lists[o + O_WORDS]
    if is_wanted(aut, o, e, span):
        span[R_NAMES + 2 * size + e] += 1
    if lists[o + O_ORDERED]:
        span[R_POSITION] = lists[o + O_NAMES]
        for w in range(size):
            span[R_NAMES + w] = 0
    return keep_register(aut, o)


@linked
def any_open(aut, register, first, last):
    """Whether one of the names `first..last - 1` may come next."""
    pool, offsets = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)
    start = offsets[register - OBJECT_REGISTER]
    start += R_NAMES + pool[start + R_WORDS]
    label = first
    while label < last:
        if label & 31 == 0 and pool[start + (label >> 5)] == 0:
            label += 32
            continue
        if bit(pool, start, label):
            return True
        label += 1
    return False


@linked
def extra_allowed(aut, o, register, e):
    """Whether a member of extra `e` may come next."""
    lists, span = ints(aut, LISTS), ints(aut, SPAN2)
    load_register(aut, register)
    due = members_due(aut, o)
    if slots_left(aut, o, span[R_COUNT]) <= due - is_wanted(aut, o, e, span):
        return False
    if not lists[o + O_ORDERED]:
        return True
    for w in range(lists[o + O_WORDS]):
        if span[R_NAMES + w] & lists[o + O_FIELDS + w]:
            return False
    return True


@inner
def may_end(aut, o, register):
    """Whether the object may be closed here."""
    load_register(aut, register)
    return ints(aut, SPAN2)[R_COUNT] >= ints(aut, LISTS)[o + O_MIN] and members_due(aut, o) == 0


# ---- closures


@linked
def make_cell(aut, place, register, parent):
    """The stack cell that goes on at `place`. Where the rule ends there, the parent itself: tail calls do not grow."""
    if ints(aut, PLACES)[4 * place] == OP_END:
        return np.int64(parent)
    span = ints(aut, SPAN)
    span[0], span[1], span[2] = place, register, parent
    return intern(aut, CELL_POOL, SPAN, 3)


@linked
def make_capture(aut, place, register, parent, text):
    """The stack cell that goes on at `place` and remembers the text read until then (-1: what it is is not known)."""
    span = ints(aut, SPAN)
    span[0], span[1], span[2], span[3] = place, register, parent, text
    return intern(aut, CELL_POOL, SPAN, 4)


@inner
def no_text(aut):
    """The text that a cell remembers at first; masks are walked without knowing texts."""
    return np.int64(-1) if head(aut)[AUT_PLAIN] else np.int64(0)


@linked
def remember(aut, cell, byte):
    """The cell after a byte: the texts that it and the cells below it remember get longer."""
    captured = mapped(aut, M_CAPTURED, cell, 0)
    return mapped(aut, M_REMEMBERED, cell, byte) if captured > 0 else captured if captured < 0 else np.int64(cell)


@linked
def plain_register(aut, register):
    """A register that has forgotten which keys were seen."""
    if register < OBJECT_REGISTER:
        return np.int64(register)
    length = load_register(aut, register)
    ints(aut, SPAN2)[R_SEEN] = -1
    number = intern(aut, CELL_POOL, SPAN2, length)
    return number if number < 0 else number + OBJECT_REGISTER


@linked
def map_get(aut, kind, cell, byte):
    """What `mapped` has found out for a cell, or `UNKNOWN`."""
    if cell == 0:
        return np.int64(0)
    if kind == M_REMEMBERED and memo_get(aut, MEMO_KEYS, (np.int64(M_CAPTURED) << 56) | (cell << 8)) == 0:
        return np.int64(cell)
    return memo_get(aut, MEMO_KEYS, (np.int64(kind) << 56) | (cell << 8) | byte)


@linked
def mapped(aut, kind, cell, byte):
    """What a cell is for a kind of memo, worked out from the bottom of its stack; or `FULL`.

    `M_PLAIN`: the cell that has forgotten texts and seen keys. `M_REMEMBERED`: the cell after a byte. `M_CAPTURED`: 1
    if it or a cell below remembers a text. `M_DOUBTFUL`: why these may forbid what the plain cell allows, as bits of
    a row.
    """
    depth = np.int64(1)
    ints(aut, CHAIN)[0] = cell
    while depth > 0:
        here = np.int64(ints(aut, CHAIN)[depth - 1])
        if map_get(aut, kind, here, byte) != UNKNOWN:
            depth -= 1
            continue
        pool, start, end = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[here], ints(aut, CELL_OFFSETS)[here + 1]
        first, last = (start + 1, end) if pool[start] == JOIN else (start + 2, start + 3)
        if not room(aut, CHAIN, depth + last - first):
            return np.int64(FULL)
        waiting = depth
        for at in range(first, last):
            if map_get(aut, kind, np.int64(pool[at]), byte) == UNKNOWN:
                ints(aut, CHAIN)[waiting] = pool[at]
                waiting += 1
        if waiting > depth:
            depth = waiting
            continue
        made = map_cell(aut, kind, here, byte) if kind == M_PLAIN or kind == M_REMEMBERED else map_flag(aut, kind, here)
        if made < 0 or memo_put(aut, MEMO_KEYS, (np.int64(kind) << 56) | (here << 8) | byte, made) < 0:
            return np.int64(FULL)
    return map_get(aut, kind, cell, byte)


@inner
def map_flag(aut, kind, cell):
    """What holds for a cell, or for one below it, for which that is known."""
    pool, start, end = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[cell], ints(aut, CELL_OFFSETS)[cell + 1]
    if pool[start] != JOIN:
        is_captured = np.int64(end - start == CAPTURE and pool[start + 3] >= 0)
        flags = is_captured if kind == M_CAPTURED else doubts(aut, start, end)
        return flags | map_get(aut, kind, np.int64(pool[start + 2]), 0)
    flags = np.int64(0)
    for at in range(start + 1, end):
        flags |= map_get(aut, kind, np.int64(pool[at]), 0)
    return flags


@inner
def doubts(aut, start, end):
    """Whether a cell waits for a value that decides what follows, and its object saw a key that one token may hold."""
    pool = ints(aut, CELL_POOL)
    place, register = np.int64(pool[start]), np.int64(pool[start + 1])
    decides = end - start == CAPTURE and ints(aut, PLACES)[4 * place] == OP_FOLLOW
    keys = head(aut)[AUT_HELD] > 0 and saw_keys(aut, register)
    return np.int64(ROW_DECIDES * decides + ROW_KEYS * keys)


@inner
def saw_keys(aut, register):
    """Whether a register is that of an object, and remembers keys."""
    if register < OBJECT_REGISTER:
        return False
    return ints(aut, CELL_POOL)[ints(aut, CELL_OFFSETS)[register - OBJECT_REGISTER] + R_SEEN] >= 0


@inner
def reads_next_key(aut, cell, high):
    """Whether a cell reads a key that some token may make one of those that its object saw, or the last of all."""
    pool, start = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[cell]
    if ints(aut, CELL_OFFSETS)[cell + 1] - start != CAPTURE or pool[start] == JOIN:
        return False
    register = np.int64(pool[start + 1])
    if ints(aut, PLACES)[4 * pool[start]] != OP_EXTRA or not saw_keys(aut, register):
        return False
    text, seen = np.int64(pool[start + 3]), pool[ints(aut, CELL_OFFSETS)[register - OBJECT_REGISTER] + R_SEEN]
    return high >= 0 or has_escape(aut, text) or may_end_as_seen(aut, text, np.int64(seen))


@inner
def has_escape(aut, text):
    """Whether a text has a backslash."""
    pool, offsets = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)
    while text > 0:
        if pool[offsets[text] + 1] == 92:
            return True
        text = pool[offsets[text]]
    return False


@inner
def may_end_as_seen(aut, text, seen):
    """Whether one token may end a text, which has no escapes, as one of the keys in a list."""
    pool, offsets = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)
    while seen >= 0:
        ends = memo_get(aut, MEMO_KEYS, (np.int64(M_ENDS) << 56) | pool[offsets[seen] + 1])
        if ends < 0:
            return True
        before, places = ends >> ENDS_BITS, ends & ((1 << ENDS_BITS) - 1)
        while places > 0:
            before = pool[offsets[before]]
            if places & 1 and before == text:
                return True
            places >>= 1
        seen = pool[offsets[seen]]
    return False


@inner
def map_cell(aut, kind, cell, byte):
    """The cell that `mapped` makes of one, with those made of the cells below it."""
    pool, start, end = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[cell], ints(aut, CELL_OFFSETS)[cell + 1]
    if pool[start] == JOIN:
        if not room(aut, JOINS, end - start):
            return np.int64(FULL)
        for at in range(start + 1, end):
            ints(aut, JOINS)[at - start - 1] = map_get(aut, kind, np.int64(pool[at]), byte)
        return unite(aut, 0, end - start - 1)
    place, register = np.int64(pool[start]), np.int64(pool[start + 1])
    parent = map_get(aut, kind, np.int64(pool[start + 2]), byte)
    if kind == M_PLAIN:
        register = plain_register(aut, register)
        if register < 0:
            return register
    if end - start != CAPTURE:
        return make_cell(aut, place, register, parent)
    text = np.int64(ints(aut, CELL_POOL)[start + 3])
    if kind == M_PLAIN or text < 0:
        return make_capture(aut, place, register, parent, -1)
    longer = pair(aut, text, byte)
    return longer if longer < 0 else make_capture(aut, place, register, parent, longer)


@linked
def value_of(aut, text):
    """The number of the JSON value that a text spells, -1 for a text that is not known; or a status."""
    if text < 0:
        return np.int64(-1)
    value = memo_get(aut, MEMO_KEYS, (np.int64(M_VALUE) << 56) | text)
    if value < 0:
        head(aut)[AUT_WANTED] = text
        return np.int64(NEED_VALUE)
    return value


@linked
def key_lives(lex, aut, x, low, high, text, seen):
    """Whether a key at `x`, of which `text` is read, can be finished so that it is not in `seen`: 1, 0 or a status.

    Only asked about keys of bounded length: others always can.
    """
    depth = np.int64(0)
    stack = ints(aut, KEYS)
    stack[0], stack[1], stack[2], stack[3], stack[4] = x, low, high, text, 0
    while depth >= 0:
        at = KEY * depth
        rank = np.int64(stack[at + 4])
        if rank == 256:
            depth -= 1
            continue
        stack[at + 4] = rank + 1
        byte = np.int64(34) if rank == 0 else rank - 1 if rank <= 34 else rank
        if byte == 92 and ints(lex, X_POOL)[ints(lex, X_OFFSETS)[stack[at]] + 2] >> 8 & 255 == BOUNDARY:
            continue  # most of what begins with an escape can be spelled without one
        move = x_step(lex, np.int64(stack[at]), byte)
        if move == FULL:
            return np.int64(FULL)
        if move < 0:
            continue
        target, least, most = move >> 1, np.int64(stack[at + 1]), np.int64(stack[at + 2])
        if move & 1:
            least, most = max(least - 1, 0), count_down(most)
        if most == EXHAUSTED or not fits(ints(lex, X_INFO), target, least, most):
            continue
        longer = pair(aut, np.int64(stack[at + 3]), byte)
        if longer < 0:
            return longer
        if ints(lex, X_INFO)[target * INFO + I_LABEL] >= 0 and least <= 0:
            value = value_of(aut, longer)
            if value < 0:
                return value
            if not is_seen(aut, seen, value):
                return np.int64(1)
            continue
        if not room(aut, KEYS, KEY * (depth + 2)):
            return np.int64(FULL)
        depth += 1
        at = KEY * depth
        stack[at], stack[at + 1], stack[at + 2], stack[at + 3], stack[at + 4] = target, least, most, longer, 0
    return np.int64(0)


@linked
def extra_open(lex, aut, o, register, e):
    """Whether a member of extra `e` may come next and some key is left for it: 1, 0 or a status."""
    if not extra_allowed(aut, o, register, e):
        return np.int64(0)
    lexeme = ints(aut, LISTS)[extra_at(aut, o, e) + E_LEXEME]
    facts = ints(aut, LEXEMES)
    seen = np.int64(ints(aut, CELL_POOL)[ints(aut, CELL_OFFSETS)[register - OBJECT_REGISTER] + R_SEEN])
    high = np.int64(facts[4 * lexeme + 2])
    if seen < 0 or high < 0:
        return np.int64(1)
    return key_lives(lex, aut, np.int64(facts[4 * lexeme]), np.int64(facts[4 * lexeme + 1]), high, 0, seen)


@linked
def push(aut, count, place, register, cell):
    """Puts a place on the agenda of a closure unless it was there before; the new length, or `FULL`."""
    table = ints(aut, VISITED)
    stamp = head(aut)[AUT_STAMP]
    limit = len(table) // 4 - 1
    mixed = np.uint64(place * 31 + register) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(cell) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    slot = np.int64(mixed >> np.uint64(33)) & limit
    while table[4 * slot] == stamp:
        if table[4 * slot + 1] == place and table[4 * slot + 2] == register and table[4 * slot + 3] == cell:
            return count
        slot = (slot + 1) & limit
    head(aut)[AUT_VISITS] += 1
    if 2 * head(aut)[AUT_VISITS] > limit:
        head(aut)[-1] = VISITED
        return np.int64(FULL)
    table[4 * slot], table[4 * slot + 1], table[4 * slot + 2], table[4 * slot + 3] = stamp, place, register, cell
    if not room(aut, AGENDA, 3 * count + 3):
        return np.int64(FULL)
    agenda = ints(aut, AGENDA)
    agenda[3 * count], agenda[3 * count + 1], agenda[3 * count + 2] = place, register, cell
    return count + 1


@inner
def begin_visits(aut):
    """Forgets which places a closure has visited, by a new stamp."""
    head(aut)[AUT_STAMP] += 1
    head(aut)[AUT_VISITS] = 0


@inner
def emit(aut, table, count, x, low, high, cell, shadow):
    """Appends a configuration to a buffer; the new length, or `FULL`."""
    if not room(aut, table, CONFIG * (count + 1)):
        return np.int64(FULL)
    buffer, at = ints(aut, table), CONFIG * count
    buffer[at], buffer[at + 1], buffer[at + 2], buffer[at + 3], buffer[at + 4] = x, low, high, cell, shadow
    return count + 1


@linked
def resume_capture(aut, agenda, cell):
    """Goes on with the value whose text a cell remembers: a key of an extra, or a value that decides what follows."""
    pool, start = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[cell]
    place, register, parent = np.int64(pool[start]), np.int64(pool[start + 1]), np.int64(pool[start + 2])
    value = value_of(aut, np.int64(pool[start + 3]))
    if value < -1:
        return value
    places = ints(aut, PLACES)
    a, b, target = (
        np.int64(places[4 * place + 1]),
        np.int64(places[4 * place + 2]),
        np.int64(places[4 * place + 3]),
    )
    if places[4 * place] == OP_FOLLOW:
        key = (np.int64(a) << 24) | (value + 1)
        rule = memo_get(aut, MEMO_KEYS, (np.int64(M_NEXT) << 56) | key)
        if rule < 0:
            head(aut)[AUT_WANTED] = key
            return np.int64(NEED_NEXT)
        return enter_call(aut, agenda, rule, target, register, parent)
    after = take_extra(aut, a, register, b, value)
    if after == DEAD:
        return agenda
    return after if after < 0 else push(aut, agenda, target, after, parent)


@inner
def push_frame(aut, agenda, closed, cell):
    """Goes on where a cell says that is no join; (agenda length, closed length)."""
    if cell == 0:
        return agenda, emit(aut, CLOSED, closed, FINAL_X, 0, 0, 0, -1)
    pool, start = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[cell]
    if ints(aut, CELL_OFFSETS)[cell + 1] - start == CAPTURE:
        return resume_capture(aut, agenda, cell), closed
    return push(aut, agenda, np.int64(pool[start]), np.int64(pool[start + 1]), np.int64(pool[start + 2])), closed


@inner
def push_cell(aut, agenda, closed, cell):
    """Goes on where a cell says; (agenda length, closed length)."""
    start, end = ints(aut, CELL_OFFSETS)[cell], ints(aut, CELL_OFFSETS)[cell + 1]
    if ints(aut, CELL_POOL)[start] != JOIN:
        return push_frame(aut, agenda, closed, cell)
    for at in range(start + 1, end):
        agenda, closed = push_frame(aut, agenda, closed, np.int64(ints(aut, CELL_POOL)[at]))
        if agenda < 0 or closed < 0:
            break
    return agenda, closed


@inner
def enter_lexeme(lex, aut, agenda, closed, lexeme, place, register, cell):
    """Starts a lexeme that goes on at `place`; (agenda length, closed length)."""
    after = make_cell(aut, place, register, cell)
    if after < 0:
        return after, closed
    facts = ints(aut, LEXEMES)
    x, low, high = np.int64(facts[4 * lexeme]), np.int64(facts[4 * lexeme + 1]), np.int64(facts[4 * lexeme + 2])
    info = ints(lex, X_INFO)
    if not info[x * INFO + I_FLAGS] & FINAL:
        closed = emit(aut, CLOSED, closed, x, low, high, after, -1)
    if info[x * INFO + I_LABEL] >= 0 and low <= 0:
        return push_cell(aut, agenda, closed, after)
    return agenda, closed


@inner
def enter_keys(lex, aut, agenda, closed, o, register, cell):
    """Starts the key of the next member: the trie of open names, and the extras."""
    lists = ints(aut, LISTS)
    if any_open(aut, register, 0, lists[o + O_NAMES]):
        agenda, closed = enter_lexeme(
            lex, aut, agenda, closed, lists[o + O_TRIE], lists[o + O_DISPATCH], register, cell
        )
    for e in range(lists[o + O_EXTRAS]):
        if agenda < 0 or closed < 0:
            break
        is_open = extra_open(lex, aut, o, register, e)
        if is_open != 0:
            closed = is_open if is_open < 0 else enter_extra(lex, aut, closed, o, register, e, cell)
    return agenda, closed


@linked
def enter_extra(lex, aut, closed, o, register, e, cell):
    """Starts the key of an extra member, which has to be remembered; the closed length, or a status."""
    lists, facts = ints(aut, LISTS), ints(aut, LEXEMES)
    lexeme, place = lists[extra_at(aut, o, e) + E_LEXEME], lists[extra_at(aut, o, e) + E_PLACE]
    after = make_capture(aut, np.int64(place), register, cell, no_text(aut))
    if after < 0:
        return after
    x, low, high = np.int64(facts[4 * lexeme]), np.int64(facts[4 * lexeme + 1]), np.int64(facts[4 * lexeme + 2])
    return emit(aut, CLOSED, closed, x, low, high, after, -1)


@inner
def enter_call(aut, agenda, rule, place, register, cell):
    """Enters a rule; its places are asked for where they are not made yet."""
    entry = ints(aut, RULE_ENTRY)[rule]
    if entry < 0:
        head(aut)[AUT_WANTED] = rule
        return np.int64(NEED_RULE)
    after = make_cell(aut, place, register, cell)
    return after if after < 0 else push(aut, agenda, np.int64(entry), 0, after)


@inner
def enter_remembered(aut, agenda, rule, place, register, cell):
    """Enters a rule whose text decides what follows it."""
    entry = ints(aut, RULE_ENTRY)[rule]
    if entry < 0:
        head(aut)[AUT_WANTED] = rule
        return np.int64(NEED_RULE)
    after = make_capture(aut, place, register, cell, no_text(aut))
    return after if after < 0 else push(aut, agenda, np.int64(entry), 0, after)


@inner
def enter_options(aut, agenda, first, count, register, cell):
    """Puts the options of a choice on the agenda."""
    for i in range(first, first + count):
        agenda = push(aut, agenda, ints(aut, LISTS)[i], register, cell)
        if agenda < 0:
            break
    return agenda


@inner
def enter_repeat(aut, agenda, a, b, body, register, cell):
    """Another round while fewer than the most are read, the way out when the least are."""
    lists = ints(aut, LISTS)
    if lists[a + 1] < 0 or register < lists[a + 1]:
        agenda = push(aut, agenda, body, register, cell)
    if agenda >= 0 and register >= lists[a]:
        agenda = push(aut, agenda, b, register, cell)
    return agenda


@inner
def more_members(lex, aut, o, register):
    """Whether another member may come: 1, 0 or a status."""
    lists = ints(aut, LISTS)
    if any_open(aut, register, 0, lists[o + O_NAMES]):
        return np.int64(1)
    for e in range(lists[o + O_EXTRAS]):
        is_open = extra_open(lex, aut, o, register, e)
        if is_open != 0:
            return is_open
    return np.int64(0)


@inner
def enter_more(lex, aut, agenda, o, out, more, register, cell):
    """Another member where one may come, the end of the object where it may end."""
    another = more_members(lex, aut, o, register)
    if another != 0:
        agenda = another if another < 0 else push(aut, agenda, more, register, cell)
    if agenda >= 0 and may_end(aut, o, register):
        agenda = push(aut, agenda, out, register, cell)
    return agenda


@linked
def add_term(aut, terms, terminal, cell):
    """Notes a terminal that may come next; the new number of them, or `FULL`."""
    if not room(aut, TERMS, 2 * terms + 2):
        return np.int64(FULL)
    table = ints(aut, TERMS)
    table[2 * terms], table[2 * terms + 1] = terminal, cell
    return terms + 1


@linked
def close(lex, aut, agenda, closed, terms):
    """Follows calls and ends until only configurations are left; their number (in `CLOSED`), or a status."""
    places = ints(aut, PLACES)
    while agenda > 0:
        agenda -= 1
        item = ints(aut, AGENDA)
        place, register, cell = (
            np.int64(item[3 * agenda]),
            np.int64(item[3 * agenda + 1]),
            np.int64(item[3 * agenda + 2]),
        )
        op, a, b = places[4 * place], np.int64(places[4 * place + 1]), np.int64(places[4 * place + 2])
        after = np.int64(places[4 * place + 3])
        if op == OP_END:
            agenda, closed = push_cell(aut, agenda, closed, cell)
        elif op == OP_LEX:
            agenda, closed = enter_lexeme(lex, aut, agenda, closed, a, after, register, cell)
        elif op == OP_CALL:
            agenda = enter_call(aut, agenda, a, after, register, cell)
        elif op == OP_ALT:
            agenda = enter_options(aut, agenda, a, b, register, cell)
        elif op == OP_REPEAT:
            agenda = enter_repeat(aut, agenda, a, b, after, register, cell)
        elif op == OP_COUNT:
            least, most = ints(aut, LISTS)[a], ints(aut, LISTS)[a + 1]
            agenda = push(aut, agenda, after, register + 1 if most >= 0 else min(register + 1, least), cell)
        elif op == OP_INIT:
            register = first_register(aut, a)
            agenda = register if register < 0 else push(aut, agenda, after, register, cell)
        elif op == OP_MORE:
            agenda = enter_more(lex, aut, agenda, a, b, after, register, cell)
        elif op == OP_KEYS:
            agenda, closed = enter_keys(lex, aut, agenda, closed, a, register, cell)
        elif op == OP_REMEMBER:
            agenda = enter_remembered(aut, agenda, a, b, register, cell)
        else:
            target = make_cell(aut, after, register, cell)
            terms = target if target < 0 else add_term(aut, terms, a, target)
        if agenda < 0 or closed < 0 or terms < 0:
            return min(agenda, closed, terms)
    if closed > 0 and may_ignore(aut, closed):
        terms = add_term(aut, terms, NO_TERMINAL, 0)
    if terms != 0:
        return terms if terms < 0 else add_scan(aut, closed, terms)
    return closed


@inner
def may_ignore(aut, closed):
    """Whether the text may end, but ignored terminals may still come before its end."""
    if ints(aut, LISTS)[head(aut)[AUT_IGNORED]] == 0:
        return False
    for i in range(closed):
        if ints(aut, CLOSED)[CONFIG * i] == FINAL_X:
            return True
    return False


@inner
def join_targets(aut, keys, cells, count):
    """Joins the cells that have one key, of pairs that are sorted by it; how many keys are left, or `FULL`."""
    kept, at = np.int64(0), 0
    while at < count:
        end = at
        while end < count and keys[end] == keys[at]:
            end += 1
        if not room(aut, JOINS, end - at):
            return np.int64(FULL)
        for i in range(at, end):
            ints(aut, JOINS)[i - at] = cells[i]
        joined = join(aut, 0, end - at)
        if joined < 0:
            return joined
        keys[kept], cells[kept] = keys[at], joined
        kept += 1
        at = end
    return kept


@inner
def add_scan(aut, closed, terms):
    """Joins the terminals that may come next into one configuration over their scanner."""
    pairs = ints(aut, TERMS)
    if not room(aut, SORTED, 2 * terms):
        return np.int64(FULL)
    keys, cells = ints(aut, SORTED)[:terms], ints(aut, SORTED)[terms:]
    for i in range(terms):
        keys[i], cells[i] = pairs[2 * i], pairs[2 * i + 1]
    sort_pairs(keys, cells, terms)
    kinds = join_targets(aut, keys, cells, terms)
    if kinds < 0 or not (room(aut, SPAN, 2 * terms + 1) and room(aut, SPAN2, terms)):
        return np.int64(FULL)
    span, wanted = ints(aut, SPAN), ints(aut, SPAN2)
    unnamed = 1 if keys[0] == NO_TERMINAL else 0
    span[0] = OP_SCAN
    for i in range(kinds):
        span[2 * i + 1], span[2 * i + 2] = keys[i], cells[i]
        if i >= unnamed:
            wanted[i - unnamed] = keys[i]
    length, kinds = 2 * kinds + 1, kinds - unnamed
    scan = intern(aut, CELL_POOL, SPAN, length)
    kind = scan if scan < 0 else intern(aut, CELL_POOL, SPAN2, kinds)
    if kind < 0:
        return kind
    x = memo_get(aut, MEMO_KEYS, (np.int64(M_SCANNER) << 56) | kind)
    if x < 0:
        head(aut)[AUT_WANTED] = kind
        return np.int64(NEED_SCANNER)
    return emit(aut, CLOSED, closed, x, 0, -1, scan, -1)


@inner
def less(buffer, left, right):
    """Whether configuration `left` sorts before configuration `right`: by cells where they differ in nothing else."""
    for i in (0, 1, 2, 4, 3):
        a, b = buffer[CONFIG * left + i], buffer[CONFIG * right + i]
        if a != b:
            return a < b
    return False


@inner
def swap(buffer, left, right):
    """Exchanges two configurations."""
    for i in range(CONFIG):
        kept = buffer[CONFIG * left + i]
        buffer[CONFIG * left + i] = buffer[CONFIG * right + i]
        buffer[CONFIG * right + i] = kept


@inner
def sort_configs(buffer, count):
    """Sorts configurations and drops repeated ones; how many are left."""
    if count < 2:
        return count
    gap = count // 2
    while gap > 0:
        for i in range(gap, count):
            j = i
            while j >= gap and less(buffer, j, j - gap):
                swap(buffer, j, j - gap)
                j -= gap
        gap //= 2
    kept = 1
    for i in range(1, count):
        if less(buffer, kept - 1, i):
            for field in range(CONFIG):
                buffer[CONFIG * kept + field] = buffer[CONFIG * i + field]
            kept += 1
    return kept


@linked
def settle(aut, table, count):
    """Sorts the configurations of a buffer and joins those that differ in nothing but their stacks; how many are left.

    Or `FULL`: what is in the buffer then has to be made again.
    """
    if count < 2:
        return np.int64(count)
    buffer, at, kept = ints(aut, table), np.int64(0), np.int64(0)
    count = sort_configs(buffer, count)
    while at < count:
        end = at + 1
        while end < count and buffer[CONFIG * at] >= 0 and same_but_stack(buffer, at, end):
            end += 1
        for field in range(CONFIG):
            buffer[CONFIG * kept + field] = buffer[CONFIG * at + field]
        kept = kept + 1 if end == at + 1 else join_configs(aut, table, kept, at, end)
        if kept < 0:
            return kept
        at = end
    return kept


@inner
def same_but_stack(buffer, left, right):
    """Whether two configurations differ in nothing but their cells."""
    left, right = CONFIG * left, CONFIG * right
    return (
        buffer[left] == buffer[right]
        and buffer[left + 1] == buffer[right + 1]
        and buffer[left + 2] == buffer[right + 2]
        and buffer[left + 4] == buffer[right + 4]
    )


@linked
def join_configs(aut, table, kept, begin, end):
    """Joins configurations `begin..end - 1`, which differ in their cells, into `kept` and those after it; their end.

    What a key means is known from its object: such configurations stay apart, with their parents joined.
    """
    buffer, apart, size = ints(aut, table), np.int64(0), end - begin
    if not room(aut, JOINS, 2 * size):
        return np.int64(FULL)
    found = ints(aut, JOINS)
    for i in range(begin, end):
        cell = buffer[CONFIG * i + 3]
        if stays_apart(aut, np.int64(cell)):
            found[apart] = cell
            apart += 1
    plain = apart
    for i in range(begin, end):
        cell = buffer[CONFIG * i + 3]
        if not stays_apart(aut, np.int64(cell)):
            found[plain] = cell
            plain += 1
    joined = join(aut, apart, plain - apart) if plain > apart else np.int64(-1)
    frames = join_frames(aut, 0, apart)
    if joined == FULL or frames < 0:
        return np.int64(FULL)
    first = kept
    for i in range(frames + (joined >= 0)):
        for field in range(CONFIG):
            buffer[CONFIG * kept + field] = buffer[CONFIG * first + field]
        buffer[CONFIG * kept + 3] = joined if i == frames else found[apart + i]
        kept += 1
    return kept


@inner
def stays_apart(aut, cell):
    """Whether what is read before a cell counts: a name, the key of an extra, a terminal."""
    if cell == 0:
        return False
    place = ints(aut, CELL_POOL)[ints(aut, CELL_OFFSETS)[cell]]
    op = ints(aut, PLACES)[4 * place]
    return op == OP_DISPATCH or op == OP_EXTRA or op == OP_SCAN


@inner
def frame_order(aut, left, right):
    """Compares two cells by all but their parents: -1, 0 or 1."""
    pool, offsets = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)
    a, b = offsets[left], offsets[right]
    length, other = offsets[left + 1] - a, offsets[right + 1] - b
    if length != other:
        return -1 if length < other else 1
    for i in range(length):
        if i != 2 and pool[a + i] != pool[b + i]:
            return -1 if pool[a + i] < pool[b + i] else 1
    return 0


@inner
def sort_frames(aut, cells, count):
    """Shell sort of cells by frames, then by number; drops repeated ones. How many are left."""
    gap = count // 2
    while gap > 0:
        for i in range(gap, count):
            cell, j = cells[i], i
            while j >= gap:
                order = frame_order(aut, np.int64(cells[j - gap]), np.int64(cell))
                if order < 0 or (order == 0 and cells[j - gap] <= cell):
                    break
                cells[j] = cells[j - gap]
                j -= gap
            cells[j] = cell
        gap //= 2
    kept = np.int64(min(count, 1))
    for i in range(1, count):
        if cells[i] != cells[kept - 1]:
            cells[kept] = cells[i]
            kept += 1
    return kept


@inner
def flatten(aut, start, count):
    """Copies the cells `JOINS[start:start + count]` behind them, the members in the place of a join; their number."""
    cells, end = ints(aut, JOINS), start + count
    size = np.int64(0)
    for i in range(start, end):
        cell = np.int64(cells[i])
        pool, first, last = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[cell], ints(aut, CELL_OFFSETS)[cell + 1]
        if not room(aut, JOINS, end + size + last - first):
            return np.int64(FULL)
        if pool[first] != JOIN:
            cells[end + size] = cell
            size += 1
            continue
        for at in range(first + 1, last):
            cells[end + size] = pool[at]
            size += 1
    return size


@linked
def join_frames(aut, start, count):
    """Joins the cells `JOINS[start:start + count]` where they differ in their parents only; how many are left.

    They lie behind the cells that were given, in the order of their frames. `FULL` when a table has to grow.
    """
    first, kept, at = start + count, np.int64(0), np.int64(0)
    size = flatten(aut, start, count)
    if size < 0:
        return size
    cells = ints(aut, JOINS)
    size = sort_frames(aut, cells[first:], size)
    while at < size:
        end = at + 1
        cell = np.int64(cells[first + at])
        while end < size and frame_order(aut, cell, np.int64(cells[first + end])) == 0:
            end += 1
        if end > at + 1:
            cell = join_parents(aut, first + at, end - at, first + size)
            if cell < 0:
                return cell
        cells[first + kept] = cell
        kept += 1
        at = end
    return kept


@inner
def join_parents(aut, start, count, free):
    """The cell for the cells `JOINS[start:start + count]`, which have one frame; overwrites `JOINS` from `free` on."""
    if not room(aut, JOINS, free + count):
        return np.int64(FULL)
    cells, pool, offsets = ints(aut, JOINS), ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)
    for i in range(count):
        cells[free + i] = pool[offsets[cells[start + i]] + 2]
    parent = unite(aut, free, count)
    if parent < 0:
        return parent
    one = offsets[cells[start]]
    place, register = np.int64(pool[one]), np.int64(pool[one + 1])
    if offsets[cells[start] + 1] - one == CAPTURE:
        return make_capture(aut, place, register, parent, np.int64(pool[one + 3]))
    return make_cell(aut, place, register, parent)


@linked
def join(aut, start, count):
    """The cell that stands for the cells `JOINS[start:start + count]`; overwrites what lies behind them."""
    kept = join_frames(aut, start, count)
    return kept if kept < 0 else unite(aut, start + count, kept)


@linked
def unite(aut, start, count):
    """As `join`, but cells that differ in their parents only stay apart: what lies below them was joined before."""
    size, first = flatten(aut, start, count), start + count
    if size < 0 or not room(aut, SPAN, size + 1):
        return np.int64(FULL)
    span, kept = ints(aut, SPAN), np.int64(0)
    cells = ints(aut, JOINS)[first:]
    sort_pairs(cells, cells, size)
    for i in range(size):
        if i == 0 or cells[i] != cells[i - 1]:
            kept += 1
            span[kept] = cells[i]
    if kept == 1:
        return np.int64(span[1])
    span[0] = JOIN
    return intern(aut, CELL_POOL, SPAN, kept + 1)


@linked
def keep_state(aut, table, count):
    """The number of the state whose configurations lie in a buffer."""
    kept = settle(aut, table, count)
    return kept if kept < 0 else intern(aut, STATE_POOL, table, CONFIG * kept)


@inner
def is_ignored(aut, terminal):
    """Whether a terminal is dropped between others; the list of them starts with its length."""
    lists, start = ints(aut, LISTS), head(aut)[AUT_IGNORED]
    for i in range(lists[start]):
        if lists[start + 1 + i] == terminal:
            return True
    return False


@inner
def resume_scan(aut, cell, label):
    """What follows the terminal `label` of a scan: (agenda, closed, terms)."""
    offsets = ints(aut, CELL_OFFSETS)
    agenda, closed, terms = np.int64(0), np.int64(0), np.int64(0)
    again = is_ignored(aut, label)
    for at in range(offsets[cell] + 1, offsets[cell + 1], 2):
        pool = ints(aut, CELL_POOL)
        terminal, target = np.int64(pool[at]), np.int64(pool[at + 1])
        if again and terminal == NO_TERMINAL:
            agenda, closed = push_cell(aut, agenda, closed, target)
        elif again:
            terms = add_term(aut, terms, terminal, target)
        elif terminal == label:
            agenda, closed = push_cell(aut, agenda, closed, target)
        if agenda < 0 or closed < 0 or terms < 0:
            break
    return agenda, closed, terms


@inner
def resume_member(aut, place, register, parent, label):
    """Goes on after the key of the member `label`; the agenda length, or a status."""
    o = np.int64(ints(aut, PLACES)[4 * place + 1])
    lists = ints(aut, LISTS)
    if not any_open(aut, register, label, label + 1):
        return np.int64(0)
    after = take_name(aut, o, register, label)
    if after < 0:
        return after
    target = lists[o + O_FIELDS + lists[o + O_WORDS] + 2 * lists[o + O_NAMES] + label]
    return push(aut, 0, np.int64(target), after, parent)


@linked
def continuation(lex, aut, cell, label):
    """The state after a lexeme whose text was recognised as `label`, memoised; or a status."""
    kind = M_PLAIN_CONTINUATION if head(aut)[AUT_PLAIN] else M_CONTINUATION
    key = (np.int64(kind) << 56) | (np.int64(cell) << 24) | label
    known = memo_get(aut, MEMO_KEYS, key)
    if known != UNKNOWN:
        return known
    begin_visits(aut)
    pool, start = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[cell]
    place = np.int64(pool[start])
    agenda, closed, terms = np.int64(0), np.int64(0), np.int64(0)
    if cell == 0:
        agenda, closed = push_cell(aut, agenda, closed, cell)
    elif place == OP_SCAN:
        agenda, closed, terms = resume_scan(aut, cell, label)
    elif ints(aut, PLACES)[4 * place] == OP_DISPATCH:
        agenda = resume_member(aut, place, np.int64(pool[start + 1]), np.int64(pool[start + 2]), label)
    else:
        agenda, closed = push_cell(aut, agenda, closed, cell)
    if agenda < 0 or closed < 0 or terms < 0:
        return min(agenda, closed, terms)
    count = close(lex, aut, agenda, closed, terms)
    if count < 0:
        return count
    state = keep_state(aut, CLOSED, count)
    return state if state < 0 else memo_put(aut, MEMO_KEYS, key, state)


@inner
def is_state(aut, state):
    """Whether a number is that of a live state; if not, the header says what it was."""
    head(aut)[AUT_WANTED] = state
    return 0 <= state < head(aut)[3 * STATE_OFFSETS + 2]


@kernel((INT, INT, INT))
def start_state(lex, aut, place):
    """The state at the beginning of a text, for the entry place of the start rule."""
    head(aut)[AUT_PLAIN] = 0
    begin_visits(aut)
    agenda = push(aut, 0, place, 0, 0)
    if agenda < 0:
        return agenda
    count = close(lex, aut, agenda, 0, 0)
    return count if count < 0 else keep_state(aut, CLOSED, count)


@kernel((INT, INT, INT))
def plain_state(_lex, aut, state):
    """The state that has forgotten texts and seen keys: what follows it may be a little more.

    Why it may is left in the header.
    """
    count, doubtful = copy_state(aut, state, CONFIGS), np.int64(0)
    for i in range(count):
        cell = np.int64(ints(aut, CONFIGS)[CONFIG * i + 3])
        plain, doubt = mapped(aut, M_PLAIN, cell, 0), mapped(aut, M_DOUBTFUL, cell, 0)
        if plain < 0 or doubt < 0:
            return min(plain, doubt)
        ints(aut, CONFIGS)[CONFIG * i + 3] = plain
        doubtful |= doubt
        if reads_next_key(aut, cell, ints(aut, CONFIGS)[CONFIG * i + 2]):
            doubtful |= ROW_KEYS
    head(aut)[AUT_DOUBTFUL] = doubtful
    return count if count < 0 else keep_state(aut, CONFIGS, count)


# ---- longest match


@linked
def shadow_step(lex, aut, shadow, byte):
    """The shadow after a byte: -1 when nothing is left of it, `KILLED` when a longer match was found."""
    if shadow < 0:
        return np.int64(-1)
    offsets, span = ints(aut, CELL_OFFSETS), ints(aut, SPAN2)
    info, kept = ints(lex, X_INFO), 0
    if not room(aut, SPAN2, offsets[shadow + 1] - offsets[shadow]):
        return np.int64(FULL)
    for at in range(offsets[shadow], offsets[shadow + 1]):
        move = x_step(lex, np.int64(ints(aut, CELL_POOL)[at]), byte)
        if move == FULL:
            return np.int64(FULL)
        if move < 0:
            continue
        target = move >> 1
        if info[target * INFO + I_LABEL] >= 0:
            return np.int64(KILLED)
        span[kept] = target
        kept += 1
    if kept == 0:
        return np.int64(-1)
    return intern(aut, CELL_POOL, SPAN2, kept)


@linked
def shadow_add(lex, aut, shadow, x):
    """The shadow that also forbids a longer match of the lexeme that ended in `x`."""
    flags = ints(lex, X_INFO)[x * INFO + I_FLAGS]
    if not flags & SCANNER or flags & FINAL:
        return np.int64(shadow)
    span, length = ints(aut, SPAN2), 0
    if shadow >= 0:
        offsets = ints(aut, CELL_OFFSETS)
        if not room(aut, SPAN2, offsets[shadow + 1] - offsets[shadow] + 1):
            return np.int64(FULL)
        for at in range(offsets[shadow], offsets[shadow + 1]):
            span[length] = ints(aut, CELL_POOL)[at]
            length += 1
    span[length] = x
    return intern(aut, CELL_POOL, SPAN2, length + 1)


@linked
def can_finish(lex, aut, x, shadow):
    """Whether the lexeme at `x` has a text that its shadow lets through; 1, 0 or a status."""
    key = (np.int64(M_FINISH) << 56) | (np.int64(x) << 28) | shadow
    known = memo_get(aut, MEMO_KEYS, key)
    if known != UNKNOWN:
        return known
    begin_visits(aut)
    info = ints(lex, X_INFO)
    agenda = push(aut, 0, x, shadow, -1)
    while agenda > 0:
        agenda -= 1
        item = ints(aut, AGENDA)
        here, under = np.int64(item[3 * agenda]), np.int64(item[3 * agenda + 1])
        for byte in range(256):
            move = x_step(lex, here, byte)
            left = shadow_step(lex, aut, under, byte) if move >= 0 else move
            if move == FULL or left == FULL:
                return np.int64(FULL)
            if move < 0 or left == KILLED:
                continue
            if left == -1 or info[(move >> 1) * INFO + I_LABEL] >= 0:
                return memo_put(aut, MEMO_KEYS, key, 1)
            agenda = push(aut, agenda, move >> 1, left, -1)
            if agenda < 0:
                return agenda
    return agenda if agenda < 0 else memo_put(aut, MEMO_KEYS, key, 0)


# ---- reading bytes


@inner
def fits(info, x, low, high):
    """Whether a lexeme at `x` can still be finished with at least `low` and at most `high` more code points."""
    if low <= 0 and high < 0:
        return True
    return low <= info[x * INFO + I_MAX] and (high < 0 or info[x * INFO + I_MIN] <= high)


@inner
def count_down(high):
    """One code point fewer may follow: -1 stays unbounded, `EXHAUSTED` where none may."""
    if high > 0:
        return high - 1
    return high if high < 0 else EXHAUSTED


@inner
def names_open(lex, aut, before, x, cell):
    """Whether a name spelled at `x` may still come; true unless `before`, one byte earlier, is in a trie of names."""
    info = ints(lex, X_INFO)
    if not info[before * INFO + I_FLAGS] & LABELLED:
        return True
    register = np.int64(ints(aut, CELL_POOL)[ints(aut, CELL_OFFSETS)[cell] + 1])
    return any_open(aut, register, info[x * INFO + I_FIRST], info[x * INFO + I_LAST])


@inner
def stays(lex, aut, x, low, high, shadow):
    """Whether the lexeme can go on at `x` and be finished: 1, 0 or a status."""
    info = ints(lex, X_INFO)
    if info[x * INFO + I_FLAGS] & FINAL or not fits(info, x, low, high):
        return np.int64(0)
    return np.int64(1) if shadow < 0 else can_finish(lex, aut, x, shadow)


@inner
def goes_on(lex, aut, state, shadow):
    """Whether some configuration of `state` can be finished under a shadow: 1, 0 or a status."""
    offsets = ints(aut, STATE_OFFSETS)
    for at in range(offsets[state], offsets[state + 1], CONFIG):
        x = np.int64(ints(aut, STATE_POOL)[at])
        live = np.int64(1) if x < 0 or shadow < 0 else can_finish(lex, aut, x, shadow)
        if live != 0:
            return live
    return np.int64(0)


@linked
def append_state(lex, aut, table, count, state, shadow):
    """Appends the configurations of a state under a shadow; the new length, or a status."""
    offsets = ints(aut, STATE_OFFSETS)
    for at in range(offsets[state], offsets[state + 1], CONFIG):
        pool = ints(aut, STATE_POOL)
        x, low, high, cell = np.int64(pool[at]), np.int64(pool[at + 1]), np.int64(pool[at + 2]), np.int64(pool[at + 3])
        under = np.int64(-1) if x < 0 else np.int64(shadow)
        if under >= 0:
            live = can_finish(lex, aut, x, under)
            if live < 0:
                return live
            if live == 0:
                continue
        count = emit(aut, table, count, x, low, high, cell, under)
        if count < 0:
            return count
    return count


@inner
def step_config(lex, aut, table, count, x, low, high, cell, shadow, byte):
    """Appends what a configuration becomes after a byte; the new length, or a status."""
    move = x_step(lex, x, byte)
    if move < 0:
        return np.int64(FULL) if move == FULL else count
    target = move >> 1
    if move & 1:
        low, high = max(low - 1, 0), count_down(high)
    under = shadow_step(lex, aut, shadow, byte)
    if under == FULL:
        return under
    if high == EXHAUSTED or under == KILLED or not names_open(lex, aut, x, target, cell):
        return count
    if head(aut)[AUT_REMEMBERS]:
        cell = remember(aut, cell, byte)
        if cell < 0:
            return cell
    label = np.int64(ints(lex, X_INFO)[target * INFO + I_LABEL])
    if label >= 0 and low <= 0:
        after = continuation(lex, aut, cell, label)
        below = after if after < 0 else shadow_add(lex, aut, under, target)
        count = below if below < -1 else append_state(lex, aut, table, count, after, below)
    if count < 0:
        return count
    inside = stays(lex, aut, target, low, high, under)
    if inside == 1 and high >= 0 and head(aut)[AUT_REMEMBERS]:
        inside = stays_new(lex, aut, target, low, high, cell)
    if inside == 1:
        return emit(aut, table, count, target, low, high, cell, under)
    return inside if inside < 0 else count


@linked
def stays_new(lex, aut, x, low, high, cell):
    """Whether a lexeme of bounded length, if it is a key that may not repeat one, can be finished: 1, 0 or a status."""
    pool, start = ints(aut, CELL_POOL), ints(aut, CELL_OFFSETS)[cell]
    place, register = np.int64(pool[start]), np.int64(pool[start + 1])
    if ints(aut, PLACES)[4 * place] != OP_EXTRA:
        return np.int64(1)
    seen = np.int64(pool[ints(aut, CELL_OFFSETS)[register - OBJECT_REGISTER] + R_SEEN])
    return np.int64(1) if seen < 0 else key_lives(lex, aut, x, low, high, np.int64(pool[start + 3]), seen)


@linked
def step_all(lex, aut, source, count, target, byte):
    """Steps every configuration of a buffer into another one; how many there are then, or a status."""
    stepped = np.int64(0)
    for i in range(count):
        buffer, at = ints(aut, source), CONFIG * i
        if buffer[at] < 0:
            continue
        stepped = step_config(
            lex,
            aut,
            target,
            stepped,
            np.int64(buffer[at]),
            np.int64(buffer[at + 1]),
            np.int64(buffer[at + 2]),
            np.int64(buffer[at + 3]),
            np.int64(buffer[at + 4]),
            byte,
        )
        if stepped < 0:
            return stepped
    return settle(aut, target, stepped)


@inner
def copy_state(aut, state, table):
    """Copies the configurations of a state into a buffer; how many there are, or `FULL`."""
    offsets = ints(aut, STATE_OFFSETS)
    size = offsets[state + 1] - offsets[state]
    if not room(aut, table, size):
        return np.int64(FULL)
    buffer, pool = ints(aut, table), ints(aut, STATE_POOL)
    for i in range(size):
        buffer[i] = pool[offsets[state] + i]
    return np.int64(size // CONFIG)


@kernel((INT, INT, INT, BYTES, INT, INT))
def advance_text(lex, aut, state, text, start, end):
    """The state after the bytes `text[start:end]`, `DEAD`, or a status."""
    head(aut)[AUT_PLAIN] = 0
    source, target = CONFIGS, CONFIGS2
    count = copy_state(aut, state, source)
    for i in range(start, end):
        if count > 0:
            count = step_all(lex, aut, source, count, target, np.int64(text[i]))
            source, target = target, source
    if count == 0:
        return np.int64(DEAD)
    return count if count < 0 else keep_state(aut, source, count)


@kernel((INT, INT, INT, INT))
def advance_token(lex, aut, state, token):
    """The state after a token of the vocabulary, `DEAD`, or a status."""
    if not is_state(aut, state):
        return np.int64(NO_STATE)
    offsets = narrow(lex, TOKEN_OFFSETS)
    start, end = offsets[token], offsets[token + 1]
    if start == end:
        return np.int64(DEAD)
    return advance_text(lex, aut, state, octets(lex, TOKEN_BYTES), start, end)


@kernel((INT, INT, INT, INTS, INTS))
def advance_tokens(lex, aut, state, tokens, out):
    """Writes the states after each of some tokens where `out` says `UNKNOWN`; 0 or a status. May be repeated."""
    for i in range(len(tokens)):
        if out[i] == UNKNOWN:
            target = advance_token(lex, aut, state, tokens[i])
            if target < DEAD:
                return target
            out[i] = target
    return np.int64(0)


# ---- masks


@linked
def add_work(aut, work, node, state, shadow):
    """Adds a subtree that is still to be walked; the new amount, or `FULL`."""
    if not room(aut, WORK, 3 * work + 3):
        return np.int64(FULL)
    table = ints(aut, WORK)
    table[3 * work], table[3 * work + 1], table[3 * work + 2] = node, state, shadow
    return work + 1


@linked
def leave(lex, aut, work, node, cell, x, shadow):
    """Goes on below `node` with what follows the lexeme that ended in `x`; the new amount of work, or a status.

    Without a status, the amount stays where nothing can follow under the shadow.
    """
    after = continuation(lex, aut, cell, np.int64(ints(lex, X_INFO)[x * INFO + I_LABEL]))
    below = after if after < 0 else shadow_add(lex, aut, shadow, x)
    if below < -1:
        return below
    live = goes_on(lex, aut, after, below)
    return work if live == 0 else live if live < 0 else add_work(aut, work, node, after, below)


@inner
def is_far(lex, x, high):
    """Whether no single token can come near the upper bound on code points."""
    return high < 0 or high >= head(lex)[LEX_LONGEST] + ints(lex, X_INFO)[x * INFO + I_TOP]


@inner
def has_front(lex, node, x, low, high, shadow):
    """Whether the walk below `node` is worth sharing, and can be."""
    flags = ints(lex, X_INFO)[x * INFO + I_FLAGS]
    if not flags & WIDE or flags & (LABELLED | WORDS) or shadow >= 0:
        return False
    if flags & BOUNDED and (low > 0 or not is_far(lex, x, high)):
        return False
    return narrow(lex, NODE_END)[node] - node >= MIN_SHARED_SUBTREE


@inner
def add_inside(lex, front, counted, high):
    """Adds the tokens of a front that stay inside."""
    facts = ints(lex, FRONTS)[front * FRONT :]
    if not counted:
        if facts[F_ROW] >= 0:
            add_shared(lex, facts[F_ROW])
        else:
            add_op(lex, OP_LIST, facts[F_TOKENS] << LIST_BITS | facts[F_COUNT])
        return np.int64(0)
    reached = facts[F_GREATEST] if high < 0 else high
    count = count_within(lex, front, reached)
    if count <= head(lex)[LEX_WORDS] // 2:
        add_op(lex, OP_LIST, facts[F_TOKENS] << LIST_BITS | count)
        return np.int64(0)
    row = row_within(lex, front, min(reached, np.int64(facts[F_GREATEST])))
    if row >= 0:
        add_shared(lex, row)
    return row


@linked
def apply_front(lex, aut, work, node, cell, level):
    """Adds what a shared front gives below `node`, and its exits as work; the amount of work, or a status.

    The path has the configuration at `level`.
    """
    info, path = ints(lex, X_INFO), ints(aut, PATH)
    x, low, high = np.int64(path[level]), np.int64(path[level + 1]), np.int64(path[level + 2])
    counted = low > 0 or not is_far(lex, x, high)
    front = front_of(lex, node, x, counted)
    if front < 0:
        return front
    status = add_inside(lex, front, counted, high)
    if status < 0:
        return status
    facts, exits = ints(lex, FRONTS)[front * FRONT :], ints(lex, FRONT_EXITS)
    for e in range(facts[F_EXIT_COUNT]):
        at = facts[F_EXITS] + EXIT * e
        key, before, root = np.int64(exits[at]), np.int64(exits[at + 1]), np.int64(exits[at + 2])
        if counted and (before < low or (high >= 0 and before > high)):
            continue
        if counted:
            set_tokens(lex, root)
        if info[x * INFO + I_FLAGS] & SCANNER:
            work = leave(lex, aut, work, root, cell, key, -1)
        else:
            after = continuation(lex, aut, cell, key)
            work = after if after < 0 else add_work(aut, work, root, after, -1)
        if work < 0:
            return work
    return work


@inner
def walk(lex, aut, work, node, cell):
    """Walks the subtree of `node` with the configuration that the path begins with: as `mask_config`."""
    node_bytes, ends, depths = octets(lex, NODE_BYTE), narrow(lex, NODE_END), narrow(lex, NODE_DEPTH)
    info, path = ints(lex, X_INFO), ints(aut, PATH)
    base = np.int64(depths[node])
    i, end = np.int64(node + 1), ends[node]
    while i < end:
        at = WALK * (depths[i] - base)
        before, byte = np.int64(path[at - WALK]), np.int64(node_bytes[i])
        move, under = x_step(lex, before, byte), np.int64(path[at - WALK + 3])
        if under >= 0 and move >= 0:
            under = shadow_step(lex, aut, under, byte)
        if move == FULL or under == FULL:
            return np.int64(FULL)
        if move < 0 or under == KILLED:
            parent = np.int64(path[at - WALK + 4])
            packed = np.int64(-1)
            if narrow(lex, NODE_DENSE)[parent] >= 0 and not info[before * INFO + I_FLAGS] & WORDS:
                packed = few_bytes(lex, before)
            if packed == FULL:
                return packed
            i = next_child(lex, parent, i, packed)
            continue
        skip = np.int64(ends[i])
        target, low, high = move >> 1, np.int64(path[at - WALK + 1]), np.int64(path[at - WALK + 2])
        if move & 1:
            low, high = max(low - 1, 0), count_down(high)
        if high == EXHAUSTED or not names_open(lex, aut, before, target, cell):
            i = skip
            continue
        inside = stays(lex, aut, target, low, high, under)
        left = work
        if info[target * INFO + I_LABEL] >= 0 and low <= 0 and inside >= 0:
            left = leave(lex, aut, work, i, cell, target, under)
        if left < 0 or inside < 0:
            return min(left, inside)
        if inside or left > work:
            set_tokens(lex, i)
        work = left
        path[at], path[at + 1], path[at + 2], path[at + 3], path[at + 4] = target, low, high, under, i
        if not inside or not has_front(lex, i, target, low, high, under):
            i = i + 1 if inside else skip
            continue
        work = apply_front(lex, aut, work, i, cell, at)
        if work < 0:
            return work
        i = skip
    return work


@linked
def mask_config(lex, aut, work, node, x, at, shadow):
    """Sets the bits of the tokens below `node` for one configuration, adds its exits as work; its amount, or a status.

    `at` is where the configuration is in the pool of states; it counts with `x` and `shadow` in place of its own.
    """
    pool, path = ints(aut, STATE_POOL), ints(aut, PATH)
    low, high, cell = np.int64(pool[at + 1]), np.int64(pool[at + 2]), np.int64(pool[at + 3])
    path[0], path[1], path[2], path[3], path[4] = x, low, high, shadow, node
    if has_front(lex, node, x, low, high, shadow):
        return apply_front(lex, aut, work, node, cell, 0)
    return walk(lex, aut, work, node, cell)


@linked
def drain(lex, aut, work):
    """Does the work that exits left, until none is left; 0 or a status."""
    offsets = ints(aut, STATE_OFFSETS)
    if work < 0:
        return np.int64(work)
    while work > 0:
        work -= 1
        table = ints(aut, WORK)
        node, state, shadow = np.int64(table[3 * work]), np.int64(table[3 * work + 1]), np.int64(table[3 * work + 2])
        for at in range(offsets[state], offsets[state + 1], CONFIG):
            pool = ints(aut, STATE_POOL)
            if pool[at] < 0:
                continue
            work = mask_config(lex, aut, work, node, np.int64(pool[at]), at, shadow)
            if work < 0:
                return work
    return np.int64(0)


@inner
def find_taken_out(lex, aut, x):
    """Writes the tokens that spell a taken-out word to its end, starting at `x`, to `SPAN2`; how many, or a status."""
    tokens, info, path = ints(aut, SPAN2), ints(lex, X_INFO), ints(aut, PATH)
    node_bytes, ends, depths = octets(lex, NODE_BYTE), narrow(lex, NODE_END), narrow(lex, NODE_DEPTH)
    offsets, ids, root = narrow(lex, NODE_TOKENS), narrow(lex, TOKEN_IDS), head(lex)[LEX_ESCAPING]
    count = 0
    path[0], path[1] = x, root
    i, end = np.int64(root + 1), np.int64(ends[root])
    while i < end:
        at = 2 * depths[i]
        before, parent, byte = np.int64(path[at - 2]), np.int64(path[at - 1]), np.int64(node_bytes[i])
        move = x_step(lex, before, byte)
        if move == FULL:
            return np.int64(FULL)
        if move >= 0 and info[(move >> 1) * INFO + I_FLAGS] & WORDS:
            path[at], path[at + 1] = move >> 1, i
            i += 1
            continue
        if move < 0:
            base = base_of(lex, before)
            other = x_step(lex, base, byte) if base >= 0 else base
            if other == FULL:
                return np.int64(FULL)
            if other >= 0:
                if not room(aut, SPAN2, count + offsets[ends[i]] - offsets[i]):
                    return np.int64(FULL)
                for t in range(offsets[i], offsets[ends[i]]):
                    tokens[count] = ids[t]
                    count += 1
        i = next_child(lex, parent, i, word_bytes(lex, before))
    return np.int64(count)


@inner
def find_named(lex, aut, x):
    """Like `find_taken_out` where the words that are taken out are names, which are read at `x`; how many tokens.

    The nodes at which a name ends are left in `NAMED`, each with the lexical states after its last byte and before.
    """
    tokens, named, info, path = ints(aut, SPAN2), ints(aut, NAMED), ints(lex, X_INFO), ints(aut, PATH)
    node_bytes, ends, depths = octets(lex, NODE_BYTE), narrow(lex, NODE_END), narrow(lex, NODE_DEPTH)
    offsets, ids, root = narrow(lex, NODE_TOKENS), narrow(lex, TOKEN_IDS), head(lex)[LEX_ESCAPING]
    count, found = 0, 0
    path[0], path[1] = x, root
    i, end = np.int64(root + 1), np.int64(ends[root])
    while i < end:
        at = 2 * depths[i]
        before, parent = np.int64(path[at - 2]), np.int64(path[at - 1])
        move = x_step(lex, before, np.int64(node_bytes[i]))
        packed = few_bytes(lex, before) if narrow(lex, NODE_DENSE)[parent] >= 0 else np.int64(-1)
        if move == FULL or packed == FULL:
            return np.int64(FULL)
        if move >= 0 and info[(move >> 1) * INFO + I_LABEL] < 0:
            path[at], path[at + 1] = move >> 1, i
            set_tokens(lex, i)
            i += 1
            continue
        if move >= 0:
            if not (room(aut, SPAN2, count + offsets[ends[i]] - offsets[i]) and room(aut, NAMED, 3 * found + 3)):
                return np.int64(FULL)
            named[3 * found], named[3 * found + 1], named[3 * found + 2] = i, move >> 1, before
            found += 1
            for t in range(offsets[i], offsets[ends[i]]):
                tokens[count] = ids[t]
                count += 1
        i = next_child(lex, parent, i, packed)
    head(aut)[3 * NAMED + 2] = found
    return np.int64(count)


@inner
def leave_named(lex, aut, cell):
    """Lists the tokens that spell one of the names found to its end, where it may come; 0 or a status."""
    work = np.int64(0)
    for i in range(head(aut)[3 * NAMED + 2]):
        named = ints(aut, NAMED)
        node, x, before = np.int64(named[3 * i]), np.int64(named[3 * i + 1]), np.int64(named[3 * i + 2])
        if names_open(lex, aut, before, x, cell):
            left = leave(lex, aut, work, node, cell, x, -1)
            if left < 0:
                return left
            if left > work:
                set_tokens(lex, node)
            work = left
    return drain(lex, aut, work)


@inner
def names_beside(lex, aut, state, x):
    """Where a state reads names that are the words that are taken out at `x`; -1 if nowhere."""
    offsets, pool, xs = ints(aut, STATE_OFFSETS), ints(aut, STATE_POOL), ints(lex, X_POOL)
    start = ints(lex, X_OFFSETS)[x]
    for at in range(offsets[state], offsets[state + 1], CONFIG):
        if pool[at] < 0 or pool[at + 1] > 0 or pool[at + 2] >= 0 or pool[at + 4] >= 0:
            continue
        other = ints(lex, X_OFFSETS)[pool[at]]
        is_same = xs[other] == xs[start + 1] and xs[other + 2] == xs[start + 2] and xs[other + 3] == xs[start + 3]
        if is_same and xs[other + 1] < 0 and ints(lex, X_INFO)[pool[at] * INFO + I_FLAGS] & LABELLED:
            return np.int64(at)
    return np.int64(-1)


@linked
def list_without(lex, aut, x, at, names):
    """A key of any text but a few words: what any text adds, less the tokens that end such a word; 0 or a status.

    If `names` is not negative, the words are names that are read there, and what these add is listed as well.
    """
    base = base_of(lex, x)
    if base < 0:
        return base
    found = find_taken_out(lex, aut, x) if names < 0 else find_named(lex, aut, np.int64(ints(aut, STATE_POOL)[names]))
    if found < 0:
        return found
    before, before2 = head(lex)[LEX_SUM], head(lex)[LEX_SUM2]
    if found > 0:
        begin_without(lex, ints(aut, SPAN2), found)
    status = drain(lex, aut, mask_config(lex, aut, 0, 0, base, at, -1))
    if found > 0:
        add_end(lex, before, before2)
    if status < 0 or names < 0:
        return status
    return leave_named(lex, aut, np.int64(ints(aut, STATE_POOL)[names + 3]))


@inner
def covers(lex, aut, base, at):
    """Whether a configuration in a JSON string lets every token through that has no quotation mark and no backslash.

    It counts with `base` as its lexical state.
    """
    pool, loops = ints(aut, STATE_POOL), ints(lex, X_INFO)[base * INFO + I_LOOPS]
    if pool[at + 1] > 0 or pool[at + 2] >= 0 or pool[at + 4] >= 0 or not in_json(lex, base):
        return False
    return loops > 0 and not head(lex)[LEX_PLAIN] & ~loops


@inner
def in_json(lex, x):
    """Whether a lexical state spells a JSON string."""
    return ints(lex, X_POOL)[ints(lex, X_OFFSETS)[x] + 2] >> 16 == 0


@inner
def list_row(lex, aut, state):
    """Lists the row of a state, wide configurations first; 0 or a status."""
    begin_ops(lex)
    offsets, covered, named = ints(aut, STATE_OFFSETS), False, np.int64(-1)
    for wide in (True, False):
        for at in range(offsets[state], offsets[state + 1], CONFIG):
            x, names, covers_others = np.int64(ints(aut, STATE_POOL)[at]), np.int64(-1), False
            flags = ints(lex, X_INFO)[x * INFO + I_FLAGS] if x >= 0 else np.int64(0)
            if wide != (flags & (WIDE | WORDS) != 0) or at == named:
                continue
            if wide:
                base = base_of(lex, x)
                if base < 0:
                    return base
                covers_others = covers(lex, aut, base, np.int64(at))
            if flags & WORDS and covers_others and named < 0:
                named = names = names_beside(lex, aut, state, x)
            status = list_config(lex, aut, x, np.int64(at), covered, names)
            if status < 0:
                return status
            covered = covered or covers_others
    return np.int64(0) if have_room(lex) else np.int64(FULL)


@inner
def list_config(lex, aut, x, at, covered, names):
    """Lists what a configuration adds to a row, in JSON strings without what is `covered` already; 0 or a status.

    With it goes what the configuration at `names` adds, if that is not negative.
    """
    pool, info = ints(aut, STATE_POOL), ints(lex, X_INFO)
    if x < 0:
        ends = narrow(lex, EOS_IDS)
        for i in range(head(lex)[3 * EOS_IDS + 2]):
            add_op(lex, OP_TOKEN, np.int64(ends[i]))
        return np.int64(0)
    if info[x * INFO + I_FLAGS] & WORDS and pool[at + 1] <= 0 and pool[at + 2] < 0:
        return list_without(lex, aut, x, at, names)
    node = head(lex)[LEX_ESCAPING] if covered and in_json(lex, x) else np.int64(0)
    return drain(lex, aut, mask_config(lex, aut, 0, node, x, at, np.int64(pool[at + 4])))


@kernel((INT, INT, INT))
def list_mask(lex, aut, state):
    """Lists the row of the plain state of a state; what it knows of the row, or a status. May be repeated.

    That is the plain state, and in the last bits `ROW_REMEMBERS` where states remember texts or keys, with
    `ROW_DECIDES` or `ROW_KEYS` where tokens of the row may depend on what this one remembers.
    """
    if not is_state(aut, state):
        return np.int64(NO_STATE)
    plain, known = np.int64(state), np.int64(0)
    head(aut)[AUT_PLAIN] = head(aut)[AUT_REMEMBERS]
    if head(aut)[AUT_REMEMBERS]:
        plain = plain_state(lex, aut, state)
        known = ROW_REMEMBERS + head(aut)[AUT_DOUBTFUL]
    status = list_row(lex, aut, plain) if plain >= 0 else plain
    return plain << ROW_BITS | known if status >= 0 else status


@kernel((INT, CODE_POINTS, INTS, INTS))
def load_names(lex, points, ends, work):
    """Writes the trie of sorted, distinct words into the tables of automata: its start, or `FULL`.

    The words are one after the other in `points`; `work` has three numbers for each character, and one more. States are
    numbered in the order of the words, as `Dfa.of_words` does it, so every edge leads to the state after the one that
    the edge before it leads to.
    """
    size = len(points)
    for table in range(Q_OFFSETS, Q_TOP + 1):
        if not room(lex, table, size + 1):
            return FULL
    if not room(lex, Q_START, size + 1):
        return FULL
    base = head(lex)[3 * Q_LABEL + 2]
    labels, offsets = ints(lex, Q_LABEL), ints(lex, Q_OFFSETS)
    # The path of the word before, then for each edge its source and its character.
    path, source, reads = 0, size + 1, 2 * size + 1
    labels[base], offsets[base + 1], work[path] = -1, 0, 0
    edges, before, length, begin = 0, 0, 0, 0
    for word in range(len(ends)):
        same, size = 0, ends[word] - begin
        while same < length and same < size and points[before + same] == points[begin + same]:
            same += 1
        for at in range(same, size):
            work[source + edges], work[reads + edges] = work[path + at], points[begin + at]
            offsets[base + 1 + work[path + at]] += 1
            edges += 1
            work[path + at + 1], labels[base + edges], offsets[base + 1 + edges] = edges, -1, 0
        before, length, begin = begin, size, ends[word]
        labels[base + work[path + size]] = word
    sort_edges(lex, base, edges, work, source, reads)
    keep_names(lex, base, base + edges + 1)
    for table in range(SEG_LOW, SEG_TARGET + 1):
        head(lex)[3 * table + 2] += edges
    return base


@inner
def sort_edges(lex, base, edges, work, source, reads):
    """Writes the edges of a trie by their sources, of which `Q_OFFSETS` has the numbers."""
    offsets, place = ints(lex, Q_OFFSETS), head(lex)[3 * SEG_LOW + 2]
    for q in range(base, base + edges + 1):
        place += offsets[q + 1]
        offsets[q + 1] = place - offsets[q + 1]
    for edge in range(edges):
        q = base + 1 + work[source + edge]
        at = offsets[q]
        offsets[q] = at + 1
        ints(lex, SEG_LOW)[at], ints(lex, SEG_HIGH)[at] = work[reads + edge], work[reads + edge]
        ints(lex, SEG_TARGET)[at] = base + edge + 1


@inner
def keep_names(lex, base, end):
    """Fills in what is known of the states of a trie of names: the labels at and below each, and nothing else."""
    labels, first, last = ints(lex, Q_LABEL), ints(lex, Q_FIRST), ints(lex, Q_LAST)
    for q in range(end - 1, base - 1, -1):
        first[q], last[q] = NO_BOUND, 0
        if labels[q] >= 0:
            first[q], last[q] = labels[q], labels[q] + 1
        for edge in range(ints(lex, Q_OFFSETS)[q], ints(lex, Q_OFFSETS)[q + 1]):
            target = ints(lex, SEG_TARGET)[edge]
            first[q], last[q] = min(first[q], first[target]), max(last[q], last[target])
        ints(lex, Q_MIN)[q], ints(lex, Q_MAX)[q], ints(lex, Q_TOP)[q] = 0, NO_BOUND, 0
        ints(lex, Q_FLAGS)[q], ints(lex, Q_START)[q] = LABELLED, base
    keep_states(lex, end)


@kernel((INT, CODE_POINTS, CODE_POINTS, CODE_POINTS, CODE_POINTS, CODE_POINTS, CODE_POINTS, CODE_POINTS, INT))
def load_automaton(lex, starts, lows, highs, targets, accepted, least, most, flags):
    """Writes an automaton (the arrays of a `Dfa`) into the tables: its start, or `FULL`.

    `least` and `most` bound the code points that may follow each state; they are empty where nothing counts them.
    Automata with loops or large classes are `WIDE`: their rows are worth keeping. Words are not.
    """
    size, edges = len(accepted), len(lows)
    for table in range(Q_OFFSETS, Q_TOP + 1):
        if not room(lex, table, max(size, edges)):
            return FULL
    if not room(lex, Q_START, size):
        return FULL
    base, first = head(lex)[3 * Q_LABEL + 2], head(lex)[3 * SEG_LOW + 2]
    for q in range(size):
        ints(lex, Q_OFFSETS)[base + q + 1] = first + starts[q + 1]
        for edge in range(starts[q], starts[q + 1]):
            if targets[edge] <= q or highs[edge] - lows[edge] > LARGE_CLASS:
                flags |= WIDE
            ints(lex, SEG_LOW)[first + edge], ints(lex, SEG_HIGH)[first + edge] = lows[edge], highs[edge]
            ints(lex, SEG_TARGET)[first + edge] = base + targets[edge]
    top = np.int64(0)
    for q in range(len(least)):
        top = max(top, np.int64(least[q]))
        if most[q] < NO_BOUND:
            flags |= BOUNDED
    for q in range(size):
        at, counted = base + q, len(least) > 0
        ints(lex, Q_LABEL)[at], ints(lex, Q_FIRST)[at], ints(lex, Q_LAST)[at] = accepted[q], 0, 0
        ints(lex, Q_MIN)[at], ints(lex, Q_MAX)[at] = least[q] if counted else 0, most[q] if counted else NO_BOUND
        ints(lex, Q_FLAGS)[at], ints(lex, Q_TOP)[at], ints(lex, Q_START)[at] = flags, top, base
    for table in range(SEG_LOW, SEG_TARGET + 1):
        head(lex)[3 * table + 2] = first + edges
    keep_states(lex, base + size)
    return base


@inner
def keep_states(lex, count):
    """Sets the number of states of automata."""
    for table in range(Q_LABEL, Q_TOP + 1):
        head(lex)[3 * table + 2] = count
    head(lex)[3 * Q_OFFSETS + 2], head(lex)[3 * Q_START + 2] = count + 1, count


@kernel((INT, INT, INT, INT, INT))
def enter_x(lex, q, without, raw, kind):
    """The lexical state at the beginning of a lexeme."""
    return make_x(lex, q, without, raw, kind, 0, 0)


@kernel((INT, INT, INT, INT))
def put_answer(aut, memo, key, value):
    """Remembers what the Python side answers to a request."""
    return memo_put(aut, MEMO_KEYS, (np.int64(memo) << 56) | key, value)


@kernel((INT,))
def ended_state(aut):
    """The state after an EOS token."""
    return keep_state(aut, CONFIGS, emit(aut, CONFIGS, 0, ENDED_X, 0, 0, 0, -1))


# ---- ways to the end, for `constrain.lexeme_texts`, and what may come next

S_X, S_LOW, S_HIGH, S_SHADOW, S_PARENT, S_BYTE, S_COST, S_BELOW, SEARCH = range(9)


@inner
def byte_by_rank(rank):
    """The bytes from the least to the most welcome: those outside of ASCII, marks, capitals, digits, letters."""
    if rank < 161:
        return 255 - rank if rank < 128 else 127 if rank == 128 else 160 - rank
    if rank < 194:
        marks = 193 - rank
        if marks < 16:
            return 32 + marks
        if marks < 23:
            return 42 + marks
        return 68 + marks if marks < 29 else 94 + marks
    if rank < 220:
        return 284 - rank
    return 277 - rank if rank < 230 else 352 - rank


@inner
def search_slot(nodes, slots, x, low, high, shadow):
    """Where a searched place is, or the free slot where it belongs."""
    limit = len(slots) - 1
    mixed = np.uint64(x * 31 + low) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(high * 31 + shadow) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    slot = np.int64(mixed >> np.uint64(33)) & limit
    while slots[slot] != 0:
        node = nodes[slots[slot] - 1]
        if node[S_X] == x and node[S_LOW] == low and node[S_HIGH] == high and node[S_SHADOW] == shadow:
            return slot
        slot = (slot + 1) & limit
    return slot


@inner
def add_searched(nodes, heads, x, low, high, shadow, parent, byte, cost):
    """Appends a searched place; its index."""
    index = heads[0]
    node = nodes[index]
    node[S_X], node[S_LOW], node[S_HIGH], node[S_SHADOW] = x, low, high, shadow
    node[S_PARENT], node[S_BYTE], node[S_COST], node[S_BELOW] = parent, byte, cost, -1
    heads[0] += 1
    return index


@inner
def search_step(info, every, nodes, slots, ends, heads, index, x, low, high, shadow, byte, cost):
    """Notes the place that `byte` leads to from node `index`: as an end, and as a place to go on from."""
    label = info[x * INFO + I_LABEL]
    if label >= 0 and low <= 0:
        end = label if every else 0
        known = ends[end]
        if known < 0 or cost < nodes[known, S_COST] + (nodes[known, S_PARENT] == index):
            ends[end] = add_searched(nodes, heads, x, low, high, shadow, index, byte, cost)
    if info[x * INFO + I_FLAGS] & FINAL:
        return
    slot = search_slot(nodes, slots, x, low, high, shadow)
    known = slots[slot] - 1
    if known >= 0 and nodes[known, S_COST] <= cost:
        if nodes[known, S_PARENT] == index:
            nodes[known, S_BYTE] = byte
        return
    added = add_searched(nodes, heads, x, low, high, shadow, index, byte, cost)
    slots[slot] = added + 1
    stack = 1 if cost == nodes[index, S_COST] else 2
    nodes[added, S_BELOW] = heads[stack]
    heads[stack] = added


@inner
def search_moves(lex, aut, x, shadow, plain, moves):
    """Writes the steps from `x` as (step, shadow, byte), the most welcome byte of equal ones first; their number."""
    count = 0
    for rank in range(255, -1, -1):
        byte = byte_by_rank(rank)
        if plain and (byte > 127 or byte == 92):
            continue
        move = x_step(lex, x, byte)
        under = shadow_step(lex, aut, shadow, byte) if move >= 0 else np.int64(-1)
        if move == FULL or under == FULL:
            return np.int64(FULL)
        if move < 0 or under == KILLED or (count > 0 and moves[count - 1, 0] == move and moves[count - 1, 1] == under):
            continue
        moves[count, 0], moves[count, 1], moves[count, 2] = move, under, byte
        count += 1
    return np.int64(count)


@inner
def search_from(lex, aut, every, plain, nodes, slots, ends, heads, moves, index):
    """Takes every step from a node; 0 or `FULL`."""
    node = nodes[index]
    x, low, high, shadow = node[S_X], node[S_LOW], node[S_HIGH], node[S_SHADOW]
    if slots[search_slot(nodes, slots, x, low, high, shadow)] != index + 1:
        return np.int64(0)
    count, info = search_moves(lex, aut, x, shadow, plain, moves), ints(lex, X_INFO)
    for i in range(count - 1, -1, -1):
        target, least, most = moves[i, 0] >> 1, low, high
        if moves[i, 0] & 1:
            least, most = max(low - 1, 0), count_down(high)
        if most != EXHAUSTED and fits(info, target, least, most):
            cost, under, byte = node[S_COST] + 1 + least - low, moves[i, 1], moves[i, 2]
            search_step(info, every, nodes, slots, ends, heads, index, target, least, most, under, byte, cost)
    return np.int64(min(count, 0))


@kernel((*[INT] * 6, types.boolean, types.boolean, types.int64[:, ::1], INTS, INTS))
def search_ends(lex, aut, x, low, high, shadow, every, plain, nodes, slots, ends):
    """Searches shortest ways to finish a lexeme from `x`: 0, a status, or `EXHAUSTED` without room.

    With `plain` only those of ASCII without escapes, for which far fewer lexical states are made. `ends` gets the node
    where the first end was found, with `every` one for each label and at least one byte away. The cost of a node is the
    bytes read and the code points that still have to come: no end costs less. Those of the present cost and of the next
    one wait on two stacks; `heads` are the number of nodes and the tops of the stacks.
    """
    slots[:] = 0
    ends[:] = -1
    heads, moves = np.array([0, 0, -1]), np.empty((256, 3), np.int64)
    slots[search_slot(nodes, slots, x, low, high, shadow)] = 1
    add_searched(nodes, heads, x, low, high, shadow, -1, 0, low)
    if not every and low <= 0 and ints(lex, X_INFO)[x * INFO + I_LABEL] >= 0:
        ends[0] = 0
        return np.int64(0)
    level = low
    while heads[1] >= 0 or heads[2] >= 0:
        if heads[1] < 0:
            heads[1], heads[2], level = heads[2], -1, level + 1
        if not every and ends[0] >= 0 and nodes[ends[0], S_COST] <= level:
            break
        if heads[0] + 512 > len(nodes) or 2 * (heads[0] + 512) > len(slots):
            return np.int64(EXHAUSTED)
        index = heads[1]
        heads[1] = nodes[index, S_BELOW]
        if search_from(lex, aut, every, plain, nodes, slots, ends, heads, moves, index) < 0:
            return np.int64(FULL)
    return np.int64(0)


@kernel((INT, INT, INTS))
def x_moves(lex, x, out):
    """Writes the step of a lexical state for every byte; 0 or `FULL`."""
    for byte in range(256):
        out[byte] = x_step(lex, x, byte)
        if out[byte] == FULL:
            return np.int64(FULL)
    return np.int64(0)


@inner
def only_byte(lex, aut, source, target, count):
    """The one byte that every text begins with from the configurations of a buffer, `DEAD` if none, or a status."""
    if ints(aut, source)[0] < 0:
        return np.int64(DEAD)
    only = np.int64(DEAD)
    for byte in range(256):
        stepped = step_all(lex, aut, source, count, target, np.int64(byte))
        if stepped < 0:
            return stepped
        if stepped > 0 and only >= 0:
            return np.int64(DEAD)
        if stepped > 0:
            only = np.int64(byte)
    return only


@kernel((INT, INT, INT, BYTES))
def forced_text(lex, aut, state, out):
    """Writes the text that every completion begins with, as far as `out` goes; its length, or a status."""
    head(aut)[AUT_PLAIN] = 0
    source, target = CONFIGS, CONFIGS2
    count = copy_state(aut, state, source)
    for length in range(len(out)):
        only = only_byte(lex, aut, source, target, count) if count > 0 else np.int64(count)
        if only < 0:
            return np.int64(length) if only == DEAD else only
        out[length] = only
        count = step_all(lex, aut, source, count, target, only)
        source, target = target, source
    return np.int64(len(out)) if count >= 0 else count
