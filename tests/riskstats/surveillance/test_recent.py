"""Bayes, RKI and outbreakP by their definitions."""

import numpy as np
import pytest
from scipy import stats

from riskstats.surveillance import Bayes, Rki, State, SurveillanceError, bayes, outbreak_p, rki
from riskstats.surveillance.rki import CROW_GARDNER

COUNTS = np.random.default_rng(7).poisson(2.0, size=(30, 130))


def test_bayes_is_the_predictive_negative_binomial():
    found = bayes(COUNTS, options=Bayes(years=1, half_window=3, alpha=0.01))
    for i, week in ((0, 0), (5, 20), (29, 60)):
        at = found.weeks[week]
        past = np.r_[COUNTS[i, at - 55 : at - 48], COUNTS[i, at - 3 : at]]
        law = stats.nbinom(past.sum() + 0.5, len(past) / (len(past) + 1))
        assert found.upperbound[i, week] == law.ppf(0.99)
        assert found.pvalue[i, week] == pytest.approx(law.sf(COUNTS[i, at] - 1), rel=1e-9)
    np.testing.assert_array_equal(found.alarm, COUNTS[:, found.weeks] > found.upperbound)


def test_bayes_keeps_its_level_on_poisson_counts_and_finds_falls():
    counts = np.random.default_rng(1).poisson(30.0, size=(4000, 7))
    counts[0, -1] = 3
    assert 0.03 < bayes(counts).alarm.mean() < 0.055
    down = bayes(counts, direction="decrease")
    assert down.alarm[0, 0]
    assert 0.03 < down.alarm.mean() < 0.055


def test_bayes_with_exposures_is_of_the_rate():
    seen = np.full(COUNTS.shape, 5.0)
    np.testing.assert_allclose(bayes(COUNTS, exposure=seen).pvalue, bayes(COUNTS).pvalue)
    seen[:, -1] = 500.0
    assert (bayes(COUNTS, exposure=seen, weeks=[-1]).expected > 50 * bayes(COUNTS, weeks=[-1]).expected).all()


def test_bayes_without_anything_seen_gives_no_verdict():
    seen = np.zeros((1, 7))
    found = bayes(np.zeros((1, 7), int), exposure=seen)
    assert found.state[0, 0] == State.NO_EXPOSURE
    seen[0, -1] = 1
    assert bayes(np.zeros((1, 7), int), exposure=seen).state[0, 0] == State.NO_REFERENCE


def test_rki_limits_change_at_a_mean_of_twenty():
    low = rki(np.r_[np.full(6, 7), 15], options=Rki(0, 6, True))
    assert low.upperbound[0, 0] == CROW_GARDNER[7]
    past = np.array([30, 20, 25, 40, 22, 28])
    high = rki(np.r_[past, 60], options=Rki(0, 6, True))
    assert high.upperbound[0, 0] == pytest.approx(past.mean() + 2 * past.std(ddof=1))
    assert high.alarm[0, 0]


def test_crow_and_gardners_limits_are_confidence_limits():
    """Each tabulated limit leaves about 2.5 % (never more than 5 %) of the Poisson distribution at or below the count."""
    left = stats.poisson.cdf(np.arange(21), CROW_GARDNER)
    assert (left <= 0.05).all()
    assert left.mean() == pytest.approx(0.03, abs=0.01)


def isotonic(x):
    """Non-decreasing least squares by the max-min formula."""
    n = len(x)
    return np.array([max(min(x[a : b + 1].mean() for b in range(i, n)) for a in range(i + 1)) for i in range(n)])


def test_outbreak_p_by_the_max_min_formula():
    counts = np.random.default_rng(3).poisson(np.r_[np.full(15, 2), np.arange(2, 12)], size=(5, 25))
    found = outbreak_p(counts)
    for row, score in zip(counts.astype(float), found.score, strict=True):
        for s in range(1, 26):
            x = row[:s]
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = np.where(x > 0, x * np.log(isotonic(x) / x.mean()), 0.0).sum() if x.sum() else 0.0
            assert score[s - 1] == pytest.approx(ratio, abs=1e-9)


def test_outbreak_p_of_zeros_and_of_thousands_is_finite():
    assert (outbreak_p(np.zeros((1, 50), int)).score == 0).all()
    found = outbreak_p(np.r_[np.full(50, 100), np.full(20, 100_000)])
    assert np.isfinite(found.score).all()
    assert found.alarm[0, -1]


@pytest.mark.parametrize("bad", [0.0, 0.5, np.inf, np.nan])
def test_a_threshold_below_one_is_refused(bad):
    with pytest.raises(SurveillanceError):
        outbreak_p([1, 2], threshold=bad)


@pytest.mark.parametrize("bad", [{"years": -1}, {"half_window": 0, "years": 0}, {"alpha": 1.0}])
def test_reference_settings_that_make_no_sense_are_refused(bad):
    with pytest.raises(SurveillanceError):
        Bayes(**bad)
