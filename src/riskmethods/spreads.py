"""What propagation gives: shares of draws at each level, drivers, one scenario's spread, the product's spread."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from riskmethods.chains import ClosedForm, rounded


@dataclass(frozen=True, slots=True)
class Share:
    """The share of draws at a level; ``error`` is one standard error, or the 95 % bound 3/n beside 0 and 1."""

    share: float
    error: float

    def as_json(self) -> dict[str, float]:
        return {"share": rounded(self.share), "error": rounded(self.error)}


@dataclass(frozen=True, slots=True)
class Driver:
    """What one step does to the spread.

    Attributes
    ----------
    step : int
        Counted from 0.
    spearman : float
        Rank correlation of the step with the product over the draws.
    variance_share : float
        The step's share of the variance of ln P.
    low, high : float
        The product with this step at its 5th and 95th percentile and the others at their medians (tornado).
    low_level, high_level : str
        Levels there, at the scenario's worst believed severity.
    """

    step: int
    spearman: float
    variance_share: float
    low: float
    high: float
    low_level: str
    high_level: str

    def as_json(self) -> dict[str, Any]:
        return {
            "step": self.step, "spearman": round(self.spearman, 4), "variance_share": round(self.variance_share, 4),
            "low": rounded(self.low), "high": rounded(self.high),
            "low_level": self.low_level, "high_level": self.high_level,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScenarioSpread:
    """One scenario's uncertainty. Levels are those of the highest severity that has a weight, unless said.

    Attributes
    ----------
    quantiles, mean, drawn
        Of the probability. ``drawn`` says whether the quantiles come from the draws or from an exact way; the mean is
        exact (product of means) when steps are independent.
    median, p95 : Fraction
        The two that are judged, as settled numbers: exact where nothing is uncertain, else six significant digits.
    bounds, levels : tuple of Fraction, list of str
        What cannot be left, whatever the curves inside, and every level within at any believed severity.
    dependent_bounds, dependent_levels : tuple of Fraction, list of str
        Fréchet's bounds over the steps' whole ranges, if steps were judged one by one, not each given the last; and
        every level within.
    shares : dict
        Share of draws at each level; a draw's severity is drawn by its weight.
    by_severity : dict
        For each severity with a weight: the level at the median and at the 95th percentile.
    truncated : tuple of float
        Per step, the share of its curve that was above one and cut off.
    """

    quantiles: dict[str, float]
    mean: float
    drawn: bool
    median: Fraction
    p95: Fraction
    bounds: tuple[Fraction, Fraction]
    levels: list[str]
    dependent_bounds: tuple[Fraction, Fraction]
    dependent_levels: list[str]
    level_at_median: str
    level_at_p95: str
    level_of_mean: str
    shares: dict[str, Share]
    by_severity: dict[int, dict[str, Any]]
    drivers: list[Driver]
    truncated: tuple[float, ...]
    closed: ClosedForm | None
    assumptions: list[str]

    def as_json(self) -> dict[str, Any]:
        """Plain data, six significant digits; exact bounds as fractions."""
        return {
            "quantiles": dict(self.quantiles), "mean": self.mean, "drawn": self.drawn,
            "interval": {"low": str(self.bounds[0]), "high": str(self.bounds[1]), "levels": list(self.levels)},
            "dependent_bounds": {"low": str(self.dependent_bounds[0]), "high": str(self.dependent_bounds[1]),
                                 "levels": list(self.dependent_levels)},
            "level_at_median": self.level_at_median, "level_at_p95": self.level_at_p95,
            "level_of_mean": self.level_of_mean,
            "shares": {level: share.as_json() for level, share in self.shares.items()},
            "by_severity": {str(s): dict(row) for s, row in self.by_severity.items()},
            "drivers": [driver.as_json() for driver in self.drivers],
            "truncated": [rounded(t) for t in self.truncated],
            "closed_form": self.closed.as_json() if self.closed else None, "assumptions": list(self.assumptions),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """The product's uncertainty: the highest scenario in each draw, and the highest of the scenarios' levels.

    ``precaution`` says that median and 95th percentile lie two levels or more apart, where measures may be argued
    before the facts are certain. ``cloud`` holds up to 500 points ``{scenario, severity, log10_p, level}``.
    """

    method: str
    draws: int
    seed: int
    dependence: str
    level_at_median: str
    level_at_p95: str
    level_of_mean: str
    levels: list[str]
    shares: dict[str, Share]
    precaution: bool
    scenarios: tuple[ScenarioSpread, ...]
    cloud: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Plain data for a document, a page or a chart; the same input gives the same bytes."""
        return {
            "method": self.method, "draws": self.draws, "seed": self.seed, "dependence": self.dependence,
            "level_at_median": self.level_at_median, "level_at_p95": self.level_at_p95,
            "level_of_mean": self.level_of_mean, "levels": list(self.levels),
            "shares": {level: share.as_json() for level, share in self.shares.items()},
            "precaution": self.precaution, "scenarios": [s.as_json() for s in self.scenarios], "cloud": self.cloud,
        }  # fmt: skip
