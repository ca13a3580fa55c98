"""Signals, watches, runs and the back-test over the API: what the wall shows, at the same depth, and the same acts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import NinjaAPI, Schema
from pydantic import Field, create_model

from riskwatch.case import access as case_access
from riskwatch.case.models import Folder
from riskwatch.detection import access, actions, faces, planning_views, queries, replaying, tallies
from riskwatch.detection.forms import EndForm, WatchForm, narrowed
from riskwatch.detection.models import Signal, Watch
from riskwatch.detection.naming import Wordbook
from riskwatch.detection.views import ACTS, Act
from riskwatch.doors.api.acts import Day, Key, Strict, fields_of, said_of
from riskwatch.refusals import Refusal

MOST = 200


class PortOut(Schema):
    code: str
    name: str
    cases: int
    expected: float


class SignalOut(Schema):
    """One flagged cell of one week; counts by port are those that the caller may see."""

    id: int
    week: date
    watch: str
    place: int
    held: bool
    kind: str
    title: str
    cell: dict[str, str]
    sources: list[str]
    observed: int
    expected: float
    low: float
    high: float
    excess: float
    p: float
    rank: float
    extent: str
    why: str
    reports: int
    ports: list[PortOut]
    state: str
    ground: str
    reason: str
    decided_at: datetime | None
    folder: int | None
    acts: list[str]


class SignalFull(SignalOut):
    """A signal with its series, tests and reports; ``record``, ``parameters`` and ``inputs`` for those who see it whole."""

    findings: list[dict[str, Any]]
    spread: list[dict[str, Any]]
    series: dict[str, Any]
    estimate: dict[str, Any] | None
    sheets: list[int]
    rows: list[dict[str, Any]]
    unseen: int
    likes: list[int]
    engine: str
    inputs: str
    parameters: dict[str, Any]
    record: str


class ReplayOut(Schema):
    """Whether a signal came out again with the same numbers; ``differs`` holds name, recorded and computed value."""

    same: bool
    differs: list[list[str]]
    inputs: str
    engine: str


class WatchOut(Schema):
    id: int
    name: str
    title: str
    owner: str
    products: list[str]
    areas: list[str]
    sources: list[str]
    starts_on: date
    ends_on: date | None
    budget: int
    ended: bool


class RunOut(Schema):
    id: int
    watch: str
    week: date
    at: datetime
    seconds: float
    records: int
    undated: int
    cells: int
    tested: int
    rejected: int
    raised: int
    held: int
    short: str
    inputs: str
    engine: str


class WeekOut(Schema):
    week: date
    raised: int
    accepted: int
    watched: int
    dismissed: int
    false: int
    open: int


class GroundOut(Schema):
    ground: str
    number: int


class LeadOut(Schema):
    folder: int
    decided_on: date
    signal: int | None
    days: int | None


class BackTestOut(Schema):
    """False alarms a week, grounds of dismissal, and the lead over the register's own decisions."""

    weeks: list[WeekOut]
    false_a_week: float | None
    dismissed: list[GroundOut]
    leads: list[LeadOut]
    median_lead: float | None
    missed: int
    watches: list[dict[str, Any]]


def _refuse_stranger(request: Any, at: datetime) -> None:
    if not case_access.reader(request.auth, at).offices:
        raise Http404


def _seen(request: Any, pk: int, at: datetime) -> Signal:
    rows = access.signals_visible(request.auth, at).select_related("run__watch__owner", "decided_by", "folder")
    return get_object_or_404(rows, pk=pk)


def _short(signal: Signal, request: Any, at: datetime, book: Wordbook) -> dict[str, Any]:
    one = faces.face(signal, to=request.auth, at=at, book=book)
    plain = {name: getattr(signal, name) for name in ("week", "place", "held", "kind", "cell", "sources", "observed", "expected", "low", "high",
                                                      "excess", "p", "rank", "extent", "why", "state", "ground", "reason", "decided_at")}  # fmt: skip
    folder = signal.folder_id if faces.folder_seen(signal, to=request.auth, at=at) else None
    return plain | {"id": signal.pk, "watch": signal.run.watch.name, "title": one.title, "reports": signal.reports.get("total", 0),
                    "ports": [asdict(p) for p in one.ports], "folder": folder, "acts": sorted(one.acts)}  # fmt: skip


