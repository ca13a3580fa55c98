"""Work that waits for those whom a plain walk down the river does not reach: centres, panel, laboratory, archivist, superiors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from decree188.calendar import shanghai_date
from riskwatch.archive import actions as archive
from riskwatch.assessment import actions as assessment
from riskwatch.assessment import reporting
from riskwatch.case import actions as case
from riskwatch.case import transfers
from riskwatch.case.models import Folder, Sheet
from riskwatch.collection import actions as collection
from riskwatch.decision import actions as decision
from riskwatch.disclosure import actions as disclosure
from riskwatch.disclosure.models import Publication
from riskwatch.doors.jobs.simulator.cast import Cast
from riskwatch.doors.jobs.simulator.events import Event, events
from riskwatch.doors.jobs.simulator.river import Way, walk
from riskwatch.doors.portal.ports import ask
from riskwatch.followup import actions as followup
from riskwatch.measures import served
from riskwatch.verification import actions as verification

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEARS_AGO = timedelta(days=365 * 4)


def fill(cast: Cast, told: Sequence[Event], now: datetime) -> None:
    """Fill the inboxes of the printed logins that a plain walk leaves empty."""
    story = iter(told)
    _centre(cast, now)
    _panel(cast, story, now)
    _laboratory(cast, story, now)
    _rival(cast, story, now)
    _releases(cast, now)
    _headquarters(cast, story, now)
    _supervision(cast, story, now)
    _archive(cast, story, now)


def _centre(cast: Cast, now: datetime) -> None:
    """The monitoring centre: a piece to begin on, one to report, one to approve, one to enter or propose on."""
    toys = events(189, 4, product="磁力积木玩具")
    centre = cast.orgs["centre"]
    for far, event in enumerate(toys):
        at = now - 4 * DAY + far * HOUR
        facts = event.facts | {"source_kind": "foreign_recall"}
        sheet = collection.register(centre, title=event.title, facts=facts, by=cast["centre-registrar"], at=at)
        if far >= 1:
            task = verification.begin_verification(
                sheet, task=f"检测：{event.story.check}", by=cast["centre-verifier"], at=at + HOUR
            )
        if far >= 2:
            verification.report(task, method="实验室检测", evidence="检测报告", result="verified", reasons=f"检测证实：{event.story.harm}",
                                by=cast["centre-verifier"], at=at + 2 * HOUR)  # fmt: skip
        if far >= 3:
            verification.approve(task, by=cast["centre-approver"], at=at + 3 * HOUR)


def _panel(cast: Cast, story: Iterator[Event], now: datetime) -> None:
    """The panel: one commission to answer, and one that its chair has begun to write on."""
    walk_to = Way(assessor="panel", in_full=True)
    walk(cast, next(story), upto="commissioned", at=now - 3 * DAY, way=walk_to)
    begun = walk(cast, next(story), upto="working", at=now - 4 * DAY, way=walk_to)
    assert begun.assessment is not None
    for expert in ("panel-2", "panel-3"):
        assessment.state(begun.assessment, has_interest=False, by=cast[expert], at=now - 3 * DAY)
    unfinished = begun.story.document() | {"report": {"hazard": f"{begun.story.product}{begun.story.harm}"}}
    reporting.save_draft(begun.assessment, document=unfinished, by=cast["panel-chair"], at=now - 2 * DAY)


def _laboratory(cast: Cast, story: Iterator[Event], now: datetime) -> None:
    """The laboratory: a verification entrusted to it, and a risk that it found and reported itself."""
    event = next(story)
    sheet = collection.register(
        cast.orgs["sh"], title=event.title, facts=event.facts, by=cast["sh-registrar"], at=now - 3 * DAY
    )
    verification.begin_verification(sheet, task=f"请检测：{event.story.check}", commissioned=cast.orgs["lab"], by=cast["sh-verifier"],
                                    at=now - 3 * DAY + HOUR)  # fmt: skip
    found = next(story)
    own = {k: v for k, v in found.facts.items() if k != "source_kind"}
    collection.report_as_organisation(
        cast.orgs["lab"], cast.orgs["sh"], title=found.title, facts=own, first_known_at=now - DAY, severe=False,
        own_number="SC-2026-0417", qualification=cast.orgs["lab"].qualifications.first(), by=cast["lab-tester"], at=now - DAY + HOUR,
    )  # fmt: skip


def _rival(cast: Cast, story: Iterator[Event], now: datetime) -> None:
    """The other importer: a notice and its duties, and an application to lift that waits for the issuer."""
    walk(cast, next(story), upto="issued", at=now - 4 * DAY, way=Way(firm="rival", in_full=True))
    second = walk(cast, next(story), upto="issued", at=now - 5 * DAY, way=Way(firm="rival", in_full=True))
    assert second.measure is not None
    served.acknowledge(second.measure, by=cast["rival-manager"], at=now - 3 * DAY)
    asked = followup.apply_to_lift(
        second.measure, report=f"已全部召回并整改（{second.story.check}）", by=cast["rival-manager"], at=now - 2 * DAY
    )
    followup.evaluate(asked, authentic=True, authentic_why="召回记录与销售记录相符", conforms=True, conforms_why="复检合格",
                      by=cast["sh-case_officer"], at=now - DAY)  # fmt: skip


def _releases(cast: Cast, now: datetime) -> None:
    """The releaser: a notice to publish, and a correction that a reader asked for."""
    notice = Sheet.objects.filter(kind="notice", stage="in_force", owner=cast.orgs["sh"]).order_by("pk").first()
    assert notice is not None
    disclosure.request(notice, title=f"风险警示：{notice.title}", body="请停止使用所涉批次，并联系销售者。", left_out="进口商名称和数量，属商业秘密",
                       by=cast["sh-case_officer"], at=now - DAY)  # fmt: skip
    ask(Publication.objects.get(current=True), wrong="没有写明型号", right="请补充所涉型号", at=now - DAY)


def _headquarters(cast: Cast, story: Iterator[Event], now: datetime) -> None:
    """Headquarters' decider: an emergency decision to review, and a proposal to decide on."""
    case_ = walk(cast, next(story), upto="opened", at=now - 3 * DAY, way=Way("hq", in_full=True))
    assert case_.folder is not None
    today = shanghai_date(now)
    decision.decide_emergency(
        case_.folder, urgent_reason="境外已发生多起伤害，同批货物正在到港", unknowns="国内在售数量尚不清楚", practice="参照原产国主管部门已发布的召回",
        review_on=today + 6 * DAY, measures=case_.story.required, grounds=f"{case_.story.product}{case_.story.harm}", by=cast["hq-decider"],
        at=now - 2 * DAY,
    )  # fmt: skip
    walk(cast, next(story), upto="proposed", at=now - 4 * DAY, way=Way("hq", in_full=True))


