"""Jitted work on whole rows: masks applied to scores, and rows copied into a batch. A call graph of its own.

Scores are given by the address of the first row and the bytes from one row to the next, so that one compiled function
serves every type. They are read 8 bytes at a time, with the `patterns` of their type: for every combination of their
mask bits a number with ones in all bytes of the scores that are kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from grammars.jit import inner, kernel

INT, INTS = types.int64, types.int64[::1]
MASKS = types.Array(types.uint32, 2, "C", readonly=True)
FEW_BITS = 6
NOTHING, SOME, MOST = range(3)


def _view(element: types.Type) -> Any:
    """An array over foreign memory: its type, and the code that makes it. Scores may lie at any multiple of two."""
    array = types.Array(element, 1, "C", aligned=False)

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        from numba.np.arrayobj import populate_array  # see `constrain.kernels`

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


@intrinsic
def ones(typing_context, bits):
    """How many bits are set."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.ctpop(args[0])

    return types.uint32(types.uint32), codegen


@intrinsic
def lowest(typing_context, bits):
    """The place of the lowest bit that is set; there has to be one."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.uint32(types.uint32), codegen


@inner(inline="always")
def kind_of(bits):
    """Whether a word refuses all, a few of, or many of its tokens."""
    return NOTHING if bits == 0 else MOST if ones(~bits) <= FEW_BITS else SOME


@inner(inline="always")
def refuse_few(bits, parts, first, size, refused):
    """Refuses the tokens without a bit in one word; its scores, of `size` parts each, begin at part `first`."""
    missing = ~bits
    while missing != 0:
        at = first + lowest(missing) * size
        for part in range(size):
            parts[at + part] = np.uint16(refused >> np.uint64(16 * part))
        missing &= missing - np.uint32(1)


@inner(inline="always")
def choose(bits, source, out, first, patterns, each, refused):
    """Writes the scores of one word, which begin at `first`, by the bits of as many as there are in 8 bytes."""
    for i in range(first, first + 32 // each):
        pattern = patterns[bits & np.uint32(len(patterns) - 1)]
        out[i] = refused ^ ((source[i] ^ refused) & pattern)
        bits >>= np.uint32(each)


@kernel((MASKS, *[INT] * 4, INTS, INT, types.uint64[::1], INT, types.uint64))
def mask_rows(masks, source, source_step, out, out_step, which, width, patterns, each, refused):
    """Writes the scores of the rows `which` to `out`, which may be `source`, and `refused` where a mask has no bit.

    A row has `width` scores, `each` of them in 8 bytes; those beyond the words of `masks` (a row for every row, or one
    for all) are refused. `refused` is 8 bytes of minus infinities. Words of one kind are taken together.
    """
    count, size, tokens = 32 // each, 4 // each, 32 * masks.shape[1]
    whole = min(tokens, width) // 32
    for row in which:
        given, kept, mask = source + row * source_step, out + row * out_step, masks[row if len(masks) > 1 else 0]
        before, after = longs(given, whole * count), longs(kept, whole * count)
        parts_before, parts_after = halves(given, width * size), halves(kept, width * size)
        first = 0
        while first < whole:
            kind, last = kind_of(mask[first]), first + 1
            while last < whole and kind_of(mask[last]) == kind:
                last += 1
            if kind == NOTHING:
                for i in range(first * count, last * count):
                    after[i] = refused
            elif kind == MOST:
                if given != kept:
                    for i in range(first * count, last * count):
                        after[i] = before[i]
                for word in range(first, last):
                    refuse_few(mask[word], parts_after, 32 * word * size, size, refused)
            else:
                for word in range(first, last):
                    choose(mask[word], before, after, word * count, patterns, each, refused)
            first = last
        for part in range(32 * whole * size, width * size):
            token = part // size
            allowed = token < tokens and (mask[token // 32] >> np.uint32(token % 32)) & 1
            parts_after[part] = parts_before[part] if allowed else np.uint16(refused >> np.uint64(16 * (part % size)))


@kernel((INTS, INT, INT, INT))
def copy_rows(sources, out, out_step, length):
    """Copies mask rows of `length` words from their addresses into the rows of a batch."""
    for row in range(len(sources)):
        before, after = words(sources[row], length), words(out + row * out_step, length)
        for word in range(length):
            after[word] = before[word]