def _signals(
    request: Any, week: Day | None = None, watch: str = "", product: str = "", hazard: str = "", source: str = "", state: str = "",
    extent: str = "", kind: str = "", held: bool = False, offset: int = 0, limit: int = 50,
) -> Any:  # fmt: skip
    at = timezone.now()
    _refuse_stranger(request, at)
    named = get_object_or_404(access.watches_visible(request.auth, at), name=watch) if watch else None
    weeks = queries.weeks(request.auth, at, watch=named)
    rows = queries.wall(
        request.auth, at, week=week or (weeks[0] if weeks else None), watch=named, product=product, hazard=hazard, source=source,
        state=state, extent=extent, kind=kind, held=None if held else False,
    )  # fmt: skip
    start, book = max(0, offset), Wordbook()
    return [_short(s, request, at, book) for s in rows[start : start + max(1, min(limit, MOST))]]


def _signal(request: Any, pk: int) -> Any:
    at = timezone.now()
    return _full(_seen(request, pk, at), request, at)


def _full(signal: Signal, request: Any, at: datetime) -> dict[str, Any]:
    book = Wordbook()
    whole = faces.sees_whole(signal, to=request.auth, at=at)
    behind = queries.behind(signal, to=request.auth, at=at, most=MOST)
    ports = queries.ports_of(signal, to=request.auth, at=at)
    tests = faces.spread_seen(signal, ports, book, whole=whole)
    rows = [{"source": r.source, "file": r.file, "position": r.position, "external_id": r.external_id, "title": r.title,
             "day": r.day.isoformat() if r.day else None, "original": dict(r.original)} for r in behind.rows]  # fmt: skip
    return _short(signal, request, at, book) | {
        "findings": signal.findings, "spread": [{k: v for k, v in t.items() if k not in ("label", "words")} for t in tests],
        "series": signal.series, "estimate": signal.estimate, "sheets": [s.pk for s in behind.sheets], "rows": rows,
        "unseen": behind.unseen, "likes": [s.pk for s in queries.likes(signal, to=request.auth, at=at)], "engine": signal.run.engine,
        "inputs": signal.run.inputs if whole else "", "parameters": signal.run.parameters if whole else {},
        "record": signal.record if whole else "",
    }  # fmt: skip


def _replay(request: Any, pk: int) -> Any:
    at = timezone.now()
    signal = _seen(request, pk, at)
    if not faces.sees_whole(signal, to=request.auth, at=at):
        raise Http404
    done = replaying.replay(signal)
    return {
        "same": done.same,
        "differs": [list(row) for row in done.differs],
        "inputs": done.inputs,
        "engine": done.engine,
    }


def _take(request: Any, pk: int, one: Act, body: Any) -> Any:
    at = timezone.now()
    signal = _seen(request, pk, at)
    form = narrowed(one.form(said_of(body)), signal, by=request.auth, at=at)
    made = one.do(signal, **_answers(form), by=request.auth, at=at)
    signal.refresh_from_db()
    return _full(signal, request, at) | ({"folder": made.pk} if isinstance(made, Folder) else {})


