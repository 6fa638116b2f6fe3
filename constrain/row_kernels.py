"""Jitted work on whole rows: masks applied to scores, and rows copied into a batch. A call graph of its own.

Rows are given by the address of the first one and the bytes from one to the next, so that one compiled function serves
scores of every type. Scores are read 8 bytes at a time, with the `patterns` of their type: for every combination of
their mask bits a number with ones in all bytes of the scores that are kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

ALL = np.uint32(0xFFFFFFFF)


class Rows(NamedTuple):
    """Rows in memory: the address of the first one, and the bytes from one to the next."""

    address: int
    step: int


def _view(element: types.Type) -> Any:
    """An array over foreign memory: its type, and the code that makes it. Scores may lie at any multiple of two."""
    array = types.Array(element, 1, "C", aligned=False)

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        view = context.make_array(array)(context, builder)
        item = context.get_constant(types.intp, element.bitwidth // 8)
        data = builder.inttoptr(args[0], view.data.type)
        populate_array(view, data=data, shape=[args[1]], strides=[item], itemsize=item, meminfo=None)
        return view._getvalue()

    return array(types.int64, types.int64), codegen


@intrinsic
def halves(typing_context, address, length):
    """`length` uint16 at an address."""
    return _view(types.uint16)


@intrinsic
def words(typing_context, address, length):
    """`length` uint32 at an address."""
    return _view(types.uint32)


@intrinsic
def longs(typing_context, address, length):
    """`length` uint64 at an address."""
    return _view(types.uint64)


@njit(nogil=True, inline="always")
def mask_word(bits, source, out, first, last, patterns, each, refused):
    """The scores of one word of a mask, `each` of them in 8 bytes."""
    if bits == 0:
        for i in range(first, last):
            out[i] = refused
    elif bits == ALL:
        for i in range(first, last):
            out[i] = source[i]
    else:
        for i in range(first, last):
            pattern = patterns[bits & np.uint32(len(patterns) - 1)]
            out[i] = refused ^ ((source[i] ^ refused) & pattern)
            bits >>= np.uint32(each)


@njit(cache=True, nogil=True)
def mask_rows(masks, source, out, which, tokens, width, patterns, each, refused):
    """Writes the scores of the rows `which` to `out`, which may be `source`, and `refused` where a mask has no bit.

    A row has `width` scores, `each` of them in 8 bytes, of which the mask knows the first `tokens`; the others are
    refused. `refused` is 8 bytes of minus infinities.
    """
    whole, count, size = min(tokens, width) // 32, 32 // each, 4 // each
    for row in which:
        given, kept = source.address + row * source.step, out.address + row * out.step
        mask = words(masks.address + row * masks.step, (tokens + 31) // 32)
        before, after = longs(given, whole * count), longs(kept, whole * count)
        for word in range(whole):
            if mask[word] != ALL or given != kept:
                mask_word(mask[word], before, after, word * count, word * count + count, patterns, each, refused)
        parts_before, parts_after = halves(given, width * size), halves(kept, width * size)
        for part in range(32 * whole * size, width * size):
            token = part // size
            allowed = token < tokens and (mask[token // 32] >> np.uint32(token % 32)) & 1
            parts_after[part] = parts_before[part] if allowed else np.uint16(refused >> np.uint64(16 * (part % size)))


@njit(cache=True, nogil=True)
def copy_rows(sources, out, first, last, length):
    """Copies mask rows of `length` words from their addresses into the rows `first` to `last` of a batch."""
    for row in range(first, last):
        before, after = words(sources[row], length), words(out.address + row * out.step, length)
        for word in range(length):
            after[word] = before[word]
