"""Registering, reporting, scope, additions, withdrawal, answers, amending; each step journalled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.collection import operator_must_report
from decree188.identifiers import InvalidIdentifier, check_commodity_code, check_declaration_number
from decree188.scope import Scope, excluded_products
from riskwatch.case import actions as case
from riskwatch.case import deadlines, journalling, outbox
from riskwatch.case.lifecycle import advance, posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, attach, begin, put
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection import identities
from riskwatch.collection.models import Addition, Information, Report
from riskwatch.documents import actions as documents
from riskwatch.parties.models import Organisation, Person, Qualification
from riskwatch.refusals import Refusal, refuse_unless

FIELDS = (
    "source_kind", "source_words", "reference", "url", "occurred_on", "published_on", "direction", "text", "product",
    "brand", "model", "batch", "commodity_code", "quantity", "origin", "maker", "importer", "port", "declaration_number",
    "hazard", "hazard_text", "injuries", "deaths", "injured", "disposition", "aspects", "spread", "spread_reason",
)  # fmt: skip


def _checked(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with their codes checked; the field at fault is named."""
    clean = {k: v for k, v in facts.items() if k in FIELDS and v is not None}
    problems: dict[str, str] = {}
    for name, check in (("commodity_code", check_commodity_code), ("declaration_number", _declaration)):
        if clean.get(name):
            try:
                clean[name] = check(clean[name])
            except InvalidIdentifier as error:
                problems[name] = error.reason_zh
    if clean.get("source_kind") == "other" and not clean.get("source_words", "").strip():
        problems["source_words"] = _("来源为“其它”时须说明")
    if clean.get("spread") and not clean.get("spread_reason", "").strip():
        problems["spread_reason"] = _("判断影响范围须写明理由")
    if problems:
        raise Refusal(
            "；".join(problems.values()), remedy=_("改正后再提交"), code="wrong_fields", status=422, fields=problems
        )
    return clean


def _declaration(text: str) -> str:
    exists = set(Organisation.objects.filter(kind="office").values_list("code", flat=True))
    return check_declaration_number(text, district_exists=exists.__contains__)


def _words(facts: Mapping[str, Any]) -> str:
    names = (
        "reference",
        "product",
        "brand",
        "model",
        "batch",
        "commodity_code",
        "declaration_number",
        "maker",
        "importer",
    )
    return " ".join(str(facts[n]) for n in names if facts.get(n))


def _put(sheet: Sheet, facts: dict[str, Any], *, at: datetime) -> Information:
    answer = excluded_products(facts.get("commodity_code", ""))
    facts.setdefault("hazard", "") or facts.update(
        hazard=catalogue.guess_hazard(f"{sheet.title} {facts.get('hazard_text', '')} {facts.get('text', '')[:500]}")
    )
    return Information.objects.create(
        sheet=sheet, received_at=at, scope=str(answer.scope), scope_reason=answer.reason_zh,
        elsewhere=answer.elsewhere_zh, origin_code=catalogue.country(facts.get("origin", "")), **facts,
    )  # fmt: skip


@transaction.atomic
def register(
    office: Organisation,
    *,
    title: str,
    facts: Mapping[str, Any],
    files: Iterable[File[Any]] = (),
    by: Person,
    at: datetime,
) -> Sheet:
    """Register one piece of information by hand, with a number and a day by which it is dealt with."""
    clean = _checked(facts)
    plan = Plan(
        kind="information", title=title, owner=office, words=_words(clean), handler=by,
        number=documents.record_number("RI", office=office.code, at=at),
        due_on=deadlines.due_on("handling", shanghai_date(at)),
    )  # fmt: skip
    sheet = begin(plan, "receive", by=by, at=at, content={"facts": clean})
    _put(sheet, clean, at=at)
    attach(sheet, files, by=by, at=at)
    return sheet


@transaction.atomic
def report_as_organisation(
    organisation: Organisation,
    office: Organisation,
    *,
    title: str,
    facts: Mapping[str, Any],
    first_known_at: datetime,
    severe: bool,
    role_in_case: str = "",
    own_number: str = "",
    qualification: Qualification | None = None,
    files: Iterable[File[Any]] = (),
    by: Person,
    at: datetime,
) -> Sheet:
    """An operator or testing body reports a risk; whether it came in time is computed, its first knowledge fixed."""
    testing = organisation.kind == Organisation.Kind.TESTING_BODY
    refuse_unless(first_known_at <= at, _("首次知悉时间不能晚于现在"), code="future", status=422)
    if testing:
        _refuse_unqualified(own_number, qualification, at=at)
    kind = "testing_body" if testing else "operator_report"
    clean = _checked({**facts, "source_kind": kind})
    plan = Plan(
        kind="information", title=title, owner=office, words=_words(clean),
        number=documents.record_number("RI", office=office.code, at=at),
        due_on=deadlines.due_on("handling", shanghai_date(at)), parts={"reporter": [organisation]},
    )  # fmt: skip
    sheet = begin(plan, "submit", by=by, at=at, content={"facts": clean, "first_known_at": first_known_at})
    information = _put(sheet, clean, at=at)
    Report.objects.create(
        information=information, organisation=organisation, role_in_case=role_in_case, first_known_at=first_known_at,
        reported_at=at, severe=severe, in_time=_in_time(first_known_at, at, severe), own_number=own_number,
        qualification=qualification,
    )  # fmt: skip
    attach(sheet, files, by=by, at=at)
    outbox.tell([office], subject=_("收到报告：%(title)s") % {"title": title}, at=at, sheet=sheet, role="registrar")
    return sheet


