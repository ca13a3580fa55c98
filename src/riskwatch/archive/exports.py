"""Statistics as files for a spreadsheet; no cell can be taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from riskwatch.archive.queries import DIMENSIONS, Statistics

# A spreadsheet takes a cell for a formula by its first sign, in either width, and some after white space.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """A cell of a CSV that no spreadsheet runs."""
    begins = text.lstrip(" \t\r\n\u3000")
    return "'" + text if begins.startswith(_FORMULA) or text[:1] in ("\t", "\r", "\n") else text


def lines(found: Statistics) -> Iterator[list[str | int]]:
    """The file's lines: what was counted, then one line a value."""
    day = _("收到日期") if found.by == "received" else _("发生或发布日期")
    yield [
        _("统计期间"),
        f"{found.since.isoformat()} — {found.until.isoformat()}",
        day,
        str(found.office or _("本辖区")),
    ]
    yield [_("维度"), _("代码"), _("值"), _("收到"), _("已核实")]
    for heading, rows in [*((str(DIMENSIONS[n]), rows) for n, rows in found.tables.items()), (_("月份"), found.months)]:
        for row in rows:
            yield [heading, row.code, row.words, row.received, row.verified]


def as_csv(found: Statistics) -> bytes:
    """The statistics as CSV with a mark, so that spreadsheets read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    for line in lines(found):
        writer.writerow([harmless(c) if isinstance(c, str) else c for c in line])
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(found: Statistics) -> bytes:
    """The statistics as a workbook; every text is stored as text."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(_("登记统计"))
    for number, line in enumerate(lines(found)):
        cells = []
        for value in line:
            cell = WriteOnlyCell(page, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(_FORMULA)
            if number < 2:
                cell.font = Font(bold=True)
            cells.append(cell)
        page.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
