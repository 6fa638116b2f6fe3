"""Normal forms: per JSON type, a disjunction of shapes. Conjunction, disjunction and the types alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial, reduce
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from grammars.deadline import check
from grammars.errors import LimitError
from grammars.json_schema.coverings import Coverings
from grammars.json_schema.objects import ObjectShape
from grammars.json_schema.shapes import ArrayShape, BoolShape, NullShape, NumberShape, StringShape

Shape: TypeAlias = NullShape | BoolShape | NumberShape | StringShape | ArrayShape | ObjectShape


class Normal(NamedTuple):
    """The values that have, for their type, one of the shapes; no shapes of a type: no values of that type."""

    nulls: tuple[NullShape, ...] = ()
    booleans: tuple[BoolShape, ...] = ()
    numbers: tuple[NumberShape, ...] = ()
    strings: tuple[StringShape, ...] = ()
    arrays: tuple[ArrayShape, ...] = ()
    objects: tuple[ObjectShape, ...] = ()

    def shapes(self) -> Iterator[Shape]:
        """The shapes of all types."""
        for _, shape in self.placed():
            yield shape

    def placed(self) -> Iterator[tuple[str, Shape]]:
        """The shapes of all types, each with the name of its field."""
        for kind, shapes in zip(Normal._fields, self, strict=True):
            shape: Any
            for shape in shapes:
                yield kind, shape


NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT = Normal._fields
NONE = Normal()
ALL = Normal((NullShape(),), (BoolShape(),), (NumberShape(),), (StringShape(),), (ArrayShape(),), (ObjectShape(),))
MAX_SHAPES = 4096
MAX_COMPARED = 512
FEW = 4
"""Up to so many shapes are compared one by one, which begins faster."""


def only(kind: str, *shapes: Shape) -> Normal:
    """The values of one type that have one of the shapes."""
    said: dict[str, Any] = {kind: shapes}
    return NONE._replace(**said)


def where(kind: str, *shapes: Shape) -> Normal:
    """The values that have one of the shapes if they are of that type; all values of other types."""
    said: dict[str, Any] = {kind: shapes}
    return ALL._replace(**said)


def of_kinds(kinds: Iterable[str]) -> Normal:
    """All values of some types."""
    return NONE._replace(**{kind: getattr(ALL, kind) for kind in kinds})


def both(first: Normal, second: Normal) -> Normal:
    """The conjunction: per type, every shape of one met with every shape of the other."""
    if first is ALL or second is NONE:
        return second
    if second is ALL or first is NONE:
        return first
    return Normal(*map(_meet_all, ALL, first, second))


def in_common(first: Normal, second: Normal) -> Iterator[Shape]:
    """The shapes of the conjunction, one at a time; there may be more than needed, where one has all of another.

    Objects that plainly are apart are left out.
    """
    yield from both(first._replace(objects=()), second).shapes()
    if len(first.objects) * len(second.objects) > MAX_SHAPES:
        yield from both(only(OBJECT, *first.objects), only(OBJECT, *second.objects)).shapes()
        return
    for one in first.objects:
        yield from _meet_each(one, (other for other in second.objects if not one.is_apart(other)))


def either(first: Normal, second: Normal) -> Normal:
    """The disjunction."""
    if first is NONE or second is ALL:
        return second
    if second is NONE or first is ALL:
        return first
    return Normal(*(_simplest(full, one + other) for full, one, other in zip(ALL, first, second, strict=True)))


def all_of(normals: Iterable[Normal]) -> Normal:
    """The conjunction of normal forms."""
    return reduce(both, normals, ALL)


def any_of(normals: Iterable[Normal]) -> Normal:
    """The disjunction of normal forms."""
    given = list(normals)
    if len(given) == 1:
        return given[0]
    return Normal(*(_simplest(full, chain.from_iterable(parts)) for full, *parts in zip(ALL, *given, strict=True)))


def _meet_all(full: tuple[Any, ...], first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
    if not first or not second:
        return ()
    if first is full:
        return second
    if second is full:
        return first
    if len(first) == len(second) == 1:
        met = first[0].meet(second[0])
        return () if met is None else (met,)
    within, mine = _parted(first, second)
    within_too, theirs = _parted(second, first)
    given = len(mine) * len(theirs)
    if given > MAX_SHAPES:
        raise LimitError("too many alternatives", limit="shapes", allowed=MAX_SHAPES, given=given)
    met = [shape for one in mine for shape in _meet_each(one, theirs)]
    return _simplest(full, [*within, *within_too, *met])


def _meet_each(one: Any, others: Iterable[Any]) -> Iterator[Any]:
    """What a shape has in common with each of others, where that is anything."""
    check()
    for other in others:
        met = one.meet(other)
        if met is not None:
            yield met


def _parted(shapes: tuple[Any, ...], others: tuple[Any, ...]) -> tuple[list[Any], list[Any]]:
    """The shapes from which `others` plainly take nothing, because one of them has all of it, and the rest."""
    within: list[Any] = []
    rest: list[Any] = []
    is_object = isinstance(others[0], ObjectShape)
    covers = Coverings(others).covers if is_object and len(others) > FEW else partial(_is_within, others)
    for shape in shapes:
        (within if covers(shape) else rest).append(shape)
    return within, rest


def _is_within(others: tuple[Any, ...], shape: Any) -> bool:
    if isinstance(shape, ObjectShape):
        return any(other.covers(shape) for other in others)
    return any(shape.meet(other) == shape for other in others)


def _simplest(full: tuple[Any, ...], shapes: Iterable[Any]) -> tuple[Any, ...]:
    check()
    distinct = tuple(dict.fromkeys(shapes))
    if full[0] in distinct:
        return full
    if 1 < len(distinct) <= MAX_COMPARED and isinstance(full[0], ObjectShape):
        return _uncovered(distinct)
    return distinct


def _uncovered(shapes: tuple[ObjectShape, ...]) -> tuple[ObjectShape, ...]:
    """Without the objects that another alternative has already."""
    kept = Coverings()
    chosen: set[int] = set()
    for shape in sorted(shapes, key=lambda shape: len(shape.said)):
        if not kept.covers(shape):
            kept.add(shape)
            chosen.add(id(shape))
    return tuple(shape for shape in shapes if id(shape) in chosen)