def _in_time(first_known: datetime, reported: datetime, severe: bool) -> bool:
    on = shanghai_date(first_known)
    return operator_must_report(
        first_known, reported, severe=severe, hours=deadlines.limit("operator_report_severe", on).length,
        working_days=deadlines.limit("operator_report", on).length, calendar=deadlines.calendar(),
    )  # fmt: skip


def _refuse_unqualified(own_number: str, qualification: Qualification | None, *, at: datetime) -> None:
    today = shanghai_date(at)
    refuse_unless(own_number.strip(), _("检测机构报告须填写检测报告编号"), rule=decree188.by_name("testing_body_must_report"),
                  code="report_number_missing", status=422)  # fmt: skip
    valid = qualification is not None and qualification.valid_from <= today <= qualification.valid_until
    valid = valid and (qualification is None or qualification.withdrawn_on is None)
    refuse_unless(valid, _("检测机构的资质在今天无效"), remedy=_("更新资质后再报告"),
                  rule=decree188.by_name("testing_body_must_report"), code="unqualified")  # fmt: skip


@transaction.atomic
def report_as_person(
    office: Organisation,
    *,
    title: str,
    facts: Mapping[str, Any],
    who: dict[str, str],
    files: Iterable[File[Any]] = (),
    by: Person,
    at: datetime,
) -> tuple[Sheet, str]:
    """A member of the public reports under their own name. Returns the record and the receipt's secret.

    The identity goes into its own encrypted store; the record does not name the reporter. ``by`` is the portal's
    service account.
    """
    missing = decree188.collection.real_name_reports(who.get("name", ""), who.get("proof", ""))
    refuse_unless(not missing, _("请填写真实姓名和身份证件号码"), remedy=_("不愿实名的，可以通过其他渠道反映"),
                  rule=decree188.by_name("real_name_reports"), code="name_missing", status=422)  # fmt: skip
    clean = _checked({**facts, "source_kind": "consumer_complaint"})
    plan = Plan(
        kind="information", title=title, owner=office, words=_words(clean),
        number=documents.record_number("RI", office=office.code, at=at),
        due_on=deadlines.due_on("handling", shanghai_date(at)),
    )  # fmt: skip
    sheet = put(plan, stage="received", by=by, at=at)
    secret = identities.new_secret()
    identities.seal(_put(sheet, clean, at=at), who, secret=secret, at=at)
    attach(sheet, files, by=by, at=at)
    outbox.tell([office], subject=_("收到实名报告：%(title)s") % {"title": title}, at=at, sheet=sheet, role="registrar")
    journalling.record(sheet, "information.receive", by=by, at=at, rule="real_name_reports", content={"facts": clean})
    return sheet, secret


@transaction.atomic
def refuse_scope(sheet: Sheet, *, by: Person, at: datetime, reason: str, elsewhere: str = "") -> Sheet:
    """Do not take goods outside the regulation, saying why and where to go instead."""
    info = information(sheet)
    refuse_unless(info.scope != Scope.IN, _("按商品编码属于工业品，不能以超出范围为由不予受理"),
                  remedy=_("先更正商品编码"), rule=decree188.by_name("excluded_products"), code="in_scope")  # fmt: skip
    Information.objects.filter(pk=sheet.pk).update(scope="out", scope_reason=reason[:300], elsewhere=elsewhere[:200])
    return advance(sheet, "refuse_scope", by=by, at=at, content={"reason": reason, "elsewhere": elsewhere})


@transaction.atomic
def transfer_out(sheet: Sheet, *, by: Person, at: datetime, reason: str, elsewhere: str) -> Sheet:
    """Send a piece to another authority."""
    Information.objects.filter(pk=sheet.pk).update(elsewhere=elsewhere[:200])
    return advance(sheet, "transfer_out", by=by, at=at, content={"reason": reason, "to": elsewhere})


