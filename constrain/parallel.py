"""Work on many rows, dealt to a few threads: worth it for jitted kernels that let go of the GIL, over megabytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise
from typing import Final

from numba import config

WORTH_BYTES: Final = 1 << 21
"""So many bytes for each thread: to tell one what to do, and to wait for it, takes as long as writing a good part."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(most_threads(), thread_name_prefix="constrain-rows")


# The threads of a process do not live on in the processes that it forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


def most_threads() -> int:
    """How many threads at most: `NUMBA_NUM_THREADS` of the environment, or the cores that this process may use."""
    return int(config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]  # made when Numba is imported


def in_parts(work: Callable[[int, int], object], rows: int, size: int, threads: int) -> None:
    """Calls `work(first, last)` for all of `rows` rows, `size` bytes in all, on up to `threads` threads at a time.

    `work` has to hold what it writes to: an interrupted caller does not wait for it.
    """
    parts = min(threads, most_threads(), rows, size // WORTH_BYTES)
    if parts < 2:
        work(0, rows)
        return
    bounds = [rows * part // parts for part in range(parts + 1)]
    others = [_pool().submit(work, first, last) for first, last in pairwise(bounds[1:])]
    try:
        work(bounds[0], bounds[1])
    finally:
        wait(others)
    for other in others:
        other.result()
