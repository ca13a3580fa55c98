"""Editions of headquarters' assessment policy: which one holds on a day, proposed by one person, published by another.

An edition is a whole policy of the method library, earlier grade tables included, so that an assessment made before it
is graded as it was. What was assessed pins the fingerprint of its policy and keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskmethods import Policy
from riskmethods.errors import raise_at
from riskmethods.limits import canonical
from riskmethods.policy import DEFAULT, from_json
from riskwatch.assessment.models import PolicyEdition
from riskwatch.case import journalling, outbox
from riskwatch.parties.guards import refuse_outside_headquarters
from riskwatch.parties.models import Person
from riskwatch.parties.queries import headquarters, posts
from riskwatch.refusals import refuse_unless

WRITERS = ("policy",)
KEEPERS = ("policy", "decider")
PUBLISHED = PolicyEdition.State.PUBLISHED
RULE = "nationwide"


# ---- reading ---------------------------------------------------------------------------------------------------


def policy_on(day: date) -> Policy:
    """The policy in force on a day: the newest published edition of that day, else the library's own."""
    row = edition_on(day)
    return DEFAULT if row is None else policy_of(row)


def edition_on(day: date) -> PolicyEdition | None:
    """The edition in force on a day; None before the first."""
    return PolicyEdition.objects.filter(state=PUBLISHED, valid_from__lte=day).order_by("-valid_from").first()


def newest() -> PolicyEdition | None:
    """The published edition that comes last, in force already or not yet."""
    return PolicyEdition.objects.filter(state=PUBLISHED).order_by("-valid_from").first()


def policy_of(row: PolicyEdition) -> Policy:
    """An edition's policy."""
    return _read(canonical(row.policy))


@lru_cache(maxsize=32)
def _read(record: bytes) -> Policy:
    return from_json(json.loads(record))


def pinned(document: Mapping[str, Any]) -> Policy:
    """The policy that a document pins; the library's own where it pins none, which then refuses a foreign pin."""
    sha256 = document.get("policy") or ""
    row = PolicyEdition.objects.filter(sha256=sha256, state=PUBLISHED).first() if isinstance(sha256, str) else None
    return DEFAULT if row is None else policy_of(row)


def before(row: PolicyEdition) -> Policy:
    """The policy that an edition was written over."""
    if row.base == DEFAULT.sha256:
        return DEFAULT
    return policy_of(PolicyEdition.objects.get(sha256=row.base, state=PUBLISHED))


def may_write(person: Person, at: datetime) -> bool:
    """Whether a person may propose an edition, for the page."""
    held = posts(person, shanghai_date(at))
    return any(p.role in WRITERS and p.level == "headquarters" for p in held)


def may_publish(row: PolicyEdition, person: Person, at: datetime) -> bool:
    """Whether a person may decide on an edition now, for the page."""
    held = [p for p in posts(person, shanghai_date(at)) if p.role in KEEPERS and p.level == "headquarters"]
    others = [p for p in held if row.proposed_by_id not in (p.holder, person.pk)]
    return row.state == PolicyEdition.State.PROPOSED and bool(others)


# ---- writing ---------------------------------------------------------------------------------------------------


def drafted(record: Mapping[str, Any], *, valid_from: date) -> Policy:
    """The whole policy that a form's record makes: earlier grade tables stay, a changed one begins on the first day.

    ``record`` holds ``rows`` of the grade table, ``scales`` and, where one was loaded, ``priority``.

    Raises
    ------
    MethodError
        The library does not take it, or an edition of a later day is published; places are ``valid_from``,
        ``tables[n].rows[m]``, ``scales[n]``, ``priority``.
    """
    last = newest()
    base = DEFAULT if last is None else policy_of(last)
    if last is not None and valid_from <= last.valid_from:
        raise_at("valid_from", "not_later", f"生效日期须晚于已发布的最后一版（{last.valid_from}）",
                 f"the first day must be after that of the last edition ({last.valid_from})")  # fmt: skip
    tables = [t.as_json() for t in base.tables]
    if list(record["rows"]) != tables[-1]["rows"]:
        tables.append(
            {"id": f"hq-{valid_from.isoformat()}", "valid_from": valid_from.isoformat(), "rows": record["rows"]}
        )
    return from_json({"tables": tables, "scales": record["scales"], "priority": record.get("priority")})


