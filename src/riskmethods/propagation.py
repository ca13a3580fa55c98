"""Carry the steps' uncertainty to the level: bounds, closed form, and Monte Carlo with a fixed seed.

One call answers what a workbench draws: per scenario and for the product the share of draws at each level with its
Monte Carlo error, the level at the median, at the 95th percentile and of the mean, what drives the spread, and a cloud
of points for the grid.

>>> from riskmethods.editions import edition
>>> from riskmethods.uncertain import from_json
>>> steps = tuple(from_json(s) for s in ("1", "1/50", {"dist": "lognormal", "median": "1/10", "ef": 3}, "1"))
>>> spread = propagate([Chain(steps, 1)], edition("eu-2024-3173"))
>>> spread.level_at_median, spread.level_at_p95
('low', 'low')
>>> spread.scenarios[0].quantiles["p50"]
0.00199955
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmethods.chains import (
    Chain,
    ClosedForm,
    check,
    closed_form,
    interval,
    joint_bounds,
    levels_between,
    mean,
    rounded,
    tornado,
)
from riskmethods.draws import CELLS, Cells, Order, look_up, pick, rank_correlation, table
from riskmethods.editions import LEVELS, Edition
from riskmethods.errors import MethodError
from riskmethods.uncertain import Draws, Interval

__all__ = [
    "Chain",
    "ClosedForm",
    "Driver",
    "ScenarioSpread",
    "Share",
    "Spread",
    "closed_form",
    "joint_bounds",
    "propagate",
]

DRAWS = 100_000
FEWEST, MOST = 10_000, 2_000_000
SEED = 188
CLOUD = 500
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
DEPENDENCE = ("independent", "perfect")
PRECAUTION = 2  # levels between median and 95th percentile from which precaution may be argued


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
    quantiles, mean
        Of the probability, over draws; the mean is exact (product of means) when steps are independent.
    bounds, levels : tuple of Fraction, list of str
        What cannot be left, whatever the curves inside, and every level within at any believed severity.
    dependent_bounds : tuple of Fraction
        Fréchet's bounds over the steps' whole ranges: if steps were judged one by one, not each given the last.
    shares : dict
        Share of draws at each level; a draw's severity is drawn by its weight.
    by_severity : dict
        For each severity with a weight: the level at the median and at the 95th percentile.
    truncated : tuple of float
        Per step, the share of its curve that was above one and cut off.
    """

    quantiles: dict[str, float]
    mean: float
    bounds: tuple[Fraction, Fraction]
    levels: list[str]
    dependent_bounds: tuple[Fraction, Fraction]
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
            "quantiles": dict(self.quantiles), "mean": self.mean,
            "interval": {"low": str(self.bounds[0]), "high": str(self.bounds[1]), "levels": list(self.levels)},
            "dependent_bounds": {"low": str(self.dependent_bounds[0]), "high": str(self.dependent_bounds[1])},
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


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One chain's draws: ln P, the level's rank and the severity of each draw."""

    chain: Chain
    logs: Draws
    cells: dict[int, Cells]
    ranks: NDArray[np.int8]
    severities: NDArray[np.int8]


def propagate(
    chains: Sequence[Chain], edition: Edition, *, draws: int = DRAWS, seed: int = SEED, dependence: str = "independent"
) -> Spread:
    """The levels of uncertain scenarios under one edition's grid.

    Parameters
    ----------
    chains
        One per scenario.
    draws
        10,000 to 2,000,000.
    seed
        Not negative. Each step of each scenario has its own stream, so a scenario added moves no other's draws.
    dependence
        ``"independent"``, or ``"perfect"``: all steps of a scenario high or low together (perfect rank correlation).

    Raises
    ------
    MethodError
        No chain, too many steps, a severity off the grid, weights not summing to one, an empty grid, or a number of
        draws, seed or dependence that is not taken.
    """
    _check_run(draws, seed, dependence)
    check(chains, edition)
    drawn = [_draw(chain, edition, (seed, i), draws, dependence) for i, chain in enumerate(chains)]
    scenarios = tuple(_spread(one, edition, dependence) for one in drawn)
    worst = drawn[0].ranks.copy()
    for one in drawn[1:]:
        np.maximum(worst, one.ranks, out=worst)
    median, p95 = _highest([s.level_at_median for s in scenarios]), _highest([s.level_at_p95 for s in scenarios])
    return Spread(
        method=edition.id, draws=draws, seed=seed, dependence=dependence, level_at_median=median, level_at_p95=p95,
        level_of_mean=_highest([s.level_of_mean for s in scenarios]), levels=_product_levels(scenarios),
        shares=_shares(worst, all(one.chain.certain and len(one.chain.weights) == 1 for one in drawn)),
        precaution=LEVELS.index(p95) - LEVELS.index(median) >= PRECAUTION, scenarios=scenarios, cloud=_cloud(drawn),
    )  # fmt: skip


def _check_run(draws: int, seed: int, dependence: str) -> None:
    if isinstance(draws, bool) or not isinstance(draws, int) or not FEWEST <= draws <= MOST:
        en = f"{draws!r} is not a whole number from {FEWEST} to {MOST}"
        raise MethodError("draws", "count", f"抽样次数须为{FEWEST}至{MOST}的整数", en)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise MethodError("seed", "count", "随机种子须为非负整数", f"{seed!r} is not a whole number from 0")
    if dependence not in DEPENDENCE:
        en = f"{dependence!r} is not one of {', '.join(DEPENDENCE)}"
        raise MethodError("dependence", "unknown_code", f"未知的相依方式“{dependence}”", en)


# ---- drawing -------------------------------------------------------------------------------------------------


def _draw(chain: Chain, edition: Edition, stream: tuple[int, int], draws: int, dependence: str) -> _Drawn:
    logs, cells, together = np.zeros(draws), {}, None
    for step, quantity in enumerate(chain.steps):
        low, high = quantity.bounds
        if low == high:
            logs += math.log(low)
            continue
        if dependence == "perfect":
            together = pick((*stream, 0), draws) if together is None else together
            cells[step] = together
        else:
            cells[step] = pick(_stream(chain, step, stream), draws)
        logs += look_up(cells[step], table(quantity))
    ranks, severities = _judge(chain, logs, edition, pick((*stream, len(chain.steps) + 1), draws))
    return _Drawn(chain, logs, cells, ranks, severities)


def _stream(chain: Chain, step: int, stream: tuple[int, int]) -> tuple[int, ...]:
    """The seed of one step's draws: by place, or by key for an unknown that scenarios share."""
    if not chain.key(step):
        return (*stream, step)
    return (stream[0], int.from_bytes(hashlib.sha256(chain.key(step).encode()).digest()[:8], "big"))


