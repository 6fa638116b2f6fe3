"""Jitted work on automata given as tables: pairs of states side by side, and minimisation. One call graph.

A table has one row per state, with the next state for each symbol, -1 for none; all arrays are flat.

A partition (Valmari and Lehtinen 2008, "Efficient minimization of DFAs with partial transition functions", section 3)
is an array of `COLUMNS` columns. The first holds the elements, those of a set side by side, the marked ones first;
`PLACE` and `SET` say where each element is, `FIRST`, `PAST` and `MARKED` where each set begins and ends and how many of
it are marked; `TOUCHED` lists the sets with marks.
"""

from __future__ import annotations

import numpy as np
from numba import types

from grammars.jit import inner, kernel

INT, INTS, PAIRS = types.int64, types.int32[::1], types.int64[::1]

PLACE, SET, FIRST, PAST, MARKED, TOUCHED, COLUMNS = range(1, 8)
MULTIPLIER = -7046029254386353131  # odd, bits without a pattern (2**64 divided by the golden ratio)


@inner
def slot_of(slots, pairs, pair):
    """Where a pair is in a table of slots, or where it is to be put."""
    at = ((pair * MULTIPLIER) >> 20) & (len(slots) - 1)
    while slots[at] >= 0 and pairs[slots[at]] != pair:
        at = (at + 1) & (len(slots) - 1)
    return at


@kernel((INTS, INTS, INT, INT, INT, INT, INTS, PAIRS, INTS))
def explore_pairs(left, right, symbols, width, dead, kept, slots, pairs, rows):
    """Finds the pairs of states that are reached from `pairs[0]`, and their rows; how many, or -1 for want of room.

    A pair is `width` times the left state plus the right one. `dead` is the left state that is dead, `width - 1` the
    right one; bit `2 * is_left_alive + is_right_alive` of `kept` says whether such pairs are kept. `slots` are all -1,
    as many as a power of two and more than there is room for pairs.
    """
    found, i = np.int64(1), np.int64(0)
    slots[slot_of(slots, pairs, pairs[0])] = 0
    while i < found:
        if found + symbols > len(pairs):
            return np.int64(-1)
        one, other = pairs[i] // width, pairs[i] % width
        for symbol in range(symbols):
            ahead, beside = np.int64(left[one * symbols + symbol]), np.int64(right[other * symbols + symbol])
            rows[i * symbols + symbol] = -1
            if not (kept >> (2 * (ahead != dead) + (beside != width - 1))) & 1:
                continue
            pair = ahead * width + beside
            at = slot_of(slots, pairs, pair)
            if slots[at] < 0:
                slots[at], pairs[found] = found, pair
                found += 1
            rows[i * symbols + symbol] = slots[at]
        i += 1
    return found


@inner
def part(partition, size, keys, count, numbers):
    """Makes the elements with the same key a set, those with a key less than 0 aside; how many sets there are.

    `numbers` has room for every key.
    """
    sets, total = np.int64(0), np.int64(0)
    for key in range(len(numbers)):
        numbers[key] = 0
    for element in range(count):
        if keys[element] >= 0:
            numbers[keys[element]] += 1
    for key in range(len(numbers)):
        if numbers[key] > 0:
            partition[FIRST * size + sets] = partition[PAST * size + sets] = total
            partition[MARKED * size + sets] = 0
            total += numbers[key]
            numbers[key] = sets
            sets += 1
    for element in range(count):
        if keys[element] >= 0:
            where = numbers[keys[element]]
            at = partition[PAST * size + where]
            partition[at], partition[PLACE * size + element], partition[SET * size + element] = element, at, where
            partition[PAST * size + where] = at + 1
    return sets


@inner
def mark(partition, size, touched, element):
    """Marks an element; how many sets have marks then."""
    where = partition[SET * size + element]
    marked, here = partition[MARKED * size + where], partition[PLACE * size + element]
    there = partition[FIRST * size + where] + marked
    if here < there:
        return touched
    other = partition[there]
    partition[here], partition[PLACE * size + other] = other, here
    partition[there], partition[PLACE * size + element] = element, there
    partition[MARKED * size + where] = marked + 1
    if marked > 0:
        return touched
    partition[TOUCHED * size + touched] = where
    return touched + 1


@inner
def split(partition, size, sets, touched):
    """Makes the smaller part of each set, of what is marked in it and what is not, a new set; how many there are."""
    for i in range(touched):
        where = partition[TOUCHED * size + i]
        low, high = partition[FIRST * size + where], partition[PAST * size + where]
        middle = low + partition[MARKED * size + where]
        partition[MARKED * size + where] = 0
        if middle == high:
            continue
        if middle - low <= high - middle:
            partition[FIRST * size + where] = high = middle
        else:
            partition[PAST * size + where] = low = middle
        partition[FIRST * size + sets], partition[PAST * size + sets] = low, high
        partition[MARKED * size + sets] = 0
        for at in range(low, high):
            partition[SET * size + partition[at]] = sets
        sets += 1
    return sets


