"""Time is computed: the last second of a term, the job run twice, late or never, in one Python and one SQL form."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from decree188.calendar import SHANGHAI
from riskwatch.case import clock, deadlines
from riskwatch.case.lifecycle import advance
from riskwatch.case.models import Message, Policy, Sheet, WorkYear
from riskwatch.case.standing import binding_on, standing, standing_on
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.journal.models import Entry
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure(cast, at, told):
    return walk(cast, told[0], upto="issued", at=at).measure


def _moment(day, clock_time):
    return datetime.fromisoformat(f"{day}T{clock_time}").replace(tzinfo=SHANGHAI)


def test_a_measure_binds_until_the_last_second_and_not_one_longer(measure):
    from decree188.calendar import shanghai_date

    last = measure.ends_on
    assert standing(measure, shanghai_date(_moment(last, "23:59:59"))) == "in_force"
    assert standing(measure, shanghai_date(_moment(last + timedelta(days=1), "00:00:00"))) == "lapsed"


def test_a_lapsed_measure_refuses_steps_even_when_the_job_never_ran(measure, cast):
    late = _moment(measure.ends_on + timedelta(days=1), "00:00:00")
    with pytest.raises(Refusal) as refused:
        advance(measure, "lift", by=cast["sh-issuer"], at=late)
    assert refused.value.code == "lapsed"
    assert measure.stage == "in_force"


def test_the_job_run_twice_and_late_makes_one_event_and_one_message(measure, cast):
    late = _moment(measure.ends_on + timedelta(days=40), "03:00:00")
    for _twice in range(2):
        clock.walk(by=cast["clock-service"], at=late)
    assert Entry.objects.filter(sheet_id=measure.pk, act="notice.lapse").count() == 1
    assert (
        Message.objects.filter(sheet=measure, once_key__startswith="lapse:", to_organisation=cast.orgs["firm"]).count()
        == 1
    )


def test_an_order_past_its_day_is_never_lapsed(cast, at, told):
    order = walk(cast, told[1], upto="issued", at=at, kind="order").measure
    assert standing(order, date(2036, 1, 1)) == "in_force"


def test_an_overdue_record_escalates_once_to_the_superior(cast, at, told):
    info = walk(cast, told[2], upto="received", at=at, office="pj").information
    late = at + timedelta(days=30)
    for _twice in range(2):
        clock.walk(by=cast["clock-service"], at=late)
    told_orgs = set(
        Message.objects.filter(sheet=info, once_key__startswith="late:").values_list("to_organisation", flat=True)
    )
    assert told_orgs == {cast.orgs["pj"].pk, cast.orgs["sh"].pk}
    assert Message.objects.filter(sheet=info, once_key__startswith="late:").count() == 2


def test_a_policy_value_counts_from_its_day_and_a_statutory_one_cannot_be_set(cast, at):
    from riskwatch.case.policy import set_policy

    day = date(2026, 3, 16)
    before = deadlines.due_on("verification", date(2026, 3, 10))
    set_policy(
        key="verification", amount=2, unit="working_days", valid_from=day, reason="r", by=cast["hq-policy"], at=at
    )
    assert deadlines.due_on("verification", date(2026, 3, 10)) == before
    assert deadlines.due_on("verification", day) == date(2026, 3, 18)
    with pytest.raises(Refusal):
        set_policy(
            key="seizure_term", amount=2, unit="working_days", valid_from=day, reason="r", by=cast["hq-policy"], at=at
        )
    with pytest.raises(Refusal):
        set_policy(
            key="verification", amount=2, unit="working_days", valid_from=day, reason="r", by=cast["sh-decider"], at=at
        )
    assert Policy.objects.count() == 1


def test_an_uploaded_year_replaces_the_fallback(cast, at):
    from riskwatch.case.policy import upload_year

    assert deadlines.calendar().knows(2027) == "fallback"
    upload_year(
        2027, {date(2027, 1, 1): False, date(2027, 1, 2): True}, source="国办发明电", by=cast["hq-policy"], at=at
    )
    assert deadlines.calendar().knows(2027) == "official"
    assert deadlines.calendar().is_working_day(date(2027, 1, 2))
    assert WorkYear.objects.count() == 2


DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 20)))


class OneAnswerInPythonAndSql(TestCase):
    """`standing` and `standing_on` never disagree."""

    @given(
        st.sampled_from(["in_force", "lifted", "drafted", "received"]),
        DAYS,
        DAYS,
        st.booleans(),
        st.dates(date(2026, 1, 1), date(2026, 1, 20)),
    )
    def test_both_forms_agree(self, stage, starts, ends, itself, today):
        who, office = Person.objects.first(), Organisation.objects.first()
        now = datetime(2026, 1, 1, tzinfo=SHANGHAI)
        made = Sheet.objects.create(kind="notice", owner=office, stage=stage, title="t", starts_on=starts, ends_on=ends, ends_by_itself=itself,
                                    made_by=who, made_at=now, moved_by=who, moved_at=now)  # fmt: skip
        in_sql = Sheet.objects.annotate(now=standing_on(today)).get(pk=made.pk).now
        assert in_sql == standing(made, today)
        assert Sheet.objects.filter(binding_on(today), pk=made.pk).exists() == (
            standing(made, today) in ("in_force", "overdue", "not_yet")
        )
