"""Quasi-Poisson fits with seasonal levels and one trend, for thousands of series at once.

The model is ``log E[y] = level + trend * time + log(exposure)``, fitted by iteratively re-weighted least squares with
the start (counts + 0.1) and the stopping rule (deviance change below 1e-8) that generalised linear model software
uses, and with dispersion, leverages and standard errors from the last step's working weights, as there: so published
reference values are met digit for digit. The normal equations are an arrow (levels, and one trend): each step is
closed form, and because rows lie one period apart ``exp(trend * time)`` follows by multiplication.

Source: McCullagh & Nelder, Generalized Linear Models (1989), sections 2.5 and 6.2.
"""

from __future__ import annotations

import math

import numpy as np

from riskstats.kernels import kernel

MU0, PHI, TREND, KEPT, SE, STATE = range(6)  # what a fit leaves behind, in this order
FITTED, NO_ROWS, NO_CASES, UNSETTLED = range(4)
_STEPS = 25
_STOP = 1e-8
_TINY = 2.0**-52  # the least fitted mean
_SHORT = 1024
_LOG_START = np.log(np.arange(_SHORT) + 0.1)
_LOG = np.log(np.maximum(np.arange(_SHORT), 1))


@kernel
def workspace(rows, levels):  # type: ignore[no-untyped-def]
    """Scratch of one fit: weights, means of this and of the last step, the same two for sums by level, heights, cases."""
    return (
        np.empty(rows),
        np.empty((2, rows)),
        np.empty((2, levels, 3)),
        np.empty(levels),
        np.empty(levels),
    )


@kernel
def _begin(design, y, exposure, weight, mu, sums, pulled):  # type: ignore[no-untyped-def]
    """Sums at the start ``mu = y + 0.1``, with the working response; returns its moment in time."""
    runs, levels, time = design
    sums[:] = 0.0
    pulled[:] = 0.0
    moment = 0.0
    for r in range(len(levels)):
        level = levels[r]
        for i in range(runs[r], runs[r + 1]):
            mu[i] = y[i] + 0.1
            if weight[i] > 0.0:
                k = int(y[i])
                eta = _LOG_START[k] if k == y[i] and k < _SHORT else math.log(mu[i])
                w = weight[i] * mu[i]
                z = eta - 0.1 / mu[i]
                if exposure[i] != 1.0:
                    z -= math.log(exposure[i])
                sums[level, 0] += w
                sums[level, 1] += w * time[i]
                sums[level, 2] += w * time[i] * time[i]
                pulled[level] += w * z
                moment += w * z * time[i]
    return moment


@kernel
def _evaluate(design, exposure, weight, heights, trend, mu, sums):  # type: ignore[no-untyped-def]
    """Means at given heights and trend, and their sums by level times (1, time, time squared)."""
    runs, levels, time = design
    sums[:] = 0.0
    step = math.exp(trend)
    last, growth = math.nan, 1.0
    for r in range(len(levels)):
        height = math.exp(heights[levels[r]])
        s0, s1, s2 = 0.0, 0.0, 0.0
        for i in range(runs[r], runs[r + 1]):
            t = time[i]
            growth = growth * step if t - last == 1.0 else math.exp(trend * t)
            last = t
            mu[i] = max(height * growth * exposure[i], _TINY)
            w = weight[i] * mu[i]
            s0 += w
            s1 += w * t
            s2 += w * t * t
        sums[levels[r], 0] += s0
        sums[levels[r], 1] += s1
        sums[levels[r], 2] += s2


@kernel
def _spread(sums):  # type: ignore[no-untyped-def]
    """Information on the trend once the levels are profiled out."""
    total = 0.0
    for level in range(len(sums)):
        if sums[level, 0] > 0.0:
            total += sums[level, 2] - sums[level, 1] * sums[level, 1] / sums[level, 0]
    return total


@kernel
def _solve(sums, right, moment, with_trend, heights, trend, fresh):  # type: ignore[no-untyped-def]
    """One least-squares step: fresh solves for the parameters themselves, otherwise for their change."""
    change = 0.0
    if with_trend:
        pull = moment
        for level in range(len(sums)):
            if sums[level, 0] > 0.0:
                pull -= right[level] * sums[level, 1] / sums[level, 0]
        change = pull / _spread(sums)
    for level in range(len(sums)):
        if sums[level, 0] > 0.0:
            move = (right[level] - sums[level, 1] * change) / sums[level, 0]
            heights[level] = move if fresh else heights[level] + move
        else:
            heights[level] = 0.0
    return change if fresh else trend + change


