"""Officials' numbers: the dashboard, the archive with its register, and the register's files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from decree188.calendar import shanghai_date
from riskwatch.archive import exports, queries
from riskwatch.case.access import folders_visible, visible
from riskwatch.case.desk import DateInput
from riskwatch.case.lifecycle import posts_of, stage_name
from riskwatch.case.models import Folder, Sheet
from riskwatch.case.standing import binding_on, late_on
from riskwatch.case.steps import MEASURES
from riskwatch.case.views import _bytes, dress
from riskwatch.case.words import KINDS
from riskwatch.detection import queries as detection
from riskwatch.doors.office.views import official, page_of
from riskwatch.parties.models import Organisation
from riskwatch.parties.views import SignedIn

MOST_ROWS = 12
YEAR = timedelta(days=364)


class PeriodForm(forms.Form):
    """Which days, whose records, and which day of a piece counts."""

    since = forms.DateField(label=_("自"), widget=DateInput())
    until = forms.DateField(label=_("至"), widget=DateInput())
    by = forms.ChoiceField(
        label=_("月份和期间按"), choices=[("received", _("收到日期")), ("event", _("发生或发布日期"))], required=False
    )
    office = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("单位（含下级）"), required=False, empty_label=_("本辖区全部"),
        widget=forms.Select(attrs={"data-filter": "1"}),
    )  # fmt: skip

    def __init__(self, said: Any, *, offices: Any, today: date) -> None:
        super().__init__(
            said if said.get("since") or said.get("until") or said.get("by") or said.get("office") else None
        )
        self.initial = {"since": today - YEAR, "until": today, "by": "received"}
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The first day comes before the last."""
        said = super().clean() or {}
        if said.get("since") and said.get("until") and said["since"] > said["until"]:
            self.add_error("until", _now("截止日期早于开始日期"))
        return said

    def period(self) -> dict[str, Any]:
        """What is counted: as asked for, or the last year when that cannot be read."""
        said = self.cleaned_data if self.is_bound and self.is_valid() else dict(self.initial)
        return {
            "since": said["since"],
            "until": said["until"],
            "by": said.get("by") or "received",
            "office": said.get("office"),
        }


def _period(request: SignedIn, at: Any) -> PeriodForm:
    return PeriodForm(request.GET, offices=queries.offices_in_reach(request.user, at), today=shanghai_date(at))


@official
def dashboard(request: SignedIn) -> HttpResponse:
    """Numbers of the person's area, in charts with their tables."""
    at = timezone.now()
    today = shanghai_date(at)
    form = _period(request, at)
    found = queries.statistics(to=request.user, at=at, **form.period())
    stages = queries.by_stage(to=request.user, at=at)
    seen = visible(Sheet.objects.all(), to=request.user, at=at)
    cards = [
        (_now("收到的信息"), sum(n for k, _s, n in stages if k == "information"), "office:information"),
        (_now("待研判的信号"), detection.waiting(request.user, at), "office:signals"),
        (_now("办理中的案卷"), folders_visible(Folder.objects.filter(state="open"), to=request.user, at=at).count(), "office:folders"),
        (_now("执行中的措施"), seen.filter(binding_on(today), kind__in=MEASURES).count(), "office:measures"),
        (_now("逾期事项"), seen.filter(late_on(today)).count(), "office:overdue"),
    ]  # fmt: skip
    charts = [
        _bars("months", _now("每月信息"), _now("月份"), found.months),
        _bars("sources", _now("按来源"), _now("来源"), found.tables["source_kind"][:10]),
        _bars("hazards", _now("按危害"), _now("危害"), found.tables["hazard"][:10]),
        _bars("origins", _now("按原产地"), _now("原产地"), found.tables["origin"][:10]),
    ]
    context = {"charts": charts, "stages": [(str(KINDS[k]), stage_name(k, s), n) for k, s, n in stages], "cards": cards,
               "form": form, "found": found}  # fmt: skip
    return render(request, "office/dashboard.html", context)


def _bars(name: str, title: str, heading: str, rows: list[queries.Row]) -> dict[str, Any]:
    flat = name != "months"
    words = [r.words for r in rows]
    axis: dict[str, Any] = {"type": "category", "data": words, "inverse": flat}
    if flat:
        axis["axisLabel"] = {"width": 150, "overflow": "truncate"}
    value = {"type": "value", "minInterval": 1}
    option = {"grid": {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True}, "tooltip": {}, "legend": {"top": 0},
              "xAxis": value if flat else axis, "yAxis": axis if flat else value, "color": ["#206bc4", "#2fb344"],
              "series": [{"type": "bar", "name": _now("收到"), "data": [r.received for r in rows]},
                         {"type": "bar", "name": _now("已核实"), "data": [r.verified for r in rows]}]}  # fmt: skip
    table = [(r.words, r.received, r.verified) for r in rows]
    return {
        "id": name,
        "title": title,
        "option": option,
        "header": [heading, _now("收到"), _now("已核实")],
        "rows": table,
    }


@official
def archive(request: SignedIn) -> HttpResponse:
    """Cases to archive, items to appraise, everything archived, and the register's statistics of a period."""
    at = timezone.now()
    form = _period(request, at)
    found = queries.statistics(to=request.user, at=at, **form.period())
    items = visible(Sheet.objects.filter(kind="archive_item").select_related("owner"), to=request.user, at=at)
    archivist = any(p.role == "archivist" for p in posts_of(request.user, at).posts)
    tables = [(queries.DIMENSIONS[name], rows[:MOST_ROWS], len(rows)) for name, rows in found.tables.items()]
    context = page_of(request, items.order_by("-made_at", "-pk"), at=at) | {
        "tables": tables, "form": form, "found": found, "archivist": archivist, "kept": request.GET.urlencode(),
        "months": _bars("months", _now("每月信息"), _now("月份"), found.months),
        "closed": queries.to_file(to=request.user, at=at)[:50],
        "over": dress(queries.to_appraise(to=request.user, at=at)[:50], shanghai_date(at)),
    }  # fmt: skip
    return render(request, "office/archive.html", context)


@official
def statistics_file(request: SignedIn, form: str) -> HttpResponse:
    """The register's statistics of a period as CSV or XLSX."""
    at = timezone.now()
    asked = _period(request, at)
    if asked.is_bound and not asked.is_valid():
        return archive(request)
    found = queries.statistics(to=request.user, at=at, **asked.period())
    make, media = {"csv": (exports.as_csv, "text/csv; charset=utf-8"),
                   "xlsx": (exports.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")}[form]  # fmt: skip
    name = f"statistics-{found.since}-{found.until}.{form}"
    return _bytes(make(found), media, name, inline=False)
