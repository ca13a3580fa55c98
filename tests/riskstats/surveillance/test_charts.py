"""CUSUM and EWMA by plain loops, both directions, exposures, and what bounds mean."""

import numpy as np
import pytest

from riskstats.surveillance import Cusum, Ewma, SurveillanceError, cusum, ewma

COUNTS = np.random.default_rng(6).poisson(3.0, size=(20, 90))
WEEKS = np.arange(40, 90)
TRANSFORMS = {
    "standard": lambda y, m: (y - m) / np.sqrt(m),
    "rossi": lambda y, m: (y - 3 * m + 2 * np.sqrt(y * m)) / (2 * np.sqrt(m)),
    "none": lambda y, m: y,
    "negative-binomial": lambda y, m: (y - m) / np.sqrt(m + 0.4 * m * m),
}


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("sign", [1, -1])
def test_cusum_by_a_plain_loop(transform, sign):
    k = 1.04 if transform != "none" else sign * 4.0
    options = Cusum(k, 2.26, transform, 0.4)
    found = cusum(COUNTS, weeks=WEEKS, options=options, direction="increase" if sign > 0 else "decrease")
    for row, score, alarm in zip(COUNTS, found.score, found.alarm, strict=True):
        s, m = 0.0, row[:40].mean()
        for i, week in enumerate(WEEKS):
            s = max(0.0, s + sign * TRANSFORMS[transform](float(row[week]), m) - k)
            assert score[i] == pytest.approx(s, abs=1e-12)
            assert alarm[i] == (s >= 2.26)


@pytest.mark.parametrize("transform", ["standard", "rossi"])
def test_the_bound_is_the_count_that_would_have_alarmed(transform):
    options = Cusum(transform=transform)
    found = cusum(COUNTS, weeks=WEEKS, options=options)
    for i in (0, 7, 30):
        needed = int(np.ceil(found.upperbound[2, i] - 1e-9))
        for count, alarms in ((needed, True), (needed - 1, False)):
            if count >= 0:
                changed = COUNTS[2].copy()
                changed[WEEKS[i]] = count
                assert cusum(changed, weeks=WEEKS, options=options).alarm[0, i] == alarms


@pytest.mark.parametrize("sign", [1, -1])
def test_ewma_by_a_plain_loop(sign):
    options = Ewma(0.25, 2.0, 1.3)
    found = ewma(COUNTS, weeks=WEEKS, options=options, direction="increase" if sign > 0 else "decrease")
    bound = found.upperbound if sign > 0 else found.lowerbound
    for row, score, alarm, bounds in zip(COUNTS, found.score, found.alarm, bound, strict=True):
        z, m = 0.0, row[:40].mean()
        for i, week in enumerate(WEEKS):
            z = 0.75 * z + 0.25 * (row[week] - m) / np.sqrt(1.3 * m)
            edge = 2.0 * np.sqrt(0.25 / 1.75 * (1 - 0.75 ** (2 * (i + 1))))
            assert score[i] == pytest.approx(z, abs=1e-12)
            assert alarm[i] == (sign * z > edge)
            assert alarm[i] == (sign * row[week] > sign * bounds[i])


def test_ewma_false_alarms_keep_to_the_normal_rate_for_large_means():
    counts = np.random.default_rng(1).poisson(400.0, size=(3000, 21))
    found = ewma(counts, weeks=range(1, 21), expected=400.0, options=Ewma(limit=2.0))
    assert found.alarm[:, -1].mean() == pytest.approx(0.0228, abs=0.009)


def test_alarms_alone_are_the_full_alarms():
    for chart in (cusum, ewma):
        full = chart(COUNTS, weeks=WEEKS)
        np.testing.assert_array_equal(full.alarm, chart(COUNTS.astype(np.uint16), weeks=WEEKS, detail="alarm").alarm)


def test_expected_rates_follow_the_exposure_and_unseen_weeks_change_nothing():
    seen = np.full(COUNTS.shape, 10.0)
    np.testing.assert_allclose(
        cusum(COUNTS, weeks=WEEKS, exposure=seen, expected=0.3).score,
        cusum(COUNTS, weeks=WEEKS, expected=3.0).score,
        atol=1e-9,
    )
    gap, counts = seen.copy(), COUNTS.copy()
    gap[:, 50], counts[:, 50] = 0, 0
    for chart in (cusum, ewma):
        found = chart(counts, weeks=WEEKS, exposure=gap, expected=0.3)
        np.testing.assert_array_equal(found.score[:, 10], found.score[:, 9])
        assert not found.alarm[:, 10].any()


def test_a_past_of_zeros_has_half_a_case_not_none():
    counts = np.zeros((1, 30), dtype=int)
    counts[0, -1] = 3
    found = cusum(counts, weeks=range(20, 30))
    assert found.expected[0, 0] == pytest.approx(0.5 / 20)
    assert found.alarm[0].tolist() == [False] * 9 + [True]


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"weeks": [40, 42]}, "gap_in_weeks"),
        ({"expected": 0.0}, "bad_expected"),
        ({"expected": np.inf}, "bad_expected"),
        ({"expected": np.ones((3, 3)), "weeks": WEEKS}, "wrong_shape"),
        ({"direction": "sideways"}, "bad_option"),
    ],
)
def test_bad_charts_are_refused(given, rule):
    with pytest.raises(SurveillanceError) as refused:
        cusum(COUNTS, **given)
    assert refused.value.rule == rule
