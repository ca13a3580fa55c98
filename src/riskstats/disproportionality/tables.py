"""Reports to cells: how often a product and a hazard are named together, and how often that was to be expected.

A report counts once in a cell, a margin and the total, however often it names them. Strata (sex, source, year, port):
the expected count is the sum of the strata's own expected counts (Mantel-Haenszel style), so that a product that is
merely reported more in one stratum raises no signal.
Source: DuMouchel, The American Statistician 53 (1999) 177-190, section 2.

>>> table = count_reports([1, 1, 2, 3], ["kettle", "kettle", "kettle", "toy"], ["shock", "shock", "burn", "choke"])
>>> [(table.products[p], table.hazards[h], int(n), round(float(e), 3))
...  for p, h, n, e in zip(table.product, table.hazard, table.n, table.expected)]
[('kettle', 'burn', 1, 0.667), ('kettle', 'shock', 1, 0.667), ('toy', 'choke', 1, 0.333)]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from riskstats.inputs import Floats, Ints, counts, positive, refuse, same_length


@dataclass(frozen=True, eq=False)
class Cells:
    """A product-by-hazard table, one row a cell.

    Attributes
    ----------
    product, hazard : ndarray of int64
        Indices into ``products`` and ``hazards``.
    n : ndarray of int64
        Reports that name both.
    expected : ndarray of float64
        Reports expected were the two independent within each stratum; above 0.
    product_total, hazard_total : ndarray of int64
        Reports that name the cell's product, the cell's hazard.
    total : int
        All reports.
    products, hazards : tuple
        The names.
    """

    product: Ints
    hazard: Ints
    n: Ints
    expected: Floats
    product_total: Ints
    hazard_total: Ints
    total: int
    products: tuple[Any, ...]
    hazards: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.n)


def _distinct(*columns: Ints) -> tuple[list[Ints], Ints]:
    """The distinct rows of code columns, sorted, and how often each occurs."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    sizes = [int(c.max()) + 1 if len(c) else 1 for c in columns]
    if np.prod([float(s) for s in sizes]) >= 2.0**62:
        refuse("reports", "too_many", "代码组合过多", "codes multiply beyond 2**62")
    for column, size in zip(columns, sizes, strict=True):
        key = key * size + column
    key, times = np.unique(key, return_counts=True)
    rows: list[Ints] = []
    for size in reversed(sizes):
        rows.append(key % size)
        key = key // size
    return rows[::-1], times


def _codes(values: ArrayLike) -> tuple[tuple[Any, ...], Ints]:
    """Sorted names and each value's index among them."""
    found = pa.array(np.asarray(values)).dictionary_encode()
    names = found.dictionary.to_numpy(zero_copy_only=False)
    order = np.argsort(names, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return tuple(names[order].tolist()), place[found.indices.to_numpy()]


def _margin(report: Ints, code: Ints, stratum: Ints, shape: tuple[int, int]) -> Ints:
    (_, code, stratum), _ = _distinct(report, code, stratum)
    return np.bincount(code * shape[1] + stratum, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)


def count_reports(
    report: ArrayLike, product: ArrayLike, hazard: ArrayLike, stratum: ArrayLike | None = None, *, zeroes: bool = False
) -> Cells:
    """Count reports by product and hazard.

    Parameters
    ----------
    report, product, hazard : array_like, shape (rows,)
        One row names a product and a hazard in a report; a repeated row adds nothing.
    stratum : array_like, optional
        The report's stratum; a report belongs to one.
    zeroes : bool
        Also list the cells that no report names (every product with every hazard).

    Returns
    -------
    Cells

    Raises
    ------
    InputError
        Rule ``shape``, ``empty``, or ``one_stratum`` where a report has two strata.
    """
    columns = [np.asarray(c) for c in (report, product, hazard)]
    if same_length("report, product, hazard", *columns) == 0:
        refuse("report", "empty", "没有报告", "no reports")
    reports, report_code = _codes(columns[0])
    products, product_code = _codes(columns[1])
    hazards, hazard_code = _codes(columns[2])
    strata, stratum_code = _codes(np.zeros(len(report_code)) if stratum is None else stratum)
    same_length("report, stratum", report_code, stratum_code)
    (seen, seen_stratum), _ = _distinct(report_code, stratum_code)
    if len(seen) > len(reports):
        twice = reports[int(seen[np.flatnonzero(np.diff(seen) == 0)[0]])]
        refuse(f"stratum of report {twice!r}", "one_stratum", "同一报告有两个层", "a report belongs to one stratum")
    by_product = _margin(report_code, product_code, stratum_code, (len(products), len(strata)))
    by_hazard = _margin(report_code, hazard_code, stratum_code, (len(hazards), len(strata)))
    (_, cell_product, cell_hazard), _ = _distinct(report_code, product_code, hazard_code)
    (at, to), n = _distinct(cell_product, cell_hazard)
    if zeroes:
        full = np.zeros((len(products), len(hazards)), dtype=np.int64)
        full[at, to] = n
        at, to = (i.reshape(-1) for i in np.indices(full.shape))
        n = full.reshape(-1)
    total = np.bincount(seen_stratum, minlength=len(strata))
    expected = np.zeros(len(at))
    for s in range(len(strata)):
        expected += by_product[at, s] * by_hazard[to, s] / total[s]
    both = expected > 0  # a product and a hazard that never share a stratum cannot meet
    return Cells(at[both], to[both], n[both].astype(np.int64), expected[both], by_product.sum(axis=1)[at[both]],
                 by_hazard.sum(axis=1)[to[both]], len(reports), products, hazards)  # fmt: skip


def from_counts(product: ArrayLike, hazard: ArrayLike, n: ArrayLike) -> Cells:
    """Cells of a table that was counted elsewhere; margins and total are the table's own sums.

    Parameters
    ----------
    product, hazard : array_like, shape (cells,)
        Names or codes, each pair once.
    n : array_like of int, shape (cells,)
        Counts from 1 up.

    Raises
    ------
    InputError
        Rule ``count``, ``shape``, ``empty`` or ``twice``.
    """
    number = counts(n, place="n")
    products, at = _codes(product)
    hazards, to = _codes(hazard)
    if same_length("product, hazard, n", at, to, number) == 0 or number.sum() == 0:
        refuse("n", "empty", "没有计数", "no counts")
    pairs = np.sort(at * len(hazards) + to)
    if (np.diff(pairs) == 0).any():
        refuse("product, hazard", "twice", "单元格重复", "a cell is listed twice")
    rows = np.bincount(at, weights=number).astype(np.int64)[at]
    columns = np.bincount(to, weights=number).astype(np.int64)[to]
    total = int(number.sum())
    expected = rows * (columns / total)
    positive(expected, place="expected")
    return Cells(at, to, number, expected, rows, columns, total, products, hazards)


def distinct_cells(n: Ints, expected: Floats) -> tuple[Ints, Floats, Ints, NDArray[np.intp]]:
    """The distinct (n, expected) pairs: their counts, expected values, multiplicities, and where each cell went."""
    order = np.lexsort((expected, n))
    new = np.ones(len(n), dtype=bool)
    new[1:] = (np.diff(n[order]) != 0) | (np.diff(expected[order]) != 0)
    group = np.cumsum(new) - 1
    where = np.empty(len(n), dtype=np.intp)
    where[order] = group
    first = order[new]
    return n[first], expected[first], np.bincount(group).astype(np.int64), where
