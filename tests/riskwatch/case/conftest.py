"""One house with a record of every kind in it, and somebody of every sort before it."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from riskwatch.archive import actions as archive
from riskwatch.assessment import actions as assessment
from riskwatch.case import actions as case
from riskwatch.case import transfers
from riskwatch.case.sheets import attach
from riskwatch.collection import actions as collection
from riskwatch.decision import actions as decision
from riskwatch.disclosure import actions as disclosure
from riskwatch.disclosure.models import Publication
from riskwatch.doors.jobs.simulator.events import events
from riskwatch.doors.jobs.simulator.river import Way, walk
from riskwatch.doors.portal import ports
from riskwatch.followup import actions as followup
from riskwatch.measures import served
from riskwatch.parties.models import Mandate, Membership, Organisation, Person
from riskwatch.verification import actions as verification

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REPORTER = "王实名"


def pdf(name):
    from PIL import Image

    body = io.BytesIO()
    Image.new("RGB", (8, 8)).save(body, "PNG")
    return SimpleUploadedFile(f"{name}.png", body.getvalue(), "image/png")


def agents(cast):
    """Two customs brokers of the same firm: one whose mandate holds, one whose mandate is over."""
    today = timezone.localdate()
    other, _made = Organisation.objects.get_or_create(
        code="AGENT-OVER", defaults={"kind": "operator", "name_zh": "旧代理有限公司", "sort_key": "jiu"}
    )
    cast.orgs["over"] = other
    for name, place in (("broker", cast.orgs["agent"]), ("ex-broker", other)):
        cast.people[name], _made = Person.objects.get_or_create(username=name, defaults={"name_zh": name})
        Membership.objects.get_or_create(
            person=cast[name], organisation=place, role="operator_manager", defaults={"since": "2020-01-01"}
        )
        Mandate.objects.create(
            agent=place, principal=cast.orgs["firm"], direction="both", scope="", since=today - timedelta(400),
            until=today + timedelta(30), proof=uuid4(), filed_by=cast[name], confirmed_by=cast["sh-case_officer"], confirmed_on=today,
        )  # fmt: skip


def report(cast, who, at, **more):
    own = {"broker": "agent", "ex-broker": "over"}.get(who, "firm")
    facts = {"text": "拉手脱落", "product": "拉杆玩具", "direction": "import", "commodity_code": "9503001000"}
    return collection.report_as_organisation(
        cast.orgs[own], cast.orgs["sh"], title=f"{who}的报告", facts=facts, first_known_at=at - HOUR, severe=False,
        by=cast[who], at=at, **more,
    )  # fmt: skip


@pytest.fixture
def every_kind(cast):
    """Every kind of record by name; the walk is the house's own."""
    now = timezone.now()
    at, told = now - 9 * DAY, list(events(7, 20))
    agents(cast)
    made = {}
    notice = walk(cast, told[0], upto="issued", at=at)
    made |= {"information": notice.information, "verification": notice.information.effects.get(kind="verification"),
             "assessment": notice.assessment, "decision": notice.decision, "notice": notice.measure}  # fmt: skip
    served.acknowledge(notice.measure, by=cast["firm-staff"], at=at + 2 * DAY)
    made["filing"] = notice.measure.effects.get(kind="filing")
    made["duty"] = notice.measure.effects.filter(kind="duty").order_by("pk").first()
    for n, kind in enumerate(("circular", "order", "survey", "joint_handling", "regime_change"), 1):
        made[kind] = walk(cast, told[n], upto="issued", at=at, kind=kind).measure
    made["order_draft"] = walk(cast, told[6], upto="reviewed", at=at, kind="order").measure
    _reports(cast, made, now)
    _firm(cast, made, notice, now)
    _headquarters(cast, made, told, at, now)
    _case(cast, made, told, notice, at, now)
    return made


def _reports(cast, made, now):
    own = made["own_report"] = report(cast, "firm-staff", now - DAY, files=[pdf("企业照片")])
    attach(own, [pdf("内部核查")], by=cast["sh-registrar"], at=now)
    made["agents_report"] = report(cast, "broker", now - DAY, on_behalf=cast.orgs["firm"])
    made["ended_report"] = report(cast, "ex-broker", now - DAY, on_behalf=cast.orgs["firm"])
    Mandate.objects.filter(agent=cast.orgs["over"]).update(revoked_on=timezone.localdate())
    number, _secret = ports.hand_in(
        cast.orgs["sh"], title="实名报告", facts={"product": "磁力积木", "text": "磁铁脱落"},
        who={"name": REPORTER, "proof": "110105199001011232", "phone": "13800000001"}, files=[], at=now - DAY,
    )  # fmt: skip
    made["named_report"] = type(own).objects.get(number=number)
    collection.take_charge(made["named_report"], by=cast["sh-registrar"], at=now)


