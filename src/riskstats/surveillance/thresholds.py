"""From an expected count to a bound, a p-value and a score, inside kernels.

Four rules. ``POWER_*``: prediction error approximately normal after a power transformation, with the estimation error by
the delta rule (Farrington et al. 1996, section 3.6). ``PLUG_IN``: quantile of the negative binomial at the estimate
(Noufaily et al. 2013, section 2.4). ``MEAN_QUANTILE``: the same at a quantile of the estimated mean (Salmon, Schumacher &
Höhle 2016, Journal of Statistical Software 70(10), section 2.1, "muan").
"""

from __future__ import annotations

import math

from riskstats.kernels import kernel
from riskstats.surveillance.tails import lower_quantile, lower_tail, normal_upper, upper_quantile, upper_tail

POWER_NONE, POWER_HALF, POWER_TWO_THIRDS, PLUG_IN, MEAN_QUANTILE = range(5)
_TINY = 2.0**-52  # the least mean that a power transformation is given
BOUND, PVALUE, SCORE, MEAN = range(4)  # what :func:`judge` leaves behind, in this order


@kernel
def _powered(rule, x):  # type: ignore[no-untyped-def]
    if rule == POWER_TWO_THIRDS:
        return x ** (2.0 / 3.0)
    return math.sqrt(x) if rule == POWER_HALF else x


@kernel
def _unpowered(rule, x):  # type: ignore[no-untyped-def]
    if rule == POWER_TWO_THIRDS:
        return max(x, 0.0) ** 1.5
    return max(x, 0.0) ** 2 if rule == POWER_HALF else x


@kernel
def _spread(rule, mu, tau):  # type: ignore[no-untyped-def]
    """Standard deviation of the prediction error after the transformation; its variance before is ``mu * tau``."""
    if rule == POWER_TWO_THIRDS:
        return 2.0 / 3.0 * math.sqrt(mu ** (1.0 / 3.0) * tau)
    return 0.5 * math.sqrt(tau) if rule == POWER_HALF else math.sqrt(mu * tau)


@kernel
def _by_power(y, model, test, out):  # type: ignore[no-untyped-def]
    mu, phi, error = model
    rule, _, z, upper = test
    spread = _spread(rule, mu, phi + error * error * mu)
    centre = _powered(rule, mu)
    out[BOUND] = _unpowered(rule, centre + z * spread if upper else centre - z * spread)
    out[MEAN] = mu
    off = (_powered(rule, y) - centre) / spread
    out[PVALUE] = normal_upper(off if upper else -off)


@kernel
def _by_count(y, model, test, out):  # type: ignore[no-untyped-def]
    mu, phi, error = model
    rule, alpha, z, upper = test
    mean = mu
    if rule == MEAN_QUANTILE:
        mean = mu * math.exp(min(z * error, 700.0)) if upper else mu * math.exp(-z * error)
    out[MEAN] = mean
    if not mean < 1e12:
        out[BOUND] = math.inf if upper else 0.0
        out[PVALUE] = 1.0
    elif upper:
        out[BOUND] = upper_quantile(alpha, z, mean, phi)
        out[PVALUE] = upper_tail(y, mean, phi)
    else:
        out[BOUND] = lower_quantile(alpha, z, mean, phi)
        out[PVALUE] = lower_tail(y, mean, phi)


@kernel
def judge(y, model, test, out):  # type: ignore[no-untyped-def]
    """Bound, p-value, exceedance score and the mean that the bound came from.

    ``model`` is (expected count, dispersion, standard error of its log); ``test`` is (rule, alpha, the normal's
    ``1 - alpha`` quantile, whether an increase is sought). Returns whether ``y`` lies beyond the bound.
    """
    expected = model[0]
    if test[0] <= POWER_TWO_THIRDS:
        expected = max(expected, _TINY)
        _by_power(y, (expected, model[1], model[2]), test, out)
    else:
        _by_count(y, model, test, out)
    gap = out[BOUND] - expected
    out[SCORE] = (y - expected) / gap if gap != 0.0 else math.nan
    return y > out[BOUND] if test[3] else y < out[BOUND]
