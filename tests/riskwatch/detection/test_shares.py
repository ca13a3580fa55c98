"""Recalls without dates: a hazard named with a make beyond its share is raised once, and again only on new reports."""

import csv
import io
from datetime import date, timedelta

import numpy as np
import pytest

from riskwatch.connectors import nhtsa
from riskwatch.detection import actions
from riskwatch.detection.models import Run, Signal
from riskwatch.detection.replaying import replay

pytestmark = pytest.mark.django_db
WEEK = date(2026, 3, 9)
HEAD = ["NHTSA ID", "DOCUMENT NAME", "MAKE", "MODEL", "MODEL YEAR", "SUMMARY"]
SAID = {
    "fire": "engine fire",
    "vehicle_control": "brake failure",
    "labelling": "certification label is wrong",
    "asphyxia": "choking",
    "software": "firmware error",
}


def campaigns(seed, *, planted, start=0):
    """Campaigns over twelve makes and five hazards; one make burns more often than its share. Each has two documents."""
    chance = np.random.default_rng(seed)
    rows = []
    for n in range(260):
        make, harm = f"MAKE{chance.integers(12)}", list(SAID)[chance.choice(5, p=[0.1, 0.4, 0.3, 0.1, 0.1])]
        rows += [[f"20V{start + n:05d}", f"d{k}.pdf", make, "X", "2020", SAID[harm]] for k in range(2)]
        rows += [
            [f"22V{start + n:05d}", "d.pdf", "SPARTAN FIRE", "Z", "2021", "engine fire of a Spartan Fire truck"]
        ] * (n < 15)
    for n in range(planted):
        rows += [[f"21V{start + n:05d}", f"d{k}.pdf", "EMBER", "Y", "2021", SAID["fire"]] for k in range(3)]
    return rows


def body(rows):
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *rows])
    return out.getvalue().encode()


@pytest.fixture
def run(collect, detector, at):
    collect(nhtsa.SOURCE, body(campaigns(5, planted=14)))
    return actions.run_watch(actions.national_watch(by=detector, at=at), WEEK, by=detector, at=at)


def test_the_planted_share_is_found_by_campaigns_not_documents(run):
    signal = run.signals.get(product="?EMBER", hazard="fire")
    assert (signal.kind, signal.observed, signal.extent) == ("share", 14, "untested")
    assert signal.expected < 4
    assert signal.findings[0]["eb05"] >= 2
    assert signal.reports["total"] == 42
    assert {s.product for s in run.signals.filter(held=False)} == {"?EMBER"}
    assert "14" in signal.why_en
    assert "EMBER" in signal.why_zh
    assert run.undated == 260 * 2 + 42 + 15


def test_its_numbers_come_out_again(run):
    done = replay(run.signals.get(product="?EMBER", hazard="fire"))
    assert done.same, done.differs


def test_it_is_raised_again_only_when_reports_were_added(run, collect, detector, at):
    later = at + timedelta(days=7)
    again = actions.run_watch(run.watch, WEEK + timedelta(days=7), by=detector, at=later)
    assert not again.signals.exists()
    collect(nhtsa.SOURCE, body(campaigns(6, planted=6, start=9000)), name="more.csv")
    more = actions.run_watch(run.watch, WEEK + timedelta(days=7), by=detector, at=later)
    assert more.signals.get(product="?EMBER").observed == 20


def test_a_table_without_excess_raises_nothing(collect, detector, at):
    collect(nhtsa.SOURCE, body(campaigns(7, planted=0)))
    run = actions.run_watch(actions.national_watch(by=detector, at=at), WEEK, by=detector, at=at)
    assert run.cells >= 30
    assert run.raised == 0


def test_a_watch_of_an_area_counts_no_index_without_places(run, cast, at):
    plan = actions.Plan("shanghai", WEEK, areas=("2200",))
    watch = actions.make_watch(cast.orgs["hq"], plan, by=cast["hq-analyst"], at=at)
    own = actions.run_watch(watch, WEEK, by=cast["hq-analyst"], at=at)
    assert own.short
    assert Run.objects.count() == 2
    assert not Signal.objects.filter(run=own).exists()