def _supervision(cast: Cast, story: Iterator[Event], now: datetime) -> None:
    """The supervisor: a transfer that the other customs refused, to be ruled on from above."""
    case_ = walk(cast, next(story), upto="opened", at=now - 4 * DAY, way=Way("pj", in_full=True))
    assert case_.folder is not None
    asked = transfers.propose(case_.folder, mode="transfer", to=cast.orgs["sz"], reason="进口商在深圳，由深圳海关办理更便利",
                              by=cast["pj-case_officer"], at=now - 3 * DAY)  # fmt: skip
    transfers.refuse(
        asked, reason="货物从上海口岸进口，涉案批次也在上海销售", by=cast["sz-case_officer"], at=now - 2 * DAY
    )


def _archive(cast: Cast, story: Iterator[Event], now: datetime) -> None:
    """The archivist: a closed case to archive, an archived one, and one whose term is over."""
    _closed(cast, next(story), now - 5 * DAY)
    kept = _closed(cast, next(story), now - 6 * DAY)
    archive.file_folder(kept, retention_class="long_term", by=cast["sh-archivist"], at=now - DAY)
    for _number in range(2):
        old = _closed(cast, next(story), now - YEARS_AGO)
        item = archive.file_folder(
            old, retention_class="ordinary", by=cast["sh-archivist"], at=now - YEARS_AGO + 3 * DAY
        )
    archive.appraise(item, destroy=True, appraisal="已无继续保存的价值", by=cast["sh-archivist"], at=now - DAY)


def _closed(cast: Cast, event: Event, at: datetime) -> Folder:
    """A case that ended without measures."""
    done = walk(cast, event, upto="decided", at=at, way=Way(conclusion="no_action", in_full=True))
    assert done.folder is not None
    return case.close(
        done.folder, summary="涉及批次已全部退运，没有进入销售，不采取措施", by=cast["sh-case_officer"], at=at + DAY
    )