@transaction.atomic
def enter(sheet: Sheet, *, by: Person, at: datetime, commodity_code: str = "", in_scope: bool = False, reason: str = "",
          aspects: Iterable[str] = (), spread: str = "", spread_reason: str = "") -> Sheet:  # fmt: skip
    """Enter a verified piece into the register; a mixed chapter needs a person's word with the reason."""
    info = information(sheet)
    changes = _checked({"commodity_code": commodity_code or info.commodity_code, "aspects": list(aspects) or info.aspects,
                        "spread": spread, "spread_reason": spread_reason})  # fmt: skip
    answer = excluded_products(changes["commodity_code"])
    refuse_unless(answer.scope != Scope.OUT, answer.reason_zh, remedy=_("不予受理或移送"),
                  rule=decree188.by_name("excluded_products"), code="out_of_scope")  # fmt: skip
    if answer.scope == Scope.MIXED:
        refuse_unless(in_scope and reason.strip(), _("%(why)s：须确认属于工业品并写明理由") % {"why": answer.reason_zh},
                      remedy=_("勾选“属于工业品”并填写理由，或不予受理"), rule=decree188.by_name("excluded_products"),
                      code="mixed_scope", status=422)  # fmt: skip
    refuse_unless(
        changes["aspects"], _("至少选一个方面"), rule=decree188.by_name("aspects"), code="aspect_missing", status=422
    )
    Information.objects.filter(pk=sheet.pk).update(
        **changes, scope="in", scope_reason=(reason or answer.reason_zh)[:300], entered_on=shanghai_date(at)
    )
    return advance(sheet, "enter", by=by, at=at, content={"changes": changes, "reason": reason})


@transaction.atomic
def take_charge(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """Become the handling officer of a piece."""
    case.refuse_without_post(sheet.owner, ("registrar", "verifier", "case_officer"), by=by, at=at)
    Sheet.objects.filter(pk=sheet.pk).update(handler=by)
    journalling.record(sheet, "information.take_charge", by=by, at=at, content={"remark": remark})
    sheet.refresh_from_db()
    return sheet


@transaction.atomic
def add_to(sheet: Sheet, *, by: Person, at: datetime, text: str) -> Sheet:
    """Add to one's report, or to any piece as an officer."""
    Addition.objects.create(information=information(sheet), text=text, at=at)
    journalling.record(sheet, "information.add", by=by, at=at, content={"text": text})
    return sheet


@transaction.atomic
def answer(sheet: Sheet, *, by: Person, at: datetime, text: str) -> Sheet:
    """Customs' answer to a report; the reporter reads it at the counter or with the receipt."""
    case.refuse_without_post(sheet.owner, ("registrar", "verifier", "case_officer", "approver"), by=by, at=at)
    Report.objects.filter(information=sheet.pk).update(answer=text, answered_at=at)
    Addition.objects.create(information=information(sheet), text=_("海关答复：") + text, at=at)
    reporters = Organisation.objects.filter(pk__in=sheet.concerns.filter(part="reporter").values("organisation"))
    outbox.tell(reporters, subject=_("海关已答复：%(title)s") % {"title": sheet.title}, at=at, sheet=sheet, body=text)
    journalling.record(sheet, "information.answer", by=by, at=at, content={"text": text})
    return sheet


@transaction.atomic
def amend(sheet: Sheet, *, by: Person, at: datetime, reason: str, **facts: Any) -> Sheet:
    """Mend typing errors: old and new value stand in the journal. First knowledge is not among them."""
    case.refuse_without_post(sheet.owner, ("registrar", "case_officer"), by=by, at=at)
    info = information(sheet)
    clean = _checked({k: v for k, v in facts.items() if v not in ("", None)})
    changes = {k: (getattr(info, k), v) for k, v in clean.items() if getattr(info, k) != v}
    refuse_unless(changes, _("没有改动"), code="nothing_changed")
    Information.objects.filter(pk=sheet.pk).update(**{k: new for k, (_old, new) in changes.items()})
    fresh = information(sheet)
    Sheet.objects.filter(pk=sheet.pk).update(words=_words({f: getattr(fresh, f) for f in FIELDS}))
    case.amend(sheet, changes, by=by, at=at, reason=reason)
    sheet.refresh_from_db()
    return sheet


@transaction.atomic
def withdraw(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """The reporter withdraws; what was reported stays on record."""
    return advance(sheet, "withdraw", by=by, at=at, content={"reason": reason})


def information(sheet: Sheet) -> Information:
    """The information on a sheet."""
    return Information.objects.select_related("sheet").get(pk=sheet.pk)


def own_organisation(person: Person, at: datetime, *kinds: str) -> Organisation:
    """The organisation of some kind that a person acts for; refused when they act for none."""
    posts = [p for p in posts_of(person, at).posts if p.kind in kinds]
    refuse_unless(posts, _("您没有代表单位办理的岗位"), code="no_post", status=403)
    return Organisation.objects.get(pk=posts[0].organisation)