@transaction.atomic
def propose(*, policy: Policy, valid_from: date, reason: str, by: Person, at: datetime) -> PolicyEdition:
    """Lay a new edition before a second person.

    Raises
    ------
    Refusal
        Not headquarters' policy post; the first day lies in the past or not after the last edition's; nothing changed.
    """
    refuse_outside_headquarters(WRITERS, by=by, at=at, rule=RULE)
    last = newest()
    _refuse_day(valid_from, last, shanghai_date(at))
    base = DEFAULT if last is None else policy_of(last)
    refuse_unless(
        policy.sha256 != base.sha256, _("与现行版本没有差别"), remedy=_("修改后再提交"), code="unchanged", status=422
    )
    refuse_unless(reason.strip(), _("须写明修改理由"), remedy=_("填写理由"), code="reason_missing", status=422)
    number = (PolicyEdition.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    row = PolicyEdition.objects.create(
        number=number, policy=policy.as_json(), sha256=policy.sha256, base=base.sha256, valid_from=valid_from,
        reason=reason.strip(), proposed_by=by, proposed_at=at,
    )  # fmt: skip
    subject = _("评估政策第%(n)s版待审核") % {"n": number}
    for role in KEEPERS:
        outbox.tell([headquarters()], subject=subject, at=at, body=reason.strip(), role=role)
    _record(row, "propose", by=by, at=at)
    return row


def _refuse_day(valid_from: date, last: PolicyEdition | None, today: date) -> None:
    refuse_unless(valid_from >= today, _("生效日期不能早于今天"), remedy=_("已作出的评估不受新版影响，请从今天或以后生效"),
                  code="past", status=422)  # fmt: skip
    refuse_unless(
        last is None or valid_from > last.valid_from,
        _("生效日期须晚于已发布的最后一版（%(day)s）") % {"day": last.valid_from if last else ""},
        remedy=_("改为更晚的日期"),
        code="not_later",
        status=422,
    )


@transaction.atomic
def publish(row: PolicyEdition, *, remark: str = "", by: Person, at: datetime) -> PolicyEdition:
    """Put an edition in force from its first day on; somebody else than who wrote it, over the edition it was written over."""
    now = _decidable(row, by=by, at=at)
    last = newest()
    base = DEFAULT.sha256 if last is None else last.sha256
    refuse_unless(base == now.base, _("起草之后已有另一版发布"), remedy=_("退回，按最新版重新起草"), code="overtaken")
    _refuse_day(now.valid_from, last, shanghai_date(at))
    return _decide(now, PUBLISHED, remark, by=by, at=at)


@transaction.atomic
def reject(row: PolicyEdition, *, remark: str = "", by: Person, at: datetime) -> PolicyEdition:
    """Do not publish an edition, with the reason."""
    now = _decidable(row, by=by, at=at)
    refuse_unless(remark.strip(), _("不通过须写明理由"), remedy=_("填写理由"), code="reason_missing", status=422)
    return _decide(now, PolicyEdition.State.REJECTED, remark, by=by, at=at)


@transaction.atomic
def withdraw(row: PolicyEdition, *, remark: str = "", by: Person, at: datetime) -> PolicyEdition:
    """Whoever proposed an edition takes it back."""
    now = _open(row)
    refuse_unless(
        now.proposed_by_id == by.pk, _("只有起草人可以撤回"), remedy=_("审核人可以不通过"), code="not_own", status=403
    )
    return _decide(now, PolicyEdition.State.WITHDRAWN, remark, by=by, at=at)


def _open(row: PolicyEdition) -> PolicyEdition:
    now = PolicyEdition.objects.select_for_update().get(pk=row.pk)
    refuse_unless(
        now.state == PolicyEdition.State.PROPOSED, _("这一版已经办结：%(state)s") % {"state": now.get_state_display()},
        remedy=_("如需再改，请起草新版"), code="decided",
    )  # fmt: skip
    return now


def _decidable(row: PolicyEdition, *, by: Person, at: datetime) -> PolicyEdition:
    refuse_outside_headquarters(KEEPERS, by=by, at=at, rule=RULE)
    now = _open(row)
    refuse_unless(
        may_publish(now, by, at),
        _("起草人不能审核自己起草的版本"),
        remedy=_("请另一位有规则岗或决定岗的同事审核"),
        rule=decree188.by_name("separation_of_duties"),
        code="same_hand",
        status=403,
    )
    return now


def _decide(row: PolicyEdition, state: str, remark: str, *, by: Person, at: datetime) -> PolicyEdition:
    row.state, row.remark, row.decided_by, row.decided_at = state, remark.strip(), by, at
    row.save(update_fields=["state", "remark", "decided_by", "decided_at"])
    subject = _("评估政策第%(n)s版：%(state)s") % {"n": row.number, "state": row.get_state_display()}
    outbox.tell_person(row.proposed_by, subject=subject, at=at, body=row.remark)
    _record(row, {"published": "publish", "rejected": "reject", "withdrawn": "withdraw"}[state], by=by, at=at)
    return row


def _record(row: PolicyEdition, act: str, *, by: Person, at: datetime) -> None:
    content = {"number": row.number, "sha256": row.sha256, "base": row.base, "from": row.valid_from, "reason": row.reason,
               "remark": row.remark, "policy": row.policy}  # fmt: skip
    journalling.record_in_office(headquarters(), f"policy_edition.{act}", by=by, at=at, rule=RULE, content=content)
