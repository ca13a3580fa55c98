"""The compiled loop of the Farrington methods: one tested week, a block of series."""

from __future__ import annotations

import math

import numpy as np

from riskstats.kernels import kernel
from riskstats.surveillance.quasi import FITTED, MU0, NO_CASES, NO_ROWS, PHI, SE, STATE, TREND, expect_now, workspace
from riskstats.surveillance.signals import State
from riskstats.surveillance.thresholds import BOUND, MEAN, PLUG_IN, PVALUE, SCORE, judge

_SCORED, _NO_REFERENCE, _NO_CASES, _UNSETTLED, _FEW, _UNSEEN = (int(s) for s in list(State)[:6])


@kernel
def _recent(counts, series, first, week):  # type: ignore[no-untyped-def]
    total = 0
    for i in range(max(first, 0), week + 1):
        total += counts[series, i]
    return total


@kernel
def _no_cases(y, now_exposure, exposure, test, out, fit):  # type: ignore[no-untyped-def]
    """Every reference count is 0: predictive distribution under the Jeffreys prior (gamma with shape one half)."""
    total = 0.0
    for i in range(len(exposure)):
        total += exposure[i]
    fit[MU0] = 0.5 * now_exposure / total
    fit[PHI] = 1.0 + now_exposure / total
    return judge(y, (fit[MU0], fit[PHI], 0.0), (PLUG_IN, test[1], test[2], test[3]), out)


@kernel
def _gather(counts, exposure, series, rows, y, e):  # type: ignore[no-untyped-def]
    for i in range(len(rows)):
        y[i] = counts[series, rows[i]]
    if exposure.size > 0:
        for i in range(len(rows)):
            e[i] = exposure[series, rows[i]]


@kernel
def _judge_fit(y, e, now_exposure, fit, test, out):  # type: ignore[no-untyped-def]
    """Alarm and state of one series from its fit."""
    out[:] = math.nan
    if now_exposure == 0.0:
        fit[:] = math.nan
        return False, _UNSEEN
    if fit[STATE] == FITTED:
        return judge(y, (fit[MU0], fit[PHI], fit[SE]), test, out), _SCORED
    if fit[STATE] == NO_CASES:
        return _no_cases(y, now_exposure, e, test, out, fit), _NO_CASES
    return False, _NO_REFERENCE if fit[STATE] == NO_ROWS else _UNSETTLED


@kernel
def _keep(values, series, fit, out):  # type: ignore[no-untyped-def]
    values[0, series] = fit[MU0]
    values[1, series] = out[BOUND]
    values[2, series] = out[PVALUE]
    values[3, series] = out[SCORE]
    values[4, series] = out[MEAN]
    values[5, series] = fit[PHI]
    values[6, series] = fit[TREND]
    values[7, series] = fit[SE]


@kernel
def score_week(block, counts, exposure, plan, how, results):  # type: ignore[no-untyped-def]
    """Score one tested week of the series from ``block[0]`` up to ``block[1]``.

    ``plan`` is (rows, runs, levels, time) of the reference; ``how`` is ((week, seasons, (floor, first recent week)),
    rules of the fit, test); ``results`` are (values, alarm, state), written.
    """
    rows, runs, levels, time = plan
    (week, seasons, floor), rules, test = how
    values, alarm, state = results
    work = workspace(len(rows), seasons)
    y, e, fit, out = np.empty(len(rows)), np.ones(len(rows)), np.empty(6), np.empty(4)
    for series in range(block[0], block[1]):
        _gather(counts, exposure, series, rows, y, e)
        now = exposure[series, week] if exposure.size > 0 else 1.0
        expect_now((runs, levels, time), y, e, (0.0, now), rules, work, fit)
        beyond, why = _judge_fit(float(counts[series, week]), e, now, fit, test, out)
        if why <= _NO_CASES and why != _NO_REFERENCE and _recent(counts, series, floor[1], week) < floor[0]:
            beyond, why = False, _FEW
        alarm[series], state[series] = beyond, why
        _keep(values, series, fit, out)
