"""How a measure ends: executed and verified, or lifted, whole or by batches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import journalling, outbox
from riskwatch.case.actions import refuse_without_post
from riskwatch.case.lifecycle import advance, lock
from riskwatch.case.models import Sheet
from riskwatch.look.words import listed, sentence
from riskwatch.measures import instructions, served
from riskwatch.measures.models import Addressee, Line, Measure
from riskwatch.measures.ports import Change, tell_followers
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal, refuse_unless


def _refuse_groundless(reason: str) -> None:
    refuse_unless(
        reason.strip(),
        _("解除须写明理由"),
        remedy=_("填写理由"),
        rule=decree188.by_name("lift_when_gone"),
        code="reason_missing",
        status=422,
    )


@transaction.atomic
def lift(
    sheet: Sheet, *, by: Person, at: datetime, reason: str, why: str = "low", release_duties: bool = False
) -> Sheet:
    """Lift a measure because the risk is gone or low enough; everybody who was told is told again.

    With ``release_duties`` the operators' duties that are still open under it are released with it.
    """
    _refuse_groundless(reason)
    lock(sheet)
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    Measure.objects.filter(pk=sheet.pk).update(lift_reason=reason)
    Line.objects.filter(measure=measure, lifted_on=None).update(lifted_on=shanghai_date(at))
    Sheet.objects.filter(pk=sheet.pk).update(lifted_on=shanghai_date(at))
    outbox.tell(
        served.audience(measure),
        subject=sentence("措施已解除：%(title)s", title=sheet.title),
        at=at,
        sheet=sheet,
        body=reason,
    )
    instructions.put(measure, "stop", at=at)
    advance(sheet, "lift", by=by, at=at, content={"reason": reason, "why": why})
    if release_duties:
        for duty in open_duties(sheet):
            advance(duty, "release", by=by, at=at, content={"reason": _("措施已解除：%(why)s") % {"why": reason}})
    tell_followers(sheet, Change.ENDED, by=by, at=at)
    return sheet


def open_duties(sheet: Sheet) -> list[Sheet]:
    """The duties under a measure that are not yet verified or released."""
    return list(Sheet.objects.filter(kind="duty", causes=sheet, stage__in=("open", "done")).order_by("pk"))


@transaction.atomic
def lift_lines(sheet: Sheet, lines: Iterable[Line], *, by: Person, at: datetime, reason: str) -> Sheet:
    """Lift single batches; with the last one the measure itself is lifted, in the same transaction."""
    _refuse_groundless(reason)
    lock(sheet)
    keys = sorted({line.pk for line in lines})
    rows = Line.objects.select_for_update().filter(measure=sheet.pk, pk__in=keys, lifted_on=None).order_by("pk")
    found = list(rows)
    refuse_unless(found and len(found) == len(keys), _("所选批次不在本措施中，或已解除"), remedy=_("刷新页面后重新选择"), code="not_open",
                  rule=decree188.by_name("lift_when_gone"))  # fmt: skip
    batches = [line.batch for line in found]
    Line.objects.filter(pk__in=keys).update(lifted_on=shanghai_date(at))
    advance(sheet, "lift_lines", by=by, at=at, content={"lines": keys, "batches": batches, "reason": reason})
    if not Line.objects.filter(measure=sheet.pk, lifted_on=None).exists():
        return lift(sheet, by=by, at=at, reason=reason)
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    owners = {line.organisation_id for line in found}
    told = [o for o in served.audience(measure) if None in owners or o.pk in owners]
    subject = sentence("部分批次已解除：%(title)s", title=sheet.title)
    outbox.tell(told, subject=subject, at=at, sheet=sheet, body=f"{'、'.join(batches)}：{reason}")
    tell_followers(sheet, Change.CONTENT, by=by, at=at)
    return sheet


def refuse_unbalanced(batch: str, affected: Decimal, parts: Iterable[Decimal]) -> Decimal:
    """The sum of what became of a batch; refused when a part is negative or the sum is more than was affected."""
    amounts = list(parts)
    total = sum(amounts, Decimal(0))
    refuse_unless(
        min(amounts) >= 0,
        _("批次%(batch)s的数量不能为负") % {"batch": batch},
        remedy=_("核对各项数量"),
        code="negative",
        status=422,
    )
    refuse_unless(total <= affected, _("批次%(batch)s合计%(total)s超过涉及数量%(affected)s")
                  % {"batch": batch, "total": total, "affected": affected}, remedy=_("核对各项数量"),
                  rule=decree188.by_name("rapid_responses"), code="too_many", status=422)  # fmt: skip
    return total


@transaction.atomic
def execute(sheet: Sheet, line: Line, *, by: Person, at: datetime, returned: Decimal, destroyed: Decimal, recalled: Decimal,
            corrected: Decimal, unaccounted_reason: str = "") -> Sheet:  # fmt: skip
    """Record what became of a batch; more than was affected is refused."""
    lock(sheet)
    post = refuse_without_post(sheet.owner, ("case_officer", "verifier"), by=by, at=at)
    refuse_unless(
        sheet.stage == "in_force",
        _("措施不在执行中，不能登记执行数量"),
        remedy=_("签发后再登记；已解除的不必登记"),
        code="not_in_force",
    )
    row = Line.objects.select_for_update(of=("self",)).get(pk=line.pk, measure=sheet.pk)
    total = refuse_unbalanced(row.batch, row.affected, (returned, destroyed, recalled, corrected))
    Line.objects.filter(pk=row.pk).update(returned=returned, destroyed=destroyed, recalled=recalled, corrected=corrected,
                                          unaccounted_reason=unaccounted_reason[:300])  # fmt: skip
    journalling.record(
        sheet, f"{sheet.kind}.execute", by=by, at=at, content={"line": row.pk, "total": str(total)}, holder=post.holder
    )
    return sheet


@transaction.atomic
def fulfil(sheet: Sheet, *, by: Person, at: datetime, outcome: str) -> Sheet:
    """Verified execution ends an order, survey or joint handling; quantities must balance or say why not."""
    lock(sheet)
    done = F("returned") + F("destroyed") + F("recalled") + F("corrected")
    open_lines = Line.objects.filter(Q(affected__gt=done), measure=sheet.pk, lifted_on=None, unaccounted_reason="")
    if open_lines.exists():
        names = listed(line.batch for line in open_lines[:5])
        raise Refusal(_("批次%(names)s的数量尚未结清") % {"names": names}, remedy=_("登记执行数量，或说明差额原因"),
                      rule=decree188.by_name("rapid_responses"), code="unbalanced")  # fmt: skip
    unserved = Addressee.objects.filter(measure=sheet.pk, served_on=None)
    refuse_unless(
        sheet.kind != "order" or not unserved.exists(), _("尚有相对人未送达"), remedy=_("先完成送达"), code="unserved"
    )
    Measure.objects.filter(pk=sheet.pk).update(outcome=outcome)
    advance(sheet, "fulfil", by=by, at=at, content={"outcome": outcome})
    tell_followers(sheet, Change.ENDED, by=by, at=at)
    return sheet
