"""Officials' pages: inbox, dashboard, lists, a case with its whole chain, search, statistics, the law map."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
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

from decree188 import lawmap as law
from decree188.calendar import shanghai_date
from riskwatch.archive import queries as archive_queries
from riskwatch.case import actions as case
from riskwatch.case import queries
from riskwatch.case.access import folders_visible, visible
from riskwatch.case.lifecycle import posts_of, stage_name
from riskwatch.case.models import Direction, Folder, Sheet
from riskwatch.case.standing import binding_on
from riskwatch.case.steps import MEASURES, STEPS
from riskwatch.case.views import _buttons, dress
from riskwatch.case.words import KINDS, STAGES
from riskwatch.journal.queries import course
from riskwatch.look.asked import whole_number
from riskwatch.look.words import labelled
from riskwatch.parties.models import Organisation
from riskwatch.parties.queries import posts
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal

PAGE = 30
# The river, as the dashboard and the case page show it.
RIVER = (
    ("information", gettext_lazy("收集")), ("verification", gettext_lazy("核实")), ("assessment", gettext_lazy("评估")),
    ("decision", gettext_lazy("研判决定")), ("measures", gettext_lazy("措施")), ("filing", gettext_lazy("备案")),
    ("duty", gettext_lazy("落实")), ("release", gettext_lazy("公开")), ("archive_item", gettext_lazy("归档")),
)  # fmt: skip
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


@official
def inbox(request: SignedIn) -> HttpResponse:
    """What waits for this person, overdue first, by stage of the river."""
    at = timezone.now()
    me = posts_of(request.user, at)
    rows = queries.inbox(me, at=at)
    kind = request.GET.get("kind", "")
    counts = queries.counts(rows)
    chosen = rows.filter(kind__in=MEASURES) if kind == "measures" else rows.filter(kind=kind) if kind else rows
    tabs = [
        (code, words, sum(n for k, n in counts.items() if k == code or (code == "measures" and k in MEASURES)))
        for code, words in RIVER
    ]
    tabs += [(k, KINDS[k], n) for k, n in counts.items() if k not in dict(RIVER) and k not in MEASURES]
    return render(
        request,
        "office/inbox.html",
        page_of(request, chosen, at=at) | {"tabs": tabs, "kind": kind, "total": sum(counts.values())},
    )


@official
def dashboard(request: SignedIn) -> HttpResponse:
    """Numbers of the person's area, in charts with their tables."""
    at = timezone.now()
    months = archive_queries.by_month(to=request.user, at=at)
    stages = archive_queries.by_stage(to=request.user, at=at)
    since = shanghai_date(at) - timedelta(days=365)
    numbers = archive_queries.statistics(to=request.user, at=at, since=since, until=shanghai_date(at))
    stage_rows = [(str(KINDS[k]), stage_name(k, s), n) for k, s, n in stages]
    sources = _named_sources(numbers["source_kind"])
    today = shanghai_date(at)
    seen = visible(Sheet.objects.all(), to=request.user, at=at)
    cards = [
        (_("收到的信息"), sum(n for k, _s, n in stages if k == "information"), "office:information"),
        (
            _("办理中的案卷"),
            folders_visible(Folder.objects.filter(state="open"), to=request.user, at=at).count(),
            "office:folders",
        ),
        (_("执行中的措施"), seen.filter(binding_on(today), kind__in=MEASURES).count(), "office:measures"),
        (_("逾期事项"), seen.filter(escalated_on__isnull=False, due_on__lt=today).count(), "office:inbox"),
    ]
    charts = [
        _bars("months", _("每月收到的信息"), _("月份"), months),
        _bars("sources", _("按来源（近一年）"), _("来源"), sources[:10]),
        _bars(
            "origins",
            _("按原产地（近一年）"),
            _("原产地"),
            [(v or _("未注明"), n) for v, n, _k in numbers["origin"][:10]],
        ),
    ]
    return render(request, "office/dashboard.html", {"charts": charts, "stages": stage_rows, "cards": cards})


def _named_sources(rows: list[tuple[str, int, int]]) -> list[tuple[str, int]]:
    from decree188.collection import source_kinds

    return [(source_kinds[v].words(get_language() or "zh") if v in source_kinds else v, n) for v, n, _k in rows]


def _bars(name: str, title: str, heading: str, rows: list[tuple[str, int]]) -> dict[str, Any]:
    flat = name != "months"
    axis = {"type": "category", "data": [r[0] for r in rows], "inverse": flat}
    value = {"type": "value"}
    option = {"grid": {"left": 8, "right": 24, "top": 16, "bottom": 8, "containLabel": True}, "tooltip": {},
              "xAxis": value if flat else axis, "yAxis": axis if flat else value, "color": ["#206bc4"],
              "series": [{"type": "bar", "data": [r[1] for r in rows]}]}  # fmt: skip
    return {"id": name, "title": title, "option": option, "header": [heading, _("件数")], "rows": rows}


@official
def information(request: SignedIn) -> HttpResponse:
    """Pieces of information, by stage; a batch from one source may be verified as a batch, or become a case."""
    at = timezone.now()
    rows = visible(Sheet.objects.filter(kind="information").select_related("owner"), to=request.user, at=at).order_by(
        "-made_at", "-pk"
    )
    stage = request.GET.get("stage", "")
    if stage:
        rows = rows.filter(stage=stage)
    stages = [(s, words) for (k, s), words in STAGES.items() if k == "information"]
    stages.insert(0, ("received", STAGES["", "received"]))
    held = {p.role for p in posts_of(request.user, at).posts}
    return render(
        request,
        "office/information.html",
        page_of(request, rows, at=at) | {"stages": stages, "stage": stage, "held": held},
    )


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