def _judge(chain: Chain, logs: Draws, edition: Edition, chance: Cells) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Each draw's level (its rank in LEVELS) and severity, the severity drawn by weight."""
    ranks: NDArray[np.int8] | None = None
    severities = np.zeros(len(logs), np.int8)
    passed = Fraction(0)
    for severity, weight in chain.weights.items():
        own = _exact_ranks(chain, edition, severity, len(logs)) if chain.certain else _ranks(logs, edition, severity)
        above = chance >= round(passed * CELLS)
        ranks = own if ranks is None else np.where(above, own, ranks)
        severities[above] = severity
        passed += weight
    assert ranks is not None
    return ranks, severities


def _ranks(logs: Draws, edition: Edition, severity: int) -> NDArray[np.int8]:
    """Count the edges passed at which this severity's column rises."""
    column = [LEVELS.index(row[severity - 1]) for row in edition.levels]
    ranks = np.full(len(logs), column[-1], np.int8)
    for edge, here, below in zip(edition.bands, column, column[1:], strict=False):
        if here > below:
            ranks += (logs > math.log(edge)).astype(np.int8) * np.int8(here - below)
    return ranks


def _exact_ranks(chain: Chain, edition: Edition, severity: int, draws: int) -> NDArray[np.int8]:
    """Without uncertainty the level is exact, on an edge too: no logarithm decides it."""
    return np.full(draws, LEVELS.index(edition.level(interval(chain)[0], severity)), np.int8)


# ---- reading the draws ---------------------------------------------------------------------------------------


