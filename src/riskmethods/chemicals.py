"""Chemicals: risk characterisation ratio by route, legal status beside it, excess lifetime risk without a threshold.

``RCR = sum over routes of exposure / limit`` (a derived no-effect level, or a predicted no-effect concentration for the
environment); below 1 the exposure is controlled. No rule carries a ratio into a cell of a scenario grid, so none is
offered: the assessor states severity and reasons, with ratio, interval and legal status in view. A banned substance,
or one above a harmonised limit, is presumed serious, whatever its ratio.

Source: ECHA, "Guidance on information requirements and chemical safety assessment", parts E and R.8/R.15 (from memory).

>>> skin = contact_dose("2.5", area="100", frequency="1", absorption="10 %", body_weight="10")
>>> found = characterise([Route("dermal", skin, amount("5")),
...                       Route("oral", amount({"low": "0.1", "best": "0.2", "high": "0.4"}), amount("1"))],
...                      legal=Legal(content=amount("0.3"), limit=amount("0.1"), source="REACH XVII 51"))
>>> found.ratio, found.controlled, found.routes["oral"].best
(Amount(low=Fraction(3, 5), best=Fraction(7, 10), high=Fraction(9, 10)), 'controlled', Fraction(1, 5))
>>> found.legal, found.presumed_serious
('above_limit', True)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from riskmethods import numbers
from riskmethods.errors import raise_at
from riskmethods.inputs import distinct, exact, fields, listed, text

LINEAR_UP_TO = Fraction(1, 100)  # above this, slope times dose is no longer a probability of use


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity above 0 with its lowest and highest credible value."""

    low: Fraction
    best: Fraction
    high: Fraction

    def times(self, other: Amount) -> Amount:
        """The product, end by end: all are above 0."""
        return Amount(self.low * other.low, self.best * other.best, self.high * other.high)

    def over(self, other: Amount) -> Amount:
        """The quotient: the widest that both allow."""
        return Amount(self.low / other.high, self.best / other.best, self.high / other.low)

    def as_json(self) -> dict[str, str]:
        """Six digits each."""
        return {
            "low": numbers.decimal(self.low),
            "best": numbers.decimal(self.best),
            "high": numbers.decimal(self.high),
        }


def amount(given: Any, place: str = "amount", *, share: bool = False) -> Amount:
    """A quantity from a number, or from ``{"low": .., "best": .., "high": ..}``; a share is at most 1, also in per cent.

    Raises
    ------
    MethodError
        Rules ``out_of_range`` (0 or below), ``not_a_number``, ``order``.
    """

    def one(value: Any, where: str) -> Fraction:
        return numbers.parse(value, place=where) if share else exact(value, where)

    if isinstance(given, Amount):
        return given
    if not isinstance(given, Mapping):
        return Amount(*[one(given, place)] * 3)
    record = fields(given, place, needed=("low", "best", "high"))
    low, best, high = (one(record[key], f"{place}.{key}") for key in ("low", "best", "high"))
    if not low <= best <= high:
        raise_at(place, "order", "低、最佳、高须依次不减", f"low {low}, best {best}, high {high} must not fall")
    return Amount(low, best, high)


def intake_dose(
    content: Any, *, taken: Any, released: Any = 1, frequency: Any = 1, absorption: Any = 1, body_weight: Any
) -> Amount:
    """Dose by mouth or lung in mg per kg and day.

    ``content`` (mg/g) times ``taken`` (g an event) times the share ``released``, times ``frequency`` (events a day),
    times the share absorbed, over ``body_weight`` (kg).

    >>> intake_dose("0.5", taken="2", released="10 %", frequency="3", body_weight="12").best
    Fraction(1, 40)
    """
    shares = amount(released, "released", share=True).times(amount(absorption, "absorption", share=True))
    dose = amount(content, "content").times(amount(taken, "taken")).times(amount(frequency, "frequency")).times(shares)
    return dose.over(amount(body_weight, "body_weight"))


def contact_dose(migration: Any, *, area: Any, frequency: Any = 1, absorption: Any = 1, body_weight: Any) -> Amount:
    """Dose through the skin in mg per kg and day.

    ``migration`` (mg per cm² and event) times contact ``area`` (cm²), ``frequency`` (events a day) and the share
    absorbed, over ``body_weight`` (kg).
    """
    dose = amount(migration, "migration").times(amount(area, "area")).times(amount(frequency, "frequency"))
    return dose.times(amount(absorption, "absorption", share=True)).over(amount(body_weight, "body_weight"))


@dataclass(frozen=True, slots=True)
class Route:
    """Exposure by one route and the limit for it, in the same unit."""

    name: str
    exposure: Amount
    limit: Amount


