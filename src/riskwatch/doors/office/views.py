"""Officials' pages: inbox, lists, a case with its whole chain, search, the law map."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

import decree188
from decree188 import lawmap as law
from decree188.calendar import shanghai_date
from decree188.titles import title
from riskwatch.archive import queries as archive
from riskwatch.case import opening, queries
from riskwatch.case.access import folders_visible, visible
from riskwatch.case.desk import DateInput
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.standing import binding_on, late_on
from riskwatch.case.steps import MEASURES, STEPS
from riskwatch.case.views import _buttons, dress
from riskwatch.case.words import KINDS
from riskwatch.collection.finding import bounded, received_in
from riskwatch.doors.office.picking import picked
from riskwatch.journal.queries import course
from riskwatch.look.asked import whole_number
from riskwatch.look.words import labelled
from riskwatch.parties.queries import posts
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal, refuse_unless

PAGE = 30
COUNTED = 1000  # as far as a search counts what it found
# The river, as the inbox and the case page show it.
RIVER = (
    ("information", gettext_lazy("收集")), ("verification", gettext_lazy("核实")), ("assessment", gettext_lazy("评估")),
    ("decision", gettext_lazy("研判决定")), ("measures", gettext_lazy("措施")), ("filing", gettext_lazy("备案")),
    ("duty", gettext_lazy("落实")), ("release", gettext_lazy("公开")), ("archive_item", gettext_lazy("归档")),
)  # fmt: skip
# Records without a stage of their own in the river, and the stage at which they belong.
BESIDE = {
    "amendment": "information", "transfer": "information", "proposal": "verification", "reassessment_due": "assessment",
    "emergency_review": "decision", "objection": "measures", "lift_application": "measures", "traceability": "duty",
    "correction": "release",
} | dict.fromkeys(MEASURES, "measures")  # fmt: skip
View = Callable[..., HttpResponse]


def official(view: View) -> View:
    """Only people with a post in an office come in here; others are told where to go."""

    @wraps(view)
    @login_required
    def inner(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        held = posts(request.user, shanghai_date(timezone.now()))
        if not any(p.kind == "office" for p in held):
            raise Refusal(_("这里是海关工作人员的页面"), remedy=_("请到您单位的窗口页面办理"), status=403)
        return view(request, *args, **kwargs)

    return inner


def page_of(request: SignedIn, rows: Any, *, at: Any) -> dict[str, Any]:
    """A page of sheets, dressed, with the query kept for the page links. The count is bounded: nobody turns to page 4,000."""
    start = max(1, min(whole_number(request.GET.get("page")) or 1, 200)) - 1
    found = list(rows[start * PAGE : (start + 1) * PAGE + 1])
    kept = request.GET.copy()
    kept.pop("page", None)
    page = {"number": start + 1, "has_previous": start > 0, "has_next": len(found) > PAGE, "has_other_pages": start > 0 or len(found) > PAGE,
            "previous_page_number": start, "next_page_number": start + 2}  # fmt: skip
    return {
        "rows": dress(found[:PAGE], shanghai_date(at)),
        "page": page,
        "base": kept.urlencode() + "&" if kept else "",
        "door": "office",
    }


def stage_of(kind: str) -> str:
    """The stage of the river at which a kind of record belongs; a kind of no stage stands for itself."""
    return BESIDE.get(kind, kind)


@official
def inbox(request: SignedIn) -> HttpResponse:
    """What waits for this person, overdue first, by stage of the river."""
    at = timezone.now()
    me = posts_of(request.user, at)
    rows = queries.inbox(me, at=at)
    stage = request.GET.get("kind", "")
    counts = queries.counts(rows)
    chosen = rows.filter(kind__in=[k for k in counts if stage_of(k) == stage]) if stage else rows
    stages: dict[str, int] = {}
    for kind, n in counts.items():
        stages[stage_of(kind)] = stages.get(stage_of(kind), 0) + n
    words = dict(RIVER)
    tabs = [(code, words[code], stages[code]) for code in words if code in stages]
    tabs += [(k, KINDS[k], n) for k, n in stages.items() if k not in words]
    context = page_of(request, chosen, at=at) | {
        "tabs": tabs,
        "kind": stage,
        "total": sum(counts.values()),
        "many": counts.get("information", 0) > PAGE,
    }
    if any(p.role == "archivist" for p in me.posts):
        context |= {"closed": archive.to_file(to=request.user, at=at)[:30],
                    "over": archive.to_appraise(to=request.user, at=at)[:COUNTED].count()}  # fmt: skip
    return render(request, "office/inbox.html", context)


@official
def folders(request: SignedIn) -> HttpResponse:
    """Cases of the person's area."""
    at = timezone.now()
    rows = folders_visible(Folder.objects.select_related("owner", "officer"), to=request.user, at=at).order_by(
        "-opened_at"
    )
    state = request.GET.get("state", "")
    rows = rows.filter(state=state) if state else rows
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "office/folders.html", {"folders": page, "page": page, "states": Folder.State.choices, "state": state,
                                                   "base": f"state={state}&" if state else ""})  # fmt: skip


