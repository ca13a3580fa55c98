"""Collecting a file: original kept, rows translated, good ones stored in blocks by COPY, bad ones told.

A block is one transaction with one journal entry (its rows' hashes). Killed half-way, the next run of the
same file finds the stored rows by their external ids and adds only the rest; run twice, it adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from decree188.calendar import shanghai_date
from decree188.scope import excluded_products
from riskwatch.case import deadlines, outbox
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import refuse_shut
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import tokens
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection.models import Addition, BadRow, Information, SourceFile
from riskwatch.collection.ports import Arrival, Limits, Source, UnreadableFile
from riskwatch.collection.ports import BadRow as Bad
from riskwatch.documents import actions as documents
from riskwatch.documents.models import Attachment
from riskwatch.journal import actions as journal
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal

BLOCK = 4000


@dataclass(frozen=True, slots=True)
class Batch:
    """Who collects what for which office."""

    source: Source
    office: Organisation
    by: Person
    at: datetime


def choose(sources: list[Source], head: bytes, name: str) -> Source:
    """The source that recognises a file; refused when none or several do."""
    if head[:2] == b"\x1f\x8b":
        import zlib

        head = zlib.decompressobj(31).decompress(head, 1 << 16)
    fitting = [s for s in sources if s.recognises(head, name)]
    if not fitting and head[:2] == b"PK":
        fitting = [s for s in sources if s.id in ("gacc-monthly", "intake")][:1]
    if len(fitting) != 1:
        raise Refusal(
            _("认不出“%(name)s”是哪种来源的文件") % {"name": name},
            remedy=_("在下面选定来源，或改用采集模板"),
            code="unknown_format",
            status=422,
        )
    return fitting[0]


def collect(
    stream: BinaryIO, name: str, batch: Batch, *, progress: Callable[[SourceFile], None] = lambda file: None
) -> SourceFile:
    """Collect one file to its end. Returns the file with its counts; see its ``bad_rows`` for what was not taken.

    Raises
    ------
    Refusal
        The person may not collect for the office, or the file is not of the source's format.
    """
    refuse_without_post(batch.office, ("registrar", "collector"), by=batch.by, at=batch.at)
    file = _keep(stream, name, batch)
    if file.done_at:
        return file
    stream.seek(0)
    try:
        for block in _blocks(batch.source.read(stream, Limits(bytes=settings.COLLECTION_UPLOAD_LIMIT * 8))):
            _store(block, file, batch)
            file.refresh_from_db()
            progress(file)
    except UnreadableFile as error:
        SourceFile.objects.filter(pk=file.pk, rows_read=0).delete()
        raise Refusal(
            _("“%(name)s”无法读取：%(reason)s") % {"name": name, "reason": error.reason},
            remedy=error.remedy,
            code="unreadable",
            status=422,
        ) from None
    _finish(file, batch)
    return file


def _keep(stream: BinaryIO, name: str, batch: Batch) -> SourceFile:
    """Keep the original bytes under their hash; the same file for the same office is the same collection."""
    body = stream.read(settings.COLLECTION_UPLOAD_LIMIT + 1)
    if len(body) > settings.COLLECTION_UPLOAD_LIMIT:
        raise Refusal(_("文件过大"), remedy=_("拆成几个文件分别采集"), code="too_large", status=413)
    digest = sha256(body).hexdigest()
    known = SourceFile.objects.filter(office=batch.office, source=batch.source.id, sha256=digest).first()
    if known:
        SourceFile.objects.filter(pk=known.pk, done_at=None).update(rows_read=0, known=0, bad=0, renewed=0)
        known.bad_rows.all().delete() if not known.done_at else None
        known.refresh_from_db()
        return known
    documents._write(documents.path_of(digest), body)
    kept = Attachment.objects.create(
        sha256=digest, size=len(body), media_type="application/octet-stream", name=name[-200:], purpose="collection",
        stored_by=batch.by, stored_at=batch.at,
    )  # fmt: skip
    return SourceFile.objects.create(
        source=batch.source.id, name=name[-200:], sha256=digest, file=kept, office=batch.office, fetched_at=batch.at,
        licence=batch.source.licence, begun_by=batch.by, begun_at=batch.at,
    )  # fmt: skip


def _blocks(reading: Iterator[Arrival | Bad]) -> Iterator[list[Arrival | Bad]]:
    while block := list(islice(reading, BLOCK)):
        yield block


@transaction.atomic
def _store(block: list[Arrival | Bad], file: SourceFile, batch: Batch) -> None:
    bad = [b for b in block if isinstance(b, Bad)]
    arrivals = {a.external_id: a for a in block if isinstance(a, Arrival)}
    repeats = len(block) - len(bad) - len(arrivals)
    _lock_ids(batch)
    known = dict(Information.objects.filter(external_id__in=arrivals).values_list("external_id", "revision"))
    fresh = [a for a in arrivals.values() if a.external_id not in known]
    renewed = _renew([a for a in arrivals.values() if known.get(a.external_id, a.revision) != a.revision], batch)
    BadRow.objects.bulk_create(
        [BadRow(file=file, position=b.position[:80], field=b.field[:60], reason=b.reason[:300], raw=b.raw) for b in bad]
    )
    _copy(fresh, file, batch)
    SourceFile.objects.filter(pk=file.pk).update(
        rows_read=F("rows_read") + len(block), added=F("added") + len(fresh), bad=F("bad") + len(bad),
        known=F("known") + len(known) + repeats, renewed=F("renewed") + renewed,
    )  # fmt: skip
    content = {"file": file.sha256, "rows": len(block), "added": [a.external_id for a in fresh],
               "digest": sha256("".join(a.revision for a in fresh).encode()).hexdigest()}  # fmt: skip
    journal.write(
        f"file:{file.pk}", "information.collect", by=batch.by, at=batch.at, rule="source_kinds", content=content
    )


def _lock_ids(batch: Batch) -> None:
    """Two collectors of one source take turns block by block, so that neither stores the other's rows again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"collect:{batch.source.id.split('-')[0]}"])