class OpenForm(forms.Form):
    """A new case."""

    title = forms.CharField(label=gettext_lazy("案由"), max_length=200)
    direction = forms.ChoiceField(label=gettext_lazy("进出口"), choices=[("", "—"), *Direction.choices], required=False)
    owner = forms.ModelChoiceField(Organisation.objects.none(), label=gettext_lazy("承办单位"))


@official
def open_folder(request: SignedIn) -> HttpResponse:
    """Open a case with chosen information."""
    at = timezone.now()
    said = (request.POST.getlist("sheet") or request.GET.getlist("sheet"))[:500]
    keys = [k for k in map(whole_number, said) if k is not None]
    chosen = list(visible(Sheet.objects.filter(kind="information", pk__in=keys), to=request.user, at=at))
    mine = [p.organisation for p in posts_of(request.user, at).posts if p.role == "case_officer"]
    form = OpenForm(
        request.POST if "title" in request.POST else None,
        initial={"title": chosen[0].title[:200] if chosen else "", "owner": mine[0] if mine else None},
    )
    form.fields["owner"].queryset = Organisation.objects.filter(pk__in=mine)  # type: ignore[attr-defined]
    if form.is_bound and form.is_valid():
        owner = form.cleaned_data["owner"]
        made = case.open_folder(title=form.cleaned_data["title"], owner=owner, direction=form.cleaned_data["direction"],
                                sheets=chosen, by=request.user, at=at)  # fmt: skip
        messages.success(request, _("已立案：%(number)s") % {"number": made.number})
        return redirect("office:folder", made.pk)
    return render(
        request, "office/open_folder.html", {"form": form, "rows": dress(chosen, shanghai_date(at)), "door": "office"}
    )


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
    river = [
        (
            code,
            words,
            [r for r in rows if r["sheet"].kind == code or (code == "measures" and r["sheet"].kind in MEASURES)],
        )
        for code, words in RIVER
    ]
    others = [r for r in rows if r["sheet"].kind not in dict(RIVER) and r["sheet"].kind not in MEASURES]
    entries = course(case_.strand, *(s.strand for s in sheets))
    context = {"folder": case_, "river": river, "others": others, "course": entries, "acts": _buttons(case_, posts_of(request.user, at), at, "office"),
               "left": queries.keeps_open(case_, at=at) if case_.state == "open" else [], "door": "office",
               "merged": folders_visible(Folder.objects.filter(merged_into=case_), to=request.user, at=at),
               "joint": case_.joint_offices.filter(until=None).select_related("office")}  # fmt: skip
    return render(request, "office/folder.html", context)


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
def search(request: SignedIn) -> HttpResponse:
    """Everything that a person may see and that holds the words."""
    at = timezone.now()
    text = request.GET.get("q", "")
    rows = queries.search(text, to=request.user, at=at)
    found = queries.search_folders(text, to=request.user, at=at)[:10]
    return render(request, "office/search.html", page_of(request, rows, at=at) | {"q": text, "folders": found})


@official
def archive(request: SignedIn) -> HttpResponse:
    """Archived items, those whose term is over first, and the register's statistics."""
    at = timezone.now()
    rows = visible(Sheet.objects.filter(kind="archive_item").select_related("owner"), to=request.user, at=at).order_by(
        "-made_at"
    )
    since = shanghai_date(at) - timedelta(days=365)
    numbers = archive_queries.statistics(to=request.user, at=at, since=since, until=shanghai_date(at))
    titles = {
        "source_kind": _("来源"),
        "hazard": _("危害"),
        "origin": _("原产地"),
        "port": _("口岸"),
        "disposition": _("处置"),
    }
    tables = [(titles[k], v[:12]) for k, v in numbers.items()]
    return render(request, "office/archive.html", page_of(request, rows, at=at) | {"tables": tables})


@official
def statistics_csv(request: SignedIn) -> HttpResponse:
    """The register's statistics of the last year as CSV; cells that a spreadsheet would run are made harmless."""
    at = timezone.now()
    numbers = archive_queries.statistics(
        to=request.user, at=at, since=shanghai_date(at) - timedelta(days=365), until=shanghai_date(at)
    )
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="statistics.csv"'
    writer = csv.writer(response)
    writer.writerow([_("维度"), _("值"), _("收到"), _("已核实")])
    for dimension, rows in numbers.items():
        for value, received, verified in rows:
            safe = "'" + value if value[:1] in "=+-@\t" else value
            writer.writerow([dimension, safe, received, verified])
    return response


@official
def lawmap(request: SignedIn) -> HttpResponse:
    """Place, gist, rules, and the steps that stand for it."""
    language = get_language() or "zh"
    by_rule: dict[str, list[str]] = {}
    for step in STEPS:
        if step.rule:
            by_rule.setdefault(step.rule, []).append(labelled(KINDS[step.kind], step.zh))
    rows = [
        {"place": r.place.label(language), "gist": r.place.gist(language), "rules": r.rules, "left": r.left_to_people,
         "steps": list(dict.fromkeys(s for name in r.rules for s in by_rule.get(name, [])))[:8]}
        for r in law.rows(language)
    ]  # fmt: skip
    return render(request, "office/lawmap.html", {"rows": rows})
