"""The lattice's loops over records: count recent cells coarse to fine, then add history to candidates only."""

from __future__ import annotations

from typing import Any

import numpy as np

from riskstats.kernels import kernel

_EMPTY = -1
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
SIEVE = 4  # a sieve has 2**4 bits a slot of its table: most cells that the table does not hold are told by one bit


@kernel
def slot_of(key: Any, bits: Any) -> Any:
    """Where a key belongs in a table of 2**bits slots (Fibonacci hashing)."""
    return np.int64((np.uint64(key) * _SPREAD) >> np.uint64(64 - bits))


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
def fill_sieve(sieve: Any, base: int, bits: int, keys: Any) -> None:
    """Mark keys in one roll-up's sieve."""
    for i in range(len(keys)):
        spot = slot_of(keys[i], bits + SIEVE)
        sieve[base + (spot >> 3)] |= np.uint8(1 << (spot & 7))


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
def look_up(cells: Any, rollup: Any, key: Any) -> Any:
    """The id of each cell, -1 where the table does not hold it."""
    out = np.full(len(key), -1, dtype=np.int64)
    for i in range(len(key)):
        g = rollup[i]
        if cells[2][g] > 0:
            at = find(cells[0], cells[1][g], cells[2][g], key[i])
            if at >= 0:
                out[i] = cells[0][at + 1]
    return out


@kernel
def _run_end(packed: Any, i: int, shift: int) -> Any:
    """The end of the run of records that share the first dimensions with record ``i``, by doubling and halving."""
    lead, size, step = packed[i] >> shift, len(packed), 1
    low = i
    while low + step < size and packed[low + step] >> shift == lead:
        low += step
        step *= 2
    high = min(low + step, size)
    while high - low > 1:
        middle = (low + high) // 2
        if packed[middle] >> shift == lead:
            low = middle
        else:
            high = middle
    return high


@kernel
def _prepare(record: Any, marked: Any, layout: Any, cells: Any, leads: Any, run: Any) -> Any:
    """What a run of records with the same first dimensions can count in.

    ``marked`` are the roll-ups that may have any. ``run`` takes, by row: fixed candidates (of roll-ups of the first dimensions alone) and their roll-ups; the roll-ups
    that have a candidate with these first dimensions, and their keys so far; then what was looked up for the last run.
    """
    (table, offset, shift, mask), (start, feature), _, alone, _, _ = layout
    cell, cell_base, cell_bits, _, _ = cells
    lead, lead_base, lead_bits = leads
    n_fixed, n_active = 0, 0
    for g in range(len(alone)):
        if not (marked >> g) & 1:
            continue
        key = np.int64(0)
        for j in range(start[g], start[g + 1]):
            f = feature[j]
            key |= table[offset[f] + ((record >> shift[f]) & mask[f])]
        if key != run[4, g]:
            run[4, g], run[5, g] = key, -1
            if key >= 0 and alone[g]:
                at = find(cell, cell_base[g], cell_bits[g], key)
                run[5, g] = cell[at + 1] if at >= 0 else -1
            elif key >= 0:
                at = find(lead, lead_base[g], lead_bits[g], key)
                run[5, g] = lead[at + 1] if at >= 0 else -1
        if run[5, g] >= 0 and alone[g]:
            run[0, n_fixed], run[1, n_fixed] = run[5, g], g
            n_fixed += 1
        elif run[5, g] >= 0:
            run[2, n_active], run[3, n_active], run[6, n_active] = g, key, run[5, g]
            n_active += 1
    return n_fixed, n_active


@kernel
def _add_fixed(
    week: Any, first: int, skip: Any, i: int, j: int, run: Any, n_fixed: int, histogram: Any, counts: Any
) -> None:
    """Add a run to the candidates that all its records share."""
    span = counts.shape[1]
    if len(skip) == 0 and j - i > span // 8:
        histogram[:] = 0
        for r in range(i, j):
            histogram[week[r] - first] += 1
        for k in range(n_fixed):
            row = counts[run[0, k]]
            for w in range(span):
                row[w] += histogram[w]
        return
    for k in range(n_fixed):
        row, g = counts[run[0, k]], run[1, k]
        for r in range(i, j):
            if len(skip) == 0 or not (skip[r] >> g) & 1:
                row[week[r] - first] += 1


