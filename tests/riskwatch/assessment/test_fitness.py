"""Who may assess, asked at commission, at take-up, at the report and again: qualified for the product, every member stated."""

from datetime import date, timedelta

import pytest

from riskwatch.assessment import actions as assessment
from riskwatch.assessment import reporting
from riskwatch.assessment.models import Assessment
from riskwatch.doors.jobs.simulator.river import assessed, walk
from riskwatch.journal.queries import course_of_sheet
from riskwatch.parties.models import Interest, Membership, Person, Qualification
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def on_panel(cast, at, told):
    done = walk(cast, told[0], upto="opened", at=at)
    return assessment.commission(
        done.folder, assessor=cast.orgs["panel"], question="q", by=cast["sh-case_officer"], at=at + DAY
    )


def _submit(sheet, by, at):
    return reporting.submit(sheet, document=assessed(), by=by, at=at)


def test_a_panels_report_waits_until_every_member_has_stated(on_panel, cast, at):
    assessment.take_up(on_panel, has_interest=False, by=cast["panel-chair"], at=at + DAY)
    with pytest.raises(Refusal) as silent:
        _submit(on_panel, cast["panel-chair"], at + 2 * DAY)
    assert silent.value.code == "statement_missing"
    assert str(cast["panel-2"]) in silent.value.reason
    assert str(cast["panel-3"]) in silent.value.reason
    for name in ("panel-2", "panel-3"):
        assessment.state(on_panel, has_interest=False, by=cast[name], at=at + 2 * DAY)
    assert _submit(on_panel, cast["panel-chair"], at + 2 * DAY).stage == "submitted"
    assert course_of_sheet(on_panel.pk).filter(act="assessment.state").count() == 3


def test_the_team_is_fixed_at_take_up(on_panel, cast, at):
    assessment.take_up(on_panel, has_interest=False, by=cast["panel-chair"], at=at + DAY)
    late = Person.objects.create_user("panel-late", name_zh="后来者")
    Membership.objects.create(person=late, organisation=cast.orgs["panel"], role="panellist", since=date(2020, 1, 1))
    Membership.objects.filter(person=cast["panel-3"]).update(until=at.date())
    with pytest.raises(Refusal) as refused:
        assessment.state(on_panel, has_interest=False, by=late, at=at + 2 * DAY)
    assert refused.value.code == "not_in_team"
    assert cast["panel-3"] in Assessment.objects.get(pk=on_panel.pk).team.all()
    assessment.state(on_panel, has_interest=False, by=cast["panel-2"], at=at + 2 * DAY)
    with pytest.raises(Refusal) as silent:
        _submit(on_panel, cast["panel-chair"], at + 2 * DAY)
    assert str(cast["panel-3"]) in silent.value.reason


def test_a_panel_that_shrank_to_an_even_number_does_not_take_up(on_panel, cast, at):
    Membership.objects.filter(person=cast["panel-3"]).update(until=at.date())
    with pytest.raises(Refusal) as refused:
        assessment.take_up(on_panel, has_interest=False, by=cast["panel-chair"], at=at + 2 * DAY)
    assert refused.value.code == "panel_size"


def _expire(cast, at):
    Qualification.objects.filter(organisation=cast.orgs["tech"]).update(valid_until=at.date())


def _other_products(cast, at):
    Qualification.objects.filter(organisation=cast.orgs["tech"]).update(products=["0101"])


@pytest.mark.parametrize("unfit", [_expire, _other_products])
def test_an_unqualified_body_is_refused_at_each_act(unfit, cast, at, told):
    opened = walk(cast, told[0], upto="opened", at=at)
    working = walk(cast, told[1], upto="working", at=at)
    entrusted = walk(cast, told[2], upto="commissioned", at=at)
    accepted = walk(cast, told[3], upto="accepted", at=at)
    received = walk(cast, told[4], upto="received", at=at).information
    second = walk(cast, told[5], upto="received", at=at).information
    task = verification.begin_verification(
        second, task="t", commissioned=cast.orgs["tech"], by=cast["sh-verifier"], at=at
    )
    unfit(cast, at)
    officer, later = cast["sh-case_officer"], at + 2 * DAY
    acts = {
        "commission": lambda: assessment.commission(opened.folder, assessor=cast.orgs["tech"], question="q", by=officer, at=later),
        "take_up": lambda: assessment.take_up(entrusted.assessment, has_interest=False, by=cast["tech-assessor"], at=later),
        "submit": lambda: _submit(working.assessment, cast["tech-assessor"], later),
        "reassess": lambda: assessment.reassess(accepted.assessment, trigger="new_batch", trigger_words="w", by=officer, at=later),
        "begin": lambda: verification.begin_verification(received, task="t", commissioned=cast.orgs["tech"], by=cast["sh-verifier"], at=later),
        "report": lambda: verification.report(task, method="m", evidence="e", result="verified", reasons="r", by=cast["tech-head"], at=later),
    }  # fmt: skip
    for name, act in acts.items():
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "unqualified", name


def test_a_tie_that_came_after_the_commission_stops_the_report(cast, at, told):
    from riskwatch.case.sheets import concern

    done = walk(cast, told[0], upto="working", at=at)
    concern(done.information, "party", [cast.orgs["firm"]])
    Interest.objects.create(organisation=cast.orgs["tech"], operator=cast.orgs["firm"], nature="持股", since=at.date(),
                            declared_by=cast["hq-policy"])  # fmt: skip
    with pytest.raises(Refusal) as refused:
        _submit(done.assessment, cast["tech-assessor"], at + DAY)
    assert refused.value.code == "conflict"
