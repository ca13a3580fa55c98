"""Is a file what it claims to be? Typed by content, bounded, and without anything that runs."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from xml.etree.ElementTree import ParseError

import filetype
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from riskwatch.documents import parcels, pdf
from riskwatch.look.words import labelled, listed
from riskwatch.refusals import Refusal

EXTENSIONS = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv", "txt": "text/plain", "json": "application/json", "jsonl": "application/json",
    "xml": "application/xml", "gz": "application/gzip",
}  # fmt: skip
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
MAX_PIXELS = 40_000_000
MAX_UNPACKED = 400 * 2**20
MAX_RATIO = 200


def inspect(body: bytes, name: str, *, limit: int) -> tuple[str, bytes]:
    """Media type and the bytes to keep (photos are redrawn without their hidden notes).

    Raises
    ------
    Refusal
        Too large, empty, of a kind not taken, other than its name says, or holding something that runs.
    """
    if not body:
        raise _no(_("文件是空的"), name)
    if len(body) > limit:
        raise _no(_("文件超过%(limit)s MB") % {"limit": limit // 2**20}, name)
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    claimed = EXTENSIONS.get(extension)
    if claimed is None:
        raise _no(_("不接收这种文件；可用：%(kinds)s") % {"kinds": listed(sorted(EXTENSIONS))}, name)
    if _EICAR in body:
        raise _no(_("文件含有病毒特征"), name)
    guess = filetype.guess(body)
    seen = guess.mime if guess else ""
    if claimed.startswith(("text/", "application/json", "application/xml")):
        if seen:
            raise _no(_("文件内容与扩展名不符"), name)
    elif seen != claimed and not (claimed.endswith(("sheet", "document")) and seen == "application/zip"):
        raise _no(_("文件内容与扩展名不符"), name)
    check = _CHECKS.get(claimed)
    return claimed, check(body, name) if check else body


def _no(reason: str, name: str) -> Refusal:
    return Refusal(labelled(name, reason), remedy=_("更换文件后重新上传"), code="file_refused", status=422)


def _photo(body: bytes, name: str) -> bytes:
    try:
        with Image.open(io.BytesIO(body)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _no(_("图片像素过大"), name)
            kind = picture.format or "PNG"
            out = io.BytesIO()
            clean = picture.convert("RGB") if kind == "JPEG" else picture.copy()
            clean.info = {}
            clean.save(out, format=kind)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise _no(_("图片已损坏或不是图片"), name) from None


def _pdf(body: bytes, name: str) -> bytes:
    try:
        found = pdf.what_runs(body)
    except pdf.TooLarge:
        raise _no(_("压缩内容异常巨大"), name) from None
    if found:
        raise _no(_("PDF 含有脚本、自动动作、加密或嵌入文件（%(mark)s）") % {"mark": found}, name)
    return body


def _office(body: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parcel:
            parts = parcel.infolist()
            total = sum(p.file_size for p in parts)
            if len(parts) > 5000 or total > MAX_UNPACKED or total > MAX_RATIO * max(len(body), 1):
                raise _no(_("压缩内容异常巨大"), name)
            wrong = parcels.what_is_wrong(parcel, name.rsplit(".", 1)[-1].lower())
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _no(_("文件已损坏"), name) from None
    if wrong:
        raise _no(_("含有宏、外部链接、嵌入对象或不属于这种文件的内容（%(part)s）") % {"part": wrong[:80]}, name)
    return body


def _gzip(body: bytes, name: str) -> bytes:
    """Opened to its end once, so that neither a bomb nor a known virus lies packed."""
    taken, before = 0, b""
    try:
        with gzip.open(io.BytesIO(body)) as plain:
            while part := plain.read(2**20):
                taken += len(part)
                if taken > MAX_UNPACKED:
                    raise _no(_("压缩内容异常巨大"), name)
                if _EICAR in before + part:
                    raise _no(_("文件含有病毒特征"), name)
                before = part[-len(_EICAR) :]
    except (OSError, EOFError, zlib.error):
        raise _no(_("文件已损坏"), name) from None
    return body


def _text(body: bytes, name: str) -> bytes:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return body
    raise _no(_("文本编码无法识别，请存为 UTF-8"), name)


def _json(body: bytes, name: str) -> bytes:
    _text(body, name)
    first = body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if first not in (b"{", b"["):
        raise _no(_("不是 JSON"), name)
    if len(body) < 2**20 and not name.lower().endswith("jsonl"):
        try:
            json.loads(body)
        except (ValueError, RecursionError):
            raise _no(_("JSON 格式有误"), name) from None
    return body


def _xml(body: bytes, name: str) -> bytes:
    try:
        for count, (_event, element) in enumerate(iterparse(io.BytesIO(body), forbid_dtd=True)):
            element.clear()
            if count > 5_000_000:
                raise _no(_("XML 元素过多"), name)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise _no(_("XML 格式有误，或带有实体、外部引用"), name) from None
    return body


_CHECKS: dict[str, Callable[[bytes, str], bytes]] = {
    "image/jpeg": _photo, "image/png": _photo, "image/webp": _photo, "application/pdf": _pdf,
    EXTENSIONS["xlsx"]: _office, EXTENSIONS["docx"]: _office, "text/csv": _text, "text/plain": _text,
    "application/json": _json, "application/xml": _xml, "application/gzip": _gzip,
}  # fmt: skip
