"""Drafting, reviewing, issuing, serving, adjusting, extending, lifting and fulfilling measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.disposal import adjust as fresh
from decree188.disposal import lapses
from decree188.measure_rules import MEASURE_RULES, MeasureRule, TermRule
from riskwatch.case import outbox
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, begin, concern
from riskwatch.documents import actions as documents
from riskwatch.measures import filing, instructions, served
from riskwatch.measures.models import Addressee, Line, Measure, Version
from riskwatch.measures.words import content_of, paper_content, series_of
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless

TEXTS = ("product", "commodity_code", "risk", "text", "required_actions", "compulsory", "basis", "advice", "grounds",
         "order_kind", "perform_by", "regime_from", "regime_to", "scope", "plan", "facts", "proposal")  # fmt: skip


def rule_book(kind: str) -> MeasureRule:
    """The rule book's row of a kind."""
    return MEASURE_RULES[kind]


@transaction.atomic
def draft(
    decision: Sheet,
    kind: str,
    *,
    title: str,
    texts: Mapping[str, Any],
    addressees: Iterable[Organisation] = (),
    lines: Iterable[tuple[str, Decimal, str]] = (),
    ends_on: date | None = None,
    by: Person,
    at: datetime,
) -> Sheet:
    """Draft a measure that a decision calls for; kinds that the house cannot yet do by the book refuse here."""
    rules = rule_book(kind)
    refuse_unless(not rules.refuses, rules.refuses, remedy=_("按现行程序在线下办理"), rule=decree188.by_name("rapid_responses"),
                  code="not_available")  # fmt: skip
    _refuse_undecided(decision)
    _refuse_term(rules, ends_on, shanghai_date(at))
    plan = Plan(
        kind=kind, title=title, owner=decision.owner, folder=decision.folder, causes=(decision,),
        words=" ".join(str(texts.get(k) or "") for k in ("product", "commodity_code", "risk"))[:2000],
        parts={"addressee": list(addressees)},
    )  # fmt: skip
    sheet = begin(plan, "draft", by=by, at=at, content={"title": title, "texts": dict(texts)})
    Sheet.objects.filter(pk=sheet.pk).update(
        ends_on=ends_on, ends_by_itself=rules.ends_by_itself and ends_on is not None
    )
    measure = Measure.objects.create(sheet=sheet, **{k: v for k, v in texts.items() if k in TEXTS and v})
    Addressee.objects.bulk_create([Addressee(measure=measure, organisation=o) for o in addressees])
    Line.objects.bulk_create([Line(measure=measure, batch=b, affected=n, unit=u) for b, n, u in lines])
    sheet.refresh_from_db()
    return sheet


def _refuse_undecided(decision: Sheet) -> None:
    from riskwatch.decision.models import Decision

    row = Decision.objects.filter(pk=decision.pk, sheet__stage="decided", conclusion="measures").exists()
    refuse_unless(row, _("没有采取措施的处置决定，不能拟制措施"), remedy=_("先研判并作出决定"),
                  rule=decree188.by_name("judge_then_decide"), code="no_decision")  # fmt: skip


def _refuse_term(rules: MeasureRule, ends_on: date | None, today: date) -> None:
    name = rules.zh
    if rules.term is TermRule.REQUIRED and ends_on is None:
        raise Refusal(_("%(name)s必须规定实施期限") % {"name": name}, remedy=_("填写期限"), code="term_missing", status=422,
                      fields={"ends_on": _("不能为空")})  # fmt: skip
    refuse_unless(not (rules.term is TermRule.FORBIDDEN and ends_on), _("%(name)s不设期限") % {"name": name}, code="term_given",
                  status=422)  # fmt: skip
    refuse_unless(ends_on is None or ends_on >= today, _("期限不能早于今天"), code="term_past", status=422)


