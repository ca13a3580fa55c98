"""Watches – the monitoring plans – and the back-test: how often the wall was wrong, and how much earlier it spoke."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import access as case_access
from riskwatch.detection import access, actions, queries, tallies
from riskwatch.detection.actions import Plan
from riskwatch.detection.backtest import FALSE
from riskwatch.detection.forms import BackTestForm, EndForm, WatchForm
from riskwatch.detection.models import NATIONAL, Signal, Watch
from riskwatch.detection.naming import short_called
from riskwatch.detection.wording import source_words
from riskwatch.look.words import listed
from riskwatch.parties.models import Organisation
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal

RULE = "centre_remit"
LISTED = 100  # decided cases that the back-test shows


def _cite() -> str:
    return decree188.by_name(RULE).cite(get_language() or "zh")


@login_required
@require_GET
def watches(request: SignedIn, door: str) -> HttpResponse:
    """The watches that a person sees, with what each counts and its latest run."""
    at = timezone.now()
    if not case_access.reader(request.user, at).offices:
        raise Http404
    today = shanghai_date(at)
    mine = set(access.judges(request.user, at))
    rows = [
        _row(one, request, at, today, mine) for one in access.watches_visible(request.user, at).select_related("owner")
    ]
    context = {
        "door": door,
        "rows": rows,
        "may_make": bool(plan_owners(request, at)),
        "designations": _designations(request, at),
    }
    return render(request, "detection/watches.html", context)


def _row(one: Watch, request: SignedIn, at: datetime, today: Any, mine: set[int]) -> dict[str, Any]:
    last = queries.runs_of(request.user, at, watch=one).first()
    over = one.ends_on is not None and one.ends_on < today
    return {
        "watch": one, "last": last, "short": short_called(last.short) if last else "", "over": over, "soon": one.starts_on > today,
        "sources": listed(source_words(code) for code in one.sources),
        "may_end": one.owner_id in mine and one.ended_by_id is None and not over and one.name != NATIONAL,
    }  # fmt: skip


def plan_owners(request: SignedIn, at: datetime) -> list[Organisation]:
    """Headquarters or centres for which a person may make watches."""
    rows = Organisation.objects.filter(pk__in=access.judges(request.user, at))
    return [one for one in rows if one.is_headquarters or one.kind == Organisation.Kind.CENTRE]


def _designations(request: SignedIn, at: datetime) -> list[Any]:
    """What the person's centres are designated for today, as a help for filling in."""
    today = shanghai_date(at)
    return [one for centre in access.centres_of(request.user, at) for one in access.designations(centre, today)]


@login_required
def make_watch(request: SignedIn, door: str) -> HttpResponse:
    """Make a watch; a centre's lies inside its designation."""
    at = timezone.now()
    if not plan_owners(request, at):
        raise Http404
    form = WatchForm(request.POST or None, to=request.user, at=at)
    refusal = None
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        owner = said.pop("owner")
        try:
            made = actions.make_watch(owner, plan_of(said), by=request.user, at=at)
        except Refusal as refused:
            refusal = refused
            for name, why in refused.fields.items():
                form.add_error(name if name in form.fields else None, why)
        else:
            messages.success(request, _("已设立监测：%(watch)s") % {"watch": made})
            return redirect(f"{door}:watches")
    return _form_page(
        request, door, form, refusal, _("设立监测计划"), _("设立"), designations=_designations(request, at)
    )


def plan_of(said: dict[str, Any]) -> Plan:
    """A watch's plan from a form's answers."""
    plain = {name: tuple(said[name]) for name in ("products", "areas", "sources")}
    return Plan(**(said | plain))


@login_required
def end_watch(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """End a watch, with the reason."""
    at = timezone.now()
    one = get_object_or_404(access.watches_visible(request.user, at).select_related("owner"), pk=pk)
    if one.owner_id not in access.judges(request.user, at):
        raise Http404
    form = EndForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_watch(one, **form.cleaned_data, by=request.user, at=at)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已结束监测：%(watch)s") % {"watch": one})
            return redirect(f"{door}:watches")
    return _form_page(request, door, form, refusal, _("结束监测：%(watch)s") % {"watch": one}, _("结束"))


def _form_page(
    request: SignedIn, door: str, form: Any, refusal: Refusal | None, title: str, press: str, **more: Any
) -> HttpResponse:
    context = {"door": door, "form": form, "refusal": refusal, "title": title, "press": press, "cite": _cite()} | more
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "detection/watch_form.html", context, status=status)


@login_required
@require_GET
def back_test(request: SignedIn, door: str) -> HttpResponse:
    """False alarms a week, lead over the register's own decisions, what was dismissed and why; by watch."""
    at = timezone.now()
    if not case_access.reader(request.user, at).offices:
        raise Http404
    form = BackTestForm(request.GET, to=request.user, at=at)
    wanted = form.wanted()
    found = queries.back_test(request.user, at, **wanted)
    grounds = dict(Signal.Reason.choices)
    context = {
        "door": door, "form": form, "found": found, "chart": _weeks_chart(found.weeks), "raised": sum(w.raised for w in found.weeks),
        "false": sum(w.false for w in found.weeks), "dismissed": [(grounds.get(code, code), n, code in FALSE) for code, n in found.dismissed],
        "tallies": tallies.by_watch(request.user, at, since=wanted["since"], until=wanted["until"]),
        "decided": len(found.leads), "leads": sorted(found.leads, key=lambda one: one.decided_on, reverse=True)[:LISTED],
        "listed": LISTED,
    }  # fmt: skip
    return render(request, "detection/back_test.html", context)


def _weeks_chart(weeks: list[queries.WeekCount]) -> dict[str, Any]:
    """Signals by week and what became of them, as a chart with its table."""
    parts = [
        (_("已立案"), "#2fb344", [w.accepted for w in weeks]), (_("持续关注"), "#4299e1", [w.watched for w in weeks]),
        (_("误报"), "#d63939", [w.false for w in weeks]), (_("其他排除"), "#f59f00", [w.dismissed - w.false for w in weeks]),
        (_("待研判"), "#adb5bd", [w.open for w in weeks]),
    ]  # fmt: skip
    option = {
        "grid": {"left": 8, "right": 16, "top": 44, "bottom": 8, "containLabel": True}, "tooltip": {"trigger": "axis"}, "legend": {"top": 0},
        "xAxis": {"type": "category", "data": [w.week.isoformat() for w in weeks]}, "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "stack": "all", "barMaxWidth": 36, "name": words, "data": data, "itemStyle": {"color": colour}} for words, colour, data in parts],
    }  # fmt: skip
    rows = [
        (w.week.isoformat(), w.raised, *(data[n] for _words, _colour, data in parts))
        for n, w in reversed(list(enumerate(weeks)))
    ]
    header = [_("周"), _("提示"), *(words for words, _colour, _data in parts)]
    return {"id": "weeks", "title": _("每周信号及其结果"), "option": option, "header": header, "rows": rows}


def urls(door: str) -> list[Any]:
    """The addresses of watches and the back-test at a door."""
    at_door = {"door": door}
    return [
        path("watches/", watches, at_door, name="watches"),
        path("watches/make/", make_watch, at_door, name="make_watch"),
        path("watches/<int:pk>/end/", end_watch, at_door, name="end_watch"),
        path("signals/back-test/", back_test, at_door, name="back_test"),
    ]