def _renew(arrivals: list[Arrival], batch: Batch) -> int:
    """An item that came before in other words: the new words are added to it, visibly."""
    done = 0
    for arrival in arrivals:
        info = Information.objects.select_related("sheet__folder", "sheet__owner").get(external_id=arrival.external_id)
        if info.source != batch.source.id or _is_shut(info.sheet, arrival, batch):
            continue
        Addition.objects.create(information=info, text=f"来源更新：{arrival.text}", at=batch.at)
        Information.objects.filter(pk=info.pk).update(revision=arrival.revision)
        done += 1
    return done


def _is_shut(sheet: Sheet, arrival: Arrival, batch: Batch) -> bool:
    """What is archived or lies in closed cases only stays as it is; its office is told, and the file keeps the new words."""
    try:
        refuse_shut(sheet)
    except Refusal:
        subject = _("来源更新了不能再改动的信息%(number)s，请决定是否另行登记") % {"number": sheet.number}
        once = f"renewed:{sheet.pk}:{arrival.revision[:40]}"
        outbox.tell([sheet.owner], subject=subject, at=batch.at, sheet=sheet, role="registrar", once=once)
        return True
    return False


SHEET = ("id", "kind", "number", "owner_id", "stage", "grade", "title", "words", "tokens", "due_on", "made_by_id",
         "made_at", "moved_by_id", "moved_at", "version", "readers", "ends_by_itself")  # fmt: skip
ROW = ("sheet_id", "source_kind", "source_words", "source", "external_id", "revision", "file_id", "position", "original",
       "reference", "url", "language", "received_at", "occurred_on", "published_on", "direction", "text", "product", "brand",
       "model", "batch", "commodity_code", "quantity", "origin", "origin_code", "maker", "importer", "port",
       "declaration_number", "hazard", "hazard_text", "injuries", "disposition", "aspects", "spread", "spread_reason",
       "scope", "scope_reason", "elsewhere")  # fmt: skip


def _copy(fresh: list[Arrival], file: SourceFile, batch: Batch) -> None:
    if not fresh:
        return
    due = deadlines.due_on("handling", shanghai_date(batch.at))
    numbers = documents.reserve_numbers("RI", len(fresh), office=batch.office.code, at=batch.at)
    keys = _keys(len(fresh))
    sheets, rows = [], []
    for key, serial, arrival in zip(keys, numbers, fresh, strict=True):
        number = f"RI-{batch.office.code}-{shanghai_date(batch.at).year}-{serial:06d}"
        sheets.append(_sheet(key, number, arrival, due, batch))
        rows.append(_row(key, arrival, file, batch))
    with connection.cursor() as cursor:
        for table, columns, values in (("case_sheet", SHEET, sheets), ("collection_information", ROW, rows)):
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as out:
                for value in values:
                    out.write_row(value)


def _keys(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('case_sheet', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [r[0] for r in cursor.fetchall()]


def _sheet(key: int, number: str, a: Arrival, due: date, batch: Batch) -> tuple[Any, ...]:
    words = " ".join(
        w for w in (a.reference, a.product, a.brand, a.model, a.batch, a.commodity_code, a.maker, a.importer) if w
    )
    lexemes = " ".join(f"'{t}'" for t in sorted(set(tokens(f"{number} {a.title} {words}").split())))
    return (key, "information", number, batch.office.pk, "received", "internal", _plain(a.title)[:300], _plain(words)[:2000],
            lexemes, due, batch.by.pk, batch.at, batch.by.pk, batch.at, 1, [], False)  # fmt: skip


def _row(key: int, a: Arrival, file: SourceFile, batch: Batch) -> tuple[Any, ...]:
    kind = batch.source.source_kind or str(a.original.get("kind"))
    answer = excluded_products(a.commodity_code)
    return (key, kind, "", batch.source.id, a.external_id, a.revision, file.pk, a.position, Jsonb(_clean(a.original)),
            _plain(a.reference)[:200], _plain(a.url)[:500], a.language, batch.at, a.occurred_on, a.published_on, a.direction,
            _plain(a.text), _plain(a.product), _plain(a.brand), _plain(a.model), _plain(a.batch), a.commodity_code,
            _plain(a.quantity), _plain(a.origin), catalogue.country(a.origin), _plain(a.maker), _plain(a.importer),
            _plain(a.port), "", catalogue.guess_hazard(a.hazard_text[:500]) or catalogue.guess_hazard(a.title), _plain(a.hazard_text),
            _plain(a.injuries), _plain(a.disposition), list(a.aspects), "", "", str(answer.scope), answer.reason_zh,
            answer.elsewhere_zh)  # fmt: skip


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, dict):
        return {_plain(str(k)): _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(v) for v in value]
    return value


@transaction.atomic
def _finish(file: SourceFile, batch: Batch) -> None:
    SourceFile.objects.filter(pk=file.pk).update(done_at=batch.at)
    file.refresh_from_db()
    counts = {
        "rows": file.rows_read,
        "added": file.added,
        "known": file.known,
        "bad": file.bad,
        "renewed": file.renewed,
    }
    journal.write(
        f"file:{file.pk}", "information.collected", by=batch.by, at=batch.at, rule="source_kinds", content=counts
    )
