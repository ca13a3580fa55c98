"""What is said on a piece later: the reporter's additions, notes kept inside, customs' answers; and withdrawal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from riskwatch.case import actions as case
from riskwatch.case import journalling, outbox
from riskwatch.case.lifecycle import advance, lock, part_post, posts_of, refuse_recused, step
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import attach
from riskwatch.case.steps import FIRM
from riskwatch.collection import identities
from riskwatch.collection.models import Addition, Identity, Report
from riskwatch.collection.recording import information
from riskwatch.look.words import sentence
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless

OVER = ("out_of_scope", "transferred", "withdrawn")
REPORTERS = (*FIRM, "tester", "body_head")
ANSWERING = ("registrar", "verifier", "case_officer", "approver")


def _say(sheet: Sheet, kind: str, audience: str, text: str, *, by: Person, at: datetime) -> None:
    Addition.objects.create(
        information=information(sheet), kind=kind, audience=audience, author=by, text=text, at=at
    )  # fmt: skip


@transaction.atomic
def add_to(sheet: Sheet, *, by: Person, at: datetime, text: str) -> Sheet:
    """Add to one's own report, which the reporter reads; or, as an official, a note that stays inside."""
    refuse_recused([by.pk], lock(sheet))
    own = part_post(sheet, "reporter", REPORTERS, posts_of(by, at))
    holder = own.holder if own else by.pk
    if own is None:
        holder = case.refuse_without_post(
            sheet.owner, ("registrar", "verifier", "case_officer"), by=by, at=at, about=sheet, jointly=True
        ).holder
    kind, audience = (
        (Addition.Kind.ADDITION, Addition.Audience.REPORTER) if own else (Addition.Kind.NOTE, Addition.Audience.INSIDE)
    )
    _say(sheet, kind, audience, text, by=by, at=at)
    journalling.record(sheet, "information.add", by=by, at=at, content={"text": text, "kind": kind}, holder=holder)
    return sheet


@transaction.atomic
def answer(sheet: Sheet, *, by: Person, at: datetime, text: str) -> Sheet:
    """Customs' answer to a report; the reporter reads it at the counter or with the receipt."""
    lock(sheet)
    post = case.refuse_without_post(sheet.owner, ANSWERING, by=by, at=at, about=sheet, jointly=True)
    refuse_unless(
        is_reported(sheet), _("这条信息没有报告人，无需答复"), remedy=_("需要记录的，办理“补充”"), code="no_reporter"
    )
    Report.objects.filter(information=sheet.pk).update(answer=text, answered_at=at)
    _say(sheet, Addition.Kind.ANSWER, Addition.Audience.REPORTER, text, by=by, at=at)
    reporters = Organisation.objects.filter(pk__in=sheet.concerns.filter(part="reporter").values("organisation"))
    outbox.tell(reporters, subject=sentence("海关已答复：%(title)s", title=sheet.title), at=at, sheet=sheet, body=text)
    journalling.record(sheet, "information.answer", by=by, at=at, content={"text": text}, holder=post.holder)
    return sheet


def is_reported(sheet: Sheet) -> bool:
    """Whether somebody waits for an answer: an organisation with an account, or a person with a receipt."""
    return (
        Report.objects.filter(information=sheet.pk).exists() or Identity.objects.filter(information=sheet.pk).exists()
    )


@transaction.atomic
def withdraw(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """The reporter withdraws; what was reported stays on record."""
    _tell_verifiers(sheet, reason, at=at)
    return advance(sheet, "withdraw", by=by, at=at, content={"reason": reason})


def _tell_verifiers(sheet: Sheet, reason: str, *, at: datetime) -> None:
    """Who is verifying a piece learns that its withdrawal ends that; the step itself ends it."""
    leaves = step("verification", "fall_away").leaves
    for task in Sheet.objects.filter(kind="verification", causes=sheet, stage__in=leaves).select_related("owner"):
        words = sentence("信息已撤回，核实终止：%(title)s", title=task.title)
        commissioned = Organisation.objects.filter(
            pk__in=task.concerns.filter(part="commissioned").values("organisation")
        )
        outbox.tell(commissioned, subject=words, at=at, sheet=task, body=reason)
        outbox.tell([task.owner], subject=words, at=at, sheet=task, body=reason, role="verifier")


def of_receipt(number: str, secret: str) -> Sheet:
    """The report of a receipt; a wrong number and a wrong secret are refused alike."""
    wanted = number.strip().upper()
    row = Identity.objects.filter(
        information__sheet__number=wanted, secret_digest=identities.digest_of(wanted, secret)
    ).first()
    if row is None:
        raise Refusal(_("编号或查询码不对"), remedy=_("核对回执上的编号和查询码"), code="wrong_receipt", status=404)
    return lock(Sheet.objects.get(pk=row.information_id))


@transaction.atomic
def add_by_receipt(
    number: str, secret: str, *, text: str, files: Iterable[File[Any]] = (), by: Person, at: datetime
) -> Sheet:
    """Whoever holds the receipt adds words and photos. ``by`` is the portal's service account."""
    sheet = of_receipt(number, secret)
    refuse_unless(
        sheet.stage not in OVER,
        _("这份报告已撤回、移送或不予受理，不能再补充"),
        remedy=_("有新情况的，另行报告"),
        code="over",
    )
    _say(sheet, Addition.Kind.ADDITION, Addition.Audience.REPORTER, text, by=by, at=at)
    attach(sheet, files, by=by, at=at)
    outbox.tell(
        [sheet.owner],
        subject=sentence("报告人补充：%(title)s", title=sheet.title),
        at=at,
        sheet=sheet,
        role="registrar",
    )
    journalling.record(sheet, "information.add", by=by, at=at, rule="real_name_reports",
                       content={"text": text, "kind": Addition.Kind.ADDITION, "receipt": True})  # fmt: skip
    return sheet


@transaction.atomic
def withdraw_by_receipt(number: str, secret: str, *, reason: str, by: Person, at: datetime) -> Sheet:
    """Whoever holds the receipt withdraws; what was reported stays on record."""
    sheet = of_receipt(number, secret)
    refuse_unless(reason.strip(), _("撤回须写明理由"), remedy=_("填写理由"), code="reason_missing", status=422,
                  rule=decree188.by_name("real_name_reports"))  # fmt: skip
    outbox.tell(
        [sheet.owner],
        subject=sentence("报告人撤回：%(title)s", title=sheet.title),
        at=at,
        sheet=sheet,
        role="registrar",
    )
    _tell_verifiers(sheet, reason, at=at)
    return advance(sheet, "withdraw_by_receipt", by=by, at=at, content={"reason": reason})
