"""The compiled parts of the early warning detector: penalised fits, trimming of past outbreaks, predictive tails."""

from __future__ import annotations

import math

import numpy as np

from riskstats.kernels import kernel
from riskstats.surveillance._incontrol import cholesky_solve
from riskstats.surveillance.signals import State
from riskstats.surveillance.tails import lower_tail, mass, normal_upper, normal_upper_quantile, ratio, upper_tail

_SCORED, _NO_REFERENCE, _NO_CASES, _UNSETTLED, _FEW, _UNSEEN = (int(s) for s in list(State)[:6])
_STEPS, _ROUGH, _CLOSE, _STRIDE, _NEAR = 30, 0.02, 1e-4, 2.0, 2
_MOST = 1e12  # an expected count that no fit is believed
_NODES = (-math.sqrt(3.0), 0.0, math.sqrt(3.0))  # three-point Gauss-Hermite rule
_SHARES = (1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0)


@kernel
def _means(x, offset, beta, mu):  # type: ignore[no-untyped-def]
    mu[:] = offset
    for j in range(len(beta)):
        for i in range(len(mu)):
            mu[i] += x[j, i] * beta[j]
    for i in range(len(mu)):
        mu[i] = math.exp(min(mu[i], 40.0))


@kernel
def _fit(data, weight, prior, phi, close, work):  # type: ignore[no-untyped-def]
    """Posterior mode of the coefficients under the quasi-likelihood with dispersion ``phi``; False if it does not settle.

    It has settled after a step shorter than ``close``: the error left is about its square.

    ``work`` is (beta, mu, information, scaled columns); beta is also the start.
    """
    x, y, offset = data
    beta, mu, info, scaled = work
    k = len(beta)
    step = np.empty(k)
    for _ in range(_STEPS):
        _means(x, offset, beta, mu)
        step[:] = np.dot(x, weight * (y - mu)) / phi - prior * beta
        for j in range(k):
            for i in range(len(y)):
                scaled[j, i] = weight[i] * mu[i] * x[j, i]
        info[:] = np.dot(scaled, x.T) / phi
        for j in range(k):
            info[j, j] += prior[j]
        if not cholesky_solve(info, step):
            return False
        longest = np.max(np.abs(step))
        if not longest < math.inf:
            return False
        beta += step * min(1.0, _STRIDE / longest)
        if longest < close:
            _means(x, offset, beta, mu)
            return True
    return False


@kernel
def _dispersion(y, mu, weight, spare):  # type: ignore[no-untyped-def]
    """Pearson dispersion and the relative variance of that estimate.

    The variance is told by the spread of the terms, and by how few cases there are: each rare count that has not yet been
    seen would raise the dispersion.
    """
    total, squares, n, cases = 0.0, 0.0, 0.0, 0.0
    for i in range(len(y)):
        if weight[i] > 0.0:
            off = (y[i] - mu[i]) ** 2 / mu[i]
            total += off
            squares += off * off
            cases += mu[i]
            n += 1.0
    if spare <= 0.0 or total <= 0.0 or not total < math.inf:
        return 1.0, 0.0
    mean = total / n
    spread = max(squares / n - mean * mean, 0.0) / (mean * mean * n)
    return max(total / spare, 1.0), spread + 4.0 / cases


@kernel
def _trim(y, mu, weight, seen, phi, beyond):  # type: ignore[no-untyped-def]
    """Leave out past weeks whose count is too improbable to be baseline, with their neighbours; returns how many stay.

    Outbreaks last: the neighbours go whatever their counts are, which favours neither high nor low ones.
    """
    weight[:] = seen
    for i in range(len(y)):
        if seen[i] > 0.0 and y[i] > mu[i] + 2.0 * math.sqrt(phi * mu[i]) and upper_tail(y[i], mu[i], phi) < beyond:
            for near in range(max(i - _NEAR, 0), min(i + _NEAR + 1, len(y))):
                weight[near] = 0.0
    return np.sum(weight)


