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
0.00199953
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
    check,
    closed_form,
    exact_quantile,
    interval,
    joint_bounds,
    levels_between,
    mean,
    rounded,
    tornado,
)
from riskmethods.draws import CELLS, Cells, Order, Scratch, pick, table
from riskmethods.editions import LEVELS, Edition
from riskmethods.errors import MethodError
from riskmethods.records import DRAWS, FEWEST_DRAWS, MOST_DRAWS, SEED
from riskmethods.spreads import Driver, ScenarioSpread, Share, Spread
from riskmethods.uncertain import Draws, Interval

CLOUD = 500
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
DEPENDENCE = ("independent", "perfect")
PRECAUTION = 2  # levels between median and 95th percentile from which precaution may be argued


@dataclass(frozen=True, slots=True)
class _Run:
    """What all scenarios of a run share."""

    edition: Edition
    draws: int
    seed: int
    dependence: str
    scratch: Scratch


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One chain's draws: the level's rank and the severity of each draw; ln P stands in the run's scratch."""

    chain: Chain
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
        ``"independent"``, or ``"perfect"``: all uncertain steps high or low together (perfect rank correlation).

    Raises
    ------
    MethodError
        No chain, too many steps, a severity off the grid, weights not summing to one, an empty grid, or a number of
        draws, seed or dependence that is not taken.
    """
    _check_run(draws, seed, dependence)
    check(chains, edition)
    run = _Run(edition, draws, seed, dependence, Scratch(draws))
    worst, spreads, cloud = np.zeros(draws, np.int8), [], []
    for i, chain in enumerate(chains):  # one at a time: a scenario's draws are many megabytes
        one = _draw(chain, run, i)
        spreads.append(_spread(one, run))
        np.maximum(worst, one.ranks, out=worst)
        cloud += _cloud(one, run.scratch.logs, i, max(1, CLOUD // len(chains)))
    scenarios = tuple(spreads)
    median, p95 = _highest([s.level_at_median for s in scenarios]), _highest([s.level_at_p95 for s in scenarios])
    return Spread(
        method=edition.id, draws=draws, seed=seed, dependence=dependence, level_at_median=median, level_at_p95=p95,
        level_of_mean=_highest([s.level_of_mean for s in scenarios]), levels=_product_levels(scenarios),
        shares=_shares(worst, all(chain.certain and len(chain.weights) == 1 for chain in chains)),
        precaution=LEVELS.index(p95) - LEVELS.index(median) >= PRECAUTION, scenarios=scenarios, cloud=cloud,
    )  # fmt: skip


def _check_run(draws: int, seed: int, dependence: str) -> None:
    if isinstance(draws, bool) or not isinstance(draws, int) or not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        en = f"{draws!r} is not a whole number from {FEWEST_DRAWS} to {MOST_DRAWS}"
        raise MethodError("draws", "count", f"抽样次数须为{FEWEST_DRAWS}至{MOST_DRAWS}的整数", en)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise MethodError("seed", "count", "随机种子须为非负整数", f"{seed!r} is not a whole number from 0")
    if dependence not in DEPENDENCE:
        en = f"{dependence!r} is not one of {', '.join(DEPENDENCE)}"
        raise MethodError("dependence", "unknown_code", f"未知的相依方式“{dependence}”", en)


# ---- drawing -------------------------------------------------------------------------------------------------


def _draw(chain: Chain, run: _Run, scenario: int) -> _Drawn:
    stream, cells, together = (run.seed, scenario), {}, None
    logs = run.scratch.logs
    logs.fill(sum(math.log(low) for low, high in (quantity.bounds for quantity in chain.steps) if low == high))
    for step, quantity in enumerate(chain.steps):
        low, high = quantity.bounds
        if low == high:
            continue
        if run.dependence == "perfect":
            together = pick((run.seed,), run.draws) if together is None else together
            cells[step] = together
        else:
            cells[step] = pick(_stream(chain, step, stream), run.draws)
        run.scratch.add(cells[step], table(quantity))
    return _Drawn(chain, cells, *_judge(chain, logs, run.edition, (*stream, len(chain.steps) + 1)))


def _stream(chain: Chain, step: int, stream: tuple[int, int]) -> tuple[int, ...]:
    """The seed of one step's draws: by place, or by key for an unknown that scenarios share."""
    if not chain.key(step):
        return (*stream, step)
    return (stream[0], int.from_bytes(hashlib.sha256(chain.key(step).encode()).digest()[:8], "big"))


