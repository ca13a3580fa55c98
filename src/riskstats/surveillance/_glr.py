"""The compiled recursions of the likelihood ratio charts."""

from __future__ import annotations

import math

import numpy as np

from riskstats.kernels import kernel
from riskstats.surveillance._incontrol import fit_in_control

INTERCEPT, EPI = range(2)
_NEWTON, _HUGE = 100, 30.0


@kernel
def _gain(y, last, mu, alpha, change, size):  # type: ignore[no-untyped-def]
    """Log likelihood ratio of one week for a change of given size, and its first two derivatives in the size.

    Intercept: the mean becomes ``mu * exp(size)``. Epidemic: ``mu + size * last`` with the count of the week before.
    """
    if change == INTERCEPT:
        up = mu * math.exp(size)
        if alpha == 0.0:
            return y * size - (up - mu), y - up, -up
        ratio = 1.0 + alpha * up
        value = y * size - (y + 1.0 / alpha) * math.log(ratio / (1.0 + alpha * mu))
        return value, (y - up) / ratio, -(1.0 + alpha * y) * up / (ratio * ratio)
    up = mu + size * last
    if alpha == 0.0:
        return y * math.log(up / mu) - (up - mu), (y / up - 1.0) * last, -y / (up * up) * last * last
    ratio = 1.0 + alpha * up
    value = y * math.log(up / mu) - (y + 1.0 / alpha) * math.log(ratio / (1.0 + alpha * mu))
    slope = (y / up - (1.0 + alpha * y) / ratio) * last
    return value, slope, (-y / (up * up) + alpha * (1.0 + alpha * y) / (ratio * ratio)) * last * last


@kernel
def _totals(y, mu, span, model, size):  # type: ignore[no-untyped-def]
    value, slope, bend = 0.0, 0.0, 0.0
    for i in range(span[0], span[1] + 1):
        last = y[i - 1] if i > 0 else 0.0
        g, d, h = _gain(y[i], last, mu[i], model[0], model[1], size)
        value += g
        slope += d
        bend += h
    return value, slope, bend


@kernel
def _best(y, mu, span, model, upper, start):  # type: ignore[no-untyped-def]
    """Greatest log likelihood ratio over sizes on the sought side of 0, and the size; Newton steps kept in a bracket."""
    side = 1.0 if upper else -1.0
    if side * _totals(y, mu, span, model, 0.0)[1] <= 0.0:
        return 0.0, 0.0
    least, most = 0.0, _HUGE if model[1] == INTERCEPT else math.inf
    size = max(side * start, 0.0)
    for _ in range(_NEWTON):
        _, slope, bend = _totals(y, mu, span, model, side * size)
        slope *= side
        if slope > 0.0:
            least = size
        else:
            most = size
        step = -slope / bend if bend < 0.0 else math.nan
        new = size + step
        if not least <= new <= most:
            new = 0.5 * (least + most) if most < math.inf else 2.0 * size + 1.0
        moved = abs(new - size)
        size = new
        if moved <= 1e-13 * (1.0 + size):
            break
    return max(_totals(y, mu, span, model, side * size)[0], 0.0), side * size


@kernel
def _closed_form(y, mu, first, week, window, upper):  # type: ignore[no-untyped-def]
    """Poisson change of intercept: the best size is the log of the ratio of sums."""
    best, cases, means = 0.0, 0.0, 0.0
    for k in range(week, max(first, week - window) - 1, -1):
        cases += y[k]
        means += mu[k]
        if (cases > means) == upper:
            best = max(best, (cases * math.log(cases / means) if cases > 0.0 else 0.0) - (cases - means))
    return best


@kernel
def _scan(y, mu, first, week, window, model, upper):  # type: ignore[no-untyped-def]
    """Greatest ratio over all onsets since ``first``."""
    if model[0] == 0.0 and model[1] == INTERCEPT:
        return _closed_form(y, mu, first, week, window, upper)
    best, size = 0.0, 0.0
    for k in range(week, max(first, week - window) - 1, -1):
        value, size = _best(y, mu, (k, week), model, upper, size)
        best = max(best, value)
    return best


@kernel
def _chart(y, mu, tested, alpha, plan, out):  # type: ignore[no-untyped-def]
    """One series: the statistic of each tested week, and whether it alarms; starts afresh after an alarm."""
    change, theta, threshold, window, upper = plan
    score, alarm = out
    first, running = tested[0], 0.0
    for at in range(len(tested)):
        week = tested[at]
        if theta == theta:
            last = y[week - 1] if week > 0 else 0.0
            running = max(0.0, running + _gain(y[week], last, mu[week], alpha, change, theta)[0])
            score[at] = running
        else:
            score[at] = _scan(y, mu, first, week, window, (alpha, change), upper)
        alarm[at] = score[at] >= threshold
        if alarm[at]:
            first, running = week + 1, 0.0


@kernel
def run(start, stop, inputs, plan, results):  # type: ignore[no-untyped-def]
    """Series ``start`` … ``stop - 1``. ``inputs`` are (counts, columns of the regression, tested, given means, alpha).

    A negative alpha is estimated. ``results`` are (score, alarm, expected, alpha, whether no model settled).
    """
    counts, columns, tested, means, given = inputs
    score, alarm, expected, alphas, lost = results
    before = tested[0]
    y, mu, beta, fitted = (
        np.empty(counts.shape[1]),
        np.ones(counts.shape[1]),
        np.empty(columns.shape[1]),
        np.empty(before),
    )
    for series in range(start, stop):
        for week in range(counts.shape[1]):
            y[week] = counts[series, week]
        alpha = given
        if means.size > 0:
            for at in range(len(tested)):
                mu[tested[at]] = means[series, at]
        else:
            alpha = fit_in_control(columns[:before], y[:before], given, beta, fitted)
            for at in range(len(tested)):
                mu[tested[at]] = max(math.exp(np.sum(columns[tested[at]] * beta)), 2.0**-52)
        alphas[series], lost[series] = alpha, alpha != alpha
        for at in range(len(tested)):
            expected[series, at] = mu[tested[at]] if alpha == alpha else math.nan
        if alpha == alpha:
            _chart(y, mu, tested, alpha, plan, (score[series], alarm[series]))
        else:
            score[series] = math.nan
