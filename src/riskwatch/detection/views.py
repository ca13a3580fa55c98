"""The wall of signals, one signal with all that is behind it, and what is decided on one or on many."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import access as case_access
from riskwatch.case.views import dress
from riskwatch.detection import access, actions, charts, faces, planning_views, queries, replaying, tallies
from riskwatch.detection.forms import AcceptForm, DismissForm, FilterForm, KeepForm, ReferForm, narrowed
from riskwatch.detection.models import Signal
from riskwatch.detection.naming import Wordbook, short_called, short_names
from riskwatch.detection.wording import source_words
from riskwatch.look.asked import whole_number
from riskwatch.parties.views import SignedIn
from riskwatch.refusals import Refusal, refuse_unless

PAGE = 40
MANY = 200  # signals that one press dismisses


@dataclass(frozen=True, slots=True)
class Act:
    """What a person may do with a signal: its words, form, action, and the rule behind it."""

    key: str
    words: Any
    form: type[forms.Form]
    do: Callable[..., Any]
    rule: str

    def cite(self, language: str = "zh") -> str:
        """The place of its rule in the law."""
        return decree188.by_name(self.rule).cite(language)


ACTS = {
    a.key: a
    for a in (
        Act("accept", gettext_lazy("立案"), AcceptForm, actions.accept, "own_area"),
        Act("watch", gettext_lazy("列入关注"), KeepForm, actions.keep_watching, "talk_with_customs_head"),
        Act("refer", gettext_lazy("报送海关立案"), ReferForm, actions.refer, "own_area"),
        Act("dismiss", gettext_lazy("排除"), DismissForm, actions.dismiss, "talk_with_customs_head"),
    )
}


def refuse_stranger(request: SignedIn, at: datetime) -> None:
    """The wall is for people of customs offices and centres; to others it does not exist."""
    if not case_access.reader(request.user, at).offices:
        raise Http404


@login_required
@require_GET
def wall(request: SignedIn, door: str) -> HttpResponse:
    """A week's signals, the most pressing first."""
    at = timezone.now()
    refuse_stranger(request, at)
    form = FilterForm(request.GET, to=request.user, at=at)
    wanted = form.wanted()
    rows = queries.wall(request.user, at, **wanted)
    start = max(1, min(whole_number(request.GET.get("page")) or 1, 50)) - 1
    found = list(rows[start * PAGE : (start + 1) * PAGE + 1])
    book = Wordbook()
    shown = [faces.face(s, to=request.user, at=at, book=book) for s in found[:PAGE]]
    whole = queries.wall(request.user, at, week=wanted["week"], watch=wanted["watch"], held=None)
    tally, held = tallies.standing(whole)
    context = _around(request, form, wanted, at) | _map(shown) | {
        "door": door, "form": form, "week": wanted["week"], "faces": shown, "tally": tally, "hidden_held": 0 if wanted["held"] is None else held,
        "filtered": any(wanted[n] for n in ("product", "hazard", "source", "state", "extent", "kind")),
        "page": _pages(start, len(found)), "base": _kept(request), "any_dismissable": any("dismiss" in f.acts for f in shown),
    }  # fmt: skip
    return render(request, "detection/wall.html", context)


