"""A risk matrix as data: two ranked axes, a result in each cell, where it was read, and how far it may be trusted.

``status`` is ``verified`` (read in the source itself), ``secondary`` (read in another's copy), ``unverified`` (from
memory) or ``empty`` (not readable: every question is refused, no cell is invented).

>>> small = from_json({"id": "own", "title": {"zh": "自用", "en": "own"}, "source": "our policy", "status": "verified",
...                    "rows": ["likely", "unlikely"], "columns": ["grave", "slight"], "scale": ["low", "high"],
...                    "cells": [["high", "high"], ["high", "low"]]})
>>> small.cell("unlikely", "slight"), small.cell("likely", "grave")
('low', 'high')
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from riskmethods.errors import raise_at
from riskmethods.inputs import distinct, fields, listed, one_of, text, within, zero_or_more

STATUSES = ("verified", "secondary", "unverified", "empty")
_LARGEST = 50


@dataclass(frozen=True)
class Grid:
    """One matrix.

    Attributes
    ----------
    id, zh, en, source, status : str
    rows, columns : tuple of str
        The axes' codes, the gravest first: rows by likelihood, columns by severity.
    scale : tuple of str
        The results, the least first.
    cells : tuple of tuple of str
        ``cells[row][column]``; an empty text where the source states nothing.
    edges : tuple of Fraction
        Where rows are numbers: the lower edges of all rows but the last, falling.
    edge_belongs : bool
        Whether a number on an edge still belongs to the row above it.
    unit : str
        What the edges count.
    """

    id: str
    zh: str
    en: str
    source: str
    status: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    scale: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    edges: tuple[Fraction, ...] = ()
    edge_belongs: bool = False
    unit: str = ""

    def cell(self, row: str, column: str) -> str:
        """The result of a cell.

        Raises
        ------
        MethodError
            Rules ``empty_slot`` (the matrix was not readable), ``unknown_code``, ``unstated`` (the source is silent).
        """
        if not self.cells:
            raise_at(self.id, "empty_slot", f"{self.zh}的矩阵尚无可读原文；请先按原文录入",
                     f"{self.id} has no readable cells; load them from the source first")  # fmt: skip
        one_of(row, self.rows, f"{self.id}.row")
        one_of(column, self.columns, f"{self.id}.column")
        found = self.cells[self.rows.index(row)][self.columns.index(column)]
        if not found:
            raise_at(f"{self.id}.{row}.{column}", "unstated", "来源未规定此格", "the source does not state this cell")
        return found

    def row(self, number: object) -> str:
        """The row of a number, where rows are numbers.

        Raises
        ------
        MethodError
            Rules ``no_edges``, ``not_a_number``, ``out_of_range``.
        """
        if not self.edges:
            raise_at(
                f"{self.id}.row", "no_edges", "此矩阵的行不是数值", "the rows of this matrix are words, not numbers"
            )
        value = zero_or_more(number, f"{self.id}.row")
        above = [value > edge or (self.edge_belongs and value == edge) for edge in self.edges]
        return self.rows[above.index(True) if True in above else len(self.edges)]

    def judge(self, number: object, column: str) -> str:
        """The result for a number on the rows' axis."""
        return self.cell(self.row(number), column)

    @cached_property
    def sha256(self) -> str:
        """The fingerprint that an assessment pins: id, axes, edges and cells."""
        pinned = [self.id, self.rows, self.columns, self.cells, [str(e) for e in self.edges], self.edge_belongs]
        return hashlib.sha256(json.dumps(pinned, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The matrix as data, as :func:`from_json` reads it and a page draws it; the fingerprint beside it."""
        return {
            "id": self.id, "title": {"zh": self.zh, "en": self.en}, "source": self.source, "status": self.status,
            "rows": list(self.rows), "columns": list(self.columns), "scale": list(self.scale),
            "cells": [list(row) for row in self.cells], "edges": [str(e) for e in self.edges],
            "edge_belongs": self.edge_belongs, "unit": self.unit, "sha256": self.sha256,
        }  # fmt: skip


def checked(grid: Grid) -> Grid:
    """The matrix itself when it is sound.

    Raises
    ------
    MethodError
        Rule ``bad_grid``: wrong shape, a result not on the scale, edges not falling, or a result that falls as
        likelihood or severity rises (unstated cells are passed over).
    """
    place = f"{grid.id}.cells"
    for name in ("rows", "columns", "scale"):
        distinct(getattr(grid, name), f"{grid.id}.{name}")
    if (not grid.cells) != (grid.status == "empty"):
        raise_at(place, "bad_grid", "只有空表没有单元格", "an empty matrix, and only it, has no cells")
    if grid.cells and [len(grid.rows), {len(grid.columns)}] != [len(grid.cells), {len(row) for row in grid.cells}]:
        raise_at(place, "bad_grid", "单元格数与行列不符", "the cells do not match rows and columns")
    if grid.edges and (
        len(grid.edges) != len(grid.rows) - 1 or list(grid.edges) != sorted(set(grid.edges), reverse=True)
    ):
        raise_at(f"{grid.id}.edges", "bad_grid", "边界须递减，比行数少一", "edges fall, one fewer than rows")
    for row in grid.cells:
        for found in row:
            if found and found not in grid.scale:
                raise_at(place, "bad_grid", f"“{found}”不在等级中", f"{found!r} is not on the scale")
    for line in (*grid.cells, *zip(*grid.cells, strict=True)):
        ranks = [grid.scale.index(found) for found in line if found]
        if ranks != sorted(ranks, reverse=True):
            raise_at(
                place,
                "bad_grid",
                "可能性或严重度升高时结果不得下降",
                "a result may not fall as likelihood or severity rises",
            )
    return grid


def filled(
    slot: Grid, cells: tuple[tuple[str, ...], ...], *, scale: tuple[str, ...], source: str, status: str = "unverified"
) -> Grid:
    """A slot with cells and their scale (the least first) supplied by whoever holds the source's text; checked.

    Raises
    ------
    MethodError
        As :func:`checked`; rule ``unknown_code`` for a status that is none.
    """
    one_of(status, STATUSES[:-1], f"{slot.id}.status")
    return checked(replace(slot, cells=cells, scale=scale, source=text(source, f"{slot.id}.source"), status=status))


def from_json(document: Any, *, place: str = "") -> Grid:
    """A matrix from data; checked.

    Raises
    ------
    MethodError
        As :func:`checked`, or with the place of what is missing.
    """
    needed = ("id", "title", "source", "status", "rows", "columns", "scale", "cells")
    record = fields(document, place, needed=needed, optional=("edges", "edge_belongs", "unit", "sha256"))
    title: Mapping[str, Any] = fields(record["title"], within(place, "title"), needed=("zh", "en"))

    def names(key: str, least: int = 1) -> tuple[str, ...]:
        items = listed(record[key], within(place, key), least=least, most=_LARGEST)
        return tuple(text(item, within(place, f"{key}[{n}]")) for n, item in enumerate(items))

    rows = listed(record["cells"], within(place, "cells"), least=0, most=_LARGEST)
    cells = tuple(
        tuple(
            text(cell, within(place, f"cells[{n}]"), needed=False)
            for cell in listed(row, within(place, f"cells[{n}]"), most=_LARGEST)
        )
        for n, row in enumerate(rows)
    )
    edges = listed(record.get("edges", []), within(place, "edges"), least=0, most=_LARGEST)
    return checked(
        Grid(
            text(record["id"], within(place, "id")), text(title["zh"], "title.zh"), text(title["en"], "title.en"),
            text(record["source"], within(place, "source")), one_of(record["status"], STATUSES, within(place, "status")),
            names("rows"), names("columns"), names("scale", 0), cells,
            tuple(zero_or_more(edge, within(place, f"edges[{n}]")) for n, edge in enumerate(edges)),
            record.get("edge_belongs", False) is True, text(record.get("unit", ""), within(place, "unit"), needed=False),
        )
    )  # fmt: skip
