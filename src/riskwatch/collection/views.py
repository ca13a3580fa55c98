"""Pages where information comes in by the file and where a reporter's identity is opened, the same behind each door."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskwatch.case.access import reader, visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.collection import bulk, identities, queries
from riskwatch.collection.desk import RevealForm
from riskwatch.collection.models import SourceFile
from riskwatch.collection.ports import sources
from riskwatch.look.words import either
from riskwatch.parties.models import Organisation
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal

KINDS = {"office": ("office",), "counter": ("centre",)}


class CollectForm(forms.Form):
    """A file from a source."""

    office = forms.ModelChoiceField(Organisation.objects.none(), label=_("采集单位"))
    source = forms.ChoiceField(label=_("来源"), required=False)
    file = forms.FileField(label=_("文件"))


@login_required
def collect(request: SignedIn, door: str) -> HttpResponse:
    """Upload a file of a known source; the same as ``riskwatch collect FILE``."""
    at = timezone.now()
    form = CollectForm(request.POST or None, request.FILES or None)
    posts = [p for p in posts_of(request.user, at).posts if p.role == "registrar" and p.kind in KINDS[door]]
    offices = Organisation.objects.filter(pk__in=[p.organisation for p in posts])
    form.fields["office"].queryset = offices  # type: ignore[attr-defined]
    form.fields["office"].initial = offices.first()
    known = sources()
    form.fields["source"].choices = [("", _("自动识别")), *((s.id, either(s.name_zh, s.name_en)) for s in known)]  # type: ignore[attr-defined]
    refusal = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            chosen = next((s for s in known if s.id == form.cleaned_data["source"]), None) or bulk.choose(
                known, upload, upload.name
            )
            done = bulk.collect(upload, upload.name, bulk.Batch(chosen, form.cleaned_data["office"], request.user, at))
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(f"{door}:collected", done.pk)
    mine = list(reader(request.user, at).offices)
    context = {"form": form, "refusal": refusal, "files": queries.files(mine), "sources": known, "door": door}
    return render(request, "collection/collect.html", context, status=422 if refusal else 200)


@login_required
def collected(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """What a collected file brought: counts, and every row that could not be taken with its reason."""
    at = timezone.now()
    mine = reader(request.user, at)
    rows = SourceFile.objects.select_related("office", "begun_by")
    found = get_object_or_404(rows if mine.headquarters else rows.filter(office__in=mine.offices), pk=pk)
    context = {"file": found, "bad": found.bad_rows.order_by("pk")[:500], "door": door,
               "waiting": len(queries.waiting_of(found, to=request.user, at=at)),
               "approver": any(p.role == "approver" for p in posts_of(request.user, at).posts)}  # fmt: skip
    return render(request, "collection/collected.html", context)


@login_required
def reveal(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """Open a reporter's identity for the handling officer, with a reason; the proving paper is opened apart."""
    at = timezone.now()
    sheet = get_object_or_404(visible(Sheet.objects.filter(kind="information"), to=request.user, at=at), pk=pk)
    form = RevealForm(request.POST or None, subject=sheet, by=request.user, at=at)
    who: dict[str, Any] | None = None
    reason = ""
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if request.POST.get("paper"):
            return _paper(*identities.reveal_document(sheet, by=request.user, at=at, reason=reason))
        who = identities.reveal(sheet, by=request.user, at=at, reason=reason)
    context = {"form": form, "sheet": sheet, "who": identities.in_words(who) if who else None, "reason": reason,
               "has_paper": bool(who and who.get("document")), "door": door}  # fmt: skip
    response = render(request, "collection/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _paper(name: str, media: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=media)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
