"""The lattice's loops over records: count recent cells coarse to fine, then add history to candidates only."""

from __future__ import annotations

from typing import Any

import numpy as np

from riskstats.compiled import kernel

_EMPTY = -1
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@kernel
def slot_of(key: Any, bits: Any) -> Any:
    """Where a key belongs in a table of 2**bits slots (Fibonacci hashing)."""
    return np.int64((np.uint64(key) * _SPREAD) >> np.uint64(64 - bits))


@kernel
def cell_key(record: int, rollup: int, layout: Any) -> Any:
    """The cell of a packed record in a roll-up, negative where it has none."""
    table, offset, shift, mask, start, feature = layout
    key = np.int64(0)
    for j in range(start[rollup], start[rollup + 1]):
        f = feature[j]
        key |= table[offset[f] + ((record >> shift[f]) & mask[f])]
    return key


@kernel
def fill(table: Any, base: int, bits: int, keys: Any, ids: Any) -> None:
    """Enter keys and their ids into one roll-up's part of the hash table (key, id, key, id …)."""
    last = (1 << bits) - 1
    for i in range(len(keys)):
        slot = slot_of(keys[i], bits)
        while table[2 * (base + slot)] != _EMPTY and table[2 * (base + slot)] != keys[i]:
            slot = (slot + 1) & last
        if table[2 * (base + slot)] == _EMPTY or ids[i] >= 0:
            table[2 * (base + slot)] = keys[i]
            table[2 * (base + slot) + 1] = ids[i]


@kernel
def find(table: Any, base: int, bits: int, key: Any) -> Any:
    """Where a key stands in one roll-up's part of the hash table, -1 where it does not."""
    slot, last = slot_of(key, bits), (1 << bits) - 1
    while True:
        at = 2 * (base + slot)
        if table[at] == key:
            return at
        if table[at] == _EMPTY:
            return -1
        slot = (slot + 1) & last


@kernel
def add_records(packed: Any, skip: Any, layout: Any, needs: Any, table: Any, base: Any, bits: Any, row: Any) -> None:
    """Add records to the candidates' counts of their week.

    A roll-up is looked at only if the record's cells in all its direct coarser roll-ups are in the table: as
    candidates, or because candidates lie beneath them (id -1). ``skip`` holds, by record, the roll-ups in which
    another row of its item already counted; empty where no item has two rows.
    """
    codes, offset, shift, mask, start, feature = layout
    value = np.zeros(len(offset) + 1, dtype=np.int64)
    for i in range(len(packed)):
        for f in range(len(offset)):
            value[f] = codes[offset[f] + ((packed[i] >> shift[f]) & mask[f])]
        counted = ~skip[i] if len(skip) > 0 else np.int64(-1)
        hit = np.int64(0)
        for g in range(len(needs)):
            if hit & needs[g] != needs[g]:
                continue
            key = np.int64(0)
            for j in range(start[g], start[g + 1]):
                key |= value[feature[j]]
            at = find(table, base[g], bits[g], key) if key >= 0 else -1
            if at >= 0:
                hit |= np.int64(1) << g
                c = table[at + 1]
                if c >= 0 and (counted >> g) & 1:
                    row[c] += 1


@kernel
def _tally(packed: Any, skip: Any, g: int, layout: Any, need: Any, hits: Any, bits: int, seen: Any) -> None:
    """Count one roll-up's cells among the records whose coarser cells passed."""
    keys, number, slots = seen
    last = (1 << bits) - 1
    keys[:] = _EMPTY
    number[:] = 0
    for i in range(len(packed)):
        slots[i] = -1
        if hits[i] & need != need:
            continue
        key = cell_key(packed[i], g, layout)
        if key < 0:
            continue
        slot = slot_of(key, bits)
        while keys[slot] != key and keys[slot] != _EMPTY:
            slot = (slot + 1) & last
        keys[slot] = key
        slots[i] = slot
        if len(skip) == 0 or not (skip[i] >> g) & 1:
            number[slot] += 1


@kernel
def _pass(g: int, least: Any, hits: Any, seen: Any) -> None:
    """Mark the records whose cell is large enough for a finer one beneath it to reach its floor."""
    keys, number, slots = seen
    shift, mask, floor = least
    for i in range(len(hits)):
        s = slots[i]
        if s >= 0 and number[s] >= floor[(keys[s] >> shift) & mask]:
            hits[i] |= np.int64(1) << g


@kernel
def count_recent(packed: Any, skip: Any, layout: Any, needs: Any, floors: Any, least: Any) -> Any:
    """Count recent records cell by cell, coarse to fine; the cells at or above their floor.

    ``floors`` and ``least`` are (shift, mask, by node): the floor of a cell by its node in one dimension, and the least
    floor at or beneath that node. Returns roll-ups, keys and counts.
    """
    size, bits = len(packed), 4
    while (1 << bits) < 2 * size:
        bits += 1
    seen = (np.empty(1 << bits, dtype=np.int64), np.empty(1 << bits, dtype=np.int32), np.empty(size, dtype=np.int32))
    hits = np.zeros(size, dtype=np.int64)
    out, found = np.empty((3, 1024), dtype=np.int64), 0
    shift, mask, floor = floors
    for g in range(len(needs)):
        _tally(packed, skip, g, layout, needs[g], hits, bits, seen)
        _pass(g, least, hits, seen)
        keys, number, _ = seen
        for s in range(len(keys)):
            if number[s] > 0 and number[s] >= floor[(keys[s] >> shift) & mask]:
                if found == out.shape[1]:
                    longer = np.empty((3, 2 * found), dtype=np.int64)
                    longer[:, :found] = out
                    out = longer
                out[0, found], out[1, found], out[2, found] = g, keys[s], number[s]
                found += 1
    return out[:, :found]
