"""What collection needs from outside: a source that turns a file into arrivals, and how any file may be read safely."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO, Protocol

import openpyxl
from django.utils.translation import gettext_lazy as _

from riskwatch.collection.reading import Limits, UnreadableFile, json_records, unpacked
from riskwatch.look.words import listed

__all__ = ["Limits", "UnreadableFile", "json_records", "unpacked"]
# Tables: how many lines are looked through for the heading, how many empty lines end a sheet, how wide it is read.
HEADING_WITHIN, EMPTY_ENDS, WIDEST = 12, 1000, 200


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: where, which field, why, and what stood there."""

    position: str
    field: str
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One translated piece of information. Empty means the source says nothing; nothing is guessed.

    ``external_id`` names the piece for everybody; with ``private`` it is the sender's own number, which names it at
    the collecting office only.
    """

    external_id: str
    position: str
    title: str
    text: str
    original: Mapping[str, Any]
    reference: str = ""
    url: str = ""
    language: str = "en"
    direction: str = ""
    published_on: date | None = None
    occurred_on: date | None = None
    product: str = ""
    brand: str = ""
    model: str = ""
    batch: str = ""
    commodity_code: str = ""
    quantity: str = ""
    origin: str = ""
    maker: str = ""
    importer: str = ""
    port: str = ""
    hazard_text: str = ""
    injuries: str = ""
    disposition: str = ""
    aspects: tuple[str, ...] = ()
    private: bool = False
    item: str = ""  # of a mass source: what the row is a part or a copy of; it counts once
    weight: float = 1.0  # of a sampled source: how many cases the row stands for

    @property
    def revision(self) -> str:
        """Hash of the original row: the same id with another hash is a renewed item."""
        return sha256(json.dumps(self.original, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


Reading = Iterator["Arrival | BadRow"]


def sources() -> list[Source]:
    """The sources that the settings list."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    return [import_string(path) for path in settings.SOURCES]


class Source(Protocol):
    """A kind of file that can be collected."""

    id: str
    name_zh: str
    name_en: str
    source_kind: str
    licence: str
    # A source may also say ``holds`` (see `TableSource`); without it, its rows are information.

    def recognises(self, head: bytes, name: str) -> bool:
        """Whether a file, by its first bytes and name, looks like this source's."""
        ...

    def read(self, stream: BinaryIO, limits: Limits) -> Reading:
        """Translate row by row; a bad row is told and passed over. Raises `UnreadableFile` for a wrong file."""
        ...


@dataclass(frozen=True)
class TableSource:
    """A source whose files are tables: headers it needs, and a row's translation.

    ``translate(row, position)`` raises `RowProblem` for a bad row. ``holds`` says where rows belong: ``"information"``, each
    a sheet of the register; ``"observations"``, statistics by the hundred thousand, kept beside it and counted; ``"exposure"``,
    denominators such as declarations.
    """

    id: str
    name_zh: str
    name_en: str
    source_kind: str
    licence: str
    needs: tuple[str, ...]
    translate: Callable[[Mapping[str, str], str], Arrival]
    aliases: Mapping[str, str] = field(default_factory=dict)
    holds: str = "information"

    def recognises(self, head: bytes, name: str) -> bool:
        for encoding in ("utf-8-sig", "gb18030"):
            lines = csv.reader(io.StringIO(head.decode(encoding, "ignore")))
            try:
                for cells in islice(lines, HEADING_WITHIN):
                    named = {self.aliases.get(c.strip(), c.strip()) for c in cells}
                    if named.issuperset(self.needs):
                        return True
            except csv.Error:
                continue
        return False

    def read(self, stream: BinaryIO, limits: Limits) -> Reading:
        for position, row in table_rows(stream, limits, self.needs, self.aliases):
            if isinstance(row, str):
                yield BadRow(position, "", row)
                continue
            yield translated(self.translate, row, position)


def translated(translate: Callable[[Any, str], Arrival], row: Any, position: str) -> Arrival | BadRow:
    """A row's arrival; whatever is wrong with the row is told as a bad row and harms no other."""
    try:
        return translate(row, position)
    except RowProblem as problem:
        return BadRow(position, problem.field, problem.reason, _as_it_stands(row))
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        return BadRow(position, "", f"这一行的结构不符合格式（{type(error).__name__}）", _as_it_stands(row))


def _as_it_stands(row: Any) -> str:
    """A row as its file has it, so that people find it there again."""
    try:
        return (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False, default=str))[:2000]
    except (TypeError, ValueError, RecursionError):
        return ""


class RowProblem(ValueError):
    """One field of one row is wrong."""

    def __init__(self, field_name: str, reason: str) -> None:
        super().__init__(f"{field_name}: {reason}")
        self.field, self.reason = field_name, reason


