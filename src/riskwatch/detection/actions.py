"""Every act on watches and signals: make and end a watch; keep watching, dismiss, refer or accept a signal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.scope import centre_remit
from riskwatch.case import actions as case
from riskwatch.case import journalling, outbox
from riskwatch.case.models import Folder
from riskwatch.detection import access, entering
from riskwatch.detection.models import NATIONAL, Signal, Watch
from riskwatch.detection.running import run_watch
from riskwatch.parties.models import Designation, Organisation, Person
from riskwatch.parties.queries import headquarters
from riskwatch.refusals import Refusal, refuse_unless

__all__ = [
    "Plan",
    "accept",
    "dismiss",
    "end_watch",
    "keep_watching",
    "make_watch",
    "national_watch",
    "refer",
    "run_watch",
]
IN_TIME, REMIT = "talk_with_customs_head", "centre_remit"


@dataclass(frozen=True)
class Plan:
    """What a new watch is to be; empty tuples mean everything.

    ``products`` are commodity-code prefixes, ``areas`` customs codes (``xx00`` = the whole district).
    """

    name: str
    starts_on: date
    title: str = ""
    products: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    ends_on: date | None = None
    budget: int = 20


@transaction.atomic
def make_watch(owner: Organisation, plan: Plan, *, by: Person, at: datetime) -> Watch:
    """Set up a watch for headquarters or a centre; a centre's lies inside one of its designations."""
    _refuse_no_analyst(owner, by=by, at=at)
    _refuse_malformed(plan)
    if owner.kind == Organisation.Kind.CENTRE:
        _refuse_outside(owner, plan, shanghai_date(at))
    made = Watch.objects.create(
        name=plan.name, title=plan.title.strip()[:200], owner=owner, products=list(plan.products), areas=list(plan.areas),
        sources=list(plan.sources), starts_on=plan.starts_on, ends_on=plan.ends_on, budget=plan.budget, made_by=by, made_at=at,
    )  # fmt: skip
    said = {"watch": plan.name, "products": plan.products, "areas": plan.areas, "sources": plan.sources,
            "from": plan.starts_on, "until": plan.ends_on, "budget": plan.budget}  # fmt: skip
    journalling.record_in_office(owner, "watch.make", by=by, at=at, rule=REMIT, content=said)
    return made


@transaction.atomic
def national_watch(*, by: Person, at: datetime) -> Watch:
    """Headquarters' watch over everything; made the first time it is asked for."""
    found = Watch.objects.filter(name=NATIONAL).first()
    if found is not None:
        return found
    made, new = Watch.objects.get_or_create(
        name=NATIONAL,
        defaults={
            "title": "全国监测",
            "owner": headquarters(),
            "starts_on": date(2000, 1, 3),
            "made_by": by,
            "made_at": at,
        },
    )
    if new:
        journalling.record_in_office(made.owner, "watch.make", by=by, at=at, rule=REMIT, content={"watch": NATIONAL})
    return made


@transaction.atomic
def end_watch(watch: Watch, *, reason: str, by: Person, at: datetime) -> Watch:
    """End a watch after today; its signals stay."""
    now = Watch.objects.select_for_update(of=("self",)).select_related("owner").get(pk=watch.pk)
    _refuse_no_analyst(now.owner, by=by, at=at)
    today = shanghai_date(at)
    refuse_unless(now.name != NATIONAL, _("全国监测不能结束"), remedy=_("可另设范围较小的监测"), code="national")
    refuse_unless(now.ended_by_id is None, _("这项监测已经结束"), remedy=_("需要继续的，另设监测"), code="ended")
    refuse_unless(reason.strip(), _("结束监测须写明理由"), remedy=_("填写理由"), code="reason_missing", status=422)
    ends = max(min(today, now.ends_on or today), now.starts_on)
    Watch.objects.filter(pk=now.pk).update(ends_on=ends, ended_by=by, ended_reason=reason.strip()[:300])
    said = {"watch": now.name, "until": ends, "reason": reason}
    journalling.record_in_office(now.owner, "watch.end", by=by, at=at, rule=REMIT, content=said)
    now.refresh_from_db()
    return now