@kernel
def spread(rollup: Any, key: Any, leads: Any, layout: Any, dense: Any, levels: Any) -> None:
    """Fill the dense rows: for each first-dimensions cell, the candidate of every node of the one other dimension.

    ``dense`` is (candidates by row and node, first row's place by roll-up or -1, nodes, shift, mask by roll-up);
    ``levels`` is the ancestor of each node at the roll-up's level, -1 above it, laid out by roll-up.
    """
    where, base, nodes, shift, mask = dense
    lead, lead_base, lead_bits = leads
    place, ancestor = levels
    low = layout[4]
    for i in range(len(key)):
        g = rollup[i]
        if base[g] >= 0:
            at = find(lead, lead_base[g], lead_bits[g], (key[i] >> low) << low)
            where[base[g] + lead[at + 1] * nodes[g] + ((key[i] >> shift[g]) & mask[g])] = i
    for g in range(len(base)):
        if base[g] < 0:
            continue
        for slot in range(lead_base[g], lead_base[g] + (1 << lead_bits[g])):
            if lead[2 * slot] == _EMPTY:
                continue
            row = base[g] + lead[2 * slot + 1] * nodes[g]
            for node in range(nodes[g] - 1, -1, -1):
                above = ancestor[place[g] + node]
                if above != node:  # nodes at the level keep what was entered
                    where[row + node] = where[row + above] if above >= 0 else -1


@kernel
def _add_dense(
    packed: Any, week: Any, first: int, i: int, j: int, row: Any, shift: Any, mask: Any, counts: Any
) -> None:
    """Add a run's records where one other dimension decides the candidate."""
    for r in range(i, j):
        c = row[(packed[r] >> shift) & mask]
        if c >= 0:
            counts[c, week[r] - first] += 1


@kernel
def _add_active(
    packed: Any,
    week: Any,
    first: int,
    skip: Any,
    i: int,
    j: int,
    layout: Any,
    cells: Any,
    dense: Any,
    run: Any,
    n_active: int,
    counts: Any,
) -> None:
    """Add a run's records, roll-up by roll-up, to the candidates that differ in the other dimensions."""
    (table, offset, shift, mask), _, (start, feature), _, _, _ = layout
    cell, base, bits, sieve, sieve_base = cells
    where, dense_base, nodes, dense_shift, dense_mask = dense
    for k in range(n_active):
        g = run[2, k]
        if dense_base[g] >= 0 and len(skip) == 0:
            row = where[dense_base[g] + run[6, k] * nodes[g] :]
            _add_dense(packed, week, first, i, j, row, dense_shift[g], dense_mask[g], counts)
            continue
        at0, last, down = 2 * base[g], (np.int64(1) << bits[g]) - 1, np.uint64(64 - bits[g])
        near, finer = sieve_base[g], np.uint64(64 - bits[g] - SIEVE)
        f = feature[start[g]]
        offset0, shift0, mask0 = offset[f], shift[f], mask[f]
        seen, c = np.int64(-2), np.int64(-1)
        for r in range(i, j):
            key = run[3, k] | table[offset0 + ((packed[r] >> shift0) & mask0)]
            for m in range(start[g] + 1, start[g + 1]):
                f = feature[m]
                key |= table[offset[f] + ((packed[r] >> shift[f]) & mask[f])]
            if key != seen:
                seen, c = key, np.int64(-1)
                spot = (np.uint64(key) * _SPREAD) >> finer
                if key < 0 or not (sieve[near + np.int64(spot >> np.uint64(3))] >> (spot & np.uint64(7))) & 1:
                    continue
                slot = np.int64((np.uint64(key) * _SPREAD) >> down)
                while cell[at0 + 2 * slot] != _EMPTY:
                    if cell[at0 + 2 * slot] == key:
                        c = cell[at0 + 2 * slot + 1]
                        break
                    slot = (slot + 1) & last
            if c >= 0 and (len(skip) == 0 or not (skip[r] >> g) & 1):
                counts[c, week[r] - first] += 1


