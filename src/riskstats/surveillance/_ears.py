"""The compiled loops of the EARS methods: sums of the baseline slide with the tested week, in whole numbers."""

from __future__ import annotations

import math

import numpy as np

from riskstats.kernels import kernel
from riskstats.surveillance.tails import upper_quantile


@kernel
def _limit(mean, sd, baseline, level):  # type: ignore[no-untyped-def]
    """Negative binomial limit: the baseline's dispersion, widened for a mean known from few weeks."""
    alpha, z, _ = level
    mu = max(mean, 0.5 / baseline)
    phi = max(sd * sd / mu, 1.0) * (1.0 + 1.0 / baseline)
    return upper_quantile(alpha, z, mu, phi)


@kernel
def _moments(total, squares, n, least_sd):  # type: ignore[no-untyped-def]
    """Mean and standard deviation of ``n`` values."""
    if n < 2:
        return math.nan, math.nan
    spread = max(n * squares - total * total, 0.0)
    return total / n, max(math.sqrt(spread / (n * (n - 1.0))), least_sd)


@kernel
def _statistics(row, rate, plan, mean, sd):  # type: ignore[no-untyped-def]
    """Baseline mean and standard deviation before every week of one series; ``rate`` empty: whole counts."""
    baseline, guard, level, _ = plan
    total, squares, n = 0.0, 0.0, 0
    whole = rate.size == 0
    for week in range(len(row)):
        last = week - 1 - guard
        if last >= 0:
            new = float(row[last]) if whole else rate[last]
            if new == new:
                total, squares, n = total + new, squares + new * new, n + 1
        first = last - baseline
        if first >= 0:
            old = float(row[first]) if whole else rate[first]
            if old == old:
                total, squares, n = total - old, squares - old * old, n - 1
        mean[week], sd[week] = _moments(total, squares, n, level[2])


@kernel
def _excess(value, mean, sd):  # type: ignore[no-untyped-def]
    """max(0, C2 - 1); NaN where a baseline without variation meets its own mean."""
    excess = (value - mean) / sd - 1.0
    return excess if not excess < 0.0 else 0.0


@kernel
def _bound(value, week, now, before, plan):  # type: ignore[no-untyped-def]
    """Bound, statistic and whether it alarms. ``now`` is (mean, sd); ``before`` the two earlier excesses, summed."""
    baseline, _, level, (method, as_package, by_count) = plan
    (mean, sd), z = now, level[1]
    if method == 2:
        statistic = before + _excess(value, mean, sd)
        if as_package:
            bound = value + sd * (z - before)
            bound = bound if not bound < 0.0 else 0.0
            return bound, statistic, value > bound
        room = z - before
        bound = mean + sd * (1.0 + room) if room > 0.0 else (0.0 if room <= 0.0 else math.nan)
        return bound, statistic, statistic > z
    bound = _limit(mean, sd, baseline, level) if by_count else mean + z * sd
    return bound, (value - mean) / sd, value > bound


@kernel
def _quick(row, tested, plan, alarm):  # type: ignore[no-untyped-def]
    """C1 and C2 with normal limits and no floor, alarms only: no root, no division."""
    baseline, guard, level, _ = plan
    n, limit = float(baseline), level[1] * level[1] * baseline / (baseline - 1.0)
    total, squares, at = 0.0, 0.0, 0
    for week in range(baseline + guard, tested[-1] + 1):
        new = float(row[week - 1 - guard])
        if week == baseline + guard:
            for i in range(baseline):
                x = float(row[i])
                total += x
                squares += x * x
        else:
            old = float(row[week - 1 - guard - baseline])
            total += new - old
            squares += new * new - old * old
        if tested[at] == week:
            off = n * float(row[week]) - total
            alarm[at] = off > 0.0 and off * off > limit * (n * squares - total * total)
            at += 1


@kernel
def _one(row, e, tested, plan, out):  # type: ignore[no-untyped-def]
    """One series in full; ``e`` is its exposures or empty."""
    alarm, expected, upper, score, full = out
    method = plan[3][0]
    rate = np.empty(len(e))
    for week in range(len(e)):
        rate[week] = row[week] / e[week] if e[week] > 0.0 else math.nan
    mean, sd = np.empty(len(row)), np.empty(len(row))
    _statistics(row, rate, plan, mean, sd)
    for at in range(len(tested)):
        week = tested[at]
        value = float(row[week]) if rate.size == 0 else rate[week]
        before = 0.0
        if method == 2:
            for back in (week - 1, week - 2):
                past = float(row[back]) if rate.size == 0 else rate[back]
                before += _excess(past, mean[back], sd[back])
        bound, statistic, beyond = _bound(value, week, (mean[week], sd[week]), before, plan)
        alarm[at] = beyond
        if full:
            scale = 1.0 if e.size == 0 else e[week]
            expected[at], upper[at], score[at] = mean[week] * scale, bound * scale, statistic


@kernel
def run(start, stop, inputs, plan, results):  # type: ignore[no-untyped-def]
    """Series ``start`` … ``stop - 1``. ``inputs`` are (counts, exposure, tested); ``plan`` is (baseline, guard, (alpha, z, least sd), (method, package form, count limits))."""
    counts, exposure, tested = inputs
    alarm, values, full = results
    method, _, by_count = plan[3]
    quick = not full and method < 2 and not by_count and plan[2][2] == 0.0 and exposure.size == 0
    none = np.empty(0)
    for series in range(start, stop):
        if quick:
            _quick(counts[series], tested, plan, alarm[series])
        else:
            e = exposure[series] if exposure.size > 0 else none
            v = values[:, series if full else 0]
            _one(counts[series], e, tested, plan, (alarm[series], v[0], v[1], v[2], full))