@transaction.atomic
def keep_watching(signal: Signal, *, by: Person, at: datetime, reason: str = "") -> Signal:
    """Keep a signal in sight without deciding on it yet."""
    now = _undecided(signal, by=by, at=at)
    return _decide(now, Signal.State.WATCHED, "signal.watch", by=by, at=at, reason=reason)


@transaction.atomic
def dismiss(signal: Signal, *, ground: str, reason: str, by: Person, at: datetime) -> Signal:
    """Rule a signal out, on one of the listed grounds and with the reason in words; both are kept and counted."""
    now = _undecided(signal, by=by, at=at)
    refuse_unless(
        ground in Signal.Reason.values,
        _("没有选择排除原因"),
        remedy=_("从列表中选一项"),
        code="ground_missing",
        status=422,
    )
    refuse_unless(reason.strip(), _("排除信号须写明理由"), remedy=_("写明核对了什么、为何不是风险"), code="reason_missing", status=422,
                  rule=decree188.by_name(IN_TIME))  # fmt: skip
    return _decide(now, Signal.State.DISMISSED, "signal.dismiss", by=by, at=at, reason=reason, ground=ground)


@transaction.atomic
def refer(signal: Signal, office: Organisation, *, reason: str, by: Person, at: datetime) -> None:
    """Tell an office that a signal needs a case there; the signal stays undecided until a case is opened."""
    now = _undecided(signal, by=by, at=at)
    refuse_unless(
        office.kind == Organisation.Kind.OFFICE, _("只能报送海关"), remedy=_("改选海关"), code="no_office", status=422
    )
    refuse_unless(reason.strip(), _("报送须写明理由"), remedy=_("填写理由"), code="reason_missing", status=422)
    subject = _("预警信号待立案：%(signal)s") % {"signal": now.why_zh[:120]}
    outbox.tell([office], subject=subject, body=reason, at=at, role="case_officer", once=f"signal:{now.pk}:{office.pk}")
    said = _about(now) | {"to": office.code, "reason": reason}
    journalling.record_in_office(now.run.watch.owner, "signal.refer", by=by, at=at, rule="own_area", content=said)


@transaction.atomic
def accept(signal: Signal, *, owner: Organisation, title: str, by: Person, at: datetime, direction: str = "") -> Folder:
    """Open a case on a signal, with the reports behind it enclosed; rows of mass sources are entered into the register first.

    Raises
    ------
    Refusal
        The person does not see the signal, holds no case officer's post in the owning office, the signal is decided
        already, or none of the reports can be enclosed.
    """
    now = _locked(signal, by=by, at=at)
    case.refuse_without_post(owner, ("case_officer",), by=by, at=at)
    pieces = entering.pieces(now, owner, by=by, at=at)
    folder = case.open_folder(title=title, owner=owner, direction=direction, sheets=pieces, by=by, at=at)
    _decide(now, Signal.State.ACCEPTED, "signal.accept", by=by, at=at, folder=folder)
    facts = {"signal": now.pk, "why": now.why_zh, "inputs": now.run.inputs, "engine": now.run.engine}
    journalling.record_on_folder(folder, "signal.accept", by=by, at=at, rule=IN_TIME, content=facts)
    return folder


def _about(signal: Signal) -> dict[str, object]:
    return {"signal": signal.pk, "watch": signal.run.watch.name, "week": signal.week, "cell": signal.cell}


def _locked(signal: Signal, *, by: Person, at: datetime) -> Signal:
    seen = access.signals_visible(by, at).filter(pk=signal.pk).exists()
    refuse_unless(
        seen, _("没有这条信号，或不在您的范围内"), remedy=_("回到“预警信号”页面选择"), code="not_found", status=404
    )
    now = (
        Signal.objects.select_for_update(of=("self",))
        .select_related("run__watch__owner", "decided_by")
        .get(pk=signal.pk)
    )
    if now.state not in (Signal.State.NEW, Signal.State.WATCHED):
        raise Refusal(
            _("%(person)s已处理这条信号：%(state)s") % {"person": now.decided_by, "state": now.get_state_display()},
            remedy=_("刷新页面查看结果"), code="conflict",
        )  # fmt: skip
    refuse_unless(
        now.replaced_by_id is None, _("这一周已按新数据重新计算"), remedy=_("请处理新的信号"), code="replaced"
    )
    return now


