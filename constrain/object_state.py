"""The register of an object in words: which members may still come, and how many have to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from constrain import kernels as k
from grammars.dfa import Dfa
from grammars.ir import Members
from grammars.memo import remembered


@remembered(256)
def _order(names: tuple[str, ...]) -> tuple[int, ...]:
    """The names by their labels: sorted."""
    return tuple(sorted(range(len(names)), key=names.__getitem__))


@remembered(256)
def depths_of_names(names: tuple[str, ...]) -> list[int]:
    """How many code points lead to each state of the trie of names."""
    rows = Dfa.of_words(names).rows
    depths = [0] * len(rows)
    for state, row in enumerate(rows):
        for _, _, target in row:
            depths[target] = depths[state] + 1
    return depths


def _bits(words: list[int]) -> int:
    """Words of 32 bits as one number."""
    return sum((word & 0xFFFFFFFF) << (32 * i) for i, word in enumerate(words))


@dataclass(frozen=True)
class ObjectState:
    """The names not yet seen, those that may come next, the number of members that have to come, and of each extra."""

    members: Members
    unseen: tuple[int, ...]
    open: int
    least: int
    wanted: tuple[int, ...]

    @staticmethod
    def start(members: Members) -> ObjectState:
        """Before the first member."""
        wanted = tuple(extra.least for extra in members.extras)
        return ObjectState(members, tuple(range(len(members.names))), 0, members.min_size, wanted)

    @staticmethod
    def of(members: Members, register: list[int]) -> ObjectState:
        """What a register stands for; see `kernels.R_NAMES`."""
        first = k.R_NAMES + register[k.R_WORDS]
        last = first + register[k.R_WORDS]
        order, unseen = _order(members.names), _bits(register[k.R_NAMES : first])
        names = tuple(name for label, name in enumerate(order) if unseen >> label & 1)
        least = max(members.min_size - register[k.R_COUNT], 0)
        counts = dict(enumerate(register[last:]))
        wanted = tuple(max(extra.least - counts.get(e, 0), 0) for e, extra in enumerate(members.extras))
        return ObjectState(members, names, _bits(register[first:last]), least, wanted)

    @property
    def required(self) -> tuple[int, ...]:
        """The names that have to come."""
        return tuple(name for name in self.unseen if name in self.members.required)

    def open_below(self, first: int, last: int) -> list[int]:
        """The names that may come next, of those with labels in `first..last - 1`."""
        order = _order(self.members.names)
        return [order[label] for label in range(first, last) if self.open >> label & 1]

    def after(self, name: int) -> ObjectState:
        """What is left after a member (but for the open names)."""
        kept = (other for other in self.unseen if (other > name if self.members.ordered else other != name))
        return replace(self, unseen=tuple(kept), open=0, least=max(self.least - 1, 0))
