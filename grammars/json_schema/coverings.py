"""Which of many shapes of objects cover another: what they say is compared as bits of integers."""

from __future__ import annotations

from collections.abc import Iterable

from grammars.json_schema.objects import ObjectShape


class Coverings:
    """Shapes that may cover others. One only does so if all that it says is said by the other too."""

    def __init__(self, shapes: Iterable[ObjectShape] = ()) -> None:
        self._shapes: list[ObjectShape] = []
        self._masks: list[int] = []
        self._bits: dict[object, int] = {}
        for shape in shapes:
            self.add(shape)

    def add(self, shape: ObjectShape) -> None:
        """Has a shape cover others from now on."""
        bits = self._bits
        self._shapes.append(shape)
        self._masks.append(sum(bits.setdefault(thing, 1 << len(bits)) for thing in shape.said))

    def covers(self, shape: ObjectShape) -> bool:
        """Whether one of the shapes added plainly has every object of `shape`."""
        bits = self._bits
        unsaid = ~sum(bits[thing] for thing in shape.said if thing in bits)
        # Nearly always there is none, and that is found without a step of Python for each.
        if 0 not in map(unsaid.__and__, self._masks):
            return False
        pairs = zip(self._masks, self._shapes, strict=True)
        return any(mask & unsaid == 0 and larger.covers(shape) for mask, larger in pairs)