def _answers(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        faults = {k: " ".join(str(e) for e in v) for k, v in form.errors.items()}
        raise Refusal(_("填写有误"), remedy=_("改正后再提交"), code="wrong_fields", status=422, fields=faults)
    return dict(form.cleaned_data)


def _watch(one: Watch) -> dict[str, Any]:
    names = ("name", "title", "products", "areas", "sources", "starts_on", "ends_on", "budget")
    return {name: getattr(one, name) for name in names} | {
        "id": one.pk,
        "owner": one.owner.code,
        "ended": one.ended_by_id is not None,
    }


def _watches(request: Any) -> Any:
    at = timezone.now()
    _refuse_stranger(request, at)
    return [_watch(one) for one in access.watches_visible(request.auth, at).select_related("owner")]


def _make_watch(request: Any, body: Any) -> Any:
    at = timezone.now()
    _refuse_stranger(request, at)
    said = _answers(WatchForm(said_of(body), to=request.auth, at=at))
    owner = said.pop("owner")
    return _watch(actions.make_watch(owner, planning_views.plan_of(said), by=request.auth, at=at))


def _end_watch(request: Any, pk: int, body: Any) -> Any:
    at = timezone.now()
    one = get_object_or_404(access.watches_visible(request.auth, at).select_related("owner"), pk=pk)
    return _watch(actions.end_watch(one, **_answers(EndForm(said_of(body))), by=request.auth, at=at))


def _runs(request: Any, watch: str = "", offset: int = 0, limit: int = 50) -> Any:
    at = timezone.now()
    _refuse_stranger(request, at)
    named = get_object_or_404(access.watches_visible(request.auth, at), name=watch) if watch else None
    rows = queries.runs_of(request.auth, at, watch=named)[max(0, offset) :][: max(1, min(limit, MOST))]
    names = (
        "week",
        "at",
        "seconds",
        "records",
        "undated",
        "cells",
        "tested",
        "rejected",
        "raised",
        "held",
        "short",
        "inputs",
        "engine",
    )
    return [{name: getattr(run, name) for name in names} | {"id": run.pk, "watch": run.watch.name} for run in rows]


def _back_test(request: Any, watch: str = "", since: Day | None = None, until: Day | None = None) -> Any:
    at = timezone.now()
    _refuse_stranger(request, at)
    named = get_object_or_404(access.watches_visible(request.auth, at), name=watch) if watch else None
    found = queries.back_test(request.auth, at, watch=named, since=since, until=until)
    by_watch = tallies.by_watch(request.auth, at, since=since, until=until)
    return {
        "weeks": [asdict(w) for w in found.weeks], "false_a_week": found.false_a_week, "median_lead": found.median_lead,
        "missed": found.missed, "dismissed": [{"ground": g, "number": n} for g, n in found.dismissed],
        "leads": [{"folder": one.folder.pk, "decided_on": one.decided_on, "signal": one.signal.pk if one.signal else None, "days": one.days}
                  for one in found.leads],
        "watches": [{"watch": t.watch.name, "weeks": t.weeks, "raised": t.raised, "accepted": t.accepted, "dismissed": t.dismissed,
                     "false": t.false, "false_a_week": t.a_week} for t in by_watch],
    }  # fmt: skip


def _body(form: type[forms.Form], name: str) -> type[Schema]:
    fields = fields_of(form, f"{name}Fields")
    default = ... if any(f.is_required() for f in fields.model_fields.values()) else Field(default_factory=fields)
    return create_model(f"{name}Body", __base__=Strict, fields=(fields, default))


def lay(api: NinjaAPI, faults: Any) -> None:
    """Lay the operations on signals, watches and runs."""
    read: tuple[tuple[str, Any, Any, str], ...] = (
        ("/signals", list[SignalOut], _signals, "Signals of a week, the most pressing first · 预警信号"),
        ("/signals/{pk}", SignalFull, _signal, "One signal with its numbers and reports · 一条信号"),
        ("/watches", list[WatchOut], _watches, "Watches · 监测计划"),
        ("/runs", list[RunOut], _runs, "Runs of the watches, the latest first · 运行记录"),
        ("/back-test", BackTestOut, _back_test, "False alarms, grounds, lead time · 回测"),
    )
    for address, shape, operation, summary in read:
        api.get(address, response={200: shape, **faults}, summary=summary, tags=["signals"])(operation)
    api.post("/signals/{pk}/replay", response={200: ReplayOut, **faults}, summary="Compute it again from the kept inputs · 重算",
             tags=["signals"], operation_id="signals_replay")(_replay)  # fmt: skip
    for one in ACTS.values():
        _lay(api, one, faults)
    _write(api, "/watches", WatchForm, _make_watch, "Make a watch · 设立监测计划", faults)
    _write(api, "/watches/{pk}/end", EndForm, _end_watch, "End a watch · 结束监测", faults)


def _lay(api: NinjaAPI, one: Act, faults: Any) -> None:
    body = _body(one.form, f"Signal{one.key.title()}")

    def operation(request: HttpRequest, pk: Key, body: Any) -> Any:
        return _take(request, pk, one, body)

    operation.__annotations__ = {"request": Any, "pk": int, "body": body, "return": Any}
    with override("zh-hans"):
        chinese = str(one.words)
    with override("en"):
        english = str(one.words)
    api.post(f"/signals/{{pk}}/{one.key}", response={200: SignalFull, **faults}, summary=f"{english} · {chinese}", description=one.cite("en"),
             tags=["signals"], operation_id=f"signals_{one.key}")(operation)  # fmt: skip


def _write(api: NinjaAPI, address: str, form: type[forms.Form], operation: Any, summary: str, faults: Any) -> None:
    name = operation.__name__.strip("_")
    operation.__annotations__ = operation.__annotations__ | {"body": _body(form, name.title().replace("_", ""))}
    api.post(address, response={200: WatchOut, **faults}, summary=summary, tags=["signals"], operation_id=name)(
        operation
    )
