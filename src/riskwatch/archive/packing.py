"""An archive package: every record of a case with its journal strand, papers and files, and checksums over all of it.

It verifies by itself: ``riskwatch journal verify --package FILE`` needs no database.
"""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from riskwatch.archive.ports import by_kind
from riskwatch.case import desk, families
from riskwatch.case.models import Folder, Sheet
from riskwatch.documents import actions as documents
from riskwatch.documents.models import Paper
from riskwatch.journal.models import Entry, SealedHead, Strand

_STAMP = (1980, 1, 1, 0, 0, 0)


def package(sheets: list[Sheet], strands: list[str], about: dict[str, Any]) -> bytes:
    """The package's bytes; the same content gives the same bytes.

    The journal holds the given strands and those of every sheet; ``about.json`` says how long each is, so that a
    package from which a strand or its end was taken does not verify.
    """
    keys = sorted({*strands, *(s.strand for s in sheets)})
    heads = {s.key: [s.head_number, bytes(s.head_hash).hex()] for s in Strand.objects.filter(key__in=keys)}
    parts: dict[str, bytes] = {"about.json": _json(about | {"strands": heads}), "journal.jsonl": _journal(heads)}
    parts["records.json"] = _json([_record(s) for s in sheets])
    for sheet in sheets:
        for paper in Paper.objects.filter(sheet_id=sheet.pk).select_related("file"):
            parts[f"papers/{paper.sha256[:12]}-{paper.kind}-{paper.version}.pdf"] = documents.read(paper.file)
        for file in sheet.files.select_related("attachment"):
            if file.attachment.destroyed_at is None:
                parts[f"files/{file.attachment.sha256}"] = documents.read(file.attachment)
    parts["manifest.json"] = _json({name: sha256(body).hexdigest() for name, body in sorted(parts.items())})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name in sorted(parts):
            parcel.writestr(zipfile.ZipInfo(name, _STAMP), parts[name], compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, cls=DjangoJSONEncoder).encode()


def _record(sheet: Sheet) -> dict[str, Any]:
    return {
        "id": sheet.pk, "kind": sheet.kind, "number": sheet.number, "title": sheet.title, "stage": sheet.stage,
        "owner": sheet.owner.code, "grade": sheet.grade, "made_at": sheet.made_at, "moved_at": sheet.moved_at,
        "starts_on": sheet.starts_on, "ends_on": sheet.ends_on, "lifted_on": sheet.lifted_on,
        "causes": list(sheet.causes.values_list("pk", flat=True)),
        "facts": [[str(f.label), str(f.value)] for f in desk.facts(sheet, "full")],
        "rows": by_kind()[sheet.kind].pack(sheet),
    }  # fmt: skip


def _journal(heads: dict[str, list[Any]]) -> bytes:
    lines, strands = [], list(heads)
    entries = Entry.objects.filter(strand__key__in=strands).select_related("strand", "payload", "actor")
    sealed = {(h.strand.key, h.number): h.seal.number
              for h in SealedHead.objects.filter(strand__key__in=strands).select_related("strand", "seal")}  # fmt: skip
    for entry in entries.order_by("strand__key", "number"):
        if entry.number > heads[entry.strand.key][0]:
            continue  # written after the heads were read
        payload = getattr(entry, "payload", None)
        lines.append(json.dumps({
            "strand": entry.strand.key, "number": entry.number, "at": entry.at.isoformat(), "actor": entry.actor_id,
            "for": entry.on_behalf_of_id, "name": str(entry.actor), "act": entry.act, "rule": entry.rule, "basis": entry.basis,
            "sheet": entry.sheet_id, "previous": bytes(entry.previous).hex(), "digest": bytes(entry.digest).hex(),
            "hash": bytes(entry.hash).hex(), "salt": bytes(payload.salt).hex() if payload else None,
            "content": payload.content if payload else None, "seal": sealed.get((entry.strand.key, entry.number)),
        }, ensure_ascii=False, sort_keys=True))  # fmt: skip
    return "\n".join(lines).encode()


def sheets_of(folder: Folder) -> list[Sheet]:
    """Every sheet that belongs to a case's package: what lies in it, what was merged into it, and what hangs on those."""
    folders = families.merged_in(folder.pk)
    own = Sheet.objects.filter(folder__in=folders).values_list("pk", flat=True)
    keys = {*own, *families.enclosed(folders)}
    return _sheets(keys | set(families.attached(keys)))


def with_attached(information: Sheet) -> list[Sheet]:
    """A single piece with its verifications and proposals."""
    return _sheets({information.pk, *families.attached([information.pk])})


def _sheets(keys: set[int]) -> list[Sheet]:
    rows = Sheet.objects.filter(pk__in=keys).exclude(kind="archive_item")
    return list(rows.select_related("owner").order_by("pk"))


def strands_of(folder: Folder) -> list[str]:
    """The strands of a case and of every case merged into it, even of one in which no sheet lies."""
    return [f.strand for f in Folder.objects.filter(pk__in=families.merged_in(folder.pk)).order_by("pk")]