@kernel
def _constants(design, y, exposure, weight, cases):  # type: ignore[no-untyped-def]
    """What the deviance needs once: cases by level, their moment in time, the saturated part, the start's deviance."""
    runs, levels, time = design
    cases[:] = 0.0
    moment, saturated, start = 0.0, 0.0, 0.0
    for r in range(len(levels)):
        for i in range(runs[r], runs[r + 1]):
            if weight[i] > 0.0:
                k = int(y[i])
                w = weight[i]
                start += 0.1 * w
                if y[i] > 0.0:
                    quick = k == y[i] and k < _SHORT
                    log_y = _LOG[k] if quick else math.log(y[i])
                    log_start = _LOG_START[k] if quick else math.log(y[i] + 0.1)
                    offset = 0.0 if exposure[i] == 1.0 else math.log(exposure[i])
                    cases[levels[r]] += w * y[i]
                    moment += w * y[i] * time[i]
                    saturated += w * y[i] * (log_y - offset - 1.0)
                    start += w * y[i] * (log_y - log_start)
    return moment, saturated, 2.0 * start


@kernel
def _fit_once(design, y, exposure, with_trend, work):  # type: ignore[no-untyped-def]
    """One weighted fit; returns (trend, which half of the workspace is last), the trend NaN if it does not settle."""
    weight, mu, sums, heights, cases = work
    moment, saturated, deviance = _constants(design, y, exposure, weight, cases)
    right = np.empty(len(heights))
    pulled = _begin(design, y, exposure, weight, mu[0], sums[0], right)
    trend = _solve(sums[0], right, pulled, with_trend, heights, 0.0, True)
    now = 0
    for _ in range(_STEPS):
        now = 1 - now
        _evaluate(design, exposure, weight, heights, trend, mu[now], sums[now])
        before, total = deviance, saturated - trend * moment
        for level in range(len(heights)):
            total += sums[now, level, 0] - heights[level] * cases[level]
        deviance = 2.0 * total
        if not abs(deviance) < math.inf:
            return math.nan, now
        if abs(deviance - before) / (abs(deviance) + 0.1) < _STOP:
            return trend, now
        push = moment
        for level in range(len(heights)):
            right[level] = cases[level] - sums[now, level, 0]
            push -= sums[now, level, 1]
        trend = _solve(sums[now], right, push, with_trend, heights, trend, False)
    return math.nan, now


@kernel
def _dispersion(y, weight, mu, now, spare):  # type: ignore[no-untyped-def]
    """Pearson's chi-squared over the residual degrees of freedom: with working weights, and with prior weights."""
    chi, plain = 0.0, 0.0
    for i in range(len(y)):
        if weight[i] > 0.0:
            off = (y[i] - mu[now, i]) / mu[now, i]
            chi += weight[i] * mu[1 - now, i] * off * off
            plain += weight[i] * off * off
    return (chi / spare, plain / spare) if spare > 0 else (1.0, 1.0)


@kernel
def _reweight(design, y, work, now, with_trend, phi, limit):  # type: ignore[no-untyped-def]
    """Down-weight rows whose standardised Anscombe residual exceeds the limit; True when any did.

    The residual is concave in ``y``, hence never above Pearson's: powers are taken only where Pearson's exceeds.
    """
    runs, levels, time = design
    weight, mu, sums, _, _ = work
    spread = _spread(sums[1 - now]) if with_trend else 0.0
    rows, total, any_row = 0, 0.0, False
    for r in range(len(levels)):
        s0, s1 = sums[1 - now, levels[r], 0], sums[1 - now, levels[r], 1]
        for i in range(runs[r], runs[r + 1]):
            m = mu[now, i]
            if weight[i] > 0.0:
                rows += 1
                if y[i] > m:
                    off = time[i] - s1 / s0
                    lever = mu[1 - now, i] * (1.0 / s0 + (off * off / spread if spread > 0.0 else 0.0))
                    scale = max(phi * (1.0 - lever), 1e-300)
                    if (y[i] - m) ** 2 > limit * limit * scale * m:
                        residual = 1.5 * (y[i] ** (2.0 / 3.0) * m ** (-1.0 / 6.0) - math.sqrt(m))
                        if residual * residual > limit * limit * scale:
                            weight[i] = scale / (residual * residual)
                            any_row = True
                total += weight[i]
    for i in range(len(weight)):
        weight[i] *= rows / total
    return any_row