@kernel
def _at(x, beta, info, offset):  # type: ignore[no-untyped-def]
    """Mean for one week's columns and the variance of its log; ``info`` holds the Cholesky factor of the information."""
    k = len(beta)
    eta, spread = offset, 0.0
    v = np.empty(k)
    for i in range(k):
        eta += x[i] * beta[i]
        v[i] = x[i]
        for m in range(i):
            v[i] -= info[i, m] * v[m]
        v[i] /= info[i, i]
        spread += v[i] * v[i]
    return math.exp(min(eta, 40.0)), spread


@kernel
def _tail(y, mean, model, upper):  # type: ignore[no-untyped-def]
    """Probability beyond ``y``, and of ``y`` itself, averaged over what is unknown of mean and dispersion."""
    phi, doubt, spread = model
    widened = mean * math.expm1(min(spread, 5.0))
    beyond, tie = 0.0, 0.0
    for node in range(3):
        one = max(phi * math.exp(_NODES[node] * doubt - 0.5 * doubt * doubt), 1.0) + widened
        tie += _SHARES[node] * mass(y, mean, one)
        beyond += _SHARES[node] * (upper_tail(y + 1.0, mean, one) if upper else lower_tail(y - 1.0, mean, one))
    return beyond, tie


@kernel
def _bound(start, mean, model, test, ties):  # type: ignore[no-untyped-def]
    """The last count that does not alarm, on the sought side, searched from ``start`` in doubling steps."""
    alpha, upper = test
    inside, outside, stride = -1.0, math.inf, 1.0
    x = max(math.floor(start), 0.0)
    if not upper:
        return _lower_bound(x, mean, model, alpha, ties)
    while outside == math.inf:
        beyond, tie = _tail(x, mean, model, True)
        if beyond + tie * ties <= alpha:
            outside = x
        else:
            inside, x, stride = x, x + stride, 2.0 * stride
    while outside - inside > 1.0:
        x = math.floor(0.5 * (inside + outside))
        beyond, tie = _tail(x, mean, model, True)
        if beyond + tie * ties <= alpha:
            outside = x
        else:
            inside = x
    return inside


@kernel
def _lower_bound(start, mean, model, alpha, ties):  # type: ignore[no-untyped-def]
    """The least count that does not alarm when a fall is sought."""
    inside, outside = max(start, 1.0), -1.0
    while inside - outside > 1.0:
        x = math.floor(0.5 * (inside + outside))
        beyond, tie = _tail(x, mean, model, False)
        if beyond + tie * ties <= alpha:
            outside = x
        else:
            inside = x
    return inside


@kernel
def _left_out(mean, phi, beyond):  # type: ignore[no-untyped-def]
    """What trimming takes from a baseline of this mean: share of its cases and of its weeks, and Pearson terms a week."""
    z = 3.0
    k = max(math.floor(mean + z * math.sqrt(mean * phi)), 1.0)
    while upper_tail(k, mean, phi) >= beyond:
        k += 1.0
    while k > mean + 2.0 * math.sqrt(mean * phi) + 1.0 and upper_tail(k - 1.0, mean, phi) < beyond:
        k -= 1.0
    share, terms, weeks = 0.0, 0.0, upper_tail(k, mean, phi)
    p, left = mass(k, mean, phi), weeks
    a, b = ratio(mean, phi)
    while left > 1e-7 * beyond and p > 0.0:
        share += p * k / mean
        terms += p * (k - mean) ** 2 / mean
        left -= p
        p *= (a + b * k) / (k + 1.0)
        k += 1.0
    return share, weeks, terms


