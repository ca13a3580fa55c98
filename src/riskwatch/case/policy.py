"""Headquarters edits what the law leaves open: policy values and each year's working calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

import decree188.related
from riskwatch.case import journalling
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Policy, WorkYear
from riskwatch.parties.models import Person
from riskwatch.parties.queries import Post, headquarters
from riskwatch.refusals import Refusal, refuse_unless


def _refuse_others(by: Person, at: datetime) -> Post:
    fits = [p for p in posts_of(by, at).posts if p.role == "policy" and p.level == "headquarters"]
    refuse_unless(
        fits,
        _("须由海关总署规则岗办理"),
        remedy=_("请海关总署规则岗办理"),
        rule=decree188.by_name("nationwide"),
        code="no_post",
        status=403,
    )
    return fits[0]


@transaction.atomic
def set_policy(*, key: str, amount: int, unit: str, valid_from: date, reason: str, by: Person, at: datetime) -> Policy:
    """Set a policy value from a day on; statutory limits cannot be set, old cases keep their values."""
    post = _refuse_others(by, at)
    try:
        decree188.related.DEADLINES[key].with_length(amount, unit)
    except ValueError as error:
        raise Refusal(
            _("这个期限由法律规定，不能修改"), remedy=_("按法定期限办理"), code="statutory", status=422
        ) from error
    made, _created = Policy.objects.update_or_create(
        key=key, valid_from=valid_from,
        defaults={"amount": Decimal(amount), "unit": unit, "reason": reason, "set_by": by, "set_at": at},
    )  # fmt: skip
    facts = {"key": key, "amount": amount, "unit": unit, "from": valid_from, "reason": reason}
    journalling.record_in_office(headquarters(), "policy.set", by=by, at=at, content=facts, holder=post.holder)
    return made


@transaction.atomic
def upload_year(year: int, days: Mapping[date, bool], *, source: str, by: Person, at: datetime) -> int:
    """Replace a year's departures from plain weekdays, keeping the earlier table; a day of another year is refused."""
    post = _refuse_others(by, at)
    strays = [d for d in days if d.year != year]
    refuse_unless(
        days and not strays,
        _("文件中有不属于%(year)s年的日期，或没有日期") % {"year": year},
        remedy=_("只上传该年的日期，每行一天"),
        code="wrong_year",
        status=422,
    )
    WorkYear.objects.filter(year=year, replaced_at=None).update(replaced_at=at)
    WorkYear.objects.bulk_create(
        [WorkYear(day=d, works=w, year=year, source=source, uploaded_by=by, uploaded_at=at) for d, w in days.items()]
    )
    journalling.record_in_office(
        headquarters(),
        "calendar.upload",
        by=by,
        at=at,
        content={"year": year, "days": len(days), "source": source},
        holder=post.holder,
    )
    return len(days)