@transaction.atomic
def review(sheet: Sheet, *, by: Person, at: datetime, secrecy_reviewed: bool, remark: str = "") -> Sheet:
    """Review a draft: complete for its kind, and nothing secret in what goes out."""
    measure = Measure.objects.get(pk=sheet.pk)
    missing = missing_fields(sheet.kind, measure)
    if missing:
        raise Refusal(_("文稿缺少：%(what)s") % {"what": "、".join(missing.values())}, remedy=_("退回补全"), code="incomplete",
                      status=422, fields=missing)  # fmt: skip
    refuse_unless(secrecy_reviewed or rule_book(sheet.kind).audience == "offices", _("对外文稿须先作保密审查"),
                  rule=decree188.by_name("secrecy"), code="secrecy_unreviewed", status=422)  # fmt: skip
    Measure.objects.filter(pk=sheet.pk).update(secrecy_reviewed=secrecy_reviewed)
    return advance(sheet, "review", by=by, at=at, content={"secrecy_reviewed": secrecy_reviewed, "remark": remark})


def missing_fields(kind: str, measure: Measure) -> dict[str, str]:
    """Fields that the rule book wants of a kind and that are empty, by name with their label."""
    found: dict[str, str] = {}
    for name in rule_book(kind).needs:
        if name == "addressees":
            if not measure.addressees.exists():
                found[name] = _("主送对象")
        elif name == "lines":
            if not measure.lines.exists():
                found[name] = _("批次和数量")
        elif not getattr(measure, name):
            found[name] = str(Measure._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return found


@transaction.atomic
def send_back(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return a draft."""
    return advance(sheet, "send_back", by=by, at=at, content={"reason": reason})


@transaction.atomic
def redraft(sheet: Sheet, *, by: Person, at: datetime, title: str, ends_on: date | None = None, **texts: Any) -> Sheet:
    """Change a draft that nobody has reviewed."""
    from riskwatch.case.actions import amend, refuse_without_post

    refuse_without_post(sheet.owner, ("case_officer",), by=by, at=at)
    refuse_unless(sheet.stage == "drafted", _("已审核的文稿不能修改"), remedy=_("请审核人退回"), code="moved")
    _refuse_term(rule_book(sheet.kind), ends_on, shanghai_date(at))
    measure = Measure.objects.get(pk=sheet.pk)
    changes = {
        k: (str(getattr(measure, k)), str(v)) for k, v in texts.items() if k in TEXTS and getattr(measure, k) != v
    }
    Measure.objects.filter(pk=sheet.pk).update(**{k: v for k, v in texts.items() if k in TEXTS})
    itself = rule_book(sheet.kind).ends_by_itself and ends_on is not None
    Sheet.objects.filter(pk=sheet.pk).update(title=title, ends_on=ends_on, ends_by_itself=itself)
    amend(sheet, changes | {"ends_on": (sheet.ends_on, ends_on)}, by=by, at=at, reason=_("修改文稿"))
    sheet.refresh_from_db()
    return sheet


@transaction.atomic
def issue(sheet: Sheet, *, by: Person, at: datetime, starts_on: date | None = None) -> Sheet:
    """Issue a measure: it takes force, is numbered and printed, filed upward, and goes to its addressees."""
    today = shanghai_date(at)
    rules = rule_book(sheet.kind)
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    _refuse_level(rules, sheet)
    refuse_unless(not lapses(sheet.ends_on, today), _("期限已过，不能签发"), remedy=_("退回修改期限"), rule=decree188.by_name("lapses"),
                  code="term_past")  # fmt: skip
    words = series_of(sheet.kind, sheet.owner)
    number = sheet.number or documents.paper_number(words, office=sheet.owner.code, at=at)
    # What an order demands by a day is due that day, so that it comes back to the officer then and not before.
    Sheet.objects.filter(pk=sheet.pk).update(starts_on=starts_on or today, number=number, due_on=measure.perform_by)
    advance(sheet, "issue", by=by, at=at, content={"number": number, "ends_on": sheet.ends_on})
    _keep_version(measure, 1, _("签发"), by=by, at=at)
    filing.open_filing(sheet, version=1, by=by, at=at)
    served.deliver(measure, by=by, at=at)
    instructions.put(measure, "start", at=at)
    _concern_measured(sheet)
    return sheet


def _refuse_level(rules: MeasureRule, sheet: Sheet) -> None:
    refuse_unless(rules.level != "headquarters" or sheet.owner.is_headquarters,
                  _("%(name)s由海关总署发布") % {"name": rules.zh}, remedy=_("报请总署发布"),
                  rule=decree188.by_name("warning_kinds"), code="level", status=403)  # fmt: skip


def _concern_measured(sheet: Sheet) -> None:
    """Operators hit by a measure may read the conclusion of the assessment behind it."""
    operators = list(Organisation.objects.filter(kind="operator", pk__in=sheet.concerns.values("organisation")))
    for report in Sheet.objects.filter(folder=sheet.folder, kind="assessment", stage="accepted"):
        concern(report, "measured", operators)


def _keep_version(measure: Measure, number: int, reason: str, *, by: Person, at: datetime) -> None:
    measure.refresh_from_db()
    content = content_of(measure)
    Version.objects.create(measure=measure, number=number, content=content, reason=reason, made_by=by, made_at=at)
    documents.make_paper(measure.sheet.kind, paper_content(measure, by=by), number=measure.sheet.number, sheet=measure.pk,
                         version=number, by=by, at=at)  # fmt: skip


@transaction.atomic
def adjust(sheet: Sheet, *, by: Person, at: datetime, reason: str, **texts: Any) -> Sheet:
    """Adjust a measure because the risk changed: a new version to the same audience, filed again."""
    refuse_unless(
        fresh(reason), _("调整须写明风险的变化"), rule=decree188.by_name("adjust"), code="reason_missing", status=422
    )
    changes = {k: v for k, v in texts.items() if k in TEXTS and v not in ("", None)}
    measure = Measure.objects.get(pk=sheet.pk)
    changes = {k: v for k, v in changes.items() if getattr(measure, k) != v}
    refuse_unless(changes, _("没有改动"), code="nothing_changed", status=422)
    Measure.objects.filter(pk=sheet.pk).update(**changes)
    advance(
        sheet, "adjust", by=by, at=at, content={"reason": reason, "changes": {k: str(v) for k, v in changes.items()}}
    )
    _renew(sheet, reason, by=by, at=at)
    return sheet


@transaction.atomic
def extend(sheet: Sheet, *, by: Person, at: datetime, reason: str, ends_on: date) -> Sheet:
    """Extend a term before it is over, on fresh grounds."""
    refuse_unless(
        fresh(reason), _("延期须写明新的理由"), rule=decree188.by_name("adjust"), code="reason_missing", status=422
    )
    refuse_unless(sheet.ends_on is not None, _("本措施没有期限，不需要延期"), code="no_term")
    refuse_unless(
        sheet.ends_on is None or ends_on > sheet.ends_on, _("新的期限应晚于原期限"), code="term_past", status=422
    )
    old = sheet.ends_on
    advance(sheet, "extend", by=by, at=at, content={"reason": reason, "from": old, "to": ends_on})
    Sheet.objects.filter(pk=sheet.pk).update(ends_on=ends_on)
    _renew(sheet, reason, by=by, at=at)
    return sheet


def _renew(sheet: Sheet, reason: str, *, by: Person, at: datetime) -> None:
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    number = measure.versions.count() + 1
    _keep_version(measure, number, reason, by=by, at=at)
    filing.open_filing(measure.sheet, version=number, by=by, at=at)
    outbox.tell(_audience(measure), subject=_("措施有变更：%(title)s（第%(n)s版）") % {"title": sheet.title, "n": number}, at=at,
                sheet=sheet, body=reason)  # fmt: skip
    instructions.put(measure, f"v{number}", at=at)
    sheet.refresh_from_db()


def _audience(measure: Measure) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=measure.addressees.values("organisation")))


@transaction.atomic
def lift(sheet: Sheet, *, by: Person, at: datetime, reason: str, why: str = "low") -> Sheet:
    """Lift a measure because the risk is gone or low enough; everybody who was told is told again."""
    refuse_unless(
        reason.strip(), _("解除须写明理由"), rule=decree188.by_name("lift_when_gone"), code="reason_missing", status=422
    )
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    Measure.objects.filter(pk=sheet.pk).update(lift_reason=reason)
    Line.objects.filter(measure=measure, lifted_on=None).update(lifted_on=shanghai_date(at))
    Sheet.objects.filter(pk=sheet.pk).update(lifted_on=shanghai_date(at))
    outbox.tell(
        _audience(measure), subject=_("措施已解除：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=reason
    )
    instructions.put(measure, "stop", at=at)
    return advance(sheet, "lift", by=by, at=at, content={"reason": reason, "why": why})


@transaction.atomic
def lift_lines(sheet: Sheet, lines: Iterable[Line], *, by: Person, at: datetime, reason: str) -> Sheet:
    """Lift single batches; with the last one the measure itself is lifted, in the same transaction."""
    keys = [line.pk for line in lines]
    Line.objects.filter(measure=sheet.pk, pk__in=keys, lifted_on=None).update(lifted_on=shanghai_date(at))
    if not Line.objects.filter(measure=sheet.pk, lifted_on=None).exists():
        return lift(sheet, by=by, at=at, reason=reason)
    from riskwatch.case import journalling

    journalling.record(sheet, f"{sheet.kind}.lift_lines", by=by, at=at, rule="lift_when_gone",
                       content={"lines": keys, "reason": reason})  # fmt: skip
    return sheet


@transaction.atomic
def execute(sheet: Sheet, line: Line, *, by: Person, at: datetime, returned: Decimal, destroyed: Decimal, recalled: Decimal,
            corrected: Decimal, unaccounted_reason: str = "") -> Sheet:  # fmt: skip
    """Record what became of a batch; more than was affected is refused."""
    from riskwatch.case import journalling
    from riskwatch.case.actions import refuse_without_post

    refuse_without_post(sheet.owner, ("case_officer", "verifier"), by=by, at=at)
    total = returned + destroyed + recalled + corrected
    row = Line.objects.select_for_update().get(pk=line.pk, measure=sheet.pk)
    refuse_unless(min(returned, destroyed, recalled, corrected) >= 0, _("数量不能为负"), code="negative", status=422)
    refuse_unless(total <= row.affected, _("合计%(total)s超过涉及数量%(affected)s") % {"total": total, "affected": row.affected},
                  remedy=_("核对各项数量"), rule=decree188.by_name("rapid_responses"), code="too_many", status=422)  # fmt: skip
    Line.objects.filter(pk=row.pk).update(returned=returned, destroyed=destroyed, recalled=recalled, corrected=corrected,
                                          unaccounted_reason=unaccounted_reason[:300])  # fmt: skip
    journalling.record(sheet, f"{sheet.kind}.execute", by=by, at=at, content={"line": row.pk, "total": str(total)})
    return sheet


@transaction.atomic
def fulfil(sheet: Sheet, *, by: Person, at: datetime, outcome: str) -> Sheet:
    """Verified execution ends an order, survey or joint handling; quantities must balance or say why not."""
    from django.db.models import F

    done = F("returned") + F("destroyed") + F("recalled") + F("corrected")
    open_lines = Line.objects.filter(Q(affected__gt=done), measure=sheet.pk, lifted_on=None, unaccounted_reason="")
    if open_lines.exists():
        names = "、".join(line.batch for line in open_lines[:5])
        raise Refusal(_("批次%(names)s的数量尚未结清") % {"names": names}, remedy=_("登记执行数量，或说明差额原因"),
                      rule=decree188.by_name("rapid_responses"), code="unbalanced")  # fmt: skip
    unserved = Addressee.objects.filter(measure=sheet.pk, served_on=None)
    refuse_unless(
        sheet.kind != "order" or not unserved.exists(), _("尚有相对人未送达"), remedy=_("先完成送达"), code="unserved"
    )
    Measure.objects.filter(pk=sheet.pk).update(outcome=outcome)
    return advance(sheet, "fulfil", by=by, at=at, content={"outcome": outcome})


@transaction.atomic
def cancel(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Give a draft up."""
    return advance(sheet, "cancel", by=by, at=at, content={"reason": reason})