@kernel
def _steadied(phi, doubt, mu, seen):  # type: ignore[no-untyped-def]
    """Shrink the dispersion's excess over Poisson by its reliability: an excess that Poisson counts show nearly vanishes.

    The variance of Pearson's dispersion for n Poisson counts is (2 + mean of 1 / mu) / n.
    """
    excess, n, inverse = phi - 1.0, np.sum(seen), 0.0
    for i in range(len(mu)):
        inverse += seen[i] / mu[i]
    chance = (2.0 + inverse / n) / n
    reliable = excess * excess / (excess * excess + chance) if excess > 0.0 else 0.0
    return 1.0 + excess * reliable, doubt * reliable * reliable


@kernel
def robust_fit(data, seen, prior, beyond, work, weight):  # type: ignore[no-untyped-def]
    """Fit, leave out past outbreaks, fit again (twice); returns (settled, dispersion, its relative variance).

    Mean and dispersion are corrected for the ordinary weeks that trimming would leave out of a baseline without outbreaks.
    """
    _, y, _ = data
    beta, mu, _, _ = work
    weight[:] = seen
    rows, phi, doubt, share, weeks, terms = np.sum(seen), 1.0, 0.0, 0.0, 0.0, 0.0
    for stage in range(3):
        if not _fit(data, weight, prior, phi, _ROUGH if stage < 2 else _CLOSE, work):
            return False, phi, doubt
        lift = (1.0 - weeks) / (1.0 - share)
        beta[0] += math.log(lift)
        mu *= lift
        phi, doubt = _dispersion(y, mu, weight, rows - len(beta))
        phi += terms
        if stage < 2 and beyond > 0.0:
            rows = _trim(y, mu, weight, seen, phi, beyond)
            share, weeks, terms = _left_out(np.sum(mu * seen) / np.sum(seen), phi, beyond)
            beta[0] -= math.log((1.0 - weeks) / (1.0 - share))
    return (True, *_steadied(phi, doubt, mu, seen))


@kernel
def _place(window, x, fit, at, depth, upper):  # type: ignore[no-untyped-def]
    """P-value of the week at place ``at`` of the window, its expected count, and how doubtful its mean is.

    Equal counts are told apart by the weeks two, four … before: a number between 0 and 1 that is uniform by chance.
    """
    recent, looked = window
    beta, info, (phi, doubt) = fit
    tie_place = 0.5 if depth > 0 else 1.0
    beyond, tie, mean, spread = 0.0, 0.0, math.nan, 0.0
    for back in range(depth - depth % 2, -1, -2):
        i = at - back
        if i < 0 or looked[i] <= 0.0:
            continue
        mean, spread = _at(x[:, i], beta, info, math.log(looked[i]))
        mean *= math.exp(0.5 * min(spread, 5.0))
        beyond, tie = _tail(recent[i], mean, (phi, doubt, spread), upper)
        if back > 0:
            tie_place = min(beyond + tie * tie_place, 1.0)
    return min(beyond + tie * tie_place, 1.0), mean, spread, tie_place


@kernel
def _carried(window, x, fit, now, test):  # type: ignore[no-untyped-def]
    """The level left for this week's own p-value after last week's has had its say, and the two combined.

    Normal scores of the two weeks are added, last week's with the weight ``carry`` and at most the level's own score either
    way, and standardised with the correlation that their common estimate gives them.
    """
    alpha, upper, depth, carry = test
    own, mean, spread = now
    last = len(window[1]) - 2
    if carry == 0.0 or last < 0 or window[1][last] <= 0.0:
        return alpha, own
    before, mean_before, spread_before, _ = _place(window, x, fit, last, depth - 1, upper)
    phi = fit[2][0]
    doubt, doubt_before = mean * math.expm1(min(spread, 5.0)), mean_before * math.expm1(min(spread_before, 5.0))
    common = math.sqrt(doubt / (phi + doubt) * doubt_before / (phi + doubt_before))
    scale = math.sqrt(1.0 + carry * carry + 2.0 * carry * common)
    z = normal_upper_quantile(alpha)
    pull = carry * min(max(normal_upper_quantile(max(before, 1e-300)), -z), z)
    return normal_upper(z * scale - pull), normal_upper((normal_upper_quantile(max(own, 1e-300)) + pull) / scale)


