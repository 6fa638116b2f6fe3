"""Compiles the kernels of the samplers, for `constrain warm-up`: an entry point of the group `constrain.kernels`."""

from __future__ import annotations

from typing import Final

import numpy as np

from samplers import kernels

WIDTH: Final = 2 * kernels.BLOCK + 1


def compile_kernels() -> None:
    """Uses every kernel once, with rows of both kinds of numbers; with a warm cache this takes a moment."""
    single = np.zeros(WIDTH, np.float32)
    sums = np.empty(-(-WIDTH // kernels.BLOCK))
    kernels.exponentials(single, np.float32(0), 1.0, np.empty_like(single), sums)
    kernels.set_bits(np.zeros(1, np.uint64), np.empty(1, np.int64))
    for weights in (single, np.zeros(WIDTH)):
        allowed = np.ones(WIDTH, np.bool_)
        kernels.block_sums(weights, sums)
        kernels.keep_allowed(weights, allowed, sums)
        kernels.clear(weights, sums, np.array([0]))
        kernels.put(weights, sums, 0, 0.0)
        kernels.split(weights, allowed, weights[0], np.empty_like(allowed))
