"""A measure before it is issued: drafted, changed, reviewed, returned, sent up to headquarters, given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import journalling, outbox
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import advance, lock
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, begin, concern, index_words
from riskwatch.look.words import either, listed, sentence
from riskwatch.measures import checks
from riskwatch.measures.checks import rule_book
from riskwatch.measures.models import Addressee, Line, Measure
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless

TEXTS = ("product", "commodity_code", "risk", "text", "required_actions", "compulsory", "basis", "advice", "grounds",
         "order_kind", "perform_by", "regime_from", "regime_to", "scope", "plan", "facts", "proposal")  # fmt: skip
Lines = Iterable[Sequence[Any]]


@transaction.atomic
def draft(
    decision: Sheet,
    kind: str,
    *,
    title: str,
    texts: Mapping[str, Any],
    addressees: Iterable[Organisation] = (),
    measured: Iterable[Organisation] = (),
    role_in_case: str = "",
    lines: Lines = (),
    ends_on: date | None = None,
    by: Person,
    at: datetime,
) -> Sheet:
    """Draft a measure that a decision calls for; kinds that the house cannot yet do by the book refuse here.

    ``measured`` are operators that a measure hits without being addressed to them; ``role_in_case`` is what the
    operators are in this case.
    """
    rules, today, to, hit = rule_book(kind), shanghai_date(at), list(addressees), list(measured)
    refuse_unless(not rules.refuses, either(rules.refuses, rules.refuses_en), remedy=_("按现行程序在线下办理"), rule=decree188.by_name("rapid_responses"),
                  code="not_available")  # fmt: skip
    checks.refuse_undecided(decision)
    _refuse_contents(kind, to, texts, ends_on, today)
    plan = Plan(
        kind=kind, title=title, owner=decision.owner, folder=decision.folder, causes=(decision,), words=_words(texts),
        parts={"addressee": to, "measured": hit},
    )  # fmt: skip
    sheet = begin(plan, "draft", by=by, at=at, content={"title": title, "texts": dict(texts)})
    Sheet.objects.filter(pk=sheet.pk).update(
        ends_on=ends_on, ends_by_itself=rules.ends_by_itself and ends_on is not None
    )
    measure = Measure.objects.create(sheet=sheet, **{k: v for k, v in texts.items() if k in TEXTS and v})
    _address(measure, to, role_in_case)
    _set_lines(measure, lines, to)
    sheet.refresh_from_db()
    return sheet


def _refuse_contents(
    kind: str, to: list[Organisation], texts: Mapping[str, Any], ends_on: date | None, today: date
) -> None:
    checks.refuse_addressees(kind, to)
    checks.refuse_term(kind, ends_on, today)
    checks.refuse_past("perform_by", _("履行期限"), texts.get("perform_by") or None, today)


def _words(texts: Mapping[str, Any]) -> str:
    return " ".join(str(texts.get(k) or "") for k in ("product", "commodity_code", "risk"))[:2000]


def _address(measure: Measure, to: list[Organisation], role_in_case: str) -> None:
    Addressee.objects.bulk_create([Addressee(measure=measure, organisation=o) for o in to])
    measure.sheet.concerns.filter(organisation__kind="operator").update(role_in_case=role_in_case)


def _set_lines(measure: Measure, lines: Lines, to: list[Organisation]) -> None:
    Line.objects.bulk_create(
        [Line(measure=measure, batch=b, affected=n, unit=u, organisation=o) for b, n, u, o in checks.batches(lines, to)]
    )


@transaction.atomic
def redraft(
    sheet: Sheet,
    *,
    by: Person,
    at: datetime,
    title: str,
    ends_on: date | None = None,
    addressees: Iterable[Organisation] | None = None,
    measured: Iterable[Organisation] | None = None,
    role_in_case: str | None = None,
    lines: Lines | None = None,
    **texts: Any,
) -> Sheet:
    """Change a draft that nobody has reviewed, or that was returned; what is not given stays as it is."""
    now = lock(sheet)
    refuse_unless(now.stage == "drafted", _("已审核的文稿不能修改"), remedy=_("请审核人退回"), code="moved")
    measure = Measure.objects.select_related("sheet").get(pk=sheet.pk)
    before = [a.organisation for a in measure.addressees.select_related("organisation")]
    to = before if addressees is None else list(addressees)
    new = {k: v for k, v in texts.items() if k in TEXTS and (getattr(measure, k) or "") != (v or "")}
    _refuse_contents(sheet.kind, to, new, ends_on, shanghai_date(at))
    changes = {k: {"from": str(getattr(measure, k) or ""), "to": str(v or "")} for k, v in new.items()}
    changes |= {k: {"from": str(a or ""), "to": str(b or "")}
                for k, a, b in (("title", now.title, title), ("ends_on", now.ends_on, ends_on)) if a != b}  # fmt: skip
    if {o.pk for o in to} != {o.pk for o in before}:
        changes["addressees"] = {"from": listed(map(str, before)), "to": listed(map(str, to))}
    Measure.objects.filter(pk=sheet.pk).update(**{k: v or (None if k == "perform_by" else "") for k, v in new.items()})
    itself = rule_book(sheet.kind).ends_by_itself and ends_on is not None
    measure.refresh_from_db()
    words = _words({k: getattr(measure, k) for k in TEXTS})
    Sheet.objects.filter(pk=sheet.pk).update(title=title, ends_on=ends_on, ends_by_itself=itself, words=words)
    _rewrite(measure, to, measured, role_in_case, lines)
    index_words([sheet.pk])
    return advance(sheet, "redraft", by=by, at=at, content={"changes": changes})


def _rewrite(
    measure: Measure,
    to: list[Organisation],
    measured: Iterable[Organisation] | None,
    role_in_case: str | None,
    lines: Lines | None,
) -> None:
    sheet = measure.sheet
    for part, organisations in (("addressee", to), ("measured", measured)):
        if organisations is not None:
            named = list(organisations)
            sheet.concerns.filter(part=part).exclude(organisation__in=named).delete()
            concern(sheet, part, named)
    if lines is not None:
        measure.lines.all().delete()
        _set_lines(measure, lines, to)
    measure.lines.exclude(organisation=None).exclude(organisation__in=to).update(organisation=None)
    measure.addressees.exclude(organisation__in=to).delete()
    known = set(measure.addressees.values_list("organisation", flat=True))
    Addressee.objects.bulk_create([Addressee(measure=measure, organisation=o) for o in to if o.pk not in known])
    if role_in_case is not None:
        sheet.concerns.filter(organisation__kind="operator").update(role_in_case=role_in_case)


@transaction.atomic
def set_role(sheet: Sheet, *, organisation: Organisation, role_in_case: str, by: Person, at: datetime) -> Sheet:
    """Record what one operator is in this case and direction; another may be something else in the same measure."""
    lock(sheet)
    post = refuse_without_post(sheet.owner, ("case_officer",), by=by, at=at)
    changed = sheet.concerns.filter(organisation=organisation).update(role_in_case=role_in_case)
    refuse_unless(
        changed, _("该单位与本措施无关"), remedy=_("改选主送对象或受影响的企业"), code="not_addressee", status=404
    )
    journalling.record(sheet, f"{sheet.kind}.set_role", by=by, at=at, rule="operator_roles",
                       content={"organisation": organisation.pk, "role": role_in_case}, holder=post.holder)  # fmt: skip
    return sheet


@transaction.atomic
def review(sheet: Sheet, *, by: Person, at: datetime, secrecy_reviewed: bool, remark: str = "") -> Sheet:
    """Review a draft: complete for its kind, and nothing secret in what goes out."""
    lock(sheet)
    measure = Measure.objects.get(pk=sheet.pk)
    missing = checks.missing_fields(sheet.kind, measure)
    if missing:
        raise Refusal(_("文稿缺少：%(what)s") % {"what": listed(missing.values())}, remedy=_("退回补全"), code="incomplete",
                      status=422, fields=missing)  # fmt: skip
    refuse_unless(secrecy_reviewed or rule_book(sheet.kind).audience == "offices", _("对外文稿须先作保密审查"), remedy=_("审查后勾选"),
                  rule=decree188.by_name("secrecy"), code="secrecy_unreviewed", status=422)  # fmt: skip
    Measure.objects.filter(pk=sheet.pk).update(secrecy_reviewed=secrecy_reviewed, returned_because="")
    return advance(sheet, "review", by=by, at=at, content={"secrecy_reviewed": secrecy_reviewed, "remark": remark})


@transaction.atomic
def send_up(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """Hand a reviewed draft that only headquarters may issue to headquarters; the case stays where it is."""
    now = lock(sheet)
    refuse_unless(checks.sent_up(now.kind, now.owner), _("本文稿不需要报请总署发布"), remedy=_("由本单位签发"), code="own_level",
                  rule=decree188.by_name("warning_kinds"))  # fmt: skip
    headquarters = parties.headquarters()
    advance(sheet, "send_up", by=by, at=at, content={"from": now.owner.code, "remark": remark})
    Measure.objects.filter(pk=sheet.pk).update(drafted_for=now.owner)
    Sheet.objects.filter(pk=sheet.pk).update(owner=headquarters)
    outbox.tell([headquarters], subject=sentence("%(office)s报请发布：%(title)s", office=now.owner, title=sheet.title), at=at,
                sheet=sheet, role="issuer", body=remark)  # fmt: skip
    sheet.refresh_from_db()
    return sheet


@transaction.atomic
def send_back(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Return a draft to who drafted it; one that was sent up goes back to its office."""
    advance(sheet, "send_back", by=by, at=at, content={"reason": reason})
    drafted_for = Measure.objects.get(pk=sheet.pk).drafted_for_id
    Measure.objects.filter(pk=sheet.pk).update(returned_because=reason, drafted_for=None)
    if drafted_for:
        Sheet.objects.filter(pk=sheet.pk).update(owner=drafted_for)
        sheet.refresh_from_db()
    outbox.tell([sheet.owner], subject=sentence("文稿退回修改：%(title)s", title=sheet.title), at=at, sheet=sheet, body=reason,
                role="case_officer")  # fmt: skip
    return sheet


@transaction.atomic
def cancel(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """Give a draft up."""
    return advance(sheet, "cancel", by=by, at=at, content={"reason": reason})
