"""Compiled loops over rows of a wide vocabulary, each of which `numpy` would pass over several times."""

from __future__ import annotations

import numpy as np

from constrain.jit import njit

_LOG2E = np.float32(1.4426950408889634)
# ln 2 in two parts, the first of which has few bits, so that its product with a whole number is exact.
_LN2_HIGH = np.float32(0.693359375)
_LN2_LOW = np.float32(-2.12194440e-4)
_HALF = np.float32(0.5)
_SIXTH = np.float32(1 / 6)
_24TH = np.float32(1 / 24)
_120TH = np.float32(1 / 120)
_720TH = np.float32(1 / 720)
_ONE = np.float32(1)
_ZERO = np.float32(0)
_LEAST = np.float32(-87.0)
_BLOCK = 2048
_NONE = np.uint64(0)
_FIRST = np.uint64(1)
_TOP = np.uint64(58)
_WINDOWS = np.uint64(0x03F79D71B4CB0A89)
_POSITIONS = np.zeros(64, np.int64)
for _bit in range(64):
    _POSITIONS[((int(_WINDOWS) << _bit) & (2**64 - 1)) >> 58] = _bit


# Three loops, since each of them alone is turned into vector instructions, and all together are not.
@njit(cache=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
def exponentials(logits, best, scale, out):
    """Writes exp((logits - best) * scale) and returns the sum, float64; all arrays float32[width].

    No logit is above `best`. Below exp(-87) the result is 0. Relative error below 1e-6: an argument is cut into a whole
    number of doublings, which become the exponent, and a remainder of at most (ln 2) / 2, for which a series does.
    """
    total = 0.0
    whole = np.empty(_BLOCK, np.float32)
    bits = np.empty(_BLOCK, np.int32)
    powers = bits.view(np.float32)
    for begin in range(0, len(logits), _BLOCK):
        block = logits[begin : begin + _BLOCK]
        done = out[begin : begin + _BLOCK]
        for at in range(len(block)):
            x = (block[at] - best) * scale
            kept = x if x > _LEAST else _LEAST  # noqa: FURB136  # `max` is not turned into a vector instruction
            doublings = np.rint(kept * _LOG2E)
            r = (kept - doublings * _LN2_HIGH) - doublings * _LN2_LOW
            series = _24TH + r * (_120TH + r * _720TH)
            series = _ONE + r * (_ONE + r * (_HALF + r * (_SIXTH + r * series)))
            done[at] = series if x > _LEAST else _ZERO
            whole[at] = doublings
        for at in range(len(block)):
            bits[at] = (np.int32(whole[at]) + 127) << 23
        for at in range(len(block)):
            value = done[at] * powers[at]
            done[at] = value
            total += value
    return total


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "nsz"})
def restrict(weights, allowed, out):
    """Writes the weights, float32[width], that bool[width] allows, and 0 for all others; returns their sum, float64."""
    total = 0.0
    for at in range(len(weights)):
        value = weights[at] if allowed[at] else _ZERO
        out[at] = value
        total += value
    return total


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "nsz"})
def sum_up_to(weights, threshold):
    """The sum, float64, of those of float32[width] that are at most a threshold."""
    total = 0.0
    for at in range(len(weights)):
        total += weights[at] if weights[at] <= threshold else _ZERO
    return total


@njit(cache=True, error_model="numpy")
def set_bits(words, ids):
    """Writes the numbers of the bits that are set in uint64[n] into int64[most]; returns how many there are in all.

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
    return count


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "nsz", "contract"})
def block_sums(weights, size, out):
    """Writes the sum of every `size` of the weights, float64; the last block may be shorter."""
    for block in range(len(out)):
        row = weights[block * size : (block + 1) * size]
        total = 0.0
        for at in range(len(row)):
            total += np.float64(row[at])
        out[block] = total


@njit(cache=True, error_model="numpy")
def keep_allowed(weights, allowed):
    """Sets the weights to 0 of all that are not allowed, bool[n] with n at most the width."""
    for at in range(len(allowed)):
        weights[at] *= allowed[at]
    for at in range(len(allowed), len(weights)):
        weights[at] = 0
