"""A node of the prefix tree: a prefix that was written, and what is known of its completions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic

from samplers.language import PlaceT
from samplers.tree.branches import Branches


@dataclass(slots=True, eq=False)
class Node(Generic[PlaceT]):
    """`log_p` and `model_log_p` are those of its token after its parent, under the target and the model itself.

    `log_theta` is the bound on the probability that the prefix completes, and `log_first` what the bound was when the
    node was opened first. `branches` are there once it was opened; its entry in the parent's is number `slot`.
    """

    parent: Node[PlaceT] | None
    place: PlaceT
    token: int = -1
    slot: int = -1
    log_p: float = 0.0
    model_log_p: float = 0.0
    log_theta: float = 0.0
    log_first: float = 0.0
    branches: Branches | None = None
    children: dict[int, Node[PlaceT]] = field(default_factory=dict)

    def tokens(self) -> list[int]:
        """The prefix."""
        found: list[int] = []
        node = self
        while node.parent is not None:
            found.append(node.token)
            node = node.parent
        return found[::-1]