@inner
def sort_cells(table, offsets, cells):
    """The cells of a table that name a next state, by that state: those of `s` are `offsets[s] .. offsets[s + 1]`."""
    for i in range(len(offsets)):
        offsets[i] = 0
    for target in table:
        if target >= 0:
            offsets[target + 2] += 1
    for i in range(2, len(offsets)):
        offsets[i] += offsets[i - 1]
    for cell in range(len(table)):
        target = table[cell]
        if target >= 0:
            cells[offsets[target + 1]] = cell
            offsets[target + 1] += 1


@inner
def find_live(labels, width, offsets, cells, pending, kinds):
    """Sets the kind of every state from which a text may end to its label plus one, that of others to -1."""
    count = 0
    for state in range(len(labels)):
        kinds[state] = labels[state] + 1 if labels[state] >= 0 else -1
        if labels[state] >= 0:
            pending[count] = state
            count += 1
    while count > 0:
        count -= 1
        state = pending[count]
        for i in range(offsets[state], offsets[state + 1]):
            source = cells[i] // width
            if kinds[source] < 0:
                kinds[source] = 0
                pending[count] = source
                count += 1


@inner
def keep_live(kinds, width, offsets, cells, sources, symbols):
    """Keeps the cells between live states as edges, with where they come from and their symbols; how many."""
    count, begin = np.int64(0), np.int64(0)
    for state in range(len(kinds)):
        end = offsets[state + 1]
        offsets[state] = count
        for i in range(begin, end):
            if kinds[state] >= 0 and kinds[cells[i] // width] >= 0:
                sources[count], symbols[count] = cells[i] // width, cells[i] % width
                count += 1
        begin = end
    offsets[len(kinds)] = count
    return count


@inner
def part_further(states, classes, edges, cords, size, count, sources, offsets):
    """Parts states and edges until states of a set are equivalent.

    The edge `e` comes from `sources[e]`, those into state `s` are `offsets[s] .. offsets[s + 1]`.
    """
    by, cord = np.int64(1), np.int64(0)
    while cord < cords:
        touched = np.int64(0)
        for i in range(edges[FIRST * count + cord], edges[PAST * count + cord]):
            touched = mark(states, size, touched, sources[edges[i]])
        classes = split(states, size, classes, touched)
        cord += 1
        while by < classes:
            touched = np.int64(0)
            for i in range(states[FIRST * size + by], states[PAST * size + by]):
                for edge in range(offsets[states[i]], offsets[states[i] + 1]):
                    touched = mark(edges, count, touched, edge)
            cords = split(edges, count, cords, touched)
            by += 1


@kernel((INTS, INT, INTS, INTS, INTS, INTS, INTS, INTS, INTS, INTS, INTS))
def find_classes(table, width, labels, kinds, offsets, cells, sources, symbols, numbers, states, edges):
    """Parts the states from which a text may end into sets of equivalent ones, in `states`; 1, or 0 if there are none.

    States with different labels are not equivalent; those with -1 accept nothing. `kinds` are -1 for states that are
    dead. `numbers` has room for every symbol, and every label plus one.
    """
    size = len(labels)
    sort_cells(table, offsets, cells)
    find_live(labels, width, offsets, cells, states, kinds)
    if kinds[0] < 0:
        return np.int64(0)
    count = keep_live(kinds, width, offsets, cells, sources, symbols)
    classes = part(states, size, kinds, size, numbers)
    cords = part(edges, count, symbols, count, numbers)
    part_further(states, classes, edges, cords, size, count, sources, offsets)
    return np.int64(1)


@kernel((INTS, INT, INTS, INTS, INTS, INTS, INTS))
def write_classes(table, width, kinds, classes, numbers, met, rows):
    """Writes the rows of classes, numbered as they are met from the first state, breadth first; how many.

    `met` has a state of each.
    """
    found, i = np.int64(1), np.int64(0)
    for state in range(len(kinds)):
        numbers[state] = -1
    numbers[classes[0]], met[0] = 0, 0
    while i < found:
        for symbol in range(width):
            target = np.int64(table[met[i] * width + symbol])
            rows[i * width + symbol] = -1
            if target >= 0 and kinds[target] >= 0:
                if numbers[classes[target]] < 0:
                    numbers[classes[target]], met[found] = found, target
                    found += 1
                rows[i * width + symbol] = numbers[classes[target]]
        i += 1
    return found
