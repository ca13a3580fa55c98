"""The scenario grid of Delegated Regulation (EU) 2024/3173, Annex II: exact fractions in, level out.

>>> judge([Scenario(steps=("1", "1/50", "1/10", "1"), severity=1)]).level
'low'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

METHOD = "eu-2024-3173"
MOST_STEPS = 5
LEVELS = ("low", "medium", "high", "serious")
# The strict grid: row i holds when the probability is above BANDS[i]; the last row holds for the rest.
BANDS = tuple(Fraction(1, n) for n in (2, 10, 100, 1_000, 10_000, 100_000, 1_000_000))
_GRID = ("HSSS", "MSSS", "MSSS", "LHSS", "LMHS", "LLMH", "LLLM", "LLLL")
_WORDS = {"L": "low", "M": "medium", "H": "high", "S": "serious"}


class ScenarioError(ValueError):
    """A scenario that the method does not take; names place and rule."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One path to harm: step probabilities as entered (``"1/50"``, ``"0.02"``, ``"2 %"``) and severity 1 to 4."""

    steps: tuple[str, ...]
    severity: int
    story: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A scenario's probability, band and level, and whether it lies on a band's edge."""

    probability: Fraction
    band: int
    level: str
    on_edge: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The product's level is its highest scenario's; probabilities are never added."""

    level: str
    scenarios: tuple[Judged, ...]


def probability(text: str, *, place: str = "step") -> Fraction:
    """An exact probability in (0, 1] from a fraction, a decimal or a percentage.

    Raises
    ------
    ScenarioError
        Not a number, zero, or above one.
    """
    cleaned = text.strip().replace(" ", "").replace("％", "%")
    try:
        value = Fraction(cleaned[:-1]) / 100 if cleaned.endswith("%") else Fraction(cleaned)
    except (ValueError, ZeroDivisionError):
        raise ScenarioError(f"{place}: {text!r} is no probability; write 1/50, 0.02 or 2 %") from None
    if not 0 < value <= 1:
        raise ScenarioError(f"{place}: {text!r} is not above 0 and at most 1")
    return value


def judge_one(scenario: Scenario, *, number: int = 1) -> Judged:
    """One scenario's level: product of steps, band by the strict grid, cell by severity."""
    if not 1 <= len(scenario.steps) <= MOST_STEPS:
        raise ScenarioError(f"scenario {number}: one to {MOST_STEPS} steps, {len(scenario.steps)} given")
    if scenario.severity not in (1, 2, 3, 4):
        raise ScenarioError(f"scenario {number}: severity {scenario.severity} is not 1 to 4")
    product = Fraction(1)
    for n, step in enumerate(scenario.steps, 1):
        product *= probability(step, place=f"scenario {number}, step {n}")
    band = next((i for i, edge in enumerate(BANDS) if product > edge), len(BANDS))
    return Judged(product, band, _WORDS[_GRID[band][scenario.severity - 1]], product in BANDS)


def judge(scenarios: Sequence[Scenario]) -> Result:
    """The product's level over its scenarios.

    Raises
    ------
    ScenarioError
        No scenario, or a faulty one.
    """
    if not scenarios:
        raise ScenarioError("at least one scenario is needed")
    judged = tuple(judge_one(s, number=n) for n, s in enumerate(scenarios, 1))
    return Result(max((j.level for j in judged), key=LEVELS.index), judged)


def band_words(band: int) -> str:
    """A band as people write it, ``"> 1/1000"``."""
    return f"> 1/{BANDS[band].denominator}" if band < len(BANDS) else f"<= 1/{BANDS[-1].denominator}"
