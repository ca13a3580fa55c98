"""Chains of uncertain steps, and what can be said of their product without any draw: bounds, closed form, mean."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from scipy import special

from riskmethods.editions import LEVELS, LONGEST_CHAIN, Edition
from riskmethods.errors import MethodError
from riskmethods.uncertain import Lognormal, Uncertain, quantile

MOST_CHAINS = 200


@dataclass(frozen=True, slots=True)
class Chain:
    """One scenario: its steps' quantities and how bad the harm is.

    Attributes
    ----------
    steps : tuple of Uncertain
        One quantity per step, each conditional on the steps before it.
    severity : int or mapping of int to Fraction
        1 to 4, or weights over 1 to 4 that sum to one: how strongly each severity is believed. Severities are never
        averaged; every one with a weight is judged as a scenario of its own on the same steps.
    keys : tuple of str
        Empty, or one key per step; steps of different chains with the same non-empty key are the same unknown and are
        drawn together.
    """

    steps: tuple[Uncertain, ...]
    severity: int | Mapping[int, Fraction]
    keys: tuple[str, ...] = ()

    @property
    def weights(self) -> dict[int, Fraction]:
        """Severities with a weight, rising."""
        if isinstance(self.severity, Mapping):
            return {s: Fraction(w) for s, w in sorted(self.severity.items()) if w}
        return {self.severity: Fraction(1)}

    @property
    def certain(self) -> bool:
        """Whether every step has one possible value only."""
        return all(low == high for low, high in (step.bounds for step in self.steps))

    def key(self, step: int) -> str:
        """The key of a step, empty where it has none."""
        return self.keys[step] if self.keys else ""


def check(chains: Sequence[Chain], edition: Edition) -> None:
    """Refuse what cannot be propagated: no chain, no step, a severity off the grid, weights that do not sum to one.

    Raises
    ------
    MethodError
        Names the chain as ``scenarios[i]`` and the rule.
    """
    if not 1 <= len(chains) <= MOST_CHAINS:
        en = f"one to {MOST_CHAINS} scenarios are needed, {len(chains)} given"
        raise MethodError("scenarios", "count", f"须有1至{MOST_CHAINS}个情景，现有{len(chains)}个", en)
    columns = len(edition.levels[0])
    for i, chain in enumerate(chains):
        place = f"scenarios[{i}]"
        if not 1 <= len(chain.steps) <= (edition.most_steps or LONGEST_CHAIN):
            most = edition.most_steps or LONGEST_CHAIN
            en = f"one to {most} steps, {len(chain.steps)} given"
            raise MethodError(f"{place}.steps", "too_many_steps", f"须有1至{most}步，现有{len(chain.steps)}步", en)
        _check_severity(chain, columns, place)
        keyed = [key for key in chain.keys if key]
        if chain.keys and (len(chain.keys) != len(chain.steps) or len(set(keyed)) != len(keyed)):
            en = "one key per step, and no key twice in one scenario"
            raise MethodError(f"{place}.keys", "keys", "每步一个键，同一情景内不得重复", en)


def _check_severity(chain: Chain, columns: int, place: str) -> None:
    given = chain.severity if isinstance(chain.severity, Mapping) else {chain.severity: Fraction(1)}
    for severity, weight in given.items():
        if isinstance(severity, bool) or severity not in range(1, columns + 1):
            en = f"severity {severity!r} is not 1 to {columns}"
            raise MethodError(f"{place}.severity", "severity", f"严重程度{severity!r}不在1至{columns}之间", en)
        if not 0 <= weight <= 1:
            en = f"weight {weight} is not from 0 to 1"
            raise MethodError(f"{place}.severity[{severity}]", "weight", f"权重{weight}不在0至1之间", en)
    if sum(given.values()) != 1:
        en = f"the weights sum to {sum(given.values())}, not to 1"
        raise MethodError(f"{place}.severity", "weight", f"权重之和为{sum(given.values())}，应为1", en)


def interval(chain: Chain) -> tuple[Fraction, Fraction]:
    """Bounds of the product, exact: whatever the distributions inside, no draw leaves them.

    >>> from riskmethods.uncertain import Interval, Point
    >>> interval(Chain((Interval(Fraction(1, 100), Fraction(1, 10)), Point(Fraction(1, 2))), 2))
    (Fraction(1, 200), Fraction(1, 20))
    """
    bounds = [step.bounds for step in chain.steps]
    return math.prod((b[0] for b in bounds), start=Fraction(1)), math.prod((b[1] for b in bounds), start=Fraction(1))


def joint_bounds(chances: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Fréchet's bounds on all events together when nothing is known of their dependence.

    ``max(0, sum p - (k - 1))`` and ``min p``. They matter where steps were judged one by one and not each given
    the ones before.

    >>> joint_bounds([Fraction(9, 10), Fraction(4, 5)])
    (Fraction(7, 10), Fraction(4, 5))
    """
    return max(Fraction(0), sum(chances, Fraction(0)) - (len(chances) - 1)), min(chances)


def levels_between(edition: Edition, severities: Sequence[int], low: Fraction, high: Fraction) -> list[str]:
    """Every level that a probability between the bounds can have at one of the severities, lowest first."""
    rows = edition.levels[edition.band(high) : edition.band(low) + 1]
    found = {row[severity - 1] for row in rows for severity in severities}
    return [level for level in LEVELS if level in found]