def _undecided(signal: Signal, *, by: Person, at: datetime) -> Signal:
    now = _locked(signal, by=by, at=at)
    refuse_unless(access.may_judge(now, by=by, at=at), _("须由总署或相关监测中心的监测分析岗办理"),
                  remedy=_("请分析岗同事办理；需要立案的由经办岗直接立案"), code="no_post", status=403)  # fmt: skip
    return now


def _decide(
    signal: Signal, state: str, act: str, *, by: Person, at: datetime, reason: str = "", ground: str = "",
    folder: Folder | None = None,
) -> Signal:  # fmt: skip
    Signal.objects.filter(pk=signal.pk).update(
        state=state, decided_by=by, decided_at=at, reason=reason.strip(), ground=ground, folder=folder
    )
    said = _about(signal) | {"reason": reason, "ground": ground, "folder": folder.number if folder else ""}
    journalling.record_in_office(signal.run.watch.owner, act, by=by, at=at, rule=IN_TIME, content=said)
    signal.refresh_from_db()
    return signal


def _refuse_no_analyst(owner: Organisation, *, by: Person, at: datetime) -> None:
    fitting = owner.is_headquarters or owner.kind == Organisation.Kind.CENTRE
    refuse_unless(fitting, _("监测计划由海关总署或国家监测中心设立"), remedy=_("改选总署或监测中心"), rule=decree188.by_name(REMIT), code="no_centre",
                  status=422)  # fmt: skip
    refuse_unless(owner.pk in access.judges(by, at), _("您在%(office)s没有监测分析岗") % {"office": owner},
                  remedy=_("请分析岗同事办理，或由安全管理员授予岗位"), code="no_post", status=403)  # fmt: skip


def _refuse_malformed(plan: Plan) -> None:
    problems = {}
    if (
        not plan.name
        or not all(c.isalnum() or c in "-_" for c in plan.name)
        or not plan.name.isascii()
        or len(plan.name) > 60
    ):
        problems["name"] = _("用英文字母、数字和连字符，不超过60个字符")
    elif Watch.objects.filter(name=plan.name).exists():
        problems["name"] = _("已有同名的监测")
    if not all(p.isdigit() and 2 <= len(p) <= 10 for p in plan.products):
        problems["products"] = _("商品编码前缀为2至10位数字")
    if unknown := set(plan.areas) - set(
        Organisation.objects.filter(kind="office", code__in=plan.areas).values_list("code", flat=True)
    ):
        problems["areas"] = _("没有这个关区代码：%(code)s") % {"code": sorted(unknown)[0]}
    if plan.ends_on and plan.ends_on < plan.starts_on:
        problems["ends_on"] = _("结束日期早于开始日期")
    if not 1 <= plan.budget <= 200:
        problems["budget"] = _("每周名额为1至200")
    if problems:
        raise Refusal(_("监测计划有误"), remedy=_("改正后再提交"), code="wrong_fields", status=422, fields=problems)


def _refuse_outside(centre: Organisation, plan: Plan, today: date) -> None:
    """Every product and area, and the whole period, lie in one designation."""
    for one in Designation.objects.filter(centre=centre, withdrawn_on=None):
        if all(
            _covered(one, p, a, d)
            for p in plan.products or ("",)
            for a in plan.areas or ("",)
            for d in _days(plan, one)
        ):
            return
    raise Refusal(_("监测计划超出本中心的指定范围"), remedy=_("把产品、区域和时段限定在指定之内，或由总署调整指定"),
                  rule=decree188.by_name(REMIT), code="outside_remit", status=403)  # fmt: skip


def _covered(one: Designation, product: str, area: str, day: date) -> bool:
    return centre_remit(product=product, area=area, day=day, products=one.products, areas=one.areas,
                        valid_from=one.valid_from, valid_until=one.valid_until).allowed  # fmt: skip


def _days(plan: Plan, one: Designation) -> Iterable[date]:
    """The first and the last day; a plan without an end lasts as long as the designation, which each run asks anew."""
    return (plan.starts_on, plan.ends_on or max(one.valid_until, plan.starts_on))
