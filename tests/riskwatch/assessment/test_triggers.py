"""A change that calls for a reassessment is put before the case officer, dated, once; they begin it or say why not."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.assessment import actions as assessment
from riskwatch.assessment import reporting, triggers
from riskwatch.assessment.models import Assessment, ReassessmentDue
from riskwatch.case import actions as case
from riskwatch.case import clock, queries
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Message, Sheet
from riskwatch.collection import actions as collection
from riskwatch.doors.jobs.simulator.river import assessed, walk
from riskwatch.measures import actions as measures
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def done(cast, at, told):
    """A case with an accepted report."""
    return walk(cast, told[0], upto="accepted", at=at)


def _piece(cast, at, **facts):
    said = {"source_kind": "media", "product": "磁力积木", "text": "新的报道"} | facts
    return collection.register(cast.orgs["sh"], title="又一例", facts=said, by=cast["sh-registrar"], at=at)


def _enclose(folder, sheet, cast, at):
    case.enclose(folder, [sheet], by=cast["sh-case_officer"], at=at)


def _due(folder):
    return list(Sheet.objects.filter(folder=folder, kind="reassessment_due").order_by("pk"))


@pytest.mark.parametrize(
    ("facts", "trigger"),
    [
        ({"deaths": 1}, "new_death_or_injury"),
        ({"injured": 2}, "new_death_or_injury"),
        ({"injuries": "肠穿孔"}, "new_death_or_injury"),
        ({"source_kind": "foreign_recall"}, "foreign_recall"),
        ({"source_kind": "foreign_recall", "deaths": 1}, "new_death_or_injury"),
    ],
)
def test_a_new_piece_that_changes_the_risk_is_put_before_the_officer(facts, trigger, done, cast, at):
    piece = _piece(cast, at, **facts)
    _enclose(done.folder, piece, cast, at + DAY)
    (due,) = _due(done.folder)
    row = ReassessmentDue.objects.get(pk=due.pk)
    assert (row.trigger, due.stage, row.assessment_id) == (trigger, "open", done.assessment.pk)
    assert due.due_on > (at + DAY).date()
    assert piece in due.causes.all()
    assert due in queries.inbox(posts_of(cast["sh-case_officer"], at), at=at + DAY)
    assert due not in queries.inbox(posts_of(cast["sz-case_officer"], at), at=at + DAY)
    assert Message.objects.filter(sheet=due, to_organisation=cast.orgs["sh"], role="case_officer").count() == 1


def test_a_piece_that_changes_nothing_or_a_case_without_a_report_asks_nobody(done, cast, at, told):
    _enclose(done.folder, _piece(cast, at), cast, at + DAY)
    assert _due(done.folder) == []
    other = walk(cast, told[1], upto="working", at=at).folder
    _enclose(other, _piece(cast, at, deaths=1), cast, at + DAY)
    assert _due(other) == []


def test_a_merged_cases_pieces_are_seen_too(done, cast, at):
    piece = _piece(cast, at, deaths=1)
    other = case.open_folder(
        title="t", owner=cast.orgs["sh"], direction="", sheets=[piece], by=cast["sh-case_officer"], at=at
    )
    case.merge(other, done.folder, by=cast["sh-case_officer"], at=at, reason="同一产品")
    assert len(_due(done.folder)) == 1


def test_a_measure_that_nears_its_end_asks_once_and_again_after_an_extension(cast, at, told):
    done = walk(cast, told[0], upto="issued", at=at)
    near = at + timedelta(days=75)
    for _twice in range(2):
        clock.walk(by=cast["clock-service"], at=at + 10 * DAY)
    assert _due(done.folder) == []
    for _twice in range(2):
        clock.walk(by=cast["clock-service"], at=near)
    (due,) = _due(done.folder)
    assert ReassessmentDue.objects.get(pk=due.pk).trigger == "measure_ending"
    measures.extend(done.measure, reason="风险仍在", ends_on=(near + 100 * DAY).date(), by=cast["sh-issuer"], at=near)
    clock.walk(by=cast["clock-service"], at=near + DAY)
    assert len(_due(done.folder)) == 1
    clock.walk(by=cast["clock-service"], at=near + 80 * DAY)
    assert len(_due(done.folder)) == 2


def test_a_recall_abroad_told_anew_asks_once(cast, at):
    from riskwatch.collection import bulk
    from riskwatch.connectors import cpsc_api
    from riskwatch.verification.actions import verify_batch
    from tests.stories.test_full_chain import RECALL

    def collect(body, when):
        batch = bulk.Batch(cpsc_api.SOURCE, cast.orgs["sh"], cast["sh-registrar"], when)
        return bulk.collect(io.BytesIO(body), "recall.json", batch)

    collect(RECALL, at)
    info = Sheet.objects.get(kind="information")
    verify_batch([info.pk], cast.orgs["sh"], result="verified", method="m", sample="s", by=cast["sh-approver"], at=at)
    info.refresh_from_db()
    collection.enter(info, aspects=["safety"], spread="regional", spread_reason="多地", in_scope=True, reason="工业品",
                     by=cast["sh-registrar"], at=at)  # fmt: skip
    officer = cast["sh-case_officer"]
    folder = case.open_folder(title="t", owner=cast.orgs["sh"], direction="", sheets=[info], by=officer, at=at)
    made = assessment.commission(folder, assessor=cast.orgs["tech"], question="q", by=officer, at=at)
    assessment.take_up(made, has_interest=False, by=cast["tech-assessor"], at=at)
    reporting.submit(made, document=assessed(), by=cast["tech-assessor"], at=at)
    assessment.accept(made, by=cast["sh-approver"], at=at + DAY)
    clock.walk(by=cast["clock-service"], at=at + DAY)
    assert _due(folder) == []
    assert collect(RECALL.replace(b"About 1,200", b"About 9,900"), at + 2 * DAY).renewed == 1
    for _twice in range(2):
        clock.walk(by=cast["clock-service"], at=at + 2 * DAY)
    (due,) = _due(folder)
    assert ReassessmentDue.objects.get(pk=due.pk).trigger == "foreign_recall"


def test_the_officer_begins_it_on_screen_with_the_trigger_filled_in(done, cast, at):
    _enclose(done.folder, _piece(cast, at, deaths=1), cast, at + DAY)
    (due,) = _due(done.folder)
    browser = Client()
    browser.force_login(cast["sh-case_officer"])
    address = reverse("office:act", args=[due.pk, "reassessment_due-reassess"])
    page = browser.get(address).content.decode()
    assert "死亡1" in page
    answer = browser.post(address, {"trigger_words": "新增一例死亡"})
    assert answer.status_code == 302
    made = Assessment.objects.get(previous=done.assessment.pk)
    assert (made.trigger, made.trigger_words) == ("new_death_or_injury", "新增一例死亡")
    assert due in made.sheet.causes.all()
    assert Sheet.objects.get(pk=due.pk).stage == "begun"


def test_a_second_change_joins_the_reassessment_under_way(done, cast, at):
    for words in ("甲", "乙"):
        _enclose(done.folder, _piece(cast, at, injuries=words), cast, at + DAY)
    first, second = _due(done.folder)
    officer = cast["sh-case_officer"]
    made = triggers.begin(first, trigger_words="甲", by=officer, at=at + DAY)
    again = triggers.begin(second, trigger_words="乙", by=officer, at=at + DAY)
    assert again == made
    assert {first, second} <= set(made.causes.all())
    assert Assessment.objects.filter(previous=done.assessment.pk).count() == 1


def test_declining_needs_a_reason_and_an_unanswered_change_keeps_the_case_open(done, cast, at):
    _enclose(done.folder, _piece(cast, at, deaths=1), cast, at + DAY)
    (due,) = _due(done.folder)
    assert due in [left.sheet for left in queries.keeps_open(done.folder, at=at)]
    officer = cast["sh-case_officer"]
    with pytest.raises(Refusal):
        triggers.decline(due, reason=" ", by=officer, at=at + DAY)
    for stranger in ("sz-case_officer", "sh-registrar", "tech-assessor"):
        with pytest.raises(Refusal) as refused:
            triggers.decline(due, reason="r", by=cast[stranger], at=at + DAY)
        assert refused.value.code == "no_post"
    triggers.decline(due, reason="已在原评估中考虑", by=officer, at=at + DAY)
    assert due.stage == "declined"
    assert due not in [left.sheet for left in queries.keeps_open(done.folder, at=at)]
