"""What collection needs from outside: a source that turns a file into arrivals, and how any file may be read safely."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, BinaryIO, Protocol

import openpyxl


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused."""

    bytes: int = 400 * 2**20
    rows: int = 2_000_000
    cell: int = 60_000


class UnreadableFile(Exception):
    """A file that is not of the format, or cannot be read further; with what to do."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: where, which field, why, and what stood there."""

    position: str
    field: str
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One translated piece of information. Empty means the source says nothing; nothing is guessed."""

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

    def recognises(self, head: bytes, name: str) -> bool:
        """Whether a file, by its first bytes and name, looks like this source's."""
        ...

    def read(self, stream: BinaryIO, limits: Limits) -> Reading:
        """Translate row by row; a bad row is told and passed over. Raises `UnreadableFile` for a wrong file."""
        ...


@dataclass(frozen=True)
class TableSource:
    """A source whose files are tables: headers it needs, and a row's translation.

    ``translate(row, position)`` raises `RowProblem` for a bad row.
    """

    id: str
    name_zh: str
    name_en: str
    source_kind: str
    licence: str
    needs: tuple[str, ...]
    translate: Callable[[Mapping[str, str], str], Arrival]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def recognises(self, head: bytes, name: str) -> bool:
        if head[:2] == b"PK" or head[:2] == b"\x1f\x8b":
            return False
        text = head.decode("utf-8", "ignore") or head.decode("gb18030", "ignore")
        return all(any(n in text for n in self._names(need)) for need in self.needs)

    def _names(self, need: str) -> list[str]:
        return [need, *(a for a, b in self.aliases.items() if b == need)]

    def read(self, stream: BinaryIO, limits: Limits) -> Reading:
        for position, row in table_rows(stream, limits, self.needs, self.aliases):
            if isinstance(row, str):
                yield BadRow(position, "", row)
                continue
            try:
                yield self.translate(row, position)
            except RowProblem as problem:
                yield BadRow(position, problem.field, problem.reason, json.dumps(row, ensure_ascii=False)[:2000])


class RowProblem(ValueError):
    """One field of one row is wrong."""

    def __init__(self, field_name: str, reason: str) -> None:
        super().__init__(f"{field_name}: {reason}")
        self.field, self.reason = field_name, reason


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than a limit: a small file must not unpack into a flood."""

    def __init__(self, inner: Any, limit: int) -> None:
        self.inner, self.left = inner, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self.inner.read(len(buffer))
        except (OSError, EOFError) as error:
            raise UnreadableFile(f"压缩文件损坏或不完整（{type(error).__name__}）", "重新获取文件后再试") from None
        self.left -= len(chunk)
        if self.left < 0:
            raise UnreadableFile("文件解开后过大", "拆成几个文件分别采集")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def unpacked(stream: BinaryIO, limits: Limits) -> io.BufferedReader:
    """The stream, unzipped when it is gzip, and bounded."""
    head = stream.read(2)
    stream.seek(0)
    inner: Any = gzip.GzipFile(fileobj=stream) if head == b"\x1f\x8b" else stream
    return io.BufferedReader(_Bounded(inner, limits.bytes), 1 << 18)


def text_of(stream: BinaryIO, limits: Limits) -> io.TextIOBase:
    """The stream as text: UTF-8 (with or without mark) or GB18030."""
    plain = unpacked(stream, limits)
    sample = plain.peek(1 << 17)[: 1 << 17]
    if b"\x00" in sample[:4096]:
        raise UnreadableFile("不是文本文件", "另存为 UTF-8 编码的 CSV")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            sample[: len(sample) - 8 if len(sample) > 64 else len(sample)].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 16:
                continue
        return io.TextIOWrapper(plain, encoding=encoding, errors="replace", newline="")
    raise UnreadableFile("文本编码无法识别", "另存为 UTF-8 编码")


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
                if len(seen) > 12:
                    break
            continue
        if number > limits.rows:
            raise UnreadableFile(f"超过{limits.rows}行", "拆成几个文件分别采集")
        if not any(c.strip() for c in cells) or (len([c for c in cells if c.strip()]) == 1 and len(needs) > 2):
            continue
        if any(len(c) > limits.cell for c in cells):
            yield f"第{number}行", f"有一格超过{limits.cell}个字符"
            continue
        yield f"第{number}行", {h: c.strip() for h, c in zip(heading, cells, strict=False) if h}
    if heading is None:
        known = {c for row in seen for c in row}
        lost = [n for n in needs if n not in known]
        raise UnreadableFile(f"缺少列：{'、'.join(lost)}" if lost else "没有找到表头", "对照模板补齐表头")


def _refuse_twins(heading: list[str], needs: tuple[str, ...]) -> None:
    twins = [n for n in needs if heading.count(n) > 1]
    if twins:
        raise UnreadableFile(f"表头重复：{'、'.join(twins)}", "删去多余的列")


def _csv_lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(max(limits.cell * 4, 131072))
    rows = csv.reader(text_of(stream, limits))
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(f"第{rows.line_num}行起无法读取（{error}）", "检查该行的引号和分隔符") from None
        yield rows.line_num, cells


def _sheet_lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(stream) as parcel:
            total = sum(p.file_size for p in parcel.infolist())
            if total > limits.bytes:
                raise UnreadableFile("表格解开后过大", "拆成几个文件分别采集")
        stream.seek(0)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheet = book.worksheets[0]
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(f"不是有效的 XLSX 表格（{type(error).__name__}）", "用表格软件另存为 XLSX") from None
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [_cell(c) for c in cells[:200]]
    except Exception as error:
        raise UnreadableFile(f"表格读到一半损坏（{type(error).__name__}）", "用表格软件打开后另存") from None


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


def needed(row: Mapping[str, str], name: str) -> str:
    """A field that must not be empty."""
    value = (row.get(name) or "").strip()
    if not value:
        raise RowProblem(name, "不能为空")
    return value


def joined(rows: Iterable[str | None], mark: str = "; ") -> str:
    """Texts in a row, empty ones left out."""
    return mark.join(r.strip() for r in rows if r and r.strip())
