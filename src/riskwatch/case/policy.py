"""Headquarters edits what the law leaves open: policy values and each year's working calendar."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

import decree188.related
from riskwatch.case import journalling
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Policy, WorkYear
from riskwatch.look.templatetags.look import shanghai
from riskwatch.parties.models import Organisation, Person
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


def version() -> int:
    """What a page sends back to show which values and calendars it saw: the moment of the last change of either."""
    last = _last_change()
    return int(last[1].timestamp() * 1_000_000) if last else 0


def _last_change() -> tuple[Person, datetime] | None:
    value = Policy.objects.select_related("set_by").order_by("-set_at").first()
    day = WorkYear.objects.select_related("uploaded_by").order_by("-uploaded_at").first()
    found = [(value.set_by, value.set_at)] if value else []
    found += [(day.uploaded_by, day.uploaded_at)] if day else []
    return max(found, key=lambda change: change[1], default=None)


def _refuse_moved(seen: int | None) -> None:
    """Lock the rules, and refuse somebody whose page showed others than those that hold now."""
    Organisation.objects.select_for_update().get(pk=headquarters().pk)
    last = _last_change()
    if seen is None or last is None or seen == version():
        return
    raise Refusal(
        _("%(who)s已于%(when)s改动过规则与期限，您看到的已不是最新内容") % {"who": last[0], "when": shanghai(last[1])},
        remedy=_("刷新页面，看过新内容后再办理"),
        rule=decree188.by_name("nationwide"),
        code="moved",
    )


@transaction.atomic
def set_policy(
    *,
    key: str,
    amount: int,
    unit: str,
    valid_from: date,
    reason: str,
    by: Person,
    at: datetime,
    seen: int | None = None,
) -> Policy:
    """Set a policy value from a day on; statutory limits cannot be set, old cases keep their values.

    ``seen`` is the version that the person's page showed: who changed something meanwhile is told of, not passed over.
    """
    post = _refuse_others(by, at)
    _refuse_moved(seen)
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
def upload_year(
    year: int, days: Mapping[date, bool], *, source: str, by: Person, at: datetime, seen: int | None = None
) -> int:
    """Replace a year's departures from plain weekdays, keeping the earlier table; a day of another year is refused."""
    post = _refuse_others(by, at)
    _refuse_moved(seen)
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


def days_of(table: bytes) -> dict[date, bool]:
    """The days of a table ``2027-01-01,0``, one a line: whether each is worked; the row at fault is named."""
    found: dict[date, bool] = {}
    for number, row in enumerate(csv.reader(io.StringIO(table.decode("utf-8-sig", "replace"))), 1):
        if not row or not row[0][:1].isdigit():
            continue
        try:
            found[date.fromisoformat(row[0].strip())] = {"1": True, "0": False}[row[1].strip()]
        except (ValueError, KeyError, IndexError):
            raise Refusal(
                _("第%(n)s行应写成“2027-01-01,0”") % {"n": number},
                remedy=_("改正这一行后重新上传"),
                code="bad_row",
                status=422,
            ) from None
    return found
