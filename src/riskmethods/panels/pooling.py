"""One probability from many, three ways side by side, because the way can move the level by itself.

Linear: ``sum w p``. Logarithmic: ``prod p^w`` renormalised against ``prod (1-p)^w``, the geometric mean of odds. Median:
of the values as they stand, whatever the weights. Votes on severity have a distribution, a median and a highest, and no
mean: severities are ranks.

Sources: Genest and Zidek, "Combining probability distributions", Statistical Science 1 (1986); extremising: Satopää et
al., International J. of Forecasting 30 (2014).

>>> found = pools(["1/10", "1/1000", "1/1000"])
>>> found.linear, f"{found.logarithmic:.4e}", found.median, round(found.ratio, 1)
(Fraction(17, 500), '4.7877e-03', Fraction(1, 1000), 34.0)
>>> found.levels("eu-2024-3173", severity=2)
{'linear': 'serious', 'logarithmic': 'high', 'median': 'medium'}
>>> votes = severity_votes([2, 3, 3, 4])
>>> votes.counts, votes.median, votes.highest
({1: 0, 2: 1, 3: 2, 4: 1}, (3, 3), 4)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median, median_high, median_low

from scipy import special

from riskmethods import editions, numbers
from riskmethods.errors import raise_at
from riskmethods.inputs import chance, count, exact, listed, positive, text, zero_or_more

MOST_EXPERTS = 200
POOLS = ("linear", "logarithmic", "median")


@dataclass(frozen=True, slots=True)
class Pools:
    """The three pools; linear and median exact."""

    linear: Fraction
    logarithmic: float
    median: Fraction
    experts: int

    @property
    def ratio(self) -> float:
        """The greatest over the least of the three: how much hangs on the choice."""
        three = [float(getattr(self, name)) for name in POOLS]
        return max(three) / min(three)

    def levels(self, method: str, *, severity: int, rest: object = 1) -> dict[str, str]:
        """The level that each pool leads to, the other steps of the scenario having probability ``rest``."""
        grid = editions.edition(method)
        others = numbers.parse(rest, place="rest")
        column = count(severity, "severity", least=1, most=4)
        return {name: grid.level(_fraction(getattr(self, name)) * others, column) for name in POOLS}


def pools(given: Sequence[object], *, weights: Sequence[object] | None = None, place: str = "answers") -> Pools:
    """Linear, logarithmic and median pool of experts' probabilities.

    Parameters
    ----------
    given : sequence of probabilities
        Above 0: an expert who says 0 forbids every answer but 0, and is asked again.
    weights : sequence of numbers, optional
        0 or above, not all 0; taken relative to their sum. Equal when left out.

    Raises
    ------
    MethodError
        Rules ``empty`` (an empty panel), ``probability``, ``shape``, ``out_of_range``.
    """
    values = [chance(p, f"{place}[{n}]") for n, p in enumerate(listed(given, place, most=MOST_EXPERTS))]
    share = _shares(weights, len(values))
    linear = sum((w * p for w, p in zip(share, values, strict=True)), Fraction(0))
    return Pools(linear, _logarithmic(values, share), median(values), len(values))


def _shares(weights: Sequence[object] | None, n: int) -> list[Fraction]:
    if weights is None:
        return [Fraction(1, n)] * n
    voices = [zero_or_more(w, f"weights[{k}]") for k, w in enumerate(listed(weights, "weights", most=MOST_EXPERTS))]
    if len(voices) != n:
        raise_at("weights", "shape", "权重个数与专家数不同", f"{len(voices)} weights for {n} experts")
    total = sum(voices)
    if not total:
        raise_at("weights", "out_of_range", "权重不能全为0", "the weights must not all be 0")
    return [voice / total for voice in voices]


def _logarithmic(values: list[Fraction], share: list[Fraction]) -> float:
    heard = [(p, float(w)) for p, w in zip(values, share, strict=True) if w]
    if any(p == 1 for p, _ in heard):
        return 1.0  # certainty has infinite odds: one such voice decides
    log_odds = math.fsum(w * (math.log(p) - math.log1p(-float(p))) for p, w in heard)
    return float(special.expit(log_odds))


def extremised(probability: object, *, power: object, validation: str) -> float:
    """A pool's odds raised to a power above 1, only with a statement of the calibration data that the power comes from.

    >>> round(extremised("1/10", power=2, validation="120 seed questions, 2023"), 6)
    0.012195
    """
    p, a = chance(probability, "probability"), positive(power, "power")
    text(validation, "validation")
    if a < 1:
        raise_at("power", "out_of_range", "指数不得小于1", f"extremising takes a power of 1 or more, not {a:g}")
    return 1.0 if p == 1 else float(special.expit(a * (math.log(p) - math.log1p(-float(p)))))


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes on severity: how many for each, lower and upper median, and the highest that anyone gave."""

    counts: dict[int, int]
    median: tuple[int, int]
    highest: int


def severity_votes(votes: Sequence[object], *, most: int = 4) -> Votes:
    """Votes 1 to ``most``, summed up without a mean.

    Raises
    ------
    MethodError
        Rules ``empty``, ``not_a_count``, ``out_of_range``.
    """
    cast = [
        count(v, f"votes[{n}]", least=1, most=most) for n, v in enumerate(listed(votes, "votes", most=MOST_EXPERTS))
    ]
    tally = {severity: cast.count(severity) for severity in range(1, most + 1)}
    return Votes(tally, (median_low(cast), median_high(cast)), max(cast))


def _fraction(value: Fraction | float) -> Fraction:
    return value if isinstance(value, Fraction) else exact(repr(value))
