"""The watches' own record: false alarms a week, why dismissed, lead time before the register's decisions, what was missed."""

from datetime import timedelta

import pytest

from riskwatch.case import sheets
from riskwatch.case.models import Sheet
from riskwatch.detection import actions, queries
from tests.riskwatch.detection.conftest import LAST

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(world, detector, at):
    """The national watch over the last three weeks."""
    national = actions.national_watch(by=detector, at=at)
    return [actions.run_watch(national, LAST - timedelta(weeks=n), by=detector, at=at) for n in (2, 1, 0)]


def decide(folder, cast, at):
    """A handling decision in a case, as it stands once taken."""
    plan = sheets.Plan(kind="decision", title="处置", owner=folder.owner, folder=folder)
    sheet = sheets.begin(plan, "judge", by=cast["hq-case_officer"], at=at)
    Sheet.objects.filter(pk=sheet.pk).update(stage="decided", moved_at=at)


def test_false_alarms_a_week_and_why_signals_were_dismissed(runs, cast, at):
    analyst = cast["hq-analyst"]
    signals = list(queries.wall(analyst, at))
    actions.dismiss(signals[0], ground="season", reason="核对", by=analyst, at=at)
    actions.dismiss(signals[1], ground="known", reason="已在办", by=analyst, at=at)
    record = queries.back_test(analyst, at)
    assert [w.week for w in record.weeks] == [LAST - timedelta(weeks=n) for n in (2, 1, 0)]
    assert record.false_a_week == pytest.approx(1 / 3)
    assert dict(record.dismissed) == {"season": 1, "known": 1}
    last = record.weeks[-1]
    assert (last.dismissed, last.false, last.raised) == (2, 1, len(signals))


def test_lead_time_is_counted_from_the_first_signal_on_the_like(runs, cast, at):
    analyst = cast["hq-analyst"]
    kettle = next(s for s in queries.wall(analyst, at) if s.product.startswith("8516"))
    folder = actions.accept(kettle, owner=cast.orgs["hq"], title="电热水壶", by=analyst, at=at)
    later = at + timedelta(days=20)
    decide(folder, cast, later)
    record = queries.back_test(analyst, later)
    first = min(s.week for run in runs for s in run.signals.all() if s.product.startswith("8516") and not s.held)
    assert [lead.folder for lead in record.leads] == [folder]
    assert record.median_lead == (later.date() - first - timedelta(days=7)).days > 0
    assert record.missed == 0


def test_a_decided_case_without_a_signal_before_it_is_a_miss(runs, cast, at):
    from riskwatch.case.actions import open_folder

    toys = Sheet.objects.filter(kind="information", title__startswith="投诉").first()
    other = next(s for s in Sheet.objects.filter(kind="information") if "小零件" in s.words and s != toys)
    folder = open_folder(
        title="玩具", owner=cast.orgs["hq"], direction="", sheets=[other], by=cast["hq-case_officer"], at=at
    )
    decide(folder, cast, at)
    record = queries.back_test(cast["hq-analyst"], at)
    assert (record.missed, record.median_lead) == (1, None)


def test_an_office_reads_the_record_of_its_own_signals_only(runs, cast, at):
    record = queries.back_test(cast["firm-manager"], at)
    assert (record.weeks, record.leads, record.false_a_week) == ([], [], None)


def test_what_was_decided_on_its_like_before_stands_beside_a_signal(runs, cast, at):
    analyst = cast["hq-analyst"]
    now = next(s for s in queries.wall(analyst, at) if s.product.startswith("8516"))
    before = [s for run in runs[:-1] for s in run.signals.all() if s.cell_key == now.cell_key]
    assert before
    actions.dismiss(before[-1], ground="chance", reason="样品合格", by=analyst, at=at)
    found = queries.likes(now, to=analyst, at=at)
    assert [(s.pk, s.reason) for s in found] == [(before[-1].pk, "样品合格")]
