"""The compiled loops of the CUSUM and EWMA charts."""

from __future__ import annotations

import math

import numpy as np

from riskstats.kernels import kernel

STANDARD, ROSSI, NONE, NEGATIVE_BINOMIAL = range(4)


@kernel
def _average(row, e, last):  # type: ignore[no-untyped-def]
    """Mean count, or rate, before the first tested week; half a case in all where there was none."""
    cases, looked = 0.0, 0.0
    for week in range(last):
        cases += row[week]
        looked += e[week] if e.size > 0 else 1.0
    return max(cases, 0.5) / looked if looked > 0.0 else math.nan


@kernel
def _transformed(y, m, shape):  # type: ignore[no-untyped-def]
    kind, overdispersion = shape
    if kind == ROSSI:
        return (y - 3.0 * m + 2.0 * math.sqrt(y * m)) / (2.0 * math.sqrt(m))
    if kind == NONE:
        return y
    return (y - m) / math.sqrt(m + (overdispersion * m * m if kind == NEGATIVE_BINOMIAL else 0.0))


@kernel
def _needed(z, m, shape, upper):  # type: ignore[no-untyped-def]
    """The count whose transform is ``z``; NaN where a decrease would need fewer than no cases."""
    kind, overdispersion = shape
    if kind == ROSSI:
        inside = 4.0 * m + 2.0 * math.sqrt(m) * z
        root = math.sqrt(inside) - math.sqrt(m) if inside > 0.0 else -1.0
        count = root * root if root >= 0.0 else -1.0
    elif kind == NONE:
        count = z
    else:
        count = m + z * math.sqrt(m + (overdispersion * m * m if kind == NEGATIVE_BINOMIAL else 0.0))
        count = math.ceil(count) if upper else math.floor(count)
    if upper:
        return max(count, 0.0)
    return count if count >= 0.0 else math.nan


@kernel
def _mean(means, series, at, average):  # type: ignore[no-untyped-def]
    if means.size == 0:
        return average
    return means[series, at if means.shape[1] > 1 else 0]


@kernel
def _cusum_row(row, e, tested, average, plan, out):  # type: ignore[no-untyped-def]
    """One series; ``average`` is (means, series, mean of the past)."""
    k, h, shape, upper = plan
    alarm, expected, bound, score, full = out
    s, sign = 0.0, 1.0 if upper else -1.0
    for at in range(len(tested)):
        week = tested[at]
        scale = e[week] if e.size > 0 else 1.0
        m = _mean(average[0], average[1], at, average[2]) * scale
        if full:
            expected[at] = m
            bound[at] = _needed(sign * (h + k - s), m, shape, upper) if m > 0.0 else math.nan
        if m > 0.0:
            s = max(0.0, s + sign * _transformed(float(row[week]), m, shape) - k)
        alarm[at] = s >= h and m > 0.0
        if full:
            score[at] = s


@kernel
def _ewma_row(row, e, tested, average, plan, out):  # type: ignore[no-untyped-def]
    """One series; ``average`` is (means, series, mean of the past)."""
    weight, limit, (_, dispersion), upper = plan
    alarm, expected, bound, score, full = out
    z, sign, fading = 0.0, 1.0 if upper else -1.0, 1.0
    steady = weight / (2.0 - weight)
    for at in range(len(tested)):
        week = tested[at]
        m = _mean(average[0], average[1], at, average[2]) * (e[week] if e.size > 0 else 1.0)
        if not m > 0.0:
            alarm[at] = False
            if full:
                expected[at], bound[at], score[at] = m, math.nan, z
            continue
        fading *= (1.0 - weight) * (1.0 - weight)
        edge = limit * math.sqrt(steady * (1.0 - fading))
        sd = math.sqrt(dispersion * m)
        if full:
            expected[at] = m
            bound[at] = m + (sign * edge - (1.0 - weight) * z) / weight * sd
        z = (1.0 - weight) * z + weight * (row[week] - m) / sd
        alarm[at] = sign * z > edge
        if full:
            score[at] = z


@kernel
def run_cusum(start, stop, inputs, plan, results):  # type: ignore[no-untyped-def]
    """CUSUM of a block of series; ``inputs`` are (counts, exposure, tested, means), ``plan`` (k, h, (transform, overdispersion), upward)."""
    counts, exposure, tested, means = inputs
    alarm, values, full = results
    none = np.empty(0)
    for series in range(start, stop):
        e = exposure[series] if exposure.size > 0 else none
        past = _average(counts[series], e, tested[0]) if means.size == 0 else 0.0
        v = values[:, series if full else 0]
        _cusum_row(counts[series], e, tested, (means, series, past), plan, (alarm[series], v[0], v[1], v[2], full))


@kernel
def run_ewma(start, stop, inputs, plan, results):  # type: ignore[no-untyped-def]
    """EWMA of a block of series; ``inputs`` are (counts, exposure, tested, means), ``plan`` (weight, limit, (0, dispersion), upward)."""
    counts, exposure, tested, means = inputs
    alarm, values, full = results
    none = np.empty(0)
    for series in range(start, stop):
        e = exposure[series] if exposure.size > 0 else none
        past = _average(counts[series], e, tested[0]) if means.size == 0 else 0.0
        v = values[:, series if full else 0]
        _ewma_row(counts[series], e, tested, (means, series, past), plan, (alarm[series], v[0], v[1], v[2], full))
