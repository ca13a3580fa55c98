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
def _ratio(off, spread, n):  # type: ignore[no-untyped-def]
    """max(0, C2 - 1) from whole numbers: n y - total and n squares - total²; a root only where it exceeds 0."""
    if off <= 0:
        return math.nan if spread == 0 and off == 0 else 0.0
    squared = float(off) * float(off) * (n - 1.0) / (n * float(spread))
    return math.sqrt(squared) - 1.0 if squared > 1.0 else 0.0


@kernel
def _quick(row, tested, plan, alarm):  # type: ignore[no-untyped-def]
    """Alarms alone, of whole counts with normal limits and no floor: the sums stay whole, divisions and roots are rare."""
    baseline, guard, (_, z, _), (method, _, _) = plan
    limit = z * z * baseline / (baseline - 1.0)
    total, squares, at, last, before = np.int64(0), np.int64(0), 0, math.nan, math.nan
    first = baseline + guard
    for i in range(baseline):
        x = np.int64(row[i])
        total += x
        squares += x * x
    for week in range(first, tested[-1] + 1):
        if week > first:
            new, old = np.int64(row[week - 1 - guard]), np.int64(row[week - 1 - guard - baseline])
            total += new - old
            squares += new * new - old * old
        off, spread = baseline * np.int64(row[week]) - total, baseline * squares - total * total
        if method == 2:
            now = _ratio(off, spread, baseline)
            beyond = now + last + before > z
            before, last = last, now
        else:
            beyond = off > 0 and float(off) * float(off) > limit * float(spread)
        if tested[at] == week:
            alarm[at] = beyond
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
    """Series ``start`` … ``stop - 1``. ``inputs`` are (counts, exposure, tested); ``plan`` is (baseline, guard, (alpha, z, least sd), (method, package form, count limits)).

    ``results`` are (alarm, values, whether values are wanted, whether squares of counts fit whole numbers).
    """
    counts, exposure, tested = inputs
    alarm, values, full, small = results
    _, as_package, by_count = plan[3]
    quick = small and not (full or as_package or by_count) and plan[2][2] == 0.0 and exposure.size == 0
    none = np.empty(0)
    for series in range(start, stop):
        if quick:
            _quick(counts[series], tested, plan, alarm[series])
        else:
            e = exposure[series] if exposure.size > 0 else none
            v = values[:, series if full else 0]
            _one(counts[series], e, tested, plan, (alarm[series], v[0], v[1], v[2], full))