def mean(chain: Chain) -> float:
    """The product's mean when steps are independent: the product of the steps' means, free of Monte Carlo error.

    >>> from riskmethods.uncertain import Beta
    >>> mean(Chain((Beta(1, 9), Beta(2, 2)), 3))
    0.05
    """
    return math.prod(step.mean for step in chain.steps)


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """The product of lognormal steps (and fixed numbers): ln P is normal with ``mu`` and ``sigma``.

    ``truncated`` is the greatest share of a step's curve above one; the closed form ignores the cut, so it holds to
    about that share. ``shares[level]`` sums over severities by weight.
    """

    mu: float
    sigma: float
    truncated: float
    shares: dict[str, float]

    def quantile(self, q: float) -> float:
        """The product's quantile."""
        return math.exp(self.mu + self.sigma * float(special.ndtri(q)))

    def as_json(self) -> dict[str, Any]:
        """Six significant digits each."""
        return {
            "mu": rounded(self.mu), "sigma": rounded(self.sigma), "truncated": rounded(self.truncated),
            "median": rounded(self.quantile(0.5)), "p95": rounded(self.quantile(0.95)),
            "shares": {level: rounded(share) for level, share in self.shares.items()},
        }  # fmt: skip


def closed_form(chain: Chain, edition: Edition) -> ClosedForm | None:
    """The exact distribution where one exists: lognormal and fixed steps, at least one lognormal; otherwise None.

    ``ln P ~ N(sum ln m_i, sum (ln EF_i / 1.645)^2)``.

    >>> from riskmethods.editions import edition
    >>> from riskmethods.uncertain import Lognormal, Point
    >>> steps = (Lognormal(Fraction(1, 100), 3.0), Lognormal(Fraction(1, 20), 3.0), Point(Fraction(1, 2)))
    >>> form = closed_form(Chain(steps, 3), edition("eu-2024-3173"))
    >>> round(form.quantile(0.5), 8), round(form.quantile(0.95) / form.quantile(0.5), 3)
    (0.00025, 4.729)
    """
    curves = [step for step in chain.steps if isinstance(step, Lognormal)]
    fixed = sum(low == high for low, high in (step.bounds for step in chain.steps))
    if not curves or len(curves) + fixed != len(chain.steps):
        return None
    mu, sigma = _normal(chain.steps)
    above = [0.0, *(float(special.ndtr((mu - math.log(edge)) / sigma)) for edge in edition.bands), 1.0]
    shares = dict.fromkeys(LEVELS, 0.0)
    for severity, weight in chain.weights.items():
        for row, cells in enumerate(edition.levels):
            shares[cells[severity - 1]] += float(weight) * (above[row + 1] - above[row])
    return ClosedForm(mu, sigma, max(curve.truncated for curve in curves), shares)


_CUT = 1e-4  # a share above one that is less than Monte Carlo error: the closed form then serves for the cut curve


def exact_quantile(chain: Chain, q: float, dependence: str) -> float | None:
    """The product's quantile without draws, where there is such a way; otherwise None.

    Steps in perfect rank correlation, or a single uncertain step: the product of the steps' quantiles. Independent
    lognormal and fixed steps: the closed form, when less than 1/10,000 of every curve lies above one.

    >>> from riskmethods.uncertain import Beta, Point
    >>> exact_quantile(Chain((Beta(1, 1), Point(Fraction(1, 10))), 3), 0.5, "independent")
    0.05
    >>> exact_quantile(Chain((Beta(1, 1), Beta(1, 1)), 3), 0.5, "independent") is None
    True
    """
    uncertain = sum(low != high for low, high in (step.bounds for step in chain.steps))
    if dependence == "perfect" or uncertain <= 1:
        return math.prod(_at(step, q) for step in chain.steps)
    curves = [step for step in chain.steps if isinstance(step, Lognormal)]
    if len(curves) < uncertain or max(curve.truncated for curve in curves) > _CUT:
        return None
    mu, sigma = _normal(chain.steps)
    return math.exp(mu + sigma * float(special.ndtri(q)))


def _normal(steps: Sequence[Uncertain]) -> tuple[float, float]:
    """Mean and standard deviation of ln P for lognormal and fixed steps."""
    curves = [step for step in steps if isinstance(step, Lognormal)]
    fixed = [step.bounds[0] for step in steps if step.bounds[0] == step.bounds[1]]
    mu = sum(curve.mu for curve in curves) + sum(math.log(p) for p in fixed)
    return mu, math.sqrt(sum(curve.sigma**2 for curve in curves))


def tornado(chain: Chain) -> list[tuple[float, float]]:
    """Per step, the product with that step at its 5th and 95th percentile and every other at its median."""
    ends = [_swing(step) for step in chain.steps]
    whole = math.prod(middle for _, middle, _ in ends)
    return [(whole * low / middle, whole * high / middle) for low, middle, high in ends]


@lru_cache(maxsize=512)
def _swing(step: Uncertain) -> tuple[float, float, float]:
    low, middle, high = (_at(step, q) for q in (0.05, 0.5, 0.95))
    return low, middle, high


def _at(step: Uncertain, q: float) -> float:
    low, high = step.bounds
    return float(low) if low == high else quantile(step, q)


def rounded(value: float) -> float:
    """Six significant digits: what is stored is alike on machines whose last bits differ.

    >>> rounded(0.000123456789)
    0.000123457
    """
    return float(f"{value:.6g}")
