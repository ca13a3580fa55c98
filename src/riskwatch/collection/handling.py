"""Who handles a piece: taking charge of what nobody handles, and being reassigned by a supervisor with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import actions as case
from riskwatch.case import journalling, outbox
from riskwatch.case.lifecycle import joint_offices, lock, posts_of, refuse_recused
from riskwatch.case.models import Sheet
from riskwatch.journal.queries import course_of_sheet
from riskwatch.look.words import sentence
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal, refuse_unless

HANDLERS = ("registrar", "verifier", "case_officer")
MADE_HANDLER = ("information.receive", "information.take_charge", "information.begin", "information.reassign")


@transaction.atomic
def take_charge(sheet: Sheet, *, by: Person, at: datetime, remark: str = "") -> Sheet:
    """Become the handling officer of a piece of one's own office that nobody handles yet."""
    now = lock(sheet)
    me = posts_of(by, at)
    places = {now.owner_id, *joint_offices(now)}
    fitting = [p for p in me.posts if p.role in HANDLERS and p.organisation in places]
    refuse_unless(
        fitting,
        _("只有%(office)s的信息岗、核实岗或经办岗可以承办") % {"office": now.owner},
        remedy=_("请承办单位的同事承办，或由主管改派"),
        code="no_post",
        status=403,
    )
    refuse_recused({by.pk, fitting[0].holder}, now)
    if now.handler_id is not None:
        raise _handled(now)
    Sheet.objects.filter(pk=now.pk).update(handler=by, version=now.version + 1)
    journalling.record(
        now, "information.take_charge", by=by, at=at, content={"remark": remark}, holder=fitting[0].holder
    )
    sheet.refresh_from_db()
    return sheet


def _handled(sheet: Sheet) -> Refusal:
    last = course_of_sheet(sheet.pk).filter(act__in=MADE_HANDLER).last()
    when = shanghai_date(last.at if last else sheet.made_at)
    return Refusal(
        _("%(who)s已于%(when)s承办这条信息") % {"who": sheet.handler, "when": when},
        remedy=_("确需换人的，由主管写明理由改派"),
        code="handled",
    )


@transaction.atomic
def reassign(sheet: Sheet, *, to: Person, by: Person, at: datetime, reason: str) -> Sheet:
    """A supervisor gives a piece to another officer of the owning office; at a centre its approver does."""
    now = lock(sheet)
    heads = ("approver",) if now.owner.kind == Organisation.Kind.CENTRE else ("supervisor",)
    post = case.refuse_without_post(now.owner, heads, by=by, at=at, about=now)
    refuse_recused([to.pk], now)
    refuse_unless(reason.strip(), _("改派须写明理由"), remedy=_("填写理由"), code="reason_missing", status=422)
    refuse_unless(
        to.pk != by.pk,
        _("不能改派给自己"),
        remedy=_("请另一位主管改派，或自行承办"),
        rule=decree188.by_name("separation_of_duties"),
        code="own_post",
        status=403,
    )
    refuse_unless(
        to.pk in set(officers(now, at=at)),
        _("%(who)s在%(office)s没有承办岗位") % {"who": to, "office": now.owner},
        remedy=_("改选承办单位的信息岗、核实岗或经办岗"),
        code="no_post",
        status=422,
    )
    before = str(now.handler or "")
    Sheet.objects.filter(pk=now.pk).update(handler=to, version=now.version + 1)
    outbox.tell_person(to, subject=sentence("改派给您承办：%(title)s", title=now.title), at=at, sheet=now, body=reason)
    journalling.record(now, "information.reassign", by=by, at=at,
                       content={"from": before, "to": str(to), "person": to.pk, "reason": reason}, holder=post.holder)  # fmt: skip
    sheet.refresh_from_db()
    return sheet


def officers(sheet: Sheet, *, at: datetime) -> list[int]:
    """Keys of the people who may handle a piece: those with a handling post in its owning office."""
    today = shanghai_date(at)
    return sorted({p.pk for role in HANDLERS for p in parties.holders(sheet.owner_id, role, today)})