@official
def open_folder(request: SignedIn) -> HttpResponse:
    """Open a case with chosen information; said twice when some of it lies in an open case already."""
    at = timezone.now()
    picks = picked(request.POST if request.method == "POST" else request.GET, to=request.user, at=at, most=500)
    chosen = list(picks.rows)
    refuse_unless(
        chosen,
        _("没有选中信息，不能立空案"),
        remedy=_("在“风险信息”中选中作为依据的信息后立案"),
        code="no_information",
        status=422,
    )
    refuse_unless(opening.offices_of(request.user, at), _("立案须由经办岗办理"), remedy=_("请经办岗的同事立案"),
                  rule=decree188.by_name("own_area"), code="no_post", status=403)  # fmt: skip
    form = opening.OpenForm(request.POST if "title" in request.POST else None, subject=chosen, by=request.user, at=at)
    lying = form.lying
    if form.is_bound and form.is_valid():
        made = opening.open_with(chosen, **form.cleaned_data, by=request.user, at=at)
        messages.success(request, _("已立案：%(number)s") % {"number": made.number})
        return redirect("office:folder", made.pk)
    seen = set(folders_visible(Folder.objects.filter(pk__in=[f.pk for fs in lying.values() for f in fs]), to=request.user, at=at)
               .values_list("pk", flat=True))  # fmt: skip
    twice = [(s, [f if f.pk in seen else None for f in lying[s.pk]]) for s in chosen if s.pk in lying]
    context = {"form": form, "rows": dress(chosen[:50], shanghai_date(at)), "door": "office", "twice": twice[:20], "hidden": picks.hidden,
               "count": len(chosen), "more": picks.more}  # fmt: skip
    return render(request, "office/open_folder.html", context, status=422 if form.errors else 200)


@official
def folder(request: SignedIn, pk: int) -> HttpResponse:
    """A case: its sheets along the river, its timeline, and what may be done."""
    at = timezone.now()
    case_ = get_object_or_404(
        folders_visible(
            Folder.objects.select_related("owner", "officer", "merged_into", "split_from"), to=request.user, at=at
        ),
        pk=pk,
    )
    sheets = list(visible(queries.of_folder(case_), to=request.user, at=at).order_by("made_at", "pk").distinct())
    rows = dress(sheets, shanghai_date(at))
    river = [(code, words, [r for r in rows if stage_of(r["sheet"].kind) == code]) for code, words in RIVER]
    others = [r for r in rows if stage_of(r["sheet"].kind) not in dict(RIVER)]
    entries = list(course(case_.strand, *(s.strand for s in sheets)))
    acts = _buttons(case_, posts_of(request.user, at), at, "office")
    context = {"folder": case_, "river": river, "others": others, "acts": acts, "by_time": request.GET.get("course") == "time",
               "course": entries, "by_record": _by_record(entries, rows), "picks": any(a["key"] == "folder-enclose" for a in acts),
               "left": queries.keeps_open(case_, at=at) if case_.state == "open" else [], "door": "office",
               "merged": folders_visible(Folder.objects.filter(merged_into=case_), to=request.user, at=at),
               "joint": case_.joint_offices.filter(until=None).select_related("office")}  # fmt: skip
    return render(request, "office/folder.html", context)


