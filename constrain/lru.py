"""A dictionary that forgets what was not used for longest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lru(Generic[Key, Value]):
    """At most `size` entries; may be shared by threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Value | None:
        """The value of `key`, which counts as used now, or None."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key]

    def put(self, key: Key, value: Value) -> None:
        """Keeps `value`, and forgets the entry used least recently where there are too many."""
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)


class WeighedLru(Lru[Key, Value]):
    """At most `size` entries, which together have at most the weight `most`; the last one is kept whatever it weighs.

    All are weighed again whenever one is added, since values may have grown: for a few of them.
    """

    def __init__(self, size: int, weigh: Callable[[Value], int], most: int) -> None:
        super().__init__(size)
        self._weigh, self._most = weigh, most

    def put(self, key: Key, value: Value) -> None:
        """See `Lru.put`."""
        super().put(key, value)
        with self._lock:
            weights = {key: self._weigh(value) for key, value in self._entries.items()}
            total = sum(weights.values())
            for oldest in list(weights)[:-1]:
                if total <= self._most:
                    break
                total -= weights[oldest]
                del self._entries[oldest]
