"""Quasi-Poisson fits equal a plain independent fit, with weights, seasons, trend and exposure."""

import numpy as np
import pytest
from scipy import optimize

from riskstats.surveillance import quasi


def independent(levels, time, y, exposure, trend):
    """Poisson maximum likelihood by a general optimiser."""
    count = levels.max() + 1

    def eta(b):
        return b[levels] + (b[count] * time if trend else 0.0) + np.log(exposure)

    def loss(b):
        return float(np.sum(np.exp(eta(b)) - y * eta(b)))

    def slope(b):
        off = np.exp(eta(b)) - y
        heights = np.bincount(levels, off, count)
        return np.append(heights, (off * time).sum()) if trend else heights

    start = np.full(count + (1 if trend else 0), np.log(y.mean() / exposure.mean()))
    if trend:
        start[-1] = 0.0
    best = optimize.minimize(loss, start, jac=slope, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000}).x
    return best, np.exp(eta(best))


def drawn(seed, with_exposure):
    rng = np.random.default_rng(seed)
    levels = np.repeat([0, 1, 2, 0, 1, 2], [7, 5, 6, 7, 5, 4])
    time = np.arange(len(levels), dtype=float) - 60
    exposure = rng.uniform(50, 150, len(levels)) if with_exposure else np.ones(len(levels))
    y = rng.poisson(4.0 * exposure / exposure.mean() * (1 + 0.3 * levels) * np.exp(0.02 * (time + 50))).astype(float)
    starts = np.flatnonzero(np.r_[True, np.diff(levels) != 0])
    design = (np.r_[starts, len(levels)].astype(np.int64), levels[starts].astype(np.int64), time)
    return design, levels, time, y, exposure


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("trend", [True, False])
@pytest.mark.parametrize("with_exposure", [True, False])
def test_fit_is_the_maximum_likelihood(seed, trend, with_exposure):
    design, levels, time, y, exposure = drawn(seed, with_exposure)
    work = quasi.workspace(len(y), 3)
    slope, raw, _, spare, last = quasi.robust_fit(design, y, exposure, trend, np.inf, work)
    best, mu = independent(levels, time, y, exposure, trend)
    np.testing.assert_allclose(work[1][last], mu, rtol=2e-4)
    assert spare == len(y) - 3 - trend
    assert raw == pytest.approx(((y - mu) ** 2 / mu).sum() / spare, rel=1e-3)
    if trend:
        assert slope == pytest.approx(best[-1], abs=1e-5)


def test_a_past_outbreak_is_down_weighted_and_the_rest_keeps_its_mean():
    design, _, _, y, exposure = drawn(1, False)
    y[3] += 60
    plain, robust = quasi.workspace(len(y), 3), quasi.workspace(len(y), 3)
    quasi.robust_fit(design, y, exposure, False, np.inf, plain)
    _, raw, _, _, last = quasi.robust_fit(design, y, exposure, False, 2.58, robust)
    assert robust[0][3] < 0.5 * robust[0][4]
    assert robust[0].sum() == pytest.approx(len(y))
    assert robust[1][last][0] < plain[1][0][0]
    assert raw < 8


def test_rows_without_exposure_count_for_nothing():
    design, _, _, y, exposure = drawn(2, False)
    spoiled, seen = y.copy(), exposure.copy()
    spoiled[10], seen[10] = 999.0, 0.0
    work = quasi.workspace(len(y), 3)
    one = quasi.robust_fit(design, spoiled, seen, True, np.inf, work)
    spoiled[10] = 0.0
    other = quasi.robust_fit(design, spoiled, seen, True, np.inf, work)
    assert one[:4] == other[:4]