def _around(request: SignedIn, form: FilterForm, wanted: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The weeks beside the one shown, and what was run for it."""
    week, weeks = wanted["week"], form.weeks
    place = weeks.index(week) if week in weeks else -1
    runs = queries.runs_of(request.user, at, watch=wanted["watch"]).filter(week=week)[:20] if week else []
    return {
        "older": weeks[place + 1] if 0 <= place < len(weeks) - 1 else None, "newer": weeks[place - 1] if place > 0 else None,
        "runs": [(run, short_called(run.short)) for run in runs], "never_run": not weeks,
        "analyst": bool(access.judges(request.user, at)), "watches": access.watches_visible(request.user, at).count(),
    }  # fmt: skip


def _map(shown: list[faces.Face]) -> dict[str, Any]:
    districts, ports = faces.together(shown)
    rows = faces.port_rows(ports)
    script = {
        "whole": {"title": _("本页全部信号"), "districts": districts, "rows": rows},
        "signals": {str(f.signal.pk): f.as_map() for f in shown},
    }
    drawn = charts.map_of(districts, short_names(), map_words())
    return {"map": drawn, "map_rows": rows, "map_script": script, "most": max(districts.values(), default=0)}


def map_words() -> str:
    """What the map shows, for those who do not see it."""
    return _("各直属海关近四周超出预期的数量；数字见下表")


def _pages(start: int, found: int) -> dict[str, Any]:
    return {"number": start + 1, "has_previous": start > 0, "has_next": found > PAGE, "has_other_pages": start > 0 or found > PAGE,
            "previous_page_number": start, "next_page_number": start + 2}  # fmt: skip


def _kept(request: SignedIn) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode() + "&" if kept else ""


def seen(request: SignedIn, pk: int, at: datetime) -> Signal:
    """A signal that the person sees; 404 for everybody else."""
    rows = access.signals_visible(request.user, at).select_related(
        "run__watch__owner", "run__by", "decided_by", "folder"
    )
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def signal_page(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """One signal: every number, the weeks of every source, ports, reports down to the original, and its like before."""
    at = timezone.now()
    return render(request, "detection/signal.html", _page(request, seen(request, pk, at), door, at))


@login_required
@require_POST
def replay(request: SignedIn, pk: int, door: str) -> HttpResponse:
    """Compute a signal again from the kept inputs and say on its page whether the numbers are the same."""
    at = timezone.now()
    signal = seen(request, pk, at)
    if not faces.sees_whole(signal, to=request.user, at=at):
        raise Http404
    more: dict[str, Any] = {}
    try:
        more["replay"] = replaying.replay(signal)
    except Refusal as refused:
        more["refusal"] = refused
    status = more["refusal"].status if "refusal" in more else 200
    return render(request, "detection/signal.html", _page(request, signal, door, at) | more, status=status)


def _page(request: SignedIn, signal: Signal, door: str, at: datetime) -> dict[str, Any]:
    book = Wordbook()
    one = faces.face(signal, to=request.user, at=at, book=book)
    whole = faces.sees_whole(signal, to=request.user, at=at)
    behind = queries.behind(signal, to=request.user, at=at)
    rows = [{"row": r, "day": r.day, "title": r.title, "external_id": r.external_id, "called": source_words(r.source),
             "original": list(r.original.items())} for r in behind.rows]  # fmt: skip
    return {
        "door": door, "face": one, "signal": signal, "courses": faces.courses(signal), "acts": _buttons(signal, one.acts, door),
        "map": charts.map_of(one.excess_by_district, short_names(), map_words()), "most": max(one.excess_by_district.values(), default=0),
        "map_rows": faces.port_rows(one.ports), "spread": faces.spread_seen(signal, one.ports, book, whole=whole),
        "findings": faces.findings(signal), "estimates": faces.estimates(signal), "whole": whole, "behind": behind, "rows": rows,
        "sheets": dress(behind.sheets, shanghai_date(at)), "history": faces.history(signal, at=at),
        "earlier": Signal.objects.filter(replaced_by=signal).select_related("run").order_by("-pk"),
        "folder_seen": faces.folder_seen(signal, to=request.user, at=at),
        "parameters": json.dumps(signal.run.parameters, ensure_ascii=False, indent=1) if whole else "",
        "record": json.dumps(json.loads(signal.record), ensure_ascii=False, indent=1) if whole else "",
    }  # fmt: skip


def _buttons(signal: Signal, allowed: set[str], door: str) -> list[dict[str, Any]]:
    return [
        {
            "key": a.key,
            "words": a.words,
            "url": reverse(f"{door}:signal_act", args=[signal.pk, a.key]),
            "cite": _cite(a),
        }
        for a in ACTS.values()
        if a.key in allowed
    ]


def _cite(one: Act) -> str:
    return one.cite(get_language() or "zh")


@login_required
def act(request: SignedIn, pk: int, key: str, door: str) -> HttpResponse:
    """The form of one act on one signal, and taking it."""
    at = timezone.now()
    signal = seen(request, pk, at)
    one = ACTS.get(key)
    if one is None:
        raise Http404
    book = Wordbook()
    face = faces.face(signal, to=request.user, at=at, book=book)
    if request.method == "GET" and key not in face.acts:
        raise Refusal(_("现在不能办理“%(act)s”") % {"act": one.words},
                      remedy=_("状态可能已变，或须由其他岗位办理；请返回查看"), status=403)  # fmt: skip
    form = narrowed(one.form(request.POST or None), signal, by=request.user, at=at, title=face.title)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = one.do(signal, **form.cleaned_data, by=request.user, at=at)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("已办理：%(act)s") % {"act": one.words})
            return redirect(_after(one, made, signal, door))
    context = {"door": door, "act": one, "face": face, "signal": signal, "form": form, "refusal": refusal, "cite": _cite(one),
               "back": reverse(f"{door}:signal", args=[signal.pk])}  # fmt: skip
    if refusal and refusal.rule:
        context["refused_cite"] = refusal.rule.cite(get_language() or "zh")
    return render(
        request, "detection/act.html", context, status=refusal.status if refusal else 422 if form.errors else 200
    )


def _after(one: Act, made: Any, signal: Signal, door: str) -> str:
    """An accepted signal leads into its case; others back to the week on the wall."""
    if one.key == "accept" and door == "office":
        return reverse("office:folder", args=[made.pk])
    return f"{reverse(f'{door}:signals')}?week={signal.week.isoformat()}#signal-{signal.pk}"


@login_required
@require_POST
def dismiss_many(request: SignedIn, door: str) -> HttpResponse:
    """Rule out the chosen signals on one ground: first a page that lists them, then each by the act itself."""
    at = timezone.now()
    refuse_stranger(request, at)
    keys = [k for k in map(whole_number, request.POST.getlist("signal")[:MANY]) if k is not None]
    chosen = list(
        access.signals_visible(request.user, at)
        .filter(pk__in=keys)
        .select_related("run__watch")
        .order_by("held", "place")
    )
    refuse_unless(
        chosen, _("没有选中任何信号"), remedy=_("返回列表，勾选要排除的信号"), code="nothing_chosen", status=422
    )
    confirmed = request.POST.get("confirm") == "1"
    form = DismissForm(request.POST if confirmed else None)
    book = Wordbook()
    if form.is_bound and form.is_valid():
        refused = []
        for signal in chosen:
            try:
                actions.dismiss(signal, **form.cleaned_data, by=request.user, at=at)
            except Refusal as refusal:
                refused.append((book.title(signal), refusal.reason))
        done = len(chosen) - len(refused)
        messages.success(request, ngettext("已排除%(n)s条信号", "已排除%(n)s条信号", done) % {"n": done})
        if not refused:
            return redirect(f"{reverse(f'{door}:signals')}?week={chosen[0].week.isoformat()}")
        return render(request, "detection/dismissed.html", {"door": door, "refused": refused, "week": chosen[0].week})
    context = {"door": door, "form": form, "rows": [(s, book.title(s)) for s in chosen], "count": len(chosen), "act": ACTS["dismiss"],
               "cite": _cite(ACTS["dismiss"])}  # fmt: skip
    return render(request, "detection/dismiss.html", context, status=422 if form.errors else 200)


def urls(door: str) -> list[Any]:
    """The wall's addresses at a door."""
    at_door = {"door": door}
    return [
        path("signals/", wall, at_door, name="signals"),
        path("signals/dismiss/", dismiss_many, at_door, name="signals_dismiss"),
        path("signals/<int:pk>/", signal_page, at_door, name="signal"),
        path("signals/<int:pk>/replay/", replay, at_door, name="signal_replay"),
        path("signals/<int:pk>/<slug:key>/", act, at_door, name="signal_act"),
        *planning_views.urls(door),
    ]
