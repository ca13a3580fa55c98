"""Files and papers over the API, as their pages give them: attachments, printed papers, drafts of papers, archive packages."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from riskwatch.archive import queries as archive
from riskwatch.case import desk
from riskwatch.case.access import depth, visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.sharing import files_shown
from riskwatch.case.views import _bytes, papers_shown
from riskwatch.connectors.intake import template
from riskwatch.documents import actions as documents
from riskwatch.documents.models import Paper
from riskwatch.doors.api.records import seen_sheet
from riskwatch.refusals import refuse_unless


def _file(request: Any, pk: int, number: int) -> Any:
    at = timezone.now()
    sheet = seen_sheet(request, pk)
    rows = files_shown(sheet, depth(sheet, to=request.auth, at=at), to=request.auth, at=at)
    kept = get_object_or_404(rows, pk=number).attachment
    return _bytes(documents.read(kept), kept.media_type, kept.name, inline=False)


def _paper(request: Any, pk: str) -> Any:
    at = timezone.now()
    found = get_object_or_404(Paper.objects.select_related("file"), pk=_uuid(pk))
    sheet = get_object_or_404(visible(Sheet.objects.all(), to=request.auth, at=at), pk=found.sheet_id)
    seen = depth(sheet, to=request.auth, at=at) or ""
    mine = {p.organisation for p in posts_of(request.auth, at).posts}
    if not papers_shown(sheet, seen, mine).filter(pk=found.pk).exists():
        raise Http404
    return _bytes(documents.read(found.file), "application/pdf", found.file.name, inline=False)


def _uuid(text: str) -> Any:
    from uuid import UUID

    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _preview(request: Any, pk: int, key: str) -> Any:
    at = timezone.now()
    sheet = seen_sheet(request, pk)
    one = next((a for a in desk.offered(sheet, posts_of(request.auth, at), at) if a.key == key), None)
    if one is None or one.preview is None:
        raise Http404
    return _bytes(one.preview(sheet, by=request.auth, at=at), "application/pdf", f"{one.key}.pdf", inline=False)


def _package(request: Any, pk: int) -> Any:
    sheet = seen_sheet(request, pk)
    if sheet.kind != "archive_item" or depth(sheet, to=request.auth, at=timezone.now()) != "full":
        raise Http404
    return _bytes(archive.package_of(sheet), "application/zip", f"{sheet.number}.zip", inline=False)


def _template(request: Any) -> Any:
    posts = posts_of(request.auth, timezone.now()).posts
    refuse_unless(any(p.kind in ("office", "centre") for p in posts), _("采集模板供海关和监测中心使用"),
                  remedy=_("企业和机构请用“报告风险”"), code="no_post", status=403)  # fmt: skip
    return _bytes(template(), "text/csv; charset=utf-8", "riskwatch-intake.csv", inline=False)


def bytes_of(media: str) -> Any:
    """What an operation that answers with bytes says of itself."""
    return {
        "responses": {
            200: {"description": "OK", "content": {media: {"schema": {"type": "string", "format": "binary"}}}}
        }
    }


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the operations that answer with bytes."""
    anything, pdf = "application/octet-stream", "application/pdf"
    for path, view, media, summary in (
        ("/sheets/{pk}/files/{number}", _file, anything, "A file on a record · 附件"),
        ("/papers/{pk}", _paper, pdf, "A printed paper · 文书"),
        ("/sheets/{pk}/package.zip", _package, "application/zip", "An archived item's package · 档案包"),
        (
            "/sheets/{pk}/{key}/preview.pdf",
            _preview,
            pdf,
            "The paper that an act would make, marked as a draft · 文书草稿",
        ),
        ("/files/template.csv", _template, "text/csv", "The empty intake template · 采集模板"),
    ):
        api.get(path, summary=summary, tags=["read"], response={k: v for k, v in faults.items() if k != 200},
                openapi_extra=bytes_of(media))(view)  # fmt: skip