def _firm(cast, made, notice, now):
    me = {"by": cast["firm-manager"], "at": now - DAY}
    made["objection"] = followup.object_to(made["order"], grounds="涉及数量不实", **me)
    made["lift_application"] = followup.apply_to_lift(notice.measure, report="已整改", **me)
    made["traceability"] = followup.file_traceability(
        office=cast.orgs["sh"], product="积木", lots="A", supplier="B", customers="C", records="D", **me
    )
    made["release"] = disclosure.request(
        notice.measure,
        title="风险警示",
        body="请停止使用",
        left_out="进口商名称",
        by=cast["sh-case_officer"],
        at=now - DAY,
    )


def _headquarters(cast, made, told, at, now):
    public = walk(cast, told[7], upto="issued", at=at, way=Way("hq", "announcement"))
    made["announcement"] = public.measure
    asked = disclosure.request(public.measure, title="关于积木的公告", body="请停止使用所涉批次", left_out="内部数据",
                               by=cast["hq-case_officer"], at=now - 3 * DAY)  # fmt: skip
    disclosure.publish(asked, redacted=True, by=cast["hq-releaser"], at=now - 2 * DAY)
    number, _secret = ports.ask(Publication.objects.get(current=True), wrong="没有型号", right="补充型号", at=now - DAY)
    made["correction"] = type(asked).objects.get(number=number)
    urgent = walk(cast, told[8], upto="opened", at=at, way=Way("hq"))
    decided = decision.decide_emergency(
        urgent.folder, urgent_reason="境外已有多起伤害", unknowns="在售数量不清", practice="参照原产国召回", measures="停止销售", grounds="危害严重",
        review_on=timezone.localdate() + 6 * DAY, by=cast["hq-decider"], at=now - 2 * DAY,
    )  # fmt: skip
    made["emergency_review"] = decided.effects.get(kind="emergency_review")


def _case(cast, made, told, notice, at, now):
    officer = {"by": cast["sh-case_officer"], "at": now - DAY}
    moved = walk(cast, told[9], upto="opened", at=at)
    made["transfer"] = transfers.propose(
        moved.folder, mode="transfer", to=cast.orgs["sz"], reason="进口商在深圳", **officer
    )
    closed = walk(cast, told[10], upto="decided", at=at, way=Way(conclusion="no_action"))
    folder = case.close(closed.folder, summary="不采取措施", by=cast["sh-case_officer"], at=now - 2 * DAY)
    made["archive_item"] = archive.file_folder(
        folder, retention_class="long_term", by=cast["sh-archivist"], at=now - DAY
    )
    made["amendment"] = collection.amend(
        notice.information, reason="录错", product="另一产品", by=cast["sh-registrar"], at=now - DAY
    )
    hurt = collection.register(
        cast.orgs["sh"], title="又一起伤害", facts={"source_kind": "media", "text": "受伤", "injuries": "一名儿童受伤"},
        by=cast["sh-registrar"], at=now - DAY,
    )  # fmt: skip
    case.enclose(notice.folder, [hurt], **officer)
    made["reassessment_due"] = notice.assessment.effects.get(kind="reassessment_due")
    _centre(cast, made, now)


def _centre(cast, made, now):
    event = next(iter(events(189, 1, product="磁力积木玩具")))
    facts = event.facts | {"source_kind": "foreign_recall"}
    sheet = collection.register(
        cast.orgs["centre"], title=event.title, facts=facts, by=cast["centre-registrar"], at=now - 2 * DAY
    )
    task = verification.begin_verification(sheet, task="检测", by=cast["centre-verifier"], at=now - 2 * DAY + HOUR)
    verification.report(task, method="检测", evidence="报告", result="verified", reasons="属实", by=cast["centre-verifier"],
                        at=now - 2 * DAY + 2 * HOUR)  # fmt: skip
    verification.approve(task, by=cast["centre-approver"], at=now - 2 * DAY + 3 * HOUR)
    sheet.refresh_from_db()
    collection.enter(sheet, aspects=["safety"], spread="regional", spread_reason="多地销售", in_scope=True, reason="工业品",
                     by=cast["centre-registrar"], at=now - 2 * DAY + 4 * HOUR)  # fmt: skip
    made["centres_information"] = sheet
    made["proposal"] = assessment.deliver_proposal(
        sheet, findings="监测发现", proposal="建议公告", by=cast["centre-approver"], at=now - DAY
    )
