"""``riskwatch watch`` and ``riskwatch replay`` at the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from riskwatch.detection import evidence
from riskwatch.detection.models import Run, Signal, Watch
from riskwatch.doors.jobs.weekly import last_full_week
from tests.riskwatch.detection.conftest import LAST

pytestmark = pytest.mark.django_db


def said(*args, **options):
    out = StringIO()
    call_command(*args, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_a_week_is_run_told_and_run_again_with_the_same_result(world):
    first = said("watch", week="2026-W10")
    run = Run.objects.get()
    assert run.week == LAST
    assert f"{run.raised} signals" in first
    assert run.inputs[:12] in first
    for signal in run.signals.filter(held=False):
        assert f"[{signal.pk}] {signal.why_zh}" in first
    listed = [line for line in first.splitlines() if ". [" in line]
    again = said("watch", week="2026-03-04", watch="national")
    assert [line for line in again.splitlines() if ". [" in line] == listed
    assert Run.objects.count() == 1


def test_several_weeks_are_run_in_order(world):
    said("watch", week="2026-W08", until="2026-W10")
    assert [r.week.isocalendar().week for r in Run.objects.order_by("pk")] == [8, 9, 10]


def test_a_wrong_week_or_watch_is_told_with_what_to_write(cast):
    for wrong in ({"week": "2026-W60"}, {"week": "soon"}):
        with pytest.raises(CommandError, match="2026-W07"):
            said("watch", **wrong)
    with pytest.raises(CommandError, match="there is no watch 'toys'"):
        said("watch", week="2026-W10", watch="toys")


def test_a_watch_that_is_refused_stops_itself_only(cast, at):
    Watch.objects.create(
        name="gone",
        owner=cast.orgs["centre"],
        products=["9503"],
        starts_on=LAST,
        made_by=cast["centre-analyst"],
        made_at=at,
    )
    cast.orgs["centre"].designations.update(withdrawn_on=LAST)
    with pytest.raises(CommandError, match="1 runs were refused"):
        said("watch", week="2026-W10")
    assert Run.objects.get().watch.name == "national"


def test_a_replay_says_that_the_numbers_are_the_same_or_which_differ(world):
    said("watch", week="2026-W10")
    signal = Signal.objects.order_by("pk").first()
    assert "same: observed" in said("replay", signal.pk)
    Run.objects.filter(pk=signal.run_id).update(
        parameters=signal.run.parameters | {"rules": signal.run.parameters["rules"] | {"level": 0.2}}
    )
    with pytest.raises(CommandError, match="differ"):
        said("replay", signal.pk)


def test_a_replay_without_its_inputs_or_its_signal_is_told(world):
    said("watch", week="2026-W10")
    signal = Signal.objects.order_by("pk").first()
    path = evidence.path_of(signal.run.inputs)
    body = path.read_bytes()
    path.unlink()
    with pytest.raises(CommandError, match="从备份恢复"):
        said("replay", signal.pk)
    path.write_bytes(body)
    with pytest.raises(CommandError, match="no signal"):
        said("replay", 10**9)


def test_the_last_full_week_is_the_one_that_is_over(at):
    assert last_full_week(at) == LAST