@kernel
def _rows(design, exposure, weight, seen):  # type: ignore[no-untyped-def]
    """Give every row with exposure the weight 1; returns rows and levels that have any."""
    runs, levels, _ = design
    seen[:] = 0.0
    rows = 0
    for r in range(len(levels)):
        for i in range(runs[r], runs[r + 1]):
            weight[i] = 1.0 if exposure[i] > 0.0 else 0.0
            if exposure[i] > 0.0:
                rows += 1
                seen[levels[r]] = 1.0
    return rows, int(seen.sum())


@kernel
def robust_fit(design, y, exposure, with_trend, limit, work):  # type: ignore[no-untyped-def]
    """Fit, down-weight past outbreaks, fit again; ``limit`` infinite: no re-weighting.

    Returns (trend, dispersion before the floor of 1, the same with prior weights only, residual degrees of freedom,
    half of the workspace that is last); the trend is NaN when the fit does not settle.
    """
    weight, mu, _, _, seen = work
    rows, current = _rows(design, exposure, weight, seen)
    spare = rows - current - (1 if with_trend else 0)
    if with_trend and spare <= 0:
        return math.nan, 1.0, 1.0, spare, 0
    trend, now = _fit_once(design, y, exposure, with_trend, work)
    if math.isnan(trend):
        return trend, 1.0, 1.0, spare, now
    raw, plain = _dispersion(y, weight, mu, now, spare)
    if spare > 0 and limit < math.inf and _reweight(design, y, work, now, with_trend, max(raw, 1.0), limit):
        trend, now = _fit_once(design, y, exposure, with_trend, work)
        raw, plain = _dispersion(y, weight, mu, now, spare)
    return trend, raw, plain, spare, now


@kernel
def _expect(now, fit, error, with_trend, work, out):  # type: ignore[no-untyped-def]
    """Expected count now (level 0 is the current season) and the standard error of its logarithm."""
    time, exposure = now
    trend, raw, _, _, last = fit
    _, _, sums, heights, _ = work
    out[MU0] = math.exp(heights[0] + trend * time) * exposure
    out[PHI] = max(raw, 1.0)
    out[TREND] = trend if with_trend else math.nan
    out[KEPT] = 1.0 if with_trend else 0.0
    variance = 1.0 / sums[1 - last, 0, 0]
    if with_trend:
        off = time - sums[1 - last, 0, 1] / sums[1 - last, 0, 0]
        variance += off * off / _spread(sums[1 - last])
    out[SE] = math.sqrt(error * variance)


@kernel
def _reference(design, y, exposure):  # type: ignore[no-untyped-def]
    """Largest reference rate, total of counts, and how many rows there are of the current season."""
    most, total, current = 0.0, 0.0, 0
    runs, levels, _ = design
    for r in range(len(levels)):
        for i in range(runs[r], runs[r + 1]):
            if exposure[i] > 0.0:
                total += y[i]
                most = max(most, y[i] / exposure[i])
                current += 1 if levels[r] == 0 else 0
    return most, total, current


@kernel
def expect_now(design, y, exposure, now, rules, work, out):  # type: ignore[no-untyped-def]
    """Expected count of the tested period, with the trend dropped where the rules say so.

    ``now`` is the tested period's (time, exposure). ``rules`` are (trend rule, limit of re-weighting, whether errors
    follow prior weights only). The trend rule holds, by residual degrees of freedom, the |t| a trend must exceed; its
    place 0 is infinite when no trend is tried. A trend is also dropped when its fit does not settle or when it
    extrapolates above every reference rate.
    """
    trend_rule, limit, prior = rules
    most, total, current = _reference(design, y, exposure)
    out[:] = math.nan
    out[STATE] = NO_ROWS if current == 0 else (NO_CASES if total == 0.0 else FITTED)
    if out[STATE] != FITTED:
        return
    if trend_rule[0] < math.inf:
        fit = robust_fit(design, y, exposure, True, limit, work)
        trend, raw, plain, spare, last = fit
        if not math.isnan(trend):
            error = raw
            if prior and limit < math.inf:
                error = plain
            t = abs(trend) * math.sqrt(_spread(work[2][1 - last]) / error) if error > 0.0 else math.inf
            _expect(now, fit, error if prior else max(raw, 1.0), True, work, out)
            if t > trend_rule[spare] and out[MU0] <= most * now[1]:
                return
    fit = robust_fit(design, y, exposure, False, limit, work)
    if math.isnan(fit[0]):
        out[:] = math.nan
        out[STATE] = UNSETTLED
        return
    error = max(fit[1], 1.0)
    if prior:
        error = fit[2] if limit < math.inf else fit[1]
    _expect(now, fit, error, False, work, out)
