"""Defect prevalence from border sampling: stratified shipments, and small lots without replacement.

Only random samples speak for what was not drawn; lots picked because they looked risky are refused, unless every unit
of their stratum was tested. Estimates weigh each unit with the inverse of its chance of being drawn.

Sources: Horvitz and Thompson, JASA 47 (1952); Cochran, "Sampling Techniques" (3rd ed., 1977), chapter 5; interval for
rare defects after Korn and Graubard, Survey Methodology 24 (1998); lots: the hypergeometric distribution, inverted.

>>> seen = prevalence([Stratum("Shanghai", units=8_000, tested=200, defective=4),
...                    Stratum("Ningbo", units=2_000, tested=100, defective=5)])
>>> round(seen.estimate, 4), round(seen.se, 4), round(seen.defective_units)
(0.026, 0.0089, 260)
>>> lot_defectives(50, tested=10, defective=1)
(1, 20)
>>> sample_size(50, defective=5), round(detection(50, defective=5, tested=22), 3)
(22, 0.954)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from riskmethods.errors import raise_at
from riskmethods.inputs import count, listed, one_of, real, share, zero_or_more

BASES = ("random", "targeted")
MOST_STRATA = 10_000
LARGEST_LOT = 10_000_000
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Stratum:
    """Units of one kind or port, those tested and those found defective; ``basis`` tells how they were drawn."""

    name: str
    units: int
    tested: int
    defective: int
    basis: str = "random"


@dataclass(frozen=True, slots=True)
class Prevalence:
    """The estimated share of defective units.

    Attributes
    ----------
    estimate, se : float
        Share, and its standard error by stratified sampling without replacement.
    interval : (low, high)
        Exact binomial limits at the effective sample size.
    effective : float
        Effective sample size: a simple random sample as informative as this one.
    defective_units : float
        Estimated defective units in all strata.
    """

    estimate: float
    se: float
    interval: tuple[float, float]
    effective: float
    defective_units: float

    @property
    def cv(self) -> float:
        """Coefficient of variation; infinite when nothing was found."""
        return self.se / self.estimate if self.estimate else math.inf


def prevalence(strata: Sequence[Stratum], *, level: float = 0.95) -> Prevalence:
    """Prevalence over all strata by inverse chances of being drawn.

    Raises
    ------
    MethodError
        Rules ``targeted`` (a sample that was not random), ``one_unit`` (a single unit tested of several leaves the
        spread unknown), ``empty``, ``out_of_range``.
    """
    checked = [_checked(one, f"strata[{n}]") for n, one in enumerate(listed(strata, "strata", most=MOST_STRATA))]
    units, tested, found = (np.array(column, dtype=float) for column in zip(*checked, strict=True))
    weight, p = units / units.sum(), found / tested
    remaining = 1 - tested / units
    variance = float((weight**2 * remaining * p * (1 - p) / np.maximum(tested - 1, 1)).sum())
    estimate = float(weight @ p)
    spread = float((weight**2 / tested).sum())
    effective = estimate * (1 - estimate) / variance if variance > 0 else 1 / spread
    if not remaining.any():
        return Prevalence(estimate, 0.0, (estimate, estimate), math.inf, float(found.sum()))
    return Prevalence(
        estimate, math.sqrt(variance), _limits(estimate, effective, level), effective, estimate * float(units.sum())
    )


def _checked(one: Stratum, place: str) -> tuple[int, int, int]:
    units = count(one.units, f"{place}.units", least=1)
    tested = count(one.tested, f"{place}.tested", least=1, most=units)
    found = count(one.defective, f"{place}.defective", most=tested)
    if one_of(one.basis, BASES, f"{place}.basis") == "targeted" and tested < units:
        raise_at(f"{place}.basis", "targeted", "针对性抽查不是随机样本，不能推断总体",
                 "a targeted inspection is no random sample and says nothing of what was not drawn")  # fmt: skip
    if tested == 1 < units:
        raise_at(f"{place}.tested", "one_unit", "只检1件无法估计抽样误差；请合并层",
                 "one unit tested leaves the spread unknown; join strata")  # fmt: skip
    return units, tested, found


def _limits(estimate: float, n: float, level: float) -> tuple[float, float]:
    tail, hits = (1 - share(level, "level")) / 2, estimate * n
    low = float(special.betaincinv(hits, n - hits + 1, tail)) if estimate > 0 else 0.0
    high = float(special.betaincinv(hits + 1, n - hits, 1 - tail)) if estimate < 1 else 1.0
    return low, high


def horvitz_thompson(values: Sequence[object], inclusion: Sequence[object]) -> tuple[float, float]:
    """A total and its standard error when each drawn unit had its own, independent chance of being drawn.

    >>> horvitz_thompson([1, 0, 2], ["0.5", 1, "0.25"])[0]
    10.0
    """
    y = np.array([float(zero_or_more(v, f"values[{n}]")) for n, v in enumerate(listed(values, "values", most=10**6))])
    pi = np.array([real(v, f"inclusion[{n}]") for n, v in enumerate(listed(inclusion, "inclusion", most=10**6))])
    if y.shape != pi.shape:
        raise_at("inclusion", "shape", "与数值个数不同", f"{len(pi)} chances for {len(y)} values")
    for n in np.flatnonzero((pi <= 0) | (pi > 1)):
        raise_at(
            f"inclusion[{n}]",
            "probability",
            "入样概率须大于0且不大于1",
            "a chance of being drawn is above 0 and at most 1",
        )
    return float((y / pi).sum()), float(math.sqrt(((1 - pi) * (y / pi) ** 2).sum()))


def lot_defectives(lot: int, *, tested: int, defective: int, level: float = 0.95) -> tuple[int, int]:
    """The numbers of defective units in a lot that a test without replacement does not exclude.

    The lowest and the highest number for which a result as extreme as this one has more than half of ``1 - level``;
    a chance of exactly that much excludes, whichever way a float rounds it.
    """
    size, n, k = _lot(lot, tested, defective)
    tail = (1 - share(level, "level")) / 2 * (1 + _ROUNDING)
    low = _first(lambda d: stats.hypergeom.sf(k - 1, size, d, n) > tail, k, size - (n - k))
    above = _first(lambda d: stats.hypergeom.cdf(k, size, d, n) <= tail, low, size - (n - k) + 1)
    return low, above - 1


def detection(lot: int, *, defective: int, tested: int) -> float:
    """The chance that a test of ``tested`` units meets at least one of ``defective`` in the lot."""
    size = count(lot, "lot", least=1, most=LARGEST_LOT)
    bad = count(defective, "defective", most=size)
    return float(stats.hypergeom.sf(0, size, bad, count(tested, "tested", most=size)))


def sample_size(lot: int, *, defective: int, confidence: float = 0.95) -> int:
    """The smallest test that meets at least one of ``defective`` units in the lot with this confidence."""
    size = count(lot, "lot", least=1, most=LARGEST_LOT)
    bad = count(defective, "defective", least=1, most=size)
    wanted = share(confidence, "confidence")
    return _first(lambda n: stats.hypergeom.sf(0, size, bad, n) >= wanted * (1 - _ROUNDING), 1, size)


def _lot(lot: int, tested: int, defective: int) -> tuple[int, int, int]:
    size = count(lot, "lot", least=1, most=LARGEST_LOT)
    n = count(tested, "tested", least=1, most=size)
    return size, n, count(defective, "defective", most=n)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first number from ``low`` on for which a condition holds, which then holds to the end; ``high`` at last."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def acceptance_probability(lot: int, *, defective: int, tested: int, accept: int) -> float:
    """The chance that a plan "test ``tested``, accept up to ``accept`` defective" passes a lot.

    >>> round(acceptance_probability(100, defective=10, tested=20, accept=1), 4)
    0.363
    """
    size = count(lot, "lot", least=1, most=LARGEST_LOT)
    n = count(tested, "tested", least=1, most=size)
    return float(
        stats.hypergeom.cdf(count(accept, "accept", most=n), size, count(defective, "defective", most=size), n)
    )
