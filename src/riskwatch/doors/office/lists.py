"""Officials' work on many pieces of information: the list with its filters, groups, and acts on all that were chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decree188.calendar import shanghai_date
from riskwatch.case import actions as case
from riskwatch.case import batch, desk
from riskwatch.case.access import folders_visible
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder
from riskwatch.case.steps import NEW
from riskwatch.case.views import dress
from riskwatch.collection import finding
from riskwatch.collection.models import SourceFile
from riskwatch.collection.words import source_words
from riskwatch.doors.office.picking import MOST, FilterForm, Picked, picked
from riskwatch.doors.office.views import PAGE, official, page_of
from riskwatch.look.asked import whole_number
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal, refuse_unless

# Acts of one piece that make sense for many at once.
TOGETHER = (
    "information-begin",
    "information-enter",
    "information-refuse_scope",
    "information-transfer_out",
    "archive_item-file",
)
COUNTED = 10_000
SAMPLE = 10


@official
def information(request: SignedIn) -> HttpResponse:
    """Pieces of information that fit the filters; the chosen ones, or all that fit, may be worked on together."""
    at = timezone.now()
    form = FilterForm(request.GET)
    wanted = form.wanted()
    held = {p.role for p in posts_of(request.user, at).posts}
    rows = finding.pieces(wanted, to=request.user, at=at)
    count, more = finding.bounded(rows, COUNTED)
    into = folders_visible(
        Folder.objects.filter(pk=_number(request.GET.get("into", ""))), to=request.user, at=at
    ).first()
    context = {
        "form": form, "kept": form.kept(), "count": count, "more": more, "most": MOST, "held": held, "into": into,
        "file": SourceFile.objects.filter(pk=wanted.file or 0).first(), "acts": together(held),
        "filtered": form.kept() not in ("", "by=received"),
    }  # fmt: skip
    page = page_of(request, rows, at=at)
    return render(request, "office/information.html", page | {"rows": _described(page["rows"])} | context)


def _described(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a page with source, hazard and commodity code in words."""
    facts = finding.described([r["sheet"].pk for r in rows])
    return [r | facts.get(r["sheet"].pk, {}) for r in rows]


def together(held: set[str]) -> list[desk.Act]:
    """The acts on many pieces that somebody with some posts may take."""
    found = [desk.act(key) for key in TOGETHER]
    return [a for a in found if held & set(a.roles or (a.row.roles if a.row else ()))]


def _number(text: str) -> int:
    return whole_number(text) or 0


@official
def groups(request: SignedIn) -> HttpResponse:
    """Pieces that fit, grouped by the campaign or recall number that their source gave them."""
    at = timezone.now()
    form = FilterForm(request.GET)
    start = max(1, min(_number(request.GET.get("page", "1")) or 1, 200)) - 1
    found = finding.groups(form.wanted(), to=request.user, at=at, start=start * PAGE, most=PAGE + 1)
    rows = [{"group": g, "source": source_words(g.source)} for g in found[:PAGE]]
    page = {"number": start + 1, "has_previous": start > 0, "has_next": len(found) > PAGE, "has_other_pages": start > 0 or len(found) > PAGE,
            "previous_page_number": start, "next_page_number": start + 2}  # fmt: skip
    kept = form.kept()
    context = {"form": form, "rows": rows, "page": page, "kept": kept, "base": f"{kept}&" if kept else ""}
    return render(request, "office/groups.html", context)


@require_POST
@official
def act_on_many(request: SignedIn, key: str) -> HttpResponse:
    """One act on the chosen pieces: first a page with count and sample, then the act on each, refusals told one by one."""
    at = timezone.now()
    if key not in TOGETHER:
        raise Http404
    one = desk.act(key)
    leaves = one.row.leaves if one.row and NEW not in one.row.leaves else ()
    chosen = picked(request.POST, to=request.user, at=at, stages=leaves)
    first = chosen.rows.first()
    refuse_unless(first, _("选中的信息里没有可以办理“%(act)s”的") % {"act": one.name},
                  remedy=_("返回列表，按状态筛选后再选"), code="nothing_chosen", status=422)  # fmt: skip
    assert first is not None
    confirmed = request.POST.get("confirm") == "1"
    form = batch.common_form(
        one, _fit(one, chosen, at) or first, request.POST if confirmed else None, by=request.user, at=at
    )
    if confirmed and form.is_valid():
        outcome = batch.take_all(
            one, chosen.rows.select_related("owner", "folder"), request.POST, by=request.user, at=at
        )
        left = picked(request.POST, to=request.user, at=at, stages=leaves).count if chosen.more else 0
        return render(request, "office/done_on_many.html", {
            "act": one, "done": outcome.done, "refused": outcome.refused, "left": left, "hidden": chosen.hidden, "door": "office"})  # fmt: skip
    context = _confirmation(chosen, at) | {"act": one, "form": form, "cite": one.cite(get_language() or "zh")}
    return render(request, "office/act_on_many.html", context, status=422 if form.errors else 200)


def _fit(one: desk.Act, chosen: Picked, at: Any) -> Any:
    """A chosen piece on which the act may begin, for its form; the others are refused one by one."""
    if one.row is not None and NEW not in one.row.leaves:
        return None
    return next((s for s in chosen.rows[:200] if one.when(s, at)), None)


def _confirmation(chosen: Picked, at: Any) -> dict[str, Any]:
    return {"count": chosen.count, "more": chosen.more, "most": MOST, "hidden": chosen.hidden, "door": "office",
            "rows": dress(chosen.rows[:SAMPLE], shanghai_date(at)), "sample": SAMPLE}  # fmt: skip


class IntoForm(forms.Form):
    """Which open case."""

    folder = forms.ModelChoiceField(
        Folder.objects.none(), label=gettext_lazy("案卷"), widget=forms.RadioSelect, empty_label=None
    )


@require_POST
@official
def enclose(request: SignedIn) -> HttpResponse:
    """Put the chosen pieces into an open case that is found by number or title."""
    at = timezone.now()
    chosen = picked(request.POST, to=request.user, at=at)
    refuse_unless(chosen.count, _("没有选中任何信息"), remedy=_("返回列表选择"), code="nothing_chosen", status=422)
    text = request.POST.get("q", "").strip()[:80]
    open_ones = folders_visible(
        Folder.objects.filter(state=Folder.State.OPEN, merged_into=None), to=request.user, at=at
    )
    if text:
        open_ones = open_ones.filter(number__istartswith=text) | open_ones.filter(title__icontains=text)
    if (into := _number(request.POST.get("into", ""))) and not text:
        open_ones = open_ones.filter(pk=into)
    shown = list(open_ones.order_by("-opened_at", "-pk").values_list("pk", flat=True)[:20])
    form = IntoForm(
        request.POST if request.POST.get("confirm") == "1" else None,
        initial={"folder": shown[0] if len(shown) == 1 else None},
    )
    form.fields["folder"].queryset = Folder.objects.filter(pk__in=shown).order_by("-opened_at")  # type: ignore[attr-defined]
    refusal = None
    if form.is_bound and form.is_valid():
        folder = form.cleaned_data["folder"]
        try:
            case.enclose(folder, list(chosen.rows), by=request.user, at=at)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已放入%(n)s条信息") % {"n": chosen.count})
            return redirect("office:folder", folder.pk)
    context = _confirmation(chosen, at) | {"form": form, "q": text, "refusal": refusal, "none": not shown}
    return render(request, "office/enclose.html", context, status=422 if refusal or form.errors else 200)
