"""Reports by operators and testing bodies, and by members of the public under their own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from decree188.collection import operator_must_report, real_name_reports
from riskwatch.case import agents, deadlines, journalling, outbox
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Sheet
from riskwatch.case.sheets import Plan, attach, begin, put
from riskwatch.collection import identities, recording
from riskwatch.collection.models import Report
from riskwatch.collection.remit import refuse_foreign_arrival
from riskwatch.documents import actions as documents
from riskwatch.look.words import sentence
from riskwatch.parties import mandates
from riskwatch.parties.models import Organisation, Person, Qualification
from riskwatch.refusals import refuse_unless

# Who may report as an organisation with an account, and as what source its report counts.
SOURCE_OF = {
    Organisation.Kind.OPERATOR: "operator_report",
    Organisation.Kind.TESTING_BODY: "testing_body",
    Organisation.Kind.TECHNICAL_BODY: "testing_body",
}
# What a member of the public or an organisation without an account may report as.
PUBLIC_SOURCES = (
    "consumer_complaint",
    "hospital_injury",
    "government_association",
    "media",
    "product_accident",
    "other",
)


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
    on_behalf: Organisation | None = None,
    by: Person,
    at: datetime,
) -> Sheet:
    """An operator, testing or technical body reports; whether it came in time is computed, its first knowledge fixed.

    With ``on_behalf`` the organisation is an agent that reports in the name of its principal, under a mandate.
    """
    recording.refuse_no_receiver(office)
    refuse_unless(organisation.kind in SOURCE_OF, _("%(who)s不能以企业或机构身份报告") % {"who": organisation}, remedy=_("请改用公众页面实名报告"),
                  code="wrong_reporter", status=403)  # fmt: skip
    refuse_unless(
        first_known_at <= at, _("首次知悉时间不能晚于现在"), remedy=_("改正时间后再提交"), code="future", status=422
    )
    if organisation.kind != Organisation.Kind.OPERATOR:
        _refuse_unqualified(own_number, qualification, at=at)
    clean = recording.checked({**facts, "source_kind": SOURCE_OF[Organisation.Kind(organisation.kind)]})
    refuse_foreign_arrival(office, clean, shanghai_date(at))
    agent = None
    if on_behalf is not None:
        organisation, agent = mandates.acting_for(by, at, on_behalf=on_behalf, direction=clean.get("direction", ""),
                                                  code=clean.get("commodity_code", ""))  # fmt: skip
    plan = Plan(
        kind="information", title=title, owner=office, words=recording.words(clean),
        number=documents.record_number("RI", office=office.code, at=at),
        due_on=deadlines.due_on("handling", shanghai_date(at)), parts=agents.parts("reporter", organisation, agent),
    )  # fmt: skip
    sheet = begin(plan, "submit", by=by, at=at,
                  content={"facts": clean, "first_known_at": first_known_at} | agents.named(agent))  # fmt: skip
    agents.tell_principal(sheet, organisation, agent, at=at)
    information = recording.put(sheet, clean, at=at)
    Report.objects.create(
        information=information, organisation=organisation, role_in_case=role_in_case, first_known_at=first_known_at,
        reported_at=at, severe=severe, in_time=_in_time(first_known_at, at, severe), own_number=own_number,
        qualification=qualification,
    )  # fmt: skip
    attach(sheet, files, by=by, at=at)
    outbox.tell([office], subject=sentence("收到报告：%(title)s", title=title), at=at, sheet=sheet, role="registrar")
    return sheet


def _in_time(first_known: datetime, reported: datetime, severe: bool) -> bool:
    on = shanghai_date(first_known)
    return operator_must_report(
        first_known, reported, severe=severe, hours=deadlines.limit("operator_report_severe", on).length,
        working_days=deadlines.limit("operator_report", on).length, calendar=deadlines.calendar(),
    )  # fmt: skip


def _refuse_unqualified(own_number: str, qualification: Qualification | None, *, at: datetime) -> None:
    today = shanghai_date(at)
    refuse_unless(own_number.strip(), _("检测机构报告须填写检测报告编号"), remedy=_("填写检测报告编号"), rule=decree188.by_name("testing_body_must_report"),
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
    who: Mapping[str, str],
    document: File[Any] | None = None,
    files: Iterable[File[Any]] = (),
    by: Person,
    at: datetime,
) -> tuple[Sheet, str]:
    """Somebody without an account reports under their own name. Returns the record and the receipt's secret.

    ``who`` holds name, kind of proof (see `identities.PROOFS`), proof and phone; ``document`` is the paper behind a
    proof that cannot be checked by its digits. All of it goes into its own encrypted store; the record does not name
    the reporter. ``by`` is the portal's service account.
    """
    missing = real_name_reports(who.get("name", ""), who.get("proof", ""))
    refuse_unless(not missing, _("请填写真实姓名和证件号码"), remedy=_("不愿实名的，可以通过其他渠道反映"),
                  rule=decree188.by_name("real_name_reports"), code="name_missing", status=422)  # fmt: skip
    recording.refuse_no_receiver(office)
    proven = identities.proven(who, document)
    kind = facts.get("source_kind") or "consumer_complaint"
    refuse_unless(
        kind in PUBLIC_SOURCES,
        _("不能以这种来源实名报告"),
        remedy=_("在列出的来源中选择"),
        code="wrong_source",
        status=422,
    )
    clean = recording.checked({**facts, "source_kind": kind})
    refuse_foreign_arrival(office, clean, shanghai_date(at), known_only=True)
    plan = Plan(
        kind="information", title=title, owner=office, words=recording.words(clean),
        number=documents.record_number("RI", office=office.code, at=at),
        due_on=deadlines.due_on("handling", shanghai_date(at)),
    )  # fmt: skip
    sheet = put(plan, stage="received", by=by, at=at)
    secret = identities.new_secret()
    identities.seal(recording.put(sheet, clean, at=at), proven, secret=secret, document=document, at=at)
    attach(sheet, files, by=by, at=at)
    outbox.tell(
        [office], subject=sentence("收到实名报告：%(title)s", title=title), at=at, sheet=sheet, role="registrar"
    )
    journalling.record(sheet, "information.receive", by=by, at=at, rule="real_name_reports", content={"facts": clean})
    return sheet, secret


def own_organisation(person: Person, at: datetime, *kinds: str) -> Organisation:
    """The organisation of some kind that a person acts for; refused when they act for none."""
    posts = [p for p in posts_of(person, at).posts if p.kind in kinds]
    refuse_unless(posts, _("您没有代表单位办理的岗位"), remedy=_("请本单位有岗位的人办理"), code="no_post", status=403)
    return Organisation.objects.get(pk=posts[0].organisation)