@kernel
def add_records(
    packed: Any,
    week: Any,
    first: int,
    skip: Any,
    layout: Any,
    cells: Any,
    leads: Any,
    marks: Any,
    dense: Any,
    counts: Any,
) -> None:
    """Add sorted records to candidates' weekly counts (candidate by week).

    Records that share the first dimensions follow each other: what they can count in is looked up once a run, and runs
    without candidates are leapt over. ``cells`` is the hash table of candidates by roll-up, ``leads`` that of their
    first dimensions, ``marks`` the roll-ups with cells by first and by second node, ``dense`` what :func:`spread` made; a roll-up without candidates has 0 bits. ``skip`` holds, by
    record, the roll-ups in which another row of its item counts already; empty where no item has two rows. Week ``first`` is the first column of ``counts``.
    """
    run = np.full((7, len(layout[3])), -2, dtype=np.int64)
    histogram = np.empty(counts.shape[1], dtype=np.int32)
    by_first, by_second = marks
    low, width, i = layout[4], layout[5], 0
    while i < len(packed):
        j = _run_end(packed, i, low)
        lead = packed[i] >> low
        marked = by_first[lead >> width] & by_second[lead & ((1 << width) - 1)]
        if marked == 0:
            i = j
            continue
        n_fixed, n_active = _prepare(packed[i], marked, layout, cells, leads, run)
        if n_fixed:
            _add_fixed(week, first, skip, i, j, run, n_fixed, histogram, counts)
        if n_active:
            _add_active(packed, week, first, skip, i, j, layout, cells, dense, run, n_active, counts)
        i = j


@kernel
def _bits_for(hits: Any, need: Any) -> int:
    """The bits of a table that is at most half full of the cells of the passing records."""
    passing = 0
    for i in range(len(hits)):
        passing += hits[i] & need == need
    bits = 4
    while (1 << bits) < 2 * passing:
        bits += 1
    return bits


@kernel
def _tally(packed: Any, skip: Any, g: int, layout: Any, need: Any, hits: Any, seen: Any) -> Any:
    """Count one roll-up's cells among the records whose coarser cells passed; the bits of the table used."""
    keys, number, slots = seen
    (table, offset, shift, mask), (first, ahead), (start, feature) = layout
    bits = _bits_for(hits, need)
    last = (1 << bits) - 1
    keys[: last + 1] = _EMPTY
    number[: last + 1] = 0
    before, slot = np.int64(-1), np.int64(0)
    for i in range(len(packed)):
        slots[i] = -1
        if hits[i] & need != need:
            continue
        key = np.int64(0)
        for j in range(first[g], first[g + 1]):
            key |= table[offset[ahead[j]] + ((packed[i] >> shift[ahead[j]]) & mask[ahead[j]])]
        for j in range(start[g], start[g + 1]):
            key |= table[offset[feature[j]] + ((packed[i] >> shift[feature[j]]) & mask[feature[j]])]
        if key < 0:
            continue
        if key != before:
            before, slot = key, slot_of(key, bits)
            while keys[slot] != key and keys[slot] != _EMPTY:
                slot = (slot + 1) & last
            keys[slot] = key
        slots[i] = slot
        if len(skip) == 0 or not (skip[i] >> g) & 1:
            number[slot] += 1
    return bits


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
        used = _tally(packed, skip, g, layout, needs[g], hits, seen)
        _pass(g, least, hits, seen)
        keys, number, _ = seen
        for s in range(1 << used):
            if number[s] > 0 and number[s] >= floor[(keys[s] >> shift) & mask]:
                if found == out.shape[1]:
                    longer = np.empty((3, 2 * found), dtype=np.int64)
                    longer[:, :found] = out
                    out = longer
                out[0, found], out[1, found], out[2, found] = g, keys[s], number[s]
                found += 1
    return out[:, :found]
