"""From a recall abroad to the archive, by the people whom the regulation names; every refusal on the way."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from riskwatch.archive import actions as archive
from riskwatch.assessment import actions as assessment
from riskwatch.assessment import reporting
from riskwatch.case import actions as case
from riskwatch.case import queries
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection import bulk
from riskwatch.connectors import cpsc_api
from riskwatch.decision import actions as decision
from riskwatch.disclosure import actions as disclosure
from riskwatch.disclosure.models import Publication
from riskwatch.doors.jobs.simulator.river import assessed, walk
from riskwatch.followup import actions as followup
from riskwatch.journal.verification import verify
from riskwatch.measures import actions as measures
from riskwatch.measures import filing, served
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db
RECALL = b"""[{"RecallID": 900001, "RecallNumber": "26999", "RecallDate": "2026-02-24T00:00:00", "Description": "Made-up magnet set.",
"Title": "Sample Co. Recalls Magnet Sets Due to Ingestion Hazard", "Products": [{"Name": "Magnet sets", "NumberOfUnits": "About 1,200"}],
"Manufacturers": [{"Name": "Sample Manufacturing"}], "ManufacturerCountries": [{"Country": "China"}],
"Hazards": [{"Name": "When high-powered magnets are swallowed, they can attract each other."}], "Injuries": null, "Remedies": null}]"""


def test_the_full_chain_from_a_recall_file_to_the_archive(cast, at):
    day = timedelta(days=1)
    batch = bulk.Batch(cpsc_api.SOURCE, cast.orgs["sh"], cast["sh-registrar"], at)
    file = bulk.collect(io.BytesIO(RECALL), "recall.json", batch)
    assert (file.added, file.bad) == (1, 0)
    info = Sheet.objects.get(kind="information", title__startswith="Sample Co.")
    task = verification.begin_verification(info, task="查", by=cast["sh-verifier"], at=at + day)
    verification.report(
        task, method="m", evidence="e", result="verified", reasons="r", by=cast["sh-verifier"], at=at + day
    )
    with pytest.raises(Refusal) as same_hand:
        verification.approve(task, by=cast["sh-verifier"], at=at + day)
    assert same_hand.value.status == 403
    verification.approve(task, by=cast["sh-approver"], at=at + day)
    info.refresh_from_db()
    with pytest.raises(Refusal):  # no commodity code: a person decides that it is an industrial product
        collection.enter(
            info, aspects=["safety"], spread="regional", spread_reason="x", by=cast["sh-registrar"], at=at + day
        )
    collection.enter(
        info,
        commodity_code="950300",
        aspects=["safety"],
        spread="regional",
        spread_reason="多地",
        by=cast["sh-registrar"],
        at=at + day,
    )

    officer = cast["sh-case_officer"]
    folder = case.open_folder(
        title="磁力玩具", owner=cast.orgs["sh"], direction="import", sheets=[info], by=officer, at=at + 2 * day
    )
    with pytest.raises(Refusal) as no_report:
        decision.judge(folder, deliberation="d", options="o", by=officer, at=at + 2 * day)
    assert "第十五条" in no_report.value.rule.cite("zh")
    order = assessment.commission(folder, assessor=cast.orgs["tech"], question="q", by=officer, at=at + 2 * day)
    assessment.take_up(order, has_interest=False, by=cast["tech-assessor"], at=at + 3 * day)
    with pytest.raises(Refusal) as parts:
        reporting.submit(order, document=assessed(residual=" "), by=cast["tech-assessor"], at=at + 3 * day)
    assert "report.residual" in parts.value.fields
    reporting.submit(order, document=assessed(), by=cast["tech-assessor"], at=at + 4 * day)
    assessment.accept(order, by=cast["sh-approver"], at=at + 5 * day)
    judged = decision.judge(folder, deliberation="d", options="o", by=officer, at=at + 6 * day)
    with pytest.raises(Refusal):
        measures.draft(judged, "notice", title="t", texts={}, by=officer, at=at + 6 * day)
    decision.propose(
        judged,
        deliberation="d",
        options="o",
        conclusion="measures",
        measures="m",
        grounds="g",
        conflict_checked=True,
        by=officer,
        at=at + 6 * day,
    )
    decision.decide(judged, by=cast["sh-decider"], at=at + 7 * day)

    notice = measures.draft(judged, "notice", title="关于磁力玩具的通告", texts={"product": "磁力玩具", "risk": "误吞", "required_actions": "停售"},
                            addressees=[cast.orgs["firm"]], by=officer, at=at + 8 * day)  # fmt: skip
    measures.review(notice, secrecy_reviewed=True, by=cast["sh-approver"], at=at + 8 * day)
    with pytest.raises(Refusal):
        measures.issue(notice, by=officer, at=at + 8 * day)
    measures.issue(notice, by=cast["sh-issuer"], at=at + 8 * day)
    sent = notice.effects.get(kind="filing")
    filing.send(sent, summary="已发通告", by=officer, at=at + 9 * day)
    with pytest.raises(Refusal):
        filing.receipt(sent, by=officer, at=at + 9 * day)
    filing.receipt(sent, by=cast["hq-registrar"], at=at + 9 * day)

    served.acknowledge(notice, by=cast["firm-staff"], at=at + 9 * day)
    duties = {followup.duty_on(d).kind: d for d in notice.effects.filter(kind="duty")}
    assert set(duties) == {"reduce", "tell_parties", "report", "cooperate"}
    said = {"reduce": {"plan": "p", "measures_taken": "m"}, "report": {"measures_taken": "m", "results": "r"}, "cooperate": {"results": "r"},
            "tell_parties": {"told_whom": "w", "told_on": (at + 9 * day).date(), "told_text": "t", "proof": "p"}}  # fmt: skip
    for kind, duty in duties.items():
        followup.report(duty, **said[kind], by=cast["firm-staff"], at=at + 10 * day)
        followup.verify_duty(duty, customs_note="属实", by=officer, at=at + 11 * day)
    with pytest.raises(Refusal) as unfinished:
        case.close(folder, by=officer, at=at + 11 * day, summary="s")
    assert unfinished.value.code == "unfinished"

    release = disclosure.request(notice, title="t", body="公开正文", left_out="无", by=officer, at=at + 11 * day)
    disclosure.publish(release, redacted=True, by=cast["sh-releaser"], at=at + 12 * day)
    assert Publication.objects.get(slug=f"p{notice.pk}").body == "公开正文"

    application = followup.apply_to_lift(notice, report="整改报告", by=cast["firm-manager"], at=at + 20 * day)
    followup.evaluate(
        application,
        authentic=True,
        authentic_why="a",
        conforms=False,
        conforms_why="未检测",
        by=officer,
        at=at + 21 * day,
    )
    with pytest.raises(Refusal):
        followup.grant(application, answer="同意", by=cast["sh-issuer"], at=at + 22 * day)
    followup.refuse(application, answer="缺少检测", by=cast["sh-issuer"], at=at + 22 * day)
    second = followup.apply_to_lift(notice, report="整改报告与检测", by=cast["firm-manager"], at=at + 30 * day)
    followup.evaluate(
        second, authentic=True, authentic_why="a", conforms=True, conforms_why="c", by=officer, at=at + 31 * day
    )
    followup.grant(second, answer="风险已消减", by=cast["sh-issuer"], at=at + 32 * day)
    notice.refresh_from_db()
    assert (notice.stage, notice.lifted_on) == ("lifted", (at + 32 * day).date())
    disclosure.follow_measures(at=at + 33 * day)
    assert Publication.objects.get(slug=f"p{notice.pk}").ended_on is not None

    case.close(folder, by=officer, at=at + 40 * day, summary="风险已消减")
    folder.refresh_from_db()
    item = archive.file_folder(folder, retention_class="ordinary", by=cast["sh-archivist"], at=at + 41 * day)
    assert Folder.objects.get(pk=folder.pk).state == "archived"
    late = at + timedelta(days=3 * 366 + 60)
    with pytest.raises(Refusal) as early:
        archive.appraise(item, destroy=True, appraisal="x", by=cast["sh-archivist"], at=at + 42 * day)
    assert early.value.code == "too_early"
    archive.appraise(item, destroy=True, appraisal="无保存价值", by=cast["sh-archivist"], at=late)
    archive.approve_destruction(item, by=cast["sh-approver"], at=late)
    with pytest.raises(Refusal):
        archive.destroy(item, by=cast["sh-approver"], at=late)
    archive.destroy(item, by=cast["sh-decider"], at=late)
    assert Folder.objects.get(pk=folder.pk).state == "destroyed"
    assert verify().holds


def test_from_any_measure_every_source_is_reached_in_four_steps(cast, at, told):
    done = walk(cast, told[0], upto="issued", at=at)
    front, seen = [done.measure], set()
    for _step in range(4):
        front = [c for sheet in front for c in queries.chain(sheet)[0]]
        seen |= {c.pk for c in front}
    assert done.information.pk in seen


def test_reassessment_by_the_same_assessor_shows_the_difference_and_supersedes(cast, at, told):
    day = timedelta(days=1)
    done = walk(cast, told[1], upto="accepted", at=at)
    again = assessment.reassess(
        done.assessment,
        trigger="new_death_or_injury",
        trigger_words="新增一例受伤",
        by=cast["sh-case_officer"],
        at=at + day,
    )
    assessment.take_up(again, has_interest=False, by=cast["tech-assessor"], at=at + day)
    worse = assessed(p="1/2", residual="更高")
    reporting.submit(again, document=worse, by=cast["tech-assessor"], at=at + 2 * day)
    assessment.accept(again, by=cast["sh-approver"], at=at + 3 * day)
    done.assessment.refresh_from_db()
    assert done.assessment.stage == "superseded"
    from riskwatch.assessment.models import Report

    assert "高风险 → 严重风险" in Report.objects.get(assessment=again.pk).difference


def test_an_emergency_measure_runs_while_assessment_goes_on_and_must_be_reviewed(cast, at, told):
    day = timedelta(days=1)
    done = walk(cast, told[2], upto="working", at=at)
    facts = {
        "urgent_reason": "已有死亡",
        "unknowns": "原因未明",
        "practice": "欧盟已召回",
        "measures": "公告",
        "grounds": "g",
    }
    with pytest.raises(Refusal) as outsider:
        decision.decide_emergency(
            done.folder, review_on=(at + 10 * day).date(), by=cast["sh-decider"], at=at + day, **facts
        )
    assert outsider.value.status == 403
    with pytest.raises(Refusal):
        decision.decide_emergency(done.folder, review_on=None, by=cast["hq-decider"], at=at + day, **facts)
    urgent = decision.decide_emergency(
        done.folder, review_on=(at + 10 * day).date(), by=cast["hq-decider"], at=at + day, **facts
    )
    notice = measures.draft(urgent, "announcement", title="紧急公告", ends_on=(at + 60 * day).date(),
                            texts={"product": "p", "risk": "r", "compulsory": "停止进口", "basis": "b", "advice": "停用"},
                            by=cast["hq-case_officer"], at=at + day)  # fmt: skip
    measures.review(notice, secrecy_reviewed=True, by=cast["hq-approver"], at=at + day)
    measures.issue(notice, by=cast["hq-issuer"], at=at + day)
    done.assessment.refresh_from_db()
    assert (notice.stage, done.assessment.stage) == ("in_force", "working")
    review = urgent.effects.get(kind="emergency_review")
    with pytest.raises(Refusal):
        decision.review(review, "lift", findings="f", by=cast["hq-decider"], at=at + 5 * day)
    decision.review(
        review, "confirm", findings="f", next_review_on=(at + 20 * day).date(), by=cast["hq-decider"], at=at + 5 * day
    )
    assert urgent.effects.filter(kind="emergency_review", stage="open").count() == 1


def test_two_measures_of_one_case_one_lapses_and_one_is_lifted(cast, at, told):
    from riskwatch.case import clock

    day = timedelta(days=1)
    first = walk(cast, told[3], upto="issued", at=at)
    second = measures.draft(first.decision, "circular", title="通报", texts={"product": "p", "risk": "r", "text": "t"}, ends_on=(at + 5 * day).date(),
                            addressees=[cast.orgs["pj"]], by=cast["sh-case_officer"], at=at + 2 * day)  # fmt: skip
    measures.review(second, secrecy_reviewed=True, by=cast["sh-approver"], at=at + 2 * day)
    measures.issue(second, by=cast["sh-issuer"], at=at + 2 * day)
    clock.walk(by=cast["clock-service"], at=at + 6 * day)
    second.refresh_from_db()
    assert second.stage == "lapsed"
    measures.lift(first.measure, reason="风险消失", by=cast["sh-issuer"], at=at + 7 * day)
    first.measure.refresh_from_db()
    assert first.measure.stage == "lifted"
    with pytest.raises(Refusal):
        measures.extend(second, reason="r", ends_on=(at + 50 * day).date(), by=cast["sh-issuer"], at=at + 7 * day)


def test_goods_out_of_scope_are_refused_with_where_to_go(cast, at):
    facts = {"source_kind": "media", "text": "某奶酪", "commodity_code": "0406"}
    sheet = collection.register(cast.orgs["sh"], title="奶酪", facts=facts, by=cast["sh-registrar"], at=at)
    collection.refuse_scope(sheet, reason="属食品", elsewhere="食品主管部门", by=cast["sh-registrar"], at=at)
    with pytest.raises(Refusal):
        case.open_folder(
            title="t", owner=cast.orgs["sh"], direction="", sheets=[sheet], by=cast["sh-case_officer"], at=at
        )


def test_a_citizens_report_ends_with_an_answer_given_on_screen_and_read_on_the_receipt_page(cast, at):
    from django.test import Client
    from django.urls import reverse

    from riskwatch.doors.jobs.round import run

    fill = {"office": cast.orgs["sh"].pk, "product": "水壶", "text": "漏电", "name": "某人", "proof_kind": "resident_id",
            "proof": "360426199101010071", "phone": "1", "consent": "on"}  # fmt: skip
    received = Client().post(reverse("portal:report"), fill)
    number, secret = received.context["number"], received.context["secret"]
    sheet = Sheet.objects.get(number=number)
    officer = Client()
    officer.force_login(cast["sh-registrar"])
    page = officer.get(reverse("office:sheet", args=[sheet.pk])).content.decode()
    assert "information-answer" in page
    answered = officer.post(reverse("office:act", args=[sheet.pk, "information-answer"]), {"text": "正在核实，谢谢"})
    assert answered.status_code == 302
    run(at=timezone.now())
    receipt = Client().post(reverse("portal:receipt"), {"number": number, "secret": secret})
    assert "正在核实，谢谢" in receipt.content.decode()
    wrong = Client().post(reverse("portal:receipt"), {"number": number, "secret": "WRONG"})
    assert "正在核实，谢谢" not in wrong.content.decode()


def test_an_identity_opens_only_to_the_handling_officer_with_a_reason(cast, at):
    from riskwatch.collection import identities
    from riskwatch.collection.models import Identity, Information
    from riskwatch.doors.portal.ports import hand_in

    number, _secret = hand_in(
        cast.orgs["sh"],
        title="t",
        facts={"product": "p", "text": "x"},
        who={"name": "张三丰", "proof": "360426199101010071"},
        files=[],
        at=at,
    )
    sheet = Sheet.objects.get(number=number)
    assert "张三丰".encode() not in bytes(Identity.objects.get(information=sheet.pk).sealed)
    assert "张三丰" not in str(Information.objects.filter(pk=sheet.pk).values())
    with pytest.raises(Refusal):
        identities.reveal(sheet, reason="r", by=cast["sh-registrar"], at=at)
    collection.take_charge(sheet, by=cast["sh-registrar"], at=at)
    with pytest.raises(Refusal):
        identities.reveal(sheet, reason=" ", by=cast["sh-registrar"], at=at)
    assert identities.reveal(sheet, reason="核实情况", by=cast["sh-registrar"], at=at)["name"] == "张三丰"


def test_a_centre_acts_inside_its_designation_and_headquarters_must_answer(cast, at, told):
    facts = {"source_kind": "hospital_injury", "text": "t", "commodity_code": "950300"}
    sheet = collection.register(cast.orgs["centre"], title="玩具", facts=facts, by=cast["centre-registrar"], at=at)
    task = verification.begin_verification(sheet, task="t", by=cast["centre-verifier"], at=at)
    verification.report(
        task, method="m", evidence="e", result="verified", reasons="r", by=cast["centre-verifier"], at=at
    )
    verification.approve(task, by=cast["centre-approver"], at=at)
    sheet.refresh_from_db()
    collection.enter(
        sheet, aspects=["safety"], spread="regional", spread_reason="多地", by=cast["centre-registrar"], at=at
    )
    proposal = assessment.deliver_proposal(sheet, findings="f", proposal="公告", by=cast["centre-approver"], at=at)
    assert proposal in queries.inbox(posts_of(cast["hq-case_officer"], at), at=at)
    assessment.answer_proposal(proposal, adopt=True, reason="采纳", by=cast["hq-case_officer"], at=at)
    with pytest.raises(Refusal) as outside:
        collection.register(
            cast.orgs["centre"],
            title="水壶",
            facts=facts | {"commodity_code": "851679"},
            by=cast["centre-registrar"],
            at=at,
        )
    assert outside.value.code == "outside_remit"


def test_sealing_and_detention_refuse_until_their_formalities_exist(cast, at, told):
    done = walk(cast, told[4], upto="decided", at=at)
    with pytest.raises(Refusal) as refused:
        measures.draft(
            done.decision, "seizure", title="t", texts={}, by=cast["sh-case_officer"], at=at + timedelta(days=2)
        )
    assert refused.value.code == "not_available"
