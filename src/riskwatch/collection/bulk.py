"""Collecting a file: original kept, rows translated, good ones stored in blocks by COPY, bad ones told.

A block is one transaction with one journal entry (its rows' hashes). Killed half-way, the next run of the
same file finds the stored rows by their external ids and adds only the rest; run twice, it adds nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import refuse_shut
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import tokens
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection import mass
from riskwatch.collection.inspecting import Fit, Inspection, cleaned, plain
from riskwatch.collection.models import Addition, BadRow, Information, SourceFile
from riskwatch.collection.ports import Arrival, Limits, Source, UnreadableFile, heading_of
from riskwatch.collection.ports import BadRow as Bad
from riskwatch.collection.recording import refuse_no_receiver, words
from riskwatch.collection.remit import refuse_foreign_arrival
from riskwatch.documents import actions as documents
from riskwatch.documents.models import Attachment
from riskwatch.journal import actions as journal
from riskwatch.look.words import sentence
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal

BLOCK = 4000
LEAP = 5_000  # pieces from one file after which the database measures its tables anew
HEAD = 1 << 16
# A file may unpack to so many times the size that an upload may have.
UNPACKS_TO = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Who collects what for which office; ``holder`` is whose post they do it in, found when the collection begins."""

    source: Source
    office: Organisation
    by: Person
    at: datetime
    holder: int | None = None


def choose(sources: list[Source], stream: BinaryIO, name: str) -> Source:
    """The source that recognises a file by its first bytes, or an XLSX by its heading; refused when none or several do."""
    head = stream.read(HEAD)
    stream.seek(0)
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(31).decompress(head, HEAD)
        except zlib.error:
            head = b""
    elif head[:2] == b"PK":
        head = heading_of(stream, _limits())
    fitting = [s for s in sources if s.recognises(head, name)]
    if len(fitting) != 1:
        raise Refusal(
            _("认不出“%(name)s”是哪种来源的文件") % {"name": name},
            remedy=_("在下面选定来源，或改用采集模板"),
            code="unknown_format",
            status=422,
        )
    return fitting[0]


def _limits() -> Limits:
    return Limits(bytes=settings.COLLECTION_UPLOAD_LIMIT * UNPACKS_TO)


def collect(
    stream: BinaryIO, name: str, batch: Batch, *, progress: Callable[[SourceFile], None] = lambda file: None
) -> SourceFile:
    """Collect one file to its end. Returns the file with its counts; see its ``bad_rows`` for what was not taken.

    Raises
    ------
    Refusal
        The person may not collect for the office, or the file is not of the source's format.
    """
    refuse_no_receiver(batch.office)
    post = refuse_without_post(batch.office, ("registrar", "collector"), by=batch.by, at=batch.at)
    batch = replace(batch, holder=post.holder)
    # The period is asked of the whole file; product and area of each row.
    refuse_foreign_arrival(batch.office, {}, shanghai_date(batch.at), known_only=True)
    file = _keep(stream, name, batch)
    if file.done_at:
        return file
    stream.seek(0)
    blocks, stored = _blocks(batch.source.read(stream, _limits())), ""
    try:
        if mass.holds(batch.source) != "information":
            stored = mass.store(blocks, file, batch.source, batch.office, at=batch.at, progress=progress)
        for block in blocks:
            _store(block, file, batch)
            file.refresh_from_db()
            progress(file)
        if file.added >= LEAP:
            _measure()
    except UnreadableFile as error:
        SourceFile.objects.filter(pk=file.pk, rows_read=0).delete()
        raise Refusal(
            _("“%(name)s”无法读取：%(reason)s") % {"name": name, "reason": error.reason},
            remedy=error.remedy,
            code="unreadable",
            status=422,
        ) from None
    _finish(file, batch, stored)
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


def _measure() -> None:
    """Have the database measure tables that grew by a leap; else it plans what comes next for the tables as they were."""
    with connection.cursor() as cursor:
        for model in (Sheet, Information):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _blocks(reading: Iterator[Arrival | Bad]) -> Iterator[list[Arrival | Bad]]:
    while block := list(islice(reading, BLOCK)):
        yield block


@transaction.atomic
def _store(block: list[Arrival | Bad], file: SourceFile, batch: Batch) -> None:
    looked = Inspection(batch.office, batch.source.source_kind, shanghai_date(batch.at)).look(block)
    arrivals, bad = looked.fit, looked.bad
    repeats = len(block) - len(bad) - len(arrivals)
    _lock_ids(batch)
    known = dict(Information.objects.filter(external_id__in=arrivals).values_list("external_id", "revision"))
    fresh = {key: f for key, f in arrivals.items() if key not in known}
    renewed = _renew({key: f for key, f in arrivals.items() if known.get(key, f.revision) != f.revision}, batch)
    BadRow.objects.bulk_create(
        [BadRow(file=file, position=plain(b.position)[:80], field=plain(b.field)[:60], reason=plain(b.reason)[:300],
                raw=plain(b.raw)) for b in bad]
    )  # fmt: skip
    _copy(fresh, file, batch)
    SourceFile.objects.filter(pk=file.pk).update(
        rows_read=F("rows_read") + len(block), added=F("added") + len(fresh), bad=F("bad") + len(bad),
        known=F("known") + len(known) + repeats, renewed=F("renewed") + renewed,
    )  # fmt: skip
    content = {"file": file.sha256, "rows": len(block), "added": list(fresh),
               "digest": sha256("".join(f.revision for f in fresh.values()).encode()).hexdigest()}  # fmt: skip
    journal.write(
        f"file:{file.pk}",
        "information.collect",
        by=batch.by,
        at=batch.at,
        rule="source_kinds",
        content=content,
        on_behalf_of=journalling.absent(batch.by, batch.holder),
    )


