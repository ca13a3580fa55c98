"""Risk before and after measures: reached and unreached units, and the effectiveness that a target level needs.

A measure lowers named steps, p to p (1 - e), or a severity, in the share c of units that it reaches; over all units the
probability is (1 - c) P + c P'. Several measures are taken to reach units independently of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from riskmethods.editions import LEVELS, Edition
from riskmethods.numbers import ONE, decimal
from riskmethods.records import Measure, Residual, Scenario, Share

Pick = Callable[[Share], Fraction]
_CASES: dict[str, Pick] = {"best": lambda s: s.best, "pessimistic": lambda s: s.low, "optimistic": lambda s: s.high}


@dataclass(frozen=True, slots=True)
class Needed:
    """The effectiveness on the steps it touches that a measure needs to bring a scenario to the target, the others as
    stated; None when not even full effectiveness is enough at its coverage, 0 when nothing more is needed."""

    measure: str
    effectiveness: Fraction | None


@dataclass(frozen=True, slots=True)
class After:
    """One scenario under the measures.

    Attributes
    ----------
    before, unreached : str
        Level without any measure; a unit that no measure reaches stays there.
    reached : str
        Level of a unit that every measure reaches, at best estimates.
    levels : dict
        Level over all units at the ``best`` estimates, and at the ``pessimistic`` and ``optimistic`` ends.
    masses : tuple of (severity, Fraction)
        Probability over all units at each severity, at best estimates.
    reduction : Fraction or None
        By how much P must fall in all units to reach the target: 1 - edge/P; None when no reduction is enough.
    needed : tuple of Needed
        Per measure that touches the scenario's steps.
    """

    scenario: str
    before: str
    reached: str
    levels: dict[str, str]
    masses: tuple[tuple[int, Fraction], ...]
    reached_p: Fraction
    reduction: Fraction | None
    needed: tuple[Needed, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario, "before": self.before, "after": self.levels["best"],
            "pessimistic": self.levels["pessimistic"], "optimistic": self.levels["optimistic"],
            "reached": {"level": self.reached, "p": decimal(self.reached_p)}, "unreached": {"level": self.before},
            "p": {str(severity): decimal(p) for severity, p in self.masses},
            "reduction_needed": None if self.reduction is None else decimal(self.reduction),
            "needed": [{"measure": n.measure,
                        "effectiveness": None if n.effectiveness is None else decimal(n.effectiveness)} for n in self.needed],
        }  # fmt: skip


def after(edition: Edition, scenario: Scenario, p: Fraction, residual: Residual) -> After:
    """One scenario before and after.

    >>> from riskmethods.editions import edition
    >>> from riskmethods.reading import read
    >>> step = lambda text, p: {"text": text, "quantity": p}
    >>> document, _ = read({"scenarios": [{"id": "a", "severity": 3, "steps": [step("breaks", "1/100"), step("cuts", "1/10")]}],
    ...     "residual": {"target": "low", "measures": [{"id": "m", "title": "recall", "coverage": "9/10",
    ...         "effects": [{"scenario": "a", "step": "1", "effectiveness": 1}]}]}})
    >>> found = after(edition("eu-2024-3173"), document.scenarios[0], Fraction(1, 1000), document.residual)
    >>> found.before, found.levels["best"], found.masses, found.reduction
    ('high', 'medium', ((3, Fraction(1, 10000)),), Fraction(99, 100))
    """
    severity = scenario.severity.worst
    level = {name: _level(edition, _masses(scenario, p, residual.measures, pick)) for name, pick in _CASES.items()}
    masses = _masses(scenario, p, residual.measures, _CASES["best"])
    everywhere = _masses(scenario, p, residual.measures, _CASES["best"], everywhere=True)
    most = edition.highest_p(residual.target, severity)
    return After(
        scenario=scenario.id, before=edition.level(p, severity), reached=_level(edition, everywhere), levels=level,
        masses=tuple(sorted(masses.items())), reached_p=sum(everywhere.values(), Fraction(0)),
        reduction=None if most is None else max(Fraction(0), 1 - most / p),
        needed=_needed(scenario, p, most, residual.measures),
    )  # fmt: skip


def _masses(
    scenario: Scenario, p: Fraction, measures: Sequence[Measure], pick: Pick, *, everywhere: bool = False
) -> dict[int, Fraction]:
    """Probability at each severity over all units, measure after measure."""
    masses = {scenario.severity.worst: p}
    for measure in measures:
        coverage, kept = (ONE if everywhere else pick(measure.coverage)), _kept(scenario, measure, pick)
        lowered = dict(measure.severities).get(scenario.id)
        then: dict[int, Fraction] = {}
        for severity, mass in masses.items():
            below = severity if lowered is None else min(severity, lowered)
            for end, share in ((severity, 1 - coverage), (below, coverage * kept)):
                then[end] = then.get(end, Fraction(0)) + mass * share
        masses = {severity: mass for severity, mass in then.items() if mass}
    return masses


def _kept(scenario: Scenario, measure: Measure, pick: Pick) -> Fraction:
    """What is left of the probability in a unit that the measure reaches."""
    kept = ONE
    for effect in measure.effects:
        if effect.scenario == scenario.id:
            kept *= 1 - pick(effect.effectiveness)
    return kept


def _level(edition: Edition, masses: Mapping[int, Fraction]) -> str:
    levels = [edition.level(p, severity) for severity, p in masses.items()] or [LEVELS[0]]
    return max(levels, key=LEVELS.index)


def _needed(scenario: Scenario, p: Fraction, most: Fraction | None, measures: Sequence[Measure]) -> tuple[Needed, ...]:
    best = _CASES["best"]
    found = []
    for measure in measures:
        if not any(effect.scenario == scenario.id for effect in measure.effects):
            continue
        left = p
        for other in measures:
            if other is not measure:
                left *= 1 - best(other.coverage) * (1 - _kept(scenario, other, best))
        gap = None if most is None else (max(Fraction(0), 1 - most / left) if left else Fraction(0))
        coverage = best(measure.coverage)
        possible = gap is not None and (gap == 0 or (coverage > 0 and gap <= coverage))
        found.append(
            Needed(measure.id, (gap / coverage if gap else Fraction(0)) if possible and gap is not None else None)
        )
    return tuple(found)
