"""Whether a piece lies inside the regulation: out is refused at every door, a mixed chapter needs a person's word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.scope import Scope, excluded_products
from riskwatch.case import actions as case
from riskwatch.case import journalling
from riskwatch.case.lifecycle import lock
from riskwatch.case.models import Folder, Sheet
from riskwatch.collection.models import Information
from riskwatch.collection.recording import information
from riskwatch.look.words import either
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal, refuse_unless

DECIDERS = ("registrar", "verifier", "case_officer")


def refuse_uncovered(sheet: Sheet) -> None:
    """Refuse a piece outside the regulation, or one of a mixed chapter on which nobody has said a word yet.

    A piece without a commodity code passes: looking into it is how one learns what it is, and entry asks again.
    """
    info = information(sheet)
    answer = excluded_products(info.commodity_code)
    if info.scope == Scope.OUT:
        raise Refusal(
            _("%(sheet)s不属于适用范围：%(why)s")
            % {"sheet": sheet, "why": info.scope_reason or either(answer.reason_zh, answer.reason_en)},
            remedy=_("不予受理或移送；商品编码有误的，先更正"),
            rule=decree188.by_name("excluded_products"),
            code="out_of_scope",
        )
    if info.commodity_code and answer.scope == Scope.MIXED and info.scope != Scope.IN:
        raise Refusal(
            _("%(why)s：%(sheet)s须先由人工确认属于工业品并写明理由")
            % {"sheet": sheet, "why": either(answer.reason_zh, answer.reason_en)},
            remedy=_("在信息上办理“确认属于适用范围”，或不予受理"),
            rule=decree188.by_name("excluded_products"),
            code="mixed_scope",
            status=422,
        )


def refuse_uncovered_in(folder: Folder, sheet: Sheet) -> None:
    """The same, asked before a piece is put into a case; duties that lie beside it have no scope of their own."""
    if sheet.kind == "information":
        refuse_uncovered(sheet)


@transaction.atomic
def confirm(sheet: Sheet, *, by: Person, at: datetime, reason: str) -> Sheet:
    """A person says that a piece of a mixed chapter, or without a code, is an industrial product, and why."""
    lock(sheet)
    post = case.refuse_without_post(sheet.owner, DECIDERS, by=by, at=at, about=sheet, jointly=True)
    info = information(sheet)
    refuse_unless(info.scope == Scope.MIXED, _("这条信息的范围不需要人工确认"), remedy=_("直接办理下一步"), code="not_mixed",
                  rule=decree188.by_name("excluded_products"))  # fmt: skip
    refuse_unless(
        reason.strip(), _("确认属于工业品须写明理由"), remedy=_("填写理由"), code="reason_missing", status=422
    )
    Information.objects.filter(pk=sheet.pk).update(scope=Scope.IN, scope_reason=reason.strip()[:300])
    journalling.record(sheet, "information.confirm_scope", by=by, at=at, rule="excluded_products",
                       content={"reason": reason, "commodity_code": info.commodity_code}, holder=post.holder)  # fmt: skip
    return sheet