@kernel
def _one(window, x, fit, test, out):  # type: ignore[no-untyped-def]
    """Score the last week of a window of (counts, exposures) with columns ``x``. Returns whether it alarms."""
    _, _, (phi, doubt) = fit
    _, upper, depth, _ = test
    y, end = window[0][-1], len(window[0]) - 1
    own, mean, spread, ties = _place(window, x, fit, end, depth, upper)
    if not mean < _MOST:
        return False
    level, together = _carried(window, x, fit, (own, mean, spread), test)
    out[0], out[2], out[4] = mean, together, phi + mean * math.expm1(min(spread, 5.0))
    out[1] = _bound(mean, mean, (phi, doubt, spread), (level, upper), ties)
    gap = out[1] - mean
    out[3] = (y - mean) / gap if gap != 0.0 else math.nan
    out[5] = math.sqrt(spread)
    return y > out[1] if upper else y < out[1]


@kernel
def _load(row, exposure, series, first, into):  # type: ignore[no-untyped-def]
    """Counts, exposures (0 before the panel begins) and their logs from ``first`` on; returns totals of the first two."""
    y, seen, offset = into
    cases, total = 0.0, 0.0
    for i in range(len(y)):
        at = first + i
        e = 0.0 if at < 0 else (exposure[series, at] if exposure.size > 0 else 1.0)
        y[i] = row[at] if at >= 0 else 0.0
        seen[i], offset[i] = e, math.log(e) if e > 0.0 else 0.0
        cases, total = cases + y[i], total + e
    return cases, total


@kernel
def score_week(block, inputs, design, how, results):  # type: ignore[no-untyped-def]
    """Score one tested week of a block of series.

    ``inputs`` are (counts, exposure); ``design`` is (first row, one past the last, columns of the rows, columns of the
    last weeks, week); ``how`` is (prior, level of trimming, (alpha, upward, depth of ties, carry), floor, floor
    weeks); ``results`` are (values, alarm, state), written.
    """
    counts, exposure = inputs
    first, stop, x, now, week = design
    prior, beyond, test, floor, floor_weeks = how
    upper = test[1]
    values, alarm, state = results
    n, k, span = stop - first, len(prior), now.shape[1]
    y, seen, offset, weight = np.empty(n), np.ones(n), np.zeros(n), np.empty(n)
    recent, looked, out = np.empty(span), np.ones(span), np.empty(6)
    empty = np.empty(span)
    beta, mu, info, scaled = np.empty(k), np.empty(n), np.empty((k, k)), np.empty((k, n))
    for series in range(block[0], block[1]):
        cases, total = _load(counts[series], exposure, series, first, (y, seen, offset))
        _load(counts[series], exposure, series, week - span + 1, (recent, looked, empty))
        out[:] = math.nan
        alarm[series], state[series] = False, _UNSEEN if looked[-1] == 0.0 else _NO_REFERENCE
        for i in range(n):
            seen[i] = 1.0 if seen[i] > 0.0 else 0.0
        if looked[-1] > 0.0 and total > 0.0:
            beta[:] = 0.0
            beta[0] = math.log(max(cases, 0.5) / total)
            settled, phi, doubt = robust_fit((x, y, offset), seen, prior, beyond, (beta, mu, info, scaled), weight)
            state[series] = _UNSETTLED
            if settled:
                fit = (beta, info, (phi, math.sqrt(min(doubt, 1.0))))
                alarm[series] = _one((recent, looked), now, fit, test, out)
                state[series] = _SCORED if out[0] == out[0] else _UNSETTLED
        recently = 0
        for i in range(max(week - floor_weeks + 1, 0), week + 1):
            recently += counts[series, i]
        if state[series] == _SCORED and upper and recently < floor:
            alarm[series], state[series] = False, _FEW
        for i in range(6):
            values[i, series] = out[i]