def _lock_ids(batch: Batch) -> None:
    """Two collectors of one source take turns block by block, so that neither stores the other's rows again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"collect:{batch.source.id.split('-')[0]}"])


def _renew(arrivals: dict[str, Fit], batch: Batch) -> int:
    """An item of this office that came before in other words: the new words are added to it, visibly."""
    done = 0
    for key, fit in arrivals.items():
        info = Information.objects.select_related("sheet__folder", "sheet__owner").get(external_id=key)
        if info.source != batch.source.id or info.sheet.owner_id != batch.office.pk:
            continue
        if _is_shut(info.sheet, fit, batch):
            continue
        Addition.objects.create(information=info, kind=Addition.Kind.UPDATE, author=batch.by,
                                text=plain(fit.arrival.text), at=batch.at)  # fmt: skip
        Information.objects.filter(pk=info.pk).update(revision=fit.revision)
        journalling.record(info.sheet, "information.renew", by=batch.by, at=batch.at, rule="source_kinds",
                           content={"text": fit.arrival.text, "from": info.revision, "to": fit.revision}, holder=batch.holder)  # fmt: skip
        done += 1
    return done


def _is_shut(sheet: Sheet, fit: Fit, batch: Batch) -> bool:
    """What is archived or lies in closed cases only stays as it is; its office is told, and the file keeps the new words."""
    try:
        refuse_shut(sheet)
    except Refusal:
        subject = sentence("来源更新了不能再改动的信息%(number)s，请决定是否另行登记", number=sheet.number)
        once = f"renewed:{sheet.pk}:{fit.revision[:40]}"
        outbox.tell([sheet.owner], subject=subject, at=batch.at, sheet=sheet, role="registrar", once=once)
        return True
    return False


SHEET = ("id", "kind", "number", "owner_id", "stage", "grade", "title", "words", "tokens", "due_on", "made_by_id",
         "made_at", "moved_by_id", "moved_at", "version", "readers", "ends_by_itself")  # fmt: skip
WORDED = (
    "reference",
    "product",
    "brand",
    "model",
    "batch",
    "commodity_code",
    "maker",
    "importer",
    "hazard_text",
    "text",
)
ROW = ("sheet_id", "source_kind", "source_words", "source", "external_id", "revision", "file_id", "position", "original",
       "reference", "url", "language", "received_at", "occurred_on", "published_on", "direction", "text", "product", "brand",
       "model", "batch", "commodity_code", "quantity", "origin", "origin_code", "maker", "importer", "port",
       "declaration_number", "hazard", "hazard_text", "injuries", "disposition", "aspects", "spread", "spread_reason",
       "scope", "scope_reason", "elsewhere")  # fmt: skip


def _copy(fresh: dict[str, Fit], file: SourceFile, batch: Batch) -> None:
    if not fresh:
        return
    due = deadlines.due_on("handling", shanghai_date(batch.at))
    numbers = documents.reserve_numbers("RI", len(fresh), office=batch.office.code, at=batch.at)
    keys = _keys(len(fresh))
    sheets, rows = [], []
    for key, serial, (external_id, fit) in zip(keys, numbers, fresh.items(), strict=True):
        number = f"RI-{batch.office.code}-{shanghai_date(batch.at).year}-{serial:06d}"
        sheets.append(_sheet(key, number, fit.arrival, due, batch))
        rows.append(_row(key, external_id, fit, file, batch))
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
    said = words({f: getattr(a, f) for f in WORDED})
    lexemes = " ".join(f"'{t}'" for t in sorted(set(tokens(f"{number} {a.title} {said}").split())))
    return (key, "information", number, batch.office.pk, "received", "internal", plain(a.title)[:300], plain(said),
            lexemes, due, batch.by.pk, batch.at, batch.by.pk, batch.at, 1, [], False)  # fmt: skip


def _row(key: int, external_id: str, fit: Fit, file: SourceFile, batch: Batch) -> tuple[Any, ...]:
    a = fit.arrival
    kind = batch.source.source_kind or str(a.original.get("kind"))
    answer = excluded_products(a.commodity_code)
    return (key, kind, "", batch.source.id, external_id, fit.revision, file.pk, a.position, Jsonb(cleaned(a.original)),
            plain(a.reference)[:200], plain(a.url)[:500], a.language, batch.at, a.occurred_on, a.published_on, a.direction,
            plain(a.text), plain(a.product), plain(a.brand), plain(a.model), plain(a.batch), a.commodity_code,
            plain(a.quantity), plain(a.origin), catalogue.country(a.origin), plain(a.maker), plain(a.importer),
            plain(a.port), "", catalogue.guess_hazard(a.hazard_text[:500]) or catalogue.guess_hazard(a.title), plain(a.hazard_text),
            plain(a.injuries), plain(a.disposition), list(a.aspects), "", "", str(answer.scope), answer.reason_zh,
            answer.elsewhere_zh)  # fmt: skip


@transaction.atomic
def _finish(file: SourceFile, batch: Batch, stored: str) -> None:
    SourceFile.objects.filter(pk=file.pk).update(done_at=batch.at)
    file.refresh_from_db()
    counts = {
        "rows": file.rows_read,
        "added": file.added,
        "known": file.known,
        "bad": file.bad,
        "renewed": file.renewed,
    } | ({"stored": stored} if stored else {})
    journal.write(
        f"file:{file.pk}",
        "information.collected",
        by=batch.by,
        at=batch.at,
        rule="source_kinds",
        content=counts,
        on_behalf_of=journalling.absent(batch.by, batch.holder),
    )
