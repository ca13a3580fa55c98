"""EARS by its formulas, quick path and slow path, missing weeks and cold starts."""

import numpy as np
import pytest
from scipy import stats

from riskstats.surveillance import Ears, SurveillanceError, ears

COUNTS = np.random.default_rng(4).negative_binomial(1.2, 0.3, size=(60, 120))


def c_values(row, baseline, guard):
    out = np.full(len(row), np.nan)
    for t in range(baseline + guard, len(row)):
        past = row[t - guard - baseline : t - guard]
        with np.errstate(all="ignore"):
            out[t] = (row[t] - past.mean()) / past.std(ddof=1)
    return out


@pytest.mark.parametrize("baseline", [7, 28])
def test_published_formulas(baseline):
    for row in COUNTS[:10].astype(float):
        one, two = c_values(row, baseline, 0), c_values(row, baseline, 2)
        c1 = ears(row, options=Ears("C1", baseline))
        np.testing.assert_allclose(c1.score[0], one[c1.weeks], rtol=1e-12)
        np.testing.assert_array_equal(c1.alarm[0], one[c1.weeks] > stats.norm.isf(0.001))
        c3 = ears(row, options=Ears("C3", baseline))
        excess = np.where(np.isnan(two), np.nan, np.maximum(two - 1, 0))
        summed = excess[c3.weeks] + excess[c3.weeks - 1] + excess[c3.weeks - 2]
        np.testing.assert_allclose(c3.score[0], summed, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(c3.alarm[0], summed > stats.norm.isf(0.025))
        exceeded = (c3.upperbound[0] > 0) & ~np.isnan(summed)
        np.testing.assert_array_equal((row[c3.weeks] > c3.upperbound[0])[exceeded], c3.alarm[0][exceeded])


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@pytest.mark.parametrize("kind", [np.uint16, np.int32])
def test_alarms_alone_are_the_full_alarms(method, kind):
    counts = np.vstack([COUNTS, np.zeros_like(COUNTS[:1]), np.full_like(COUNTS[:1], 60_000)]).astype(kind)
    full = ears(counts, options=Ears(method))
    quick = ears(counts, options=Ears(method), detail="alarm")
    np.testing.assert_array_equal(full.alarm, quick.alarm)
    assert quick.upperbound is None
    some = ears(counts, weeks=[50, 51, 90], options=Ears(method), detail="alarm")
    np.testing.assert_array_equal(some.alarm, full.alarm[:, np.isin(full.weeks, [50, 51, 90])])


def test_huge_counts_do_not_overflow():
    counts = np.full((1, 30), 2**31 - 10)
    counts[0, 10] = 2**31 - 1
    assert ears(counts, detail="alarm").alarm[0].tolist() == ears(counts).alarm[0].tolist()


def test_a_baseline_without_variation_is_stated_not_guessed():
    counts = np.zeros((1, 20), dtype=int)
    found = ears(counts, options=Ears("C3"))
    assert np.isnan(found.upperbound).all()
    assert not found.alarm.any()
    steadied = ears(counts, options=Ears("C3", least_sd=0.5))
    assert np.isfinite(steadied.upperbound).all()
    assert not steadied.alarm.any()


def test_exposures_compare_rates_and_skip_missing_weeks():
    counts = np.array([[4, 6, 5, 4, 6, 5, 5, 10]])
    seen = np.array([[10, 10, 10, 10, 10, 10, 10, 20.0]])
    found = ears(counts, exposure=seen)
    assert found.expected[0, 0] == pytest.approx(10)
    assert not found.alarm[0, 0]
    seen[0, 2], counts[0, 2] = 0, 0
    without = ears(counts, exposure=seen)
    past = np.array([4, 6, 4, 6, 5, 5]) / 10
    assert without.upperbound[0, 0] == pytest.approx(20 * (past.mean() + stats.norm.isf(0.001) * past.std(ddof=1)))
    seen[0, -1], counts[0, -1] = 0, 0
    unseen = ears(counts, exposure=seen)
    assert not unseen.alarm[0, 0]


def test_negative_binomial_limits_tame_false_alarms():
    counts = np.random.default_rng(8).poisson(1.5, size=(400, 60))
    normal = ears(counts, options=Ears("C2")).alarm.mean()
    tamed = ears(counts, options=Ears("C2", limits="negative-binomial")).alarm.mean()
    assert normal > 0.02
    assert tamed < 0.006


@pytest.mark.parametrize(
    "bad",
    [
        {"method": "C4"},
        {"baseline": 1},
        {"alpha": 0.7},
        {"least_sd": -1.0},
        {"method": "C3", "limits": "negative-binomial"},
    ],
)
def test_options_that_make_no_sense_are_refused(bad):
    with pytest.raises(SurveillanceError):
        Ears(**bad)


def test_too_early_a_week_is_refused():
    with pytest.raises(SurveillanceError, match="week 6: the method needs 7 weeks before it"):
        ears(COUNTS, weeks=[6])
