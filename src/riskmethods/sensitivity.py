"""What it would take to change a level: factors, single steps, severity by one, ten times, the weakest evidence dropped.

>>> from riskmethods.editions import edition
>>> eu = edition("eu-2024-3173")
>>> up, down = flips(eu, Fraction(1, 500), 1)
>>> up.factor, up.level, down
(Fraction(5, 1), 'medium', None)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from riskmethods.editions import LEVELS, SEVERITIES, Edition
from riskmethods.numbers import ONE, decimal
from riskmethods.records import Scenario, Step
from riskmethods.vocabulary import codes

TEN = 10


@dataclass(frozen=True, slots=True)
class Flip:
    """Where the level changes.

    ``factor`` is threshold / P upward (P must rise by *more* than it) and P / threshold downward (P must fall by at
    least it). ``at`` is the threshold itself, ``level`` what the level becomes.
    """

    factor: Fraction
    at: Fraction
    level: str

    def as_json(self) -> dict[str, str]:
        return {"factor": decimal(self.factor), "at": str(self.at), "level": self.level}


@dataclass(frozen=True, slots=True)
class StepFlip:
    """What one step can do alone: the p above which the level rises (None when even certainty does not raise it), the p
    at or below which it falls (None when it cannot fall), and the levels at the ends of the step's stated range."""

    step: str
    raise_above: Fraction | None
    lower_to: Fraction | None
    low_p: Fraction
    high_p: Fraction
    low_level: str
    high_level: str
    span: str

    def as_json(self) -> dict[str, Any]:
        return {
            "step": self.step, "raise_above": _shown(self.raise_above), "lower_to": _shown(self.lower_to),
            "low_p": decimal(self.low_p), "high_p": decimal(self.high_p), "low_level": self.low_level,
            "high_level": self.high_level, "span": self.span,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The whole of a scenario's sensitivity; levels are given as words.

    ``band_up`` and ``band_down`` are the factors to the neighbouring rows of the grid, whether or not the level changes
    there. ``stated`` are the levels from the product of the steps' lower ends to that of their upper ends.
    """

    up: Flip | None
    down: Flip | None
    band_up: Fraction | None
    band_down: Fraction | None
    steps: tuple[StepFlip, ...]
    severity_lower: str | None
    severity_higher: str | None
    ten_up: str
    ten_down: str
    weakest: str | None
    without_weakest: str | None
    stated: tuple[str, ...]
    flips_as_stated: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "up": self.up.as_json() if self.up else None, "down": self.down.as_json() if self.down else None,
            "band_up": _shown(self.band_up), "band_down": _shown(self.band_down),
            "steps": [step.as_json() for step in self.steps],
            "severity": {"lower": self.severity_lower, "higher": self.severity_higher},
            "factor_ten": {"up": self.ten_up, "down": self.ten_down},
            "weakest": {"step": self.weakest, "level_without": self.without_weakest} if self.weakest else None,
            "stated_levels": list(self.stated), "flips_as_stated": self.flips_as_stated,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProductFlip:
    """How one scenario alone changes the product's level.

    ``factor``: P must rise by *more* than it (``up``), or fall by at least it (``down``, only for the one scenario that
    alone holds the product's level). ``steps`` are the steps that can do so alone, with the p to pass.
    """

    scenario: str
    direction: str
    factor: Fraction
    steps: tuple[tuple[str, Fraction], ...]

    def as_json(self) -> dict[str, Any]:
        return {"scenario": self.scenario, "direction": self.direction, "factor": decimal(self.factor),
                "steps": [{"step": step, "p": decimal(p)} for step, p in self.steps]}  # fmt: skip


def _shown(value: Fraction | None) -> str | None:
    return None if value is None else decimal(value)


def flips(edition: Edition, probability: Fraction, severity: int) -> tuple[Flip | None, Flip | None]:
    """The nearest changes of level upward and downward; None where there is none."""
    level = edition.level(probability, severity)
    thresholds = sorted(edition.bands)
    up = down = None
    for n, edge in enumerate(thresholds):
        if edge >= probability and up is None:
            above = thresholds[n + 1] if n + 1 < len(thresholds) else ONE
            then = edition.level(above, severity)  # a row's upper edge still belongs to it
            up = Flip(edge / probability, edge, then) if then != level else None
    for edge in reversed(thresholds):
        if edge < probability and down is None:
            then = edition.level(edge, severity)
            down = Flip(probability / edge, edge, then) if then != level else None
    return up, down


def examine(edition: Edition, scenario: Scenario, probability: Fraction | None = None) -> Sensitivity:
    """A scenario's sensitivity around a probability: the product of its points or medians when none is given.

    Notes
    -----
    Required by Decisions 2010/15/EU and (EU) 2019/417 and advised in the tool that followed them. A step's range is
    what its quantity states; a point is moved by a factor of ten either way, never above certainty.
    """
    p, severity = probability or scenario.probability, scenario.severity.worst
    up, down = flips(edition, p, severity)
    lower, upper = edition.edges(edition.band(p))
    lows = highs = ONE
    for step in scenario.steps:
        low, high = step.span()
        lows, highs = lows * low, highs * high
    stated = _between(edition.level(lows, severity), edition.level(highs, severity))
    weakest = weakest_step(scenario)
    return Sensitivity(
        up=up, down=down, band_up=upper / p if upper else None, band_down=p / lower if lower else None,
        steps=tuple(_step(edition, step, p / step.central, severity) for step in scenario.steps),
        severity_lower=_shifted(edition, p, severity - 1), severity_higher=_shifted(edition, p, severity + 1),
        ten_up=edition.level(min(p * TEN, ONE), severity), ten_down=edition.level(p / TEN, severity),
        weakest=weakest.id if weakest else None,
        without_weakest=edition.level(min(p / weakest.central, ONE), severity) if weakest else None,
        stated=stated, flips_as_stated=len(stated) > 1,
    )  # fmt: skip


def _between(low: str, high: str) -> tuple[str, ...]:
    return LEVELS[LEVELS.index(low) : LEVELS.index(high) + 1]


def _step(edition: Edition, step: Step, rest: Fraction, severity: int) -> StepFlip:
    up, down = flips(edition, rest * step.central, severity)
    low, high = step.span()
    if step.certain:
        low, high = step.central / TEN, min(step.central * TEN, ONE)
    return StepFlip(
        step=step.id, raise_above=up.at / rest if up and rest > up.at else None,
        lower_to=down.at / rest if down else None, low_p=low, high_p=high,
        low_level=edition.level(min(rest * low, ONE), severity), high_level=edition.level(min(rest * high, ONE), severity),
        span="factor_10" if step.certain else "stated",
    )  # fmt: skip


def _shifted(edition: Edition, p: Fraction, severity: int) -> str | None:
    """The level at another severity; None off the end of the scale."""
    return edition.level(p, severity) if severity in SEVERITIES else None


def weakest_step(scenario: Scenario) -> Step | None:
    """The step of the weakest evidence, the smaller probability on a tie; None for a scenario of one step.

    A step without a grade counts as an assumption. Dropping it means taking it as certain.
    """
    if len(scenario.steps) < 2:
        return None
    order = codes("evidence")
    return max(scenario.steps, key=lambda step: (order.index(step.origin.evidence or order[-1]), -step.central))


def product_flips(edition: Edition, scenarios: Sequence[tuple[Scenario, Fraction]]) -> list[ProductFlip]:
    """What changes the product's level: any scenario that rises above it, or its only holder falling.

    Parameters
    ----------
    scenarios
        Each with the probability that decides its level.
    """
    levels = [LEVELS.index(edition.level(p, scenario.severity.worst)) for scenario, p in scenarios]
    top = max(levels, default=0)
    found = []
    for (scenario, p), level in zip(scenarios, levels, strict=True):
        found += _product_flip(edition, scenario, p, top, "up")
        if level == top and levels.count(top) == 1 and top > 0:
            found += _product_flip(edition, scenario, p, top - 1, "down")
    return found


def _product_flip(edition: Edition, scenario: Scenario, p: Fraction, most: int, direction: str) -> list[ProductFlip]:
    """The edge above which the scenario exceeds the level ``most`` (up), or down to which it no longer does."""
    edge = edition.highest_p(LEVELS[most], scenario.severity.worst)
    if edge is None or (direction == "up" and edge == ONE):
        return []
    alone = [(step.id, edge * step.central / p) for step in scenario.steps]
    factor = edge / p if direction == "up" else p / edge
    return [ProductFlip(scenario.id, direction, factor, tuple((step, at) for step, at in alone if at < ONE))]
