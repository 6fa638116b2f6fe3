"""What functions found before, kept for the whole process: bounded in number and in bytes, and listed to be counted.

`remembered` is for small values, at the cost of `functools.lru_cache`; `weighed` for automata, a few of which may be
larger than thousands of others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, update_wrapper
from threading import Lock
from typing import Any, Final, Generic, ParamSpec, Protocol, TypeVar, cast

P = ParamSpec("P")
Value = TypeVar("Value")

ENTRY_BYTES: Final = 1500
"""What an entry takes besides its automaton, about: the shapes and regexes of common schemas were counted."""
MOST_BYTES: Final = 1 << 24
"""The automata that one memo may hold, in bytes as their weights have it."""


@contextmanager
def unless_kept_from(known: dict[Any, Any], key: Hashable) -> Iterator[None]:
    """Forgets what is noted of a key for the time being where something keeps it from being found out."""
    try:
        yield
    except BaseException:
        del known[key]
        raise


class Memo(Protocol):
    """What is known of a memo."""

    @property
    def name(self) -> str:
        """The function whose values it holds."""

    @property
    def entries(self) -> int:
        """How many values it holds."""

    @property
    def memory_bytes(self) -> int:
        """What they take, about."""

    def clear(self) -> None:
        """Forgets all of them."""


_memos: list[Memo] = []


def memos() -> tuple[Memo, ...]:
    """The memos of all modules that were imported."""
    return tuple(_memos)


@dataclass(frozen=True)
class _Counted:
    name: str
    function: Any

    @property
    def entries(self) -> int:
        found: int = self.function.cache_info().currsize
        return found

    @property
    def memory_bytes(self) -> int:
        return ENTRY_BYTES * self.entries

    def clear(self) -> None:
        self.function.cache_clear()


def remembered(size: int) -> Callable[[Callable[P, Value]], Callable[P, Value]]:
    """Keeps the last `size` values of a function; for values that are small whatever it is asked."""

    def wrap(function: Callable[P, Value]) -> Callable[P, Value]:
        kept = lru_cache(maxsize=size)(function)
        _memos.append(_Counted(_name(function), kept))
        return cast("Callable[P, Value]", kept)

    return wrap


class Weighed(Generic[P, Value]):
    """A function with the last values that it gave: at most `size`, and `most_bytes` by what `weigh` says of each.

    The very last one is kept whatever its size, since it is mostly asked for again at once.
    """

    def __init__(self, function: Callable[P, Value], size: int, weigh: Callable[[Value], int], most_bytes: int) -> None:
        update_wrapper(self, function)
        self.name = _name(function)
        self.memory_bytes = 0
        self._function, self._weigh = function, weigh
        self._size, self._most_bytes = size, most_bytes
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Value:
        """The value that is kept, or a new one."""
        key = (args, tuple(kwargs.items())) if kwargs else args
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known[0]
        value = self._function(*args, **kwargs)
        self._keep(key, value, ENTRY_BYTES + self._weigh(value))
        return value

    def _keep(self, key: Hashable, value: Value, weight: int) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = (value, weight)
            self.memory_bytes += weight
            while len(self._kept) > self._size or (self.memory_bytes > self._most_bytes and len(self._kept) > 1):
                self.memory_bytes -= self._kept.popitem(last=False)[1][1]

    @property
    def entries(self) -> int:
        """How many values are kept."""
        return len(self._kept)

    def clear(self) -> None:
        """Forgets all values."""
        with self._lock:
            self._kept.clear()
            self.memory_bytes = 0


def bytes_of(value: Any) -> int:
    """What a value says of itself; nothing for none."""
    found: int = 0 if value is None else value.memory_bytes
    return found


def weighed(
    size: int, weigh: Callable[[Any], int] = bytes_of, most_bytes: int = MOST_BYTES
) -> Callable[[Callable[P, Value]], Weighed[P, Value]]:
    """Keeps the last `size` values of a function, as many of them as `most_bytes` permits; see `Weighed`."""

    def wrap(function: Callable[P, Value]) -> Weighed[P, Value]:
        made = Weighed(function, size, weigh, most_bytes)
        _memos.append(made)
        return made

    return wrap


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
