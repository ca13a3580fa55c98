"""The setting that sends counting and scoring to Spark changes where they run, and no figure."""

import shutil
from datetime import timedelta

import pytest

from riskstats.decide import decide
from riskwatch.detection import actions, counting, engine, evidence, parameters
from tests.riskwatch.detection.conftest import LAST

pytest.importorskip("pyspark", reason="pyspark is not installed (extra spark)")
pytestmark = pytest.mark.django_db


def test_a_week_on_spark_is_the_week_on_this_machine(world, detector, at, settings, tmp_path):
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine: Spark's tests were skipped")
    national = actions.national_watch(by=detector, at=at)
    last = LAST + timedelta(days=6)
    records, declared, now = counting.gather(national, last), counting.exposures(last), counting.week_of(LAST)
    rules = parameters.rules_of(records.trees["hazard"], national.budget)
    own = parameters.Seasonal(rules.baseline)
    here = evidence.prepare(records, declared, now)
    settings.SPARK, settings.SPARK_FOLDER = "local-cluster[2,1,1024]", str(tmp_path)
    there = evidence.prepare(records, declared, now)
    assert here.sha256 == there.sha256
    one = decide(here.evidence, rules, score=own, exposure=here.weight)
    other = decide(there.evidence, rules, score=engine.scorer(own), exposure=there.weight)
    assert one.flags
    assert (one.flags, one.held) == (other.flags, other.held)
    assert not list(tmp_path.iterdir())
