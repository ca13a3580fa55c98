"""How any file may be read safely: bounded in bytes, in rows, and in the size and depth of one record."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

import ijson
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused; one record has its own limits."""

    bytes: int = 400 * 2**20
    rows: int = 2_000_000
    cell: int = 60_000
    record: int = 2**20
    depth: int = 64


class UnreadableFile(Exception):
    """A file that is not of the format, or cannot be read further; with what to do.

    It is put into words where it is told, so that a file can be read where nothing is translated.
    """

    def __init__(self, reason: Any, remedy: Any = "", **values: Any) -> None:
        super().__init__(reason)
        self.said, self.remedy, self.values = reason, remedy, values

    @property
    def reason(self) -> str:
        """What is wrong, in the reader's language."""
        return str(self.said) % self.values if self.values else str(self.said)

    def __str__(self) -> str:
        return self.reason


class RecordTooLarge(Exception):
    """One record alone is larger than a record may be."""


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than a limit: a small file must not unpack into a flood."""

    def __init__(self, inner: Any, limit: int) -> None:
        self.inner, self.left = inner, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self.inner.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFile(
                _("压缩文件损坏或不完整（%(kind)s）"), _("重新获取文件后再试"), kind=type(error).__name__
            ) from None
        self.left -= len(chunk)
        if self.left < 0:
            raise UnreadableFile(_("文件解开后过大"), _("拆成几个文件分别采集"))
        buffer[: len(chunk)] = chunk
        return len(chunk)


class Meter:
    """A stream that counts what was read since the last record ended, and stops when one record grows too large."""

    def __init__(self, inner: Any, most: int) -> None:
        # What a parser reads ahead belongs to the next record, so a few blocks are granted on top.
        self.inner, self.most, self.count = inner, most + (1 << 18), 0

    def read(self, size: int = -1) -> bytes:
        chunk: bytes = self.inner.read(min(size, 1 << 16) if size >= 0 else 1 << 16)
        self.count += len(chunk)
        if self.count > self.most:
            raise RecordTooLarge
        return chunk

    def mark(self) -> None:
        """A record ended here."""
        self.count = 0


def unpacked(stream: BinaryIO, limits: Limits) -> io.BufferedReader:
    """The stream, unzipped when it is gzip, and bounded."""
    head = stream.read(2)
    stream.seek(0)
    inner: Any = gzip.GzipFile(fileobj=stream) if head == b"\x1f\x8b" else stream
    return io.BufferedReader(_Bounded(inner, limits.bytes), 1 << 18)


def json_records(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Records of a JSON array, or of one record a line, as (position, record); what cannot be read as (position, reason)."""
    plain = unpacked(stream, limits)
    if plain.peek(3)[:3] == b"\xef\xbb\xbf":
        plain.read(3)
    array = plain.peek(64)[:64].lstrip()[:1] == b"["
    rows = _array(plain, limits) if array else _lines(plain, limits)
    for number, (position, item) in enumerate(rows, 1):
        if number > limits.rows:
            raise UnreadableFile(_("超过%(n)s条"), _("拆成几个文件分别采集"), n=limits.rows)
        yield position, item if isinstance(item, dict | str) else "不是一条记录"


def _lines(plain: io.BufferedReader, limits: Limits) -> Iterator[tuple[str, Any]]:
    number = 0
    while line := plain.readline(limits.record + 1):
        number += 1
        position = f"第{number}行"
        if len(line) > limits.record and not line.endswith(b"\n"):
            yield position, f"一条记录超过{limits.record}字节"
            while line and not line.endswith(b"\n"):
                line = plain.readline(limits.record)
            continue
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            yield position, "不是有效的 JSON"
            continue
        if isinstance(item, str):
            item = None
        yield position, f"嵌套超过{limits.depth}层" if nesting(item, limits.depth) > limits.depth else item


def _array(plain: io.BufferedReader, limits: Limits) -> Iterator[tuple[str, Any]]:
    meter, number = Meter(plain, limits.record), 0
    builder, depth, deepest = ijson.ObjectBuilder(), 0, 0
    try:
        for event, read in ijson.basic_parse(meter):
            # A number beyond all floats becomes infinite here and its record is refused; the parser would stop the file.
            value = float(read) if isinstance(read, Decimal) else read
            depth += event.startswith("start_") - event.startswith("end_")
            # The array itself is the first level; an item ends when only it is left open.
            if depth == 0 or (depth == 1 and event == "start_array" and number == 0 and deepest == 0):
                continue
            deepest = max(deepest, depth - 1)
            if deepest <= limits.depth:
                builder.event(event, value)
            if depth == 1:
                number += 1
                item = f"嵌套超过{limits.depth}层" if deepest > limits.depth else _item(builder)
                yield f"第{number}条", item
                builder, deepest = ijson.ObjectBuilder(), 0
                meter.mark()
    except RecordTooLarge:
        yield f"第{number + 1}条", f"一条记录超过{limits.record}字节，其后未读"
    except (ijson.JSONError, ValueError, OverflowError) as error:
        yield f"第{number + 1}条", f"JSON 在此处中断（{type(error).__name__}）"


def _item(builder: Any) -> Any:
    return None if isinstance(builder.value, str) else builder.value


def nesting(value: Any, most: int) -> int:
    """How deep lists and mappings lie inside each other; counting stops just beyond ``most``.

    >>> nesting("a", 9), nesting({"a": 1}, 9), nesting([{"a": []}], 9)
    (0, 1, 3)
    """
    depth, level = 0, [value] if isinstance(value, dict | list | tuple) else []
    while level and depth <= most:
        depth += 1
        inside = (v for one in level for v in (one.values() if isinstance(one, dict) else one))
        level = [v for v in inside if isinstance(v, dict | list | tuple)]
    return depth
