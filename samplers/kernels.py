"""Compiled loops over rows of a wide vocabulary, each of which `numpy` would pass over several times.

Sums of a row are kept by blocks of `BLOCK` weights, in float64: what is changed costs one block, and a draw looks at
two short rows in place of a long one. A row of float64 is served by the same loops.
"""

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import intrinsic

from grammars.jit import inner, kernel

SINGLES, SUMS = types.float32[::1], types.float64[::1]
ROWS = SINGLES, types.float64[::1]
IDS, FLAGS = types.int64[::1], types.boolean[::1]
BLOCK = 256
_LOG2E = 1.4426950408889634
# 2^f is 1 + f P(f) to 2e-7 for |f| at most 1/2; P has these coefficients (Chebyshev interpolation).
_P0, _P1 = np.float32(0.6931472), np.float32(0.24022348)
_P2, _P3, _P4 = np.float32(0.05550357), np.float32(0.009666374), np.float32(0.0013390867)
_ONE = np.float32(1)
_LEAST = np.float32(-127)
_BIAS = np.int32(127)
_MANTISSA = np.int32(23)
_CHUNK = 2048
_NONE = np.uint64(0)
_FIRST = np.uint64(1)
_TOP = np.uint64(58)
_WINDOWS = np.uint64(0x03F79D71B4CB0A89)
_POSITIONS = np.zeros(64, np.int64)
for _bit in range(64):
    _POSITIONS[((int(_WINDOWS) << _bit) & (2**64 - 1)) >> 58] = _bit
_FAST = {"reassoc", "nsz", "contract"}


@intrinsic
def _float_of_bits(typing_context, bits):
    """The float32 whose bits are those of an int32; without memory in between, which would keep loops scalar."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(signature.return_type))

    return types.float32(types.int32), codegen


@inner(error_model="numpy", fastmath=_FAST)
def block_sum(weights, block):
    """The sum, float64, of one block."""
    row = weights[block * BLOCK : (block + 1) * BLOCK]
    total = 0.0
    for at in range(len(row)):
        total += np.float64(row[at])
    return total


@kernel(*[(row, SUMS) for row in ROWS], error_model="numpy", fastmath=_FAST)
def block_sums(weights, sums):
    """Writes the sums of all blocks, the last of which may be shorter."""
    for block in range(len(sums)):
        sums[block] = block_sum(weights, block)


@kernel((SINGLES, types.float32, types.float64, SINGLES, SUMS), error_model="numpy", fastmath=_FAST)
def exponentials(logits, best, scale, out, sums):
    """Writes exp((logits - best) * scale) and the sums of its blocks; float32[width] each, the sums float64.

    No logit is above `best`. Below 2^-126.5 the result is 0. The relative error of a result w is below
    2e-7 (1 + |log w|), which is what the rounding of scores does to it, too. An argument is cut into a whole number of
    doublings, which become the exponent, and a remainder of at most a half.
    """
    doublings_per_score = np.float32(scale * _LOG2E)
    for begin in range(0, len(logits), _CHUNK):
        given, done = logits[begin : begin + _CHUNK], out[begin : begin + _CHUNK]
        for at in range(len(given)):
            x = (given[at] - best) * doublings_per_score
            kept = x if x > _LEAST else _LEAST  # noqa: FURB136  # `max` is not turned into a vector instruction
            whole = np.rint(kept)
            f = kept - whole
            series = _ONE + f * (_P0 + f * (_P1 + f * (_P2 + f * (_P3 + f * _P4))))
            # 127 doublings down the bits are all 0, and so is the product.
            done[at] = series * _float_of_bits((np.int32(whole) + _BIAS) << _MANTISSA)
        for block in range(begin // BLOCK, -(-(begin + len(given)) // BLOCK)):
            sums[block] = block_sum(out, block)


@kernel(*[(row, FLAGS, SUMS) for row in ROWS], error_model="numpy", fastmath=_FAST)
def keep_allowed(weights, allowed, sums):
    """Sets the weights to 0 of all that are not allowed, bool[n] with n at most the width, and writes the sums."""
    for block in range(len(sums)):
        row = weights[block * BLOCK : (block + 1) * BLOCK]
        kept = allowed[block * BLOCK : (block + 1) * BLOCK]
        for at in range(len(kept)):
            row[at] *= kept[at]
        for at in range(len(kept), len(row)):
            row[at] = 0
        sums[block] = block_sum(weights, block)


@kernel(*[(row, SUMS, IDS) for row in ROWS], error_model="numpy")
def clear(weights, sums, ids):
    """Sets the weights of some ids to 0, and the sums right; quickest for ids in ascending order."""
    block = -1
    for token in ids:
        weights[token] = 0
        if token // BLOCK != block:
            if block >= 0:
                sums[block] = block_sum(weights, block)
            block = token // BLOCK
    if block >= 0:
        sums[block] = block_sum(weights, block)


@kernel(*[(row, SUMS, types.int64, types.float64) for row in ROWS], error_model="numpy")
def put(weights, sums, token, weight):
    """Sets the weight of one id, and the sums right; returns the sum of all."""
    weights[token] = weight
    sums[token // BLOCK] = block_sum(weights, token // BLOCK)
    total = 0.0
    for at in range(len(sums)):
        total += sums[at]
    return total


# A loop for each kind of number: one that mixes them is not turned into vector instructions.
@kernel(*[(row, FLAGS, row.dtype, FLAGS) for row in ROWS], error_model="numpy", fastmath=_FAST)
def split(weights, allowed, least, large):
    """Parts the weights that bool[width] allows at a threshold: says in bool[width] which of them are above `least`.

    Returns the sum, float64, of those that are at most `least`.
    """
    rest, zero = 0.0, weights[0] * 0
    values, small = np.empty(_CHUNK, weights.dtype), np.empty(_CHUNK, weights.dtype)
    for begin in range(0, len(weights), _CHUNK):
        row, kept = weights[begin : begin + _CHUNK], allowed[begin : begin + _CHUNK]
        is_large = large[begin : begin + _CHUNK]
        for at in range(len(row)):
            value = row[at] * kept[at]
            values[at] = value
            small[at] = value if value <= least else zero
        for at in range(len(row)):
            is_large[at] = values[at] > least
        for at in range(len(row)):
            rest += np.float64(small[at])
    return rest


@kernel((types.uint64[::1], IDS), error_model="numpy")
def set_bits(words, ids):
    """Writes the numbers of the bits that are set in uint64[n] into int64[most]; returns how many there are, where
    these are more than `most` only that they are.

    It goes from bit to bit: where few are set, that is faster than to look at each. The position of a lone bit is the
    top of its product with a number whose 6-bit windows all differ.
    """
    count = 0
    for at in range(len(words)):
        word = words[at]
        while word != _NONE:
            lowest = word & (~word + _FIRST)
            if count < len(ids):
                ids[count] = at * 64 + _POSITIONS[(lowest * _WINDOWS) >> _TOP]
            count += 1
            word ^= lowest
        if count > len(ids):
            return count
    return count