def _by_record(entries: list[Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A case's course by record: first the case itself, then its records in the order of their first act."""
    known = {r["sheet"].pk: r for r in rows}
    found: dict[int | None, dict[str, Any]] = {None: {"row": None, "entries": []}}
    for entry in entries:
        group = found.setdefault(entry.sheet_id, {"row": known.get(entry.sheet_id), "entries": []})
        group["entries"].append(entry)
    return [g for g in found.values() if g["entries"]]


@official
def measures(request: SignedIn) -> HttpResponse:
    """Measures of the person's area; those in force first."""
    at = timezone.now()
    rows = visible(Sheet.objects.filter(kind__in=MEASURES).select_related("owner"), to=request.user, at=at)
    if request.GET.get("all") != "1":
        rows = rows.filter(binding_on(shanghai_date(at)))
    return render(
        request,
        "office/list.html",
        page_of(request, rows.order_by("ends_on", "-made_at"), at=at) | {"title": _("措施"), "toggle": True},
    )


@official
def filings(request: SignedIn) -> HttpResponse:
    """Filings that wait on either level, overdue first."""
    at = timezone.now()
    rows = visible(
        Sheet.objects.filter(kind="filing").exclude(stage="receipted").select_related("owner"), to=request.user, at=at
    )
    return render(
        request,
        "office/list.html",
        page_of(request, rows.order_by("due_on", "pk"), at=at) | {"title": _("未办结的备案")},
    )


@official
def overdue(request: SignedIn) -> HttpResponse:
    """Everything overdue in the person's area, whoever has to deal with it, the longest first."""
    at = timezone.now()
    rows = visible(Sheet.objects.filter(late_on(shanghai_date(at))).select_related("owner"), to=request.user, at=at)
    return render(
        request, "office/list.html", page_of(request, rows.order_by("due_on", "pk"), at=at) | {"title": _("逾期事项")}
    )


class SearchForm(forms.Form):
    """What is looked for."""

    q = forms.CharField(label=gettext_lazy("搜索"), required=False, max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        required=False,
        choices=[("", gettext_lazy("不限")), ("measures", gettext_lazy("措施")), *KINDS.items()],
    )
    since = forms.DateField(label=gettext_lazy("建立日期自"), required=False, widget=DateInput())
    until = forms.DateField(label=gettext_lazy("至"), required=False, widget=DateInput())


@official
def search(request: SignedIn) -> HttpResponse:
    """Everything that a person may see and that holds the words, by kind and day; counted as far as a thousand."""
    at = timezone.now()
    form = SearchForm(request.GET)
    form.is_valid()
    said = form.cleaned_data
    text, kind = said.get("q", ""), said.get("kind", "")
    kinds = MEASURES if kind == "measures" else (kind,) if kind else ()
    rows = queries.search(text, to=request.user, at=at, kinds=kinds)
    rows = rows.filter(received_in(said.get("since"), said.get("until")))
    total, more = bounded(rows, COUNTED)
    cases = queries.search_folders(text, to=request.user, at=at)[:10] if not kind else []
    context = {"q": text, "folders": cases, "form": form, "total": total, "more": more}
    return render(request, "office/search.html", page_of(request, rows, at=at) | context)


@official
def lawmap(request: SignedIn) -> HttpResponse:
    """Place, gist, rules, and the steps that stand for it."""
    language = get_language() or "zh"
    by_rule: dict[str, list[str]] = {}
    for step in STEPS:
        if step.rule:
            by_rule.setdefault(step.rule, []).append(labelled(KINDS[step.kind], step.zh))
    rows = [
        {"place": r.place.label(language), "gist": r.place.gist(language), "left": r.left_to_people,
         "rules": [title(name, language) for name in r.rules],
         "steps": list(dict.fromkeys(s for name in r.rules for s in by_rule.get(name, [])))[:8]}
        for r in law.rows(language)
    ]  # fmt: skip
    return render(request, "office/lawmap.html", {"rows": rows})