def text_of(stream: BinaryIO, limits: Limits) -> io.TextIOBase:
    """The stream as text: UTF-8 (with or without mark) or GB18030."""
    plain = unpacked(stream, limits)
    sample = plain.peek(1 << 17)[: 1 << 17]
    if b"\x00" in sample[:4096]:
        raise UnreadableFile(_("不是文本文件"), _("另存为 UTF-8 编码的 CSV"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            sample[: len(sample) - 8 if len(sample) > 64 else len(sample)].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 16:
                continue
        return io.TextIOWrapper(plain, encoding=encoding, errors="replace", newline="")
    raise UnreadableFile(_("文本编码无法识别"), _("另存为 UTF-8 编码"))


def table_rows(
    stream: BinaryIO, limits: Limits, needs: tuple[str, ...], aliases: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str] | str]]:
    """Rows of a CSV or XLSX file as (position, row), the heading found among the first lines.

    A row that cannot be read comes as (position, reason). Raises `UnreadableFile` when a needed column is missing.
    """
    head = stream.read(4)
    stream.seek(0)
    lines = _sheet_lines(stream, limits) if head[:2] == b"PK" else _csv_lines(stream, limits)
    heading: list[str] | None = None
    seen: list[list[str]] = []
    for number, cells in lines:
        if heading is None:
            named = [aliases.get(c.strip(), c.strip()) for c in cells]
            if all(n in named for n in needs):
                heading = named
                _refuse_twins(heading, needs)
            else:
                seen.append(named)
                if len(seen) > HEADING_WITHIN:
                    break
            continue
        if number > limits.rows:
            raise UnreadableFile(_("超过%(n)s行"), _("拆成几个文件分别采集"), n=limits.rows)
        if not any(c.strip() for c in cells) or (len([c for c in cells if c.strip()]) == 1 and len(needs) > 2):
            continue
        if any(len(c) > limits.cell for c in cells):
            yield f"第{number}行", f"有一格超过{limits.cell}个字符"
            continue
        yield f"第{number}行", {h: c.strip() for h, c in zip(heading, cells, strict=False) if h}
    if heading is None:
        known = {c for row in seen for c in row}
        lost = [n for n in needs if n not in known]
        raise UnreadableFile(
            _("缺少列：%(names)s") if lost else _("没有找到表头"), _("对照模板补齐表头"), names=listed(lost)
        )


def _refuse_twins(heading: list[str], needs: tuple[str, ...]) -> None:
    twins = [n for n in needs if heading.count(n) > 1]
    if twins:
        raise UnreadableFile(_("表头重复：%(names)s"), _("删去多余的列"), names=listed(twins))


def _csv_lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(max(limits.cell * 4, 131072))
    lines = _Lines(text_of(stream, limits), limits.record)
    rows = csv.reader(lines)
    while True:
        lines.taken = 0
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                _("第%(n)s行起无法读取（%(why)s）"), _("检查该行的引号和分隔符"), n=rows.line_num, why=error
            ) from None
        yield rows.line_num, cells


class _Lines:
    """Lines of a text for one row after another; a row without end is refused before it fills the memory."""

    def __init__(self, text: io.TextIOBase, most: int) -> None:
        self.text, self.most, self.taken = text, most, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.text.readline(self.most + 1)
        self.taken += len(line)
        if self.taken > self.most:
            raise UnreadableFile(_("有一行超过%(n)s个字符"), _("检查引号和换行"), n=self.most)
        if not line:
            raise StopIteration
        return line


def heading_of(stream: BinaryIO, limits: Limits) -> bytes:
    """The first lines of an XLSX sheet as CSV, by which its source is told; empty when it cannot be read."""
    out = io.StringIO()
    try:
        csv.writer(out).writerows(cells for _number, cells in islice(_sheet_lines(stream, limits), HEADING_WITHIN))
    except UnreadableFile:
        return b""
    finally:
        stream.seek(0)
    return out.getvalue().encode("utf-8", "replace")


def _sheet_lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(stream) as parcel:
            total = sum(p.file_size for p in parcel.infolist())
            if total > limits.bytes:
                raise UnreadableFile(_("表格解开后过大"), _("拆成几个文件分别采集"))
        stream.seek(0)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheet = book.worksheets[0]
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(
            _("不是有效的 XLSX 表格（%(kind)s）"), _("用表格软件另存为 XLSX"), kind=type(error).__name__
        ) from None
    # What the sheet claims about its own size is not believed.
    sheet.reset_dimensions()
    empty = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(max_col=WIDEST, values_only=True), 1):
            empty = 0 if any(c is not None for c in cells) else empty + 1
            if empty > EMPTY_ENDS:
                return
            yield number, [_cell(c) for c in cells]
    except GeneratorExit:
        raise
    except Exception as error:
        raise UnreadableFile(
            _("表格读到一半损坏（%(kind)s）"), _("用表格软件打开后另存"), kind=type(error).__name__
        ) from None
    finally:
        book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "date"):
        return f"{value:%Y-%m-%d}"
    return str(value)


_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WORDED = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})$")
_DIGITS = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")


def day_of(text: str, field_name: str, *, day_first: bool = False) -> date | None:
    """A date from ``2026-02-03``, ``2026年2月3日``, ``March 26, 2026`` or (day first) ``03/02/2026``; None when empty.

    Raises
    ------
    RowProblem
        No such day.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        if worded := _WORDED.match(text):
            return date(int(worded[3]), _MONTHS.index(worded[1]) + 1, int(worded[2]))
        if day_first:
            day, month, year = (int(p) for p in text.split("/"))
            return date(year, month, day)
        if digits := _DIGITS.match(text + " "):
            return date(int(digits[1]), int(digits[2]), int(digits[3]))
    except ValueError:
        pass
    raise RowProblem(field_name, f"不是有效日期：{text[:40]}")


def number_of(text: str, field_name: str, *, least: float = 0.0) -> float:
    """A finite number above ``least``; whatever else stands there is told."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value <= least:
        raise RowProblem(field_name, f"须为大于{least:g}的数：{text[:40]}")
    return value


def needed(row: Mapping[str, str], name: str) -> str:
    """A field that must not be empty."""
    value = (row.get(name) or "").strip()
    if not value:
        raise RowProblem(name, "不能为空")
    return value


def joined(rows: Iterable[str | None], mark: str = "; ") -> str:
    """Texts in a row, empty ones left out."""
    return mark.join(r.strip() for r in rows if r and r.strip())