def _spread(one: _Drawn, edition: Edition, dependence: str) -> ScenarioSpread:
    chain = one.chain
    low, high = interval(chain)
    order = None if chain.certain else Order(one.logs)
    exact = {name: low if order is None else Fraction(math.exp(order.quantile(q))) for name, q in QUANTILES.items()}
    average = low if order is None else Fraction(_mean(chain, dependence))
    worst = max(chain.weights)
    by_severity = {
        s: {
            "weight": str(w),
            "level_at_median": edition.level(exact["p50"], s),
            "level_at_p95": edition.level(exact["p95"], s),
        }
        for s, w in chain.weights.items()
    }
    ranges = [step.bounds for step in chain.steps]
    return ScenarioSpread(
        quantiles={name: rounded(float(value)) for name, value in exact.items()}, mean=rounded(float(average)),
        bounds=(low, high), levels=levels_between(edition, list(chain.weights), low, high),
        dependent_bounds=(joint_bounds([r[0] for r in ranges])[0], joint_bounds([r[1] for r in ranges])[1]),
        level_at_median=edition.level(exact["p50"], worst), level_at_p95=edition.level(exact["p95"], worst),
        level_of_mean=edition.level(average, worst), shares=_shares(one.ranks, chain.certain and len(chain.weights) == 1),
        by_severity=by_severity, drivers=_drivers(one, edition, order, dependence),
        truncated=tuple(step.truncated for step in chain.steps),
        closed=closed_form(chain, edition) if dependence == "independent" else None, assumptions=_assumptions(chain, dependence),
    )  # fmt: skip


def _mean(chain: Chain, dependence: str) -> float:
    if dependence == "independent":
        return mean(chain)
    curves = [step for step in chain.steps if step.bounds[0] != step.bounds[1]]
    fixed = math.prod(float(step.bounds[0]) for step in chain.steps if step.bounds[0] == step.bounds[1])
    return fixed * float(np.exp(np.sum([table(curve) for curve in curves], axis=0)).mean())


def _shares(ranks: NDArray[np.int8], certain: bool) -> dict[str, Share]:
    counts, n = np.bincount(ranks, minlength=len(LEVELS)), len(ranks)
    return {level: _share(int(count), n, certain) for level, count in zip(LEVELS, counts, strict=True)}


def _share(count: int, n: int, certain: bool) -> Share:
    if certain:
        return Share(count / n, 0.0)
    share = count / n
    return Share(share, 3 / n if count in (0, n) else math.sqrt(share * (1 - share) / n))


def _drivers(one: _Drawn, edition: Edition, order: Order | None, dependence: str) -> list[Driver]:
    """Uncertain steps, the one with the greatest share of variance first."""
    if order is None:
        return []
    ranks, worst, swings = order.ranks(), max(one.chain.weights), tornado(one.chain)
    shares = _variance_shares(one, dependence)
    found = [
        Driver(
            step, rank_correlation(ranks, cells), shares[step], *swings[step],
            *(edition.level(Fraction(min(end, 1.0)), worst) for end in swings[step]),
        )
        for step, cells in one.cells.items()
    ]  # fmt: skip
    return sorted(found, key=lambda driver: (-driver.variance_share, driver.step))


def _variance_shares(one: _Drawn, dependence: str) -> dict[int, float]:
    tables = {step: table(one.chain.steps[step]) for step in one.cells}
    if dependence == "perfect":
        whole = np.sum(list(tables.values()), axis=0)
        parts = {step: float(np.cov(own, whole)[0, 1]) for step, own in tables.items()}
    else:
        parts = {step: float(own.var()) for step, own in tables.items()}
    total = sum(parts.values())
    return {step: part / total if total else 0.0 for step, part in parts.items()}


def _assumptions(chain: Chain, dependence: str) -> list[str]:
    """Stable words for what the draws take for granted."""
    found = [f"{dependence}_steps"] if len(chain.steps) > 1 else []
    if any(isinstance(step, Interval) and step.low != step.high for step in chain.steps):
        found.append("interval_drawn_log_uniform")
    if any(step.truncated > 0 for step in chain.steps):
        found.append("truncated_at_one")
    if len(chain.weights) > 1:
        found.append("severity_drawn_by_weight")
    return found


def _highest(levels: Sequence[str]) -> str:
    return max(levels, key=LEVELS.index)


def _product_levels(scenarios: Sequence[ScenarioSpread]) -> list[str]:
    """Levels the product can have: not below the highest of the scenarios' lowest, up to the highest of all."""
    floor = max(LEVELS.index(s.levels[0]) for s in scenarios)
    possible = {level for s in scenarios for level in s.levels}
    return [level for level in LEVELS if level in possible and LEVELS.index(level) >= floor]


def _cloud(drawn: Sequence[_Drawn]) -> list[dict[str, Any]]:
    """The first draws of every scenario, up to 500 in all; one point where nothing is uncertain."""
    each = max(1, CLOUD // len(drawn))
    return [
        {"scenario": i, "severity": int(one.severities[n]), "log10_p": round(float(one.logs[n]) / math.log(10), 4),
         "level": LEVELS[one.ranks[n]]}
        for i, one in enumerate(drawn)
        for n in range(1 if one.chain.certain and len(one.chain.weights) == 1 else each)
    ]  # fmt: skip
