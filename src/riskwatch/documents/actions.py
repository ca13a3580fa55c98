"""Storing and destroying files, taking the next number, making a paper."""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.documents import paper
from riskwatch.documents.inspection import inspect
from riskwatch.documents.models import Attachment, Paper, Series
from riskwatch.refusals import Refusal


class Actor(Protocol):
    pk: int


def path_of(digest: str) -> Path:
    """Where bytes of a hash lie."""
    return Path(settings.FILES) / digest[:2] / digest[2:4] / digest


@transaction.atomic
def store(
    upload: bytes | File[Any], *, name: str, purpose: str, by: Any, at: datetime, limit: int | None = None
) -> Attachment:
    """Inspect a file and keep it; refused files leave nothing behind.

    Raises
    ------
    Refusal
        The file is not what it claims to be; see `inspection.inspect`.
    """
    allowed = limit or settings.UPLOAD_LIMIT
    body = upload if isinstance(upload, bytes) else upload.read(allowed + 1)
    media, kept = inspect(body, name, limit=allowed)
    digest = sha256(kept).hexdigest()
    _write(path_of(digest), kept)
    return Attachment.objects.create(
        sha256=digest, size=len(kept), media_type=media, name=name[-200:], purpose=purpose, stored_by=by, stored_at=at
    )


def _write(target: Path, body: bytes) -> None:
    if connection.in_atomic_block:
        _lock_bytes(target.name)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    os.replace(partial, target)


@transaction.atomic
def destroy(attachment: Attachment, *, at: datetime) -> None:
    """Remove a file's bytes unless another record still holds the same; the record stays, without its name."""
    Attachment.objects.filter(pk=attachment.pk).update(destroyed_at=at, name="")
    transaction.on_commit(lambda: _unlink_unheld(attachment.sha256))


@transaction.atomic
def _unlink_unheld(digest: str) -> None:
    """Asked once more under the lock: somebody may have stored the same bytes meanwhile."""
    _lock_bytes(digest)
    if not Attachment.objects.filter(sha256=digest, destroyed_at=None).exists():
        path_of(digest).unlink(missing_ok=True)


def _lock_bytes(digest: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"file:{digest}"])


@transaction.atomic
def destroy_papers(sheet: int, *, at: datetime) -> int:
    """Remove the papers made from a record, with the content they were made from. Returns how many."""
    rows = list(Paper.objects.filter(sheet_id=sheet).select_related("file"))
    for row in rows:
        destroy(row.file, at=at)
    Paper.objects.filter(sheet_id=sheet).update(content={})
    return len(rows)


def read(attachment: Attachment) -> bytes:
    """A file's bytes, checked against its hash.

    Raises
    ------
    Refusal
        The bytes were destroyed, lost or altered.
    """
    if attachment.destroyed_at:
        raise Refusal(
            _("%(name)s已依法销毁") % {"name": attachment.name}, remedy=_("查阅销毁记录"), code="destroyed", status=410
        )
    try:
        body = path_of(attachment.sha256).read_bytes()
    except FileNotFoundError:
        raise Refusal(
            _("%(name)s的内容丢失") % {"name": attachment.name}, remedy=_("请系统管理员从备份恢复"), code="lost"
        ) from None
    if sha256(body).hexdigest() != attachment.sha256:
        raise Refusal(_("%(name)s被改动过") % {"name": attachment.name}, remedy=_("请审计管理员查证"), code="altered")
    return body


@transaction.atomic
def next_number(kind: str, *, office: str, at: datetime) -> int:
    """The next number of a series, without gaps: it belongs to the caller's transaction."""
    year = shanghai_date(at).year
    Series.objects.bulk_create([Series(kind=kind, office=office, year=year)], ignore_conflicts=True)
    row = Series.objects.select_for_update().get(kind=kind, office=office, year=year)
    Series.objects.filter(pk=row.pk).update(last=F("last") + 1)
    return row.last + 1


def reserve_numbers(kind: str, count: int, *, office: str, at: datetime) -> range:
    """A block of numbers for rows that are stored together."""
    year = shanghai_date(at).year
    Series.objects.bulk_create([Series(kind=kind, office=office, year=year)], ignore_conflicts=True)
    row = Series.objects.select_for_update().get(kind=kind, office=office, year=year)
    Series.objects.filter(pk=row.pk).update(last=F("last") + count)
    return range(row.last + 1, row.last + count + 1)


def record_number(prefix: str, *, office: str, at: datetime) -> str:
    """A record's number, for example ``RI-2200-2026-000123``."""
    return f"{prefix}-{office}-{shanghai_date(at).year}-{next_number(prefix, office=office, at=at):06d}"


def paper_number(words: str, *, office: str, at: datetime) -> str:
    """A paper's number as offices write it, for example ``沪关通告〔2026〕12号``."""
    return f"{words}〔{shanghai_date(at).year}〕{next_number(words, office=office, at=at)}号"


def preview(kind: str, content: dict[str, Any], *, at: datetime) -> bytes:
    """A paper as it would look, marked as a draft; nothing is numbered or kept."""
    return paper.draft(kind, content, at=at)


@transaction.atomic
def make_paper(
    kind: str, content: dict[str, Any], *, number: str, sheet: int, version: int, by: Any, at: datetime,
    addressee: int | None = None,
) -> Paper:  # fmt: skip
    """Print a record: a PDF from its content, kept with the content and a hash over both.

    A copy for one addressee holds only what concerns that organisation, and is the only one that it reads.
    """
    body = paper.render(kind, content | {"number": number, "version": version}, at=at)
    digest = sha256(body).hexdigest()
    _write(path_of(digest), body)
    file = Attachment.objects.create(
        sha256=digest, size=len(body), media_type="application/pdf", name=f"{number}.pdf", purpose="paper",
        stored_by=by, stored_at=at,
    )  # fmt: skip
    made, _created = Paper.objects.update_or_create(
        sheet_id=sheet, kind=kind, version=version, addressee_id=addressee,
        defaults={"number": number, "content": content, "sha256": digest, "file": file, "made_by": by, "made_at": at},
    )  # fmt: skip
    return made
