"""Do observed incidents contradict a scenario? The predictive p-value, which can ask for a reassessment.

The scenario's P, spread as its author stated it, says how many incidents should have been reported:
``P * units * exposed * share of the lifetime observed * share reported``, counted as Poisson. Averaged over what is
uncertain, the chance of as many incidents or more, and of as few or fewer, is compared with what was observed.

Source: Box, "Sampling and Bayes' inference in scientific modelling and robustness", JRSS A 143 (1980);
predictive p-values as in Gelman et al. (2013), section 6.3; two-sided by doubling the smaller tail.

>>> from riskmethods.uncertain import from_json
>>> found = conflict(12, from_json("1/100000"), units=100_000)
>>> found.expected, round(found.p_more, 12), found.contradicts, found.reassess
(1.0, 8.32e-10, 'more', True)
>>> conflict(2, from_json({"dist": "lognormal", "median": "1/100000", "ef": 3}), units=100_000).contradicts
''
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from riskmethods.errors import raise_at
from riskmethods.evidence.rates import Rate, Reporting
from riskmethods.inputs import count, positive, real, share
from riskmethods.uncertain import Beta, Point, Uncertain

ALPHA = 0.05
_CUTS = 400  # equal slices of credence for each uncertain quantity, each at its middle


@dataclass(frozen=True, slots=True)
class Conflict:
    """Observed against predicted.

    Attributes
    ----------
    observed : int
    expected : float
        Mean number of reported incidents that the scenario predicts.
    p_more, p_fewer : float
        Predictive probability of at least, and of at most, as many as observed.
    p_value : float
        Two-sided: twice the smaller tail, at most 1.
    contradicts : str
        ``"more"`` or ``"fewer"`` than predicted when ``p_value`` is below ``alpha``; else empty. "fewer" may also
        mean that incidents go unreported: state the reported share before trusting it.
    """

    observed: int
    expected: float
    p_more: float
    p_fewer: float
    p_value: float
    contradicts: str

    @property
    def reassess(self) -> bool:
        """Whether the mismatch is a ground to assess anew."""
        return bool(self.contradicts)

    def as_json(self) -> dict[str, Any]:
        """The test as a report shows it."""
        numbers = {name: float(f"{getattr(self, name):.6g}") for name in ("expected", "p_more", "p_fewer", "p_value")}
        return {"observed": self.observed, **numbers, "contradicts": self.contradicts, "reassess": self.reassess}


def conflict(
    observed: int,
    probability: Uncertain,
    *,
    units: object,
    exposed: object = 1,
    life_observed: object = 1,
    reporting: Reporting | float = 1.0,
    alpha: float = ALPHA,
) -> Conflict:
    """A scenario's P against the incidents reported.

    Parameters
    ----------
    observed : int
        Reported incidents of this scenario's kind.
    probability : Uncertain
        The scenario's P for one user of one unit over the unit's lifetime.
    units, exposed : number
        Units in use, and persons exposed per unit.
    life_observed : number
        Share of the units' lifetime that lies within the observation, up to 1.
    reporting : Reporting or float
        Share of incidents that is reported.
    alpha : float
        Level of the two-sided test.

    Raises
    ------
    MethodError
        Rules ``out_of_range``, ``not_a_count``, ``not_a_number``.
    """
    x = count(observed, "observed", most=10**12)
    users = positive(units, "units") * positive(exposed, "exposed")
    chances = np.array([float(probability.p)]) if isinstance(probability, Point) else probability.sample(_middles())
    expected = users * _share(life_observed, "life_observed") * np.outer(chances, _reported(reporting)).ravel()
    return _judged(
        x, float(expected.mean()), special.pdtr(x, expected), special.pdtrc(x - 1, expected) if x else 1.0, alpha
    )


def conflict_with_rate(observed: int, rate: Rate, *, exposure: object, alpha: float = ALPHA) -> Conflict:
    """A rate learnt elsewhere or earlier against new incidents over ``exposure`` reported unit-years.

    >>> from riskmethods.evidence.rates import incident_rate
    >>> conflict_with_rate(9, incident_rate(3, 20_000), exposure=10_000).contradicts
    'more'
    """
    x, seen = count(observed, "observed", most=10**12), positive(exposure, "exposure")
    kept = rate.exposures / (rate.exposures + seen)
    fewer = rate.weights @ special.betainc(rate.shape, x + 1, kept)
    more = rate.weights @ special.betaincc(rate.shape, x, kept) if x else 1.0
    return _judged(x, rate.mean * seen, fewer, more, alpha)


def _judged(x: int, expected: float, fewer: Any, more: Any, alpha: float) -> Conflict:
    p_fewer, p_more = float(np.mean(fewer)), float(np.mean(more))
    two_sided = min(1.0, 2 * min(p_fewer, p_more))
    contradicts = "" if two_sided >= share(alpha, "alpha") else "more" if p_more < p_fewer else "fewer"
    return Conflict(x, expected, p_more, p_fewer, two_sided, contradicts)


def _middles() -> Any:
    return (np.arange(_CUTS) + 0.5) / _CUTS


def _reported(reporting: Reporting | float) -> Any:
    if isinstance(reporting, Reporting):
        prior = Beta(positive(reporting.a, "reporting.a"), positive(reporting.b, "reporting.b"))
        return prior.sample(_middles())
    return np.array([_share(reporting, "reporting")])


def _share(given: object, place: str) -> float:
    value = real(given, place)
    if not 0 < value <= 1:
        raise_at(
            place, "out_of_range", f"须大于0且不大于1，不能是{value:g}", f"must be above 0 and at most 1, not {value:g}"
        )
    return value
