"""A scenario held against the incidents that were really reported: a mismatch asks for a reassessment.

>>> from fractions import Fraction
>>> from riskmethods.records import Observed, Scenario, Severity, Step, Text
>>> from riskmethods.uncertain import from_json
>>> steps = tuple(Step(str(n), Text(en="x"), from_json(p)) for n, p in enumerate(("1/100", "1/1000"), 1))
>>> told = Observed(incidents=12, units=100_000.0)
>>> confront(Scenario("s1", Text(), steps, Severity(((1, Fraction(1)),)), observed=told)).contradicts
'more'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from riskmethods.errors import MethodError
from riskmethods.evidence.conflict import Conflict, conflict
from riskmethods.evidence.rates import Reporting
from riskmethods.records import Scenario
from riskmethods.uncertain import Draws, Point

_DRAWS, _SEED = 20_000, 188


@dataclass(frozen=True, eq=False)
class _Product:
    """The product of independent uncertain steps, as equally likely values in rising order."""

    values: Draws

    def sample(self, u: Draws) -> Draws:
        """The inverse distribution function."""
        return np.quantile(self.values, u)


def confront(scenario: Scenario, *, place: str = "observed") -> Conflict:
    """The predictive test of a scenario's P (steps independent) against its observed incidents.

    Raises
    ------
    MethodError
        As :func:`riskmethods.evidence.conflict`, at ``place``; rule ``missing`` when nothing was observed.
    """
    seen = scenario.observed
    if seen is None:
        raise MethodError(place, "missing", "没有填写观察到的事故", "no observed incidents are stated")
    probability: Any = Point(scenario.probability) if scenario.certain else _product(scenario)
    reporting = Reporting(*seen.reporting) if isinstance(seen.reporting, tuple) else seen.reporting
    try:
        return conflict(seen.incidents, probability, units=seen.units, exposed=seen.exposed, life_observed=seen.life_observed, reporting=reporting)  # fmt: skip
    except MethodError as fault:
        raise fault.within(place) from None


def _product(scenario: Scenario) -> _Product:
    stream = np.random.default_rng(_SEED)
    even = (np.arange(_DRAWS) + 0.5) / _DRAWS
    product = np.ones(_DRAWS)
    for step in scenario.steps:
        low, high = step.quantity.bounds
        product *= float(low) if low == high else step.quantity.sample(stream.permutation(even))
    return _Product(np.sort(product))
