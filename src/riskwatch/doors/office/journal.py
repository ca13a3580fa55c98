"""The audit administrator's pages: the journal by person, kind of act, day and record; and its check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

import decree188
from riskwatch.case.access import folders_visible, visible
from riskwatch.case.desk import DateInput
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.words import KINDS
from riskwatch.collection.finding import received_in
from riskwatch.doors.office.views import official
from riskwatch.journal.models import Entry, Seal
from riskwatch.journal.verification import verify
from riskwatch.look.asked import whole_number
from riskwatch.parties.models import Person
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import refuse_unless

PAGE = 100
# What is journalled beside the kinds of record.
OTHERS = {"folder": _("案卷"), "person": _("账号"), "post": _("岗位"), "deputy": _("代理"), "token": _("令牌"), "signup": _("企业注册"),
          "policy": _("期限"), "calendar": _("工作日历"), "centre": _("监测中心"), "journal": _("日志")}  # fmt: skip
STRANDS = {"folder": _("案卷链"), "sheet": _("记录链"), "office": _("单位链"), "file": _("采集文件链")}


class JournalForm(forms.Form):
    """Which entries."""

    person = forms.CharField(label=_("用户名"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("类别"), required=False, choices=[("", _("不限")), *OTHERS.items(), *KINDS.items()]
    )
    number = forms.CharField(label=_("记录编号或案卷号"), required=False, max_length=60)
    since = forms.DateField(label=_("自"), required=False, widget=DateInput())
    until = forms.DateField(label=_("至"), required=False, widget=DateInput())

    def entries(self) -> Any:
        """The entries that fit, the last first."""
        self.is_valid()
        said = self.cleaned_data
        rows = Entry.objects.select_related("strand", "actor").order_by("-pk")
        if said.get("person"):
            rows = rows.filter(
                actor__in=Person.objects.filter(username__istartswith=said["person"].strip()).values("pk")
            )
        if said.get("kind"):
            rows = rows.filter(act__startswith=said["kind"] + ".")
        if number := (said.get("number") or "").strip():
            sheets = Sheet.objects.filter(number__iexact=number).values("pk")
            strands = [
                f"folder:{pk}" for pk in Folder.objects.filter(number__iexact=number).values_list("pk", flat=True)
            ]
            rows = rows.filter(strand__key__in=strands) if strands else rows.filter(sheet_id__in=sheets)
        return rows.filter(received_in(said.get("since"), said.get("until"), field="at"))


def strand_words(key: str) -> str:
    """A strand in words."""
    kind, _colon, rest = key.partition(":")
    return f"{STRANDS.get(kind, kind)} {rest.replace(':', ' ')}"


@official
def journal(request: SignedIn) -> HttpResponse:
    """The audit administrator reads and checks the journal; it leads to records that this person may open besides."""
    at = timezone.now()
    held = {p.role for p in posts_of(request.user, at).posts}
    refuse_unless("audit_admin" in held, _now("须由审计管理员查看"), remedy=_now("请审计管理员查看"),
                  rule=decree188.by_name("officers"), code="no_post", status=403)  # fmt: skip
    verdict = verify(seals_from=settings.SEALS) if request.method == "POST" else None
    form = JournalForm(request.GET)
    start = max(1, min(whole_number(request.GET.get("page")) or 1, 10_000)) - 1
    found = list(form.entries()[start * PAGE : (start + 1) * PAGE + 1])
    kept = request.GET.copy()
    kept.pop("page", None)
    page = {"number": start + 1, "has_previous": start > 0, "has_next": len(found) > PAGE, "has_other_pages": start > 0 or len(found) > PAGE,
            "previous_page_number": start, "next_page_number": start + 2}  # fmt: skip
    context = {"rows": _linked(found[:PAGE], request.user, at), "verdict": verdict, "seals": Seal.objects.count(), "form": form,
               "page": page, "base": kept.urlencode() + "&" if kept else ""}  # fmt: skip
    return render(request, "office/journal.html", context)


def _linked(entries: list[Entry], person: Person, at: Any) -> list[dict[str, Any]]:
    sheets = visible(
        Sheet.objects.filter(pk__in=[e.sheet_id for e in entries if e.sheet_id]), to=person, at=at
    ).in_bulk()
    keys = {int(e.strand.key.partition(":")[2]) for e in entries if e.strand.key.startswith("folder:")}
    folders = folders_visible(Folder.objects.filter(pk__in=keys), to=person, at=at).in_bulk()
    return [
        {"entry": e, "strand": strand_words(e.strand.key), "sheet": sheets.get(e.sheet_id or 0),
         "folder": folders.get(int(e.strand.key.partition(":")[2])) if e.strand.key.startswith("folder:") else None}
        for e in entries
    ]  # fmt: skip
