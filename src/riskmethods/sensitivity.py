"""What it would take to change a level: factors, single steps, severity by one, ten times, the weakest evidence dropped.

>>> from riskmethods.editions import edition
>>> eu = edition("eu-2024-3173")
>>> up, down = flips(eu, Fraction(1, 500), 1)
>>> up.factor, up.level, down
(Fraction(5, 1), 'medium', None)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from riskmethods.editions import LEVELS, SEVERITIES, Edition
from riskmethods.records import ONE, Scenario, Step
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


def examine(edition: Edition, scenario: Scenario) -> Sensitivity:
    """A scenario's sensitivity.

    Notes
    -----
    Required by Decisions 2010/15/EU and (EU) 2019/417 and advised in the tool that followed them. A step's range is
    what its quantity states; a point is moved by a factor of ten either way, never above certainty.
    """
    p, severity = scenario.probability, scenario.severity.worst
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
        steps=tuple(_step(edition, scenario, step, (up, down)) for step in scenario.steps),
        severity_lower=_shifted(edition, p, severity - 1), severity_higher=_shifted(edition, p, severity + 1),
        ten_up=edition.level(min(p * TEN, ONE), severity), ten_down=edition.level(p / TEN, severity),
        weakest=weakest.id if weakest else None,
        without_weakest=edition.level(p / weakest.central, severity) if weakest else None,
        stated=stated, flips_as_stated=len(stated) > 1,
    )  # fmt: skip


def _between(low: str, high: str) -> tuple[str, ...]:
    return LEVELS[LEVELS.index(low) : LEVELS.index(high) + 1]


def _step(edition: Edition, scenario: Scenario, step: Step, ends: tuple[Flip | None, Flip | None]) -> StepFlip:
    up, down = ends
    rest, severity = scenario.probability / step.central, scenario.severity.worst
    low, high = step.span()
    if step.certain:
        low, high = step.central / TEN, min(step.central * TEN, ONE)
    return StepFlip(
        step=step.id, raise_above=up.at / rest if up and rest > up.at else None,
        lower_to=down.at / rest if down else None, low_p=low, high_p=high,
        low_level=edition.level(rest * low, severity),
        high_level=edition.level(rest * high, severity),
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
