"""Registering, scope, entry into the register; with reporting, additions, handling and amending beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.scope import Scope, excluded_products
from riskwatch.case import deadlines, outbox
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, attach, begin
from riskwatch.collection import recording
from riskwatch.collection.additions import add_by_receipt, add_to, answer, of_receipt, withdraw, withdraw_by_receipt
from riskwatch.collection.amending import amend
from riskwatch.collection.handling import reassign, take_charge
from riskwatch.collection.models import Information
from riskwatch.collection.promoting import enter_rows
from riskwatch.collection.queries import turned_away
from riskwatch.collection.recording import FIELDS, information
from riskwatch.collection.remit import refuse_foreign_arrival, refuse_outside_remit
from riskwatch.collection.reporting import own_organisation, report_as_organisation, report_as_person
from riskwatch.collection.scoping import confirm
from riskwatch.documents import actions as documents
from riskwatch.look.words import clauses, either, labelled
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import refuse_unless

__all__ = [
    "FIELDS", "add_by_receipt", "add_to", "amend", "answer", "confirm", "enter", "enter_rows", "information", "of_receipt",
    "own_organisation", "reassign", "refuse_scope", "register", "report_as_organisation", "report_as_person",
    "take_charge", "transfer_out", "withdraw", "withdraw_by_receipt",
]  # fmt: skip


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
    recording.refuse_no_receiver(office)
    clean = recording.checked(facts)
    refuse_foreign_arrival(office, clean, shanghai_date(at))
    plan = Plan(
        kind="information", title=title, owner=office, words=recording.words(clean), handler=by,
        number=documents.record_number("RI", office=office.code, at=at),
        due_on=deadlines.due_on("handling", shanghai_date(at)),
    )  # fmt: skip
    sheet = begin(plan, "receive", by=by, at=at, content={"facts": clean})
    recording.put(sheet, clean, at=at)
    attach(sheet, files, by=by, at=at)
    return sheet


@transaction.atomic
def refuse_scope(sheet: Sheet, *, by: Person, at: datetime, reason: str, elsewhere: str = "") -> Sheet:
    """Do not take goods outside the regulation, saying why and where to go instead."""
    info = information(sheet)
    refuse_unless(info.scope != Scope.IN, _("按商品编码属于工业品，不能以超出范围为由不予受理"),
                  remedy=_("先更正商品编码"), rule=decree188.by_name("excluded_products"), code="in_scope")  # fmt: skip
    Information.objects.filter(pk=sheet.pk).update(scope="out", scope_reason=reason[:300], elsewhere=elsewhere[:200])
    advance(sheet, "refuse_scope", by=by, at=at, content={"reason": reason, "elsewhere": elsewhere})
    _tell_reporters(sheet, _("不予受理：%(title)s"), at=at)
    return sheet


@transaction.atomic
def transfer_out(sheet: Sheet, *, by: Person, at: datetime, reason: str, elsewhere: str) -> Sheet:
    """Send a piece to another authority."""
    Information.objects.filter(pk=sheet.pk).update(elsewhere=elsewhere[:200])
    advance(sheet, "transfer_out", by=by, at=at, content={"reason": reason, "to": elsewhere})
    _tell_reporters(sheet, _("已移送其他部门：%(title)s"), at=at)
    return sheet


def _tell_reporters(sheet: Sheet, subject: str, *, at: datetime) -> None:
    """Tell the organisations that reported a piece why it was not taken and where it belongs."""
    said = clauses(labelled(*pair) for pair in turned_away(information(sheet), sheet.stage))
    reporters = Organisation.objects.filter(pk__in=sheet.concerns.filter(part="reporter").values("organisation"))
    outbox.tell(reporters, subject=subject % {"title": sheet.title}, at=at, sheet=sheet, body=said)


@transaction.atomic
def enter(sheet: Sheet, *, by: Person, at: datetime, commodity_code: str = "", in_scope: bool = False, reason: str = "",
          aspects: Iterable[str] = (), spread: str = "", spread_reason: str = "") -> Sheet:  # fmt: skip
    """Enter a verified piece into the register; a mixed chapter needs a person's word with the reason."""
    info = information(sheet)
    changes = recording.checked({"commodity_code": commodity_code or info.commodity_code,
                                 "aspects": list(aspects) or info.aspects, "spread": spread,
                                 "spread_reason": spread_reason})  # fmt: skip
    refuse_unless(not info.commodity_code or changes["commodity_code"] == info.commodity_code,
                  _("商品编码已经核实，录入时不能改动"), remedy=_("先办理更正，由另一人审核"), code="verified_code",
                  rule=decree188.by_name("separation_of_duties"))  # fmt: skip
    why = _scope_reason(info, changes["commodity_code"], in_scope=in_scope, reason=reason)
    refuse_unless(
        changes["aspects"],
        _("至少选一个方面"),
        remedy=_("勾选安全、卫生、环保、健康、反欺诈中的一项或几项"),
        rule=decree188.by_name("aspects"),
        code="aspect_missing",
        status=422,
    )
    Information.objects.filter(pk=sheet.pk).update(
        **changes, scope="in", scope_reason=why[:300], entered_on=shanghai_date(at)
    )
    refuse_outside_remit(sheet, shanghai_date(at))
    return advance(sheet, "enter", by=by, at=at, content={"changes": changes, "reason": reason})


def _scope_reason(info: Information, code: str, *, in_scope: bool, reason: str) -> str:
    answer = excluded_products(code)
    refuse_unless(answer.scope != Scope.OUT and info.scope != Scope.OUT, info.scope_reason if info.scope == Scope.OUT else either(answer.reason_zh, answer.reason_en),
                  remedy=_("不予受理或移送"), rule=decree188.by_name("excluded_products"), code="out_of_scope")  # fmt: skip
    said_before = info.scope == Scope.IN and code == info.commodity_code
    if answer.scope == Scope.MIXED and not said_before:
        refuse_unless(in_scope and reason.strip(), _("%(why)s：须确认属于工业品并写明理由") % {"why": either(answer.reason_zh, answer.reason_en)},
                      remedy=_("勾选“属于工业品”并填写理由，或不予受理"), rule=decree188.by_name("excluded_products"),
                      code="mixed_scope", status=422)  # fmt: skip
    return reason or (info.scope_reason if said_before else answer.reason_zh)