@dataclass(frozen=True, slots=True)
class Legal:
    """What the law says: the content found, the limit in the same unit, or that the substance is banned; with source."""

    content: Amount | None = None
    limit: Amount | None = None
    source: str = ""
    banned: bool = False

    @property
    def status(self) -> str:
        """``banned``, ``above_limit``, ``undecided`` (the measurement spans the limit), ``within_limit``, ``no_limit``."""
        if self.banned:
            return "banned"
        if self.content is None or self.limit is None:
            return "no_limit"
        if self.content.low > self.limit.high:
            return "above_limit"
        return "within_limit" if self.content.high <= self.limit.low else "undecided"


@dataclass(frozen=True, slots=True)
class Characterised:
    """The ratio in all and by route, with its verdict, and the legal status, which stands on its own.

    ``controlled`` is ``controlled`` (the highest ratio is below 1), ``not_controlled`` (the lowest is 1 or above) or
    ``undecided`` (1 lies within the interval).
    """

    ratio: Amount
    routes: Mapping[str, Amount]
    controlled: str
    legal: str
    legal_source: str

    @property
    def presumed_serious(self) -> bool:
        """Banned or above a limit: a serious risk is presumed."""
        return self.legal in ("banned", "above_limit")

    def as_json(self) -> dict[str, Any]:
        """As a report shows it."""
        return {"ratio": self.ratio.as_json(), "routes": {name: r.as_json() for name, r in self.routes.items()},
                "controlled": self.controlled, "legal": self.legal, "legal_source": self.legal_source,
                "presumed_serious": self.presumed_serious}  # fmt: skip


def characterise(routes: Sequence[Route], *, legal: Legal | None = None) -> Characterised:
    """The risk characterisation ratio over all routes.

    Raises
    ------
    MethodError
        Rules ``empty``, ``duplicate`` (a route twice), ``missing`` (a ban or limit without its source).
    """
    found = listed(routes, "routes", most=20)
    distinct([route.name for route in found], "routes")
    ratios = {text(route.name, f"routes[{n}].name"): route.exposure.over(route.limit) for n, route in enumerate(found)}
    low, best, high = (sum((getattr(r, end) for r in ratios.values()), Fraction(0)) for end in ("low", "best", "high"))
    law = legal or Legal()
    if law.status != "no_limit" and not law.source.strip():
        raise_at("legal.source", "missing", "禁用或限量须写明出处", "a ban or limit needs its source")
    verdict = "controlled" if high < 1 else "not_controlled" if low >= 1 else "undecided"
    return Characterised(Amount(low, best, high), ratios, verdict, law.status, law.source)


@dataclass(frozen=True, slots=True)
class Excess:
    """Excess lifetime risk: ``linear`` is slope times dose; ``saturating`` is 1 - exp(-slope * dose) at its best value.

    ``linear_holds`` is False when the highest linear value exceeds 1 in 100, where only the second is a probability.
    """

    linear: Amount
    saturating: float
    linear_holds: bool


def excess_lifetime_risk(slope: Any, dose: Any) -> Excess:
    """Risk of a substance without a threshold (carcinogen, mutagen) over a lifetime.

    Parameters
    ----------
    slope
        Risk per mg per kg and day, averaged over a lifetime.
    dose
        Lifetime average daily dose, mg per kg and day.

    Source: US EPA, "Guidelines for Carcinogen Risk Assessment" (2005); linear extrapolation.

    >>> risk = excess_lifetime_risk("0.5", {"low": "1e-5", "best": "2e-5", "high": "1e-4"})
    >>> risk.linear.best, risk.linear.high, risk.linear_holds
    (Fraction(1, 100000), Fraction(1, 20000), True)
    """
    linear = amount(slope, "slope").times(amount(dose, "dose"))
    return Excess(linear, -math.expm1(-float(linear.best)), linear.high <= LINEAR_UP_TO)


def lifetime_average(daily: Any, *, days_a_year: Any, years: Any, lifetime: Any = 70) -> Amount:
    """A dose on the days of use, averaged over a lifetime of ``lifetime`` years.

    >>> lifetime_average("0.7", days_a_year="36.5", years="10").best
    Fraction(1, 100)
    """
    used = exact(days_a_year, "days_a_year") * exact(years, "years")
    lived = exact(lifetime, "lifetime") * 365
    if used > lived or exact(days_a_year, "days_a_year") > 366:
        raise_at(
            "days_a_year", "out_of_range", "使用天数多于寿命", "more days of use than there are in a year or a lifetime"
        )
    return amount(daily, "daily").times(Amount(*[used / lived] * 3))