def _judge(
    chain: Chain, logs: Draws, edition: Edition, stream: tuple[int, ...]
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Each draw's level (its rank in LEVELS) and severity, the severity drawn by weight."""
    columns = {
        severity: _exact_ranks(chain, edition, severity, len(logs))
        if chain.certain
        else _ranks(logs, edition, severity)
        for severity in chain.weights
    }
    least = min(columns)
    ranks, severities = columns[least], np.full(len(logs), least, np.int8)
    if len(columns) > 1:
        chance, passed = pick(stream, len(logs)), chain.weights[least]
        for severity in list(columns)[1:]:
            above = chance >= round(passed * CELLS)
            ranks = np.where(above, columns[severity], ranks)
            severities[above] = severity
            passed += chain.weights[severity]
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


def _spread(one: _Drawn, run: _Run) -> ScenarioSpread:
    chain, edition, dependence = one.chain, run.edition, run.dependence
    low, high = interval(chain)
    order = None if chain.certain else Order(run.scratch)
    exact = {
        name: low if order is None else settled(_quantile(chain, order, q, run), (low, high))
        for name, q in QUANTILES.items()
    }
    average = low if order is None else settled(_mean(chain, dependence), (low, high))
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
    joint = joint_bounds([r[0] for r in ranges])[0], joint_bounds([r[1] for r in ranges])[1]
    return ScenarioSpread(
        quantiles={name: rounded(float(value)) for name, value in exact.items()}, mean=rounded(float(average)),
        drawn=order is not None and exact_quantile(chain, 0.5, dependence) is None, median=exact["p50"], p95=exact["p95"], bounds=(low, high), levels=levels_between(edition, list(chain.weights), low, high),
        dependent_bounds=joint, dependent_levels=levels_between(edition, list(chain.weights), *joint),
        level_at_median=edition.level(exact["p50"], worst), level_at_p95=edition.level(exact["p95"], worst),
        level_of_mean=edition.level(average, worst), shares=_shares(one.ranks, chain.certain and len(chain.weights) == 1),
        by_severity=by_severity, drivers=_drivers(one, run, order),
        truncated=tuple(step.truncated for step in chain.steps),
        closed=closed_form(chain, edition) if dependence == "independent" else None, assumptions=_assumptions(chain, dependence),
    )  # fmt: skip


def _quantile(chain: Chain, order: Order, q: float, run: _Run) -> float:
    """Without draws where there is a way, else from the draws."""
    value = exact_quantile(chain, q, run.dependence)
    return math.exp(order.quantile(q)) if value is None else value


def settled(value: float, bounds: tuple[Fraction, Fraction]) -> Fraction:
    """A drawn number as it is stored and judged: six significant digits, not outside the bounds.

    >>> settled(0.66666666, (Fraction(0), Fraction(2, 3)))
    Fraction(2, 3)
    """
    return min(max(Fraction(repr(rounded(value))), bounds[0]), bounds[1])


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


def _drivers(one: _Drawn, run: _Run, order: Order | None) -> list[Driver]:
    """Uncertain steps, the one with the greatest share of variance first."""
    if order is None:
        return []
    ranks, worst, swings = order.ranks(), max(one.chain.weights), tornado(one.chain)
    shares = _variance_shares(one, run.dependence)
    found = [
        Driver(
            step, run.scratch.rank_correlation(ranks, cells), shares[step], *swings[step],
            *(run.edition.level(Fraction(min(end, 1.0)), worst) for end in swings[step]),
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


def _cloud(one: _Drawn, logs: Draws, scenario: int, each: int) -> list[dict[str, Any]]:
    """A scenario's first draws; one point where nothing is uncertain."""
    return [
        {"scenario": scenario, "severity": int(one.severities[n]), "log10_p": round(float(logs[n]) / math.log(10), 4),
         "level": LEVELS[one.ranks[n]]}
        for n in range(1 if one.chain.certain and len(one.chain.weights) == 1 else each)
    ]  # fmt: skip
