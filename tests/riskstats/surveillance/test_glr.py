"""Likelihood ratio charts are the maxima they claim to be."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import optimize, stats

from riskstats.surveillance import Glr, State, SurveillanceError, glr

RNG = np.random.default_rng(9)
COUNTS = RNG.negative_binomial(4, 0.5, size=(1, 30))
WEEKS = np.arange(5, 30)


def law(mu, alpha):
    return stats.poisson(mu) if alpha == 0 else stats.nbinom(1 / alpha, 1 / (1 + alpha * mu))


def brute(y, mu, alpha, change, sign):
    """The greatest ratio over onset and size by a bounded optimiser from many starts."""
    best = 0.0
    for k in range(5, len(y)):
        part, last = y[k:], y[k - 1 : -1]

        def loss(size, part=part, last=last):
            up = mu * np.exp(size) if change == "intercept" else mu + size * last
            return -(law(up, alpha).logpmf(part) - law(mu, alpha).logpmf(part)).sum()

        edges = np.linspace(0, 16, 33) if sign > 0 else np.linspace(-4, 0, 9)
        for a, b in pairwise(edges):
            best = max(
                best, -optimize.minimize_scalar(loss, bounds=(a, b), method="bounded", options={"xatol": 1e-9}).fun
            )
    return best


@pytest.mark.parametrize("alpha", [0.0, 0.4])
@pytest.mark.parametrize(("change", "sign"), [("intercept", 1), ("intercept", -1), ("epi", 1)])
def test_glr_is_the_maximum_over_onset_and_size(alpha, change, sign):
    options = Glr(1e6, alpha, change)
    found = glr(COUNTS, weeks=WEEKS, expected=3.0, options=options, direction="increase" if sign > 0 else "decrease")
    for i in (0, 6, 13, 24):
        assert found.score[0, i] == pytest.approx(brute(COUNTS[0, : WEEKS[i] + 1], 3.0, alpha, change, sign), abs=1e-6)


@pytest.mark.parametrize("alpha", [0.0, 0.4])
@pytest.mark.parametrize("size", [0.7, -0.7])
def test_a_given_size_makes_a_cusum_of_log_ratios_that_starts_afresh(alpha, size):
    found = glr(COUNTS, weeks=WEEKS, expected=3.0, options=Glr(1.0, alpha, size=size))
    s = 0.0
    for i, week in enumerate(WEEKS):
        y = COUNTS[0, week]
        s = max(0.0, s + law(3.0 * np.exp(size), alpha).logpmf(y) - law(3.0, alpha).logpmf(y))
        assert found.score[0, i] == pytest.approx(s, abs=1e-9)
        assert found.alarm[0, i] == (s >= 1.0)
        s = 0.0 if s >= 1.0 else s


def test_a_window_limits_how_far_back_an_onset_lies():
    full = glr(COUNTS, weeks=WEEKS, expected=3.0, options=Glr(1e6, 0.4))
    near = glr(COUNTS, weeks=WEEKS, expected=3.0, options=Glr(1e6, 0.4, window=2))
    assert (near.score <= full.score + 1e-12).all()
    np.testing.assert_allclose(near.score[0, :3], full.score[0, :3])


def test_dispersion_is_the_maximum_likelihood_estimate():
    y = np.random.default_rng(2).negative_binomial(3, 0.3, size=200)
    found = glr(y, weeks=range(150, 200), options=Glr(alpha=None, harmonics=0))

    def loss(p):
        return -law(np.exp(p[0]), np.exp(p[1])).logpmf(y[:150]).sum()

    mean, alpha = np.exp(
        optimize.minimize(loss, [1.0, -1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11}).x
    )
    assert found.expected[0, 0] == pytest.approx(mean, rel=1e-5)
    assert found.phi[0, 0] == pytest.approx(1 + alpha * mean, rel=1e-4)


def test_counts_without_overdispersion_are_poisson():
    y = np.random.default_rng(2).binomial(20, 0.5, size=200)
    assert (glr(y, weeks=range(150, 200), options=Glr(alpha=None)).phi == 1.0).all()


def test_a_season_in_the_history_is_expected_again():
    t = np.arange(1, 261)
    mean = np.exp(2 + 0.8 * np.cos(2 * np.pi * t / 52))
    y = np.random.default_rng(1).poisson(mean, size=(20, 260))
    found = glr(y)
    assert found.weeks[0] == 156
    np.testing.assert_allclose(found.expected.mean(axis=0), mean[156:], rtol=0.1)
    assert (found.state == State.SCORED).all()


def test_a_past_of_zeros_settles_or_says_that_it_does_not():
    found = glr(np.zeros((1, 120), dtype=int), weeks=range(110, 120))
    assert not found.alarm.any()


@pytest.mark.parametrize(
    "bad", [{"threshold": 0.0}, {"alpha": -1.0}, {"size": 0.0}, {"change": "slope"}, {"harmonics": -1}, {"window": -1}]
)
def test_options_that_make_no_sense_are_refused(bad):
    with pytest.raises(SurveillanceError):
        Glr(**bad)


def test_given_means_need_a_given_dispersion():
    with pytest.raises(SurveillanceError, match="given means need a given alpha"):
        glr(COUNTS, weeks=WEEKS, expected=3.0, options=Glr(alpha=None))
