"""What an assessment document holds: scenarios of steps, severities, presumption, precaution, measures.

The records are frozen; :mod:`riskmethods.reading` makes them from JSON and names every fault, ``as_json`` writes them
back in one fixed form, so that equal documents have equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from riskmethods.editions import Edition
from riskmethods.numbers import ONE, SMALLEST
from riskmethods.uncertain import Interval, Point, Uncertain, quantile, to_json

FORMAT = "riskmethods/assessment/1"
DRAWS, FEWEST_DRAWS, MOST_DRAWS = 100_000, 10_000, 2_000_000
SEED = 188


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Chinese, English or both."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def as_json(self) -> dict[str, str]:
        return {k: v for k, v in (("zh", self.zh), ("en", self.en)) if v}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a number comes from: evidence grade A to E (empty when not given), source, author."""

    evidence: str = ""
    source: str = ""
    author: str = ""

    def as_json(self) -> dict[str, str]:
        pairs = (("evidence", self.evidence), ("source", self.source), ("author", self.author))
        return {k: v for k, v in pairs if v}


@dataclass(frozen=True)
class Step:
    """One step of a scenario: its probability, given the steps before it.

    Steps of different scenarios with the same ``key`` are one unknown; they are drawn together. ``tree`` is the fault
    tree, as entered, whose top event gave the quantity.
    """

    id: str
    text: Text
    quantity: Uncertain
    origin: Origin = field(default_factory=Origin)
    key: str = ""
    tree: Mapping[str, Any] | None = None

    @cached_property
    def central(self) -> Fraction:
        """The exact point, or the median of what is uncertain."""
        low, high = self.quantity.bounds
        return low if low == high else Fraction(repr(quantile(self.quantity, 0.5)))

    @property
    def certain(self) -> bool:
        """Whether it has one possible value only."""
        low, high = self.quantity.bounds
        return low == high

    def span(self) -> tuple[Fraction, Fraction]:
        """The point twice, an interval's ends, else the 5th and 95th percentile."""
        if isinstance(self.quantity, Point | Interval):
            return self.quantity.bounds
        low, high = (Fraction(repr(quantile(self.quantity, q))) for q in (0.05, 0.95))
        return max(low, SMALLEST), min(high, ONE)

    def as_json(self) -> dict[str, Any]:
        written: dict[str, Any] = {"id": self.id, "text": self.text.as_json(), **self.origin.as_json()}
        if self.key:
            written["key"] = self.key
        return written | {"quantity": {"fault_tree": self.tree} if self.tree else to_json(self.quantity)}


@dataclass(frozen=True, slots=True)
class Severity:
    """Severity 1 to 4, or weights: how strongly each of several is believed; ``why`` justifies what departs from the injury table."""

    weights: tuple[tuple[int, Fraction], ...]
    why: str = ""
    origin: Origin = field(default_factory=Origin)

    @property
    def level(self) -> int | None:
        """The one severity, None when weights are stated."""
        return self.weights[0][0] if len(self.weights) == 1 else None

    @property
    def worst(self) -> int:
        """The gravest severity believed: the one that decides the level."""
        return max(k for k, _ in self.weights)

    def as_json(self) -> dict[str, Any]:
        stated = {"level": self.level} if self.level else {"weights": {str(k): str(w) for k, w in self.weights}}
        return stated | ({"why": self.why} if self.why else {}) | self.origin.as_json()


@dataclass(frozen=True, slots=True)
class Observed:
    """Incidents of a scenario's kind that were reported, and the use in which they could have happened.

    ``reporting`` is the share of incidents that is reported, or the two parameters of a beta prior on it;
    ``life_observed`` the share of the units' lifetime within the observation.
    """

    incidents: int
    units: float
    exposed: float = 1.0
    life_observed: float = 1.0
    reporting: float | tuple[float, float] = 1.0
    source: str = ""

    def as_json(self) -> dict[str, Any]:
        told = list(self.reporting) if isinstance(self.reporting, tuple) else self.reporting
        source = {"source": self.source} if self.source else {}
        return {"incidents": self.incidents, "units": self.units, "exposed": self.exposed,
                "life_observed": self.life_observed, "reporting": told, **source}  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """One path from a hazard to one harm of one interest."""

    id: str
    title: Text
    steps: tuple[Step, ...]
    severity: Severity
    interest: str = "health"
    hazard: str = ""
    injury: str = ""
    user: str = ""
    observed: Observed | None = None

    @cached_property
    def probability(self) -> Fraction:
        """The product of the steps' points or medians."""
        product = ONE
        for step in self.steps:
            product *= step.central
        return product

    @property
    def certain(self) -> bool:
        """Whether no step is uncertain."""
        return all(step.certain for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        named = {"hazard": self.hazard, "injury": self.injury, "user": self.user}
        return {
            "id": self.id, "title": self.title.as_json(), "interest": self.interest,
            **{k: v for k, v in named.items() if v}, "severity": self.severity.as_json(),
            "steps": [step.as_json() for step in self.steps],
            **({"observed": self.observed.as_json()} if self.observed else {}),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Presumption:
    """A serious risk presumed by a clause; no probability stands behind it.

    ``rebuttal`` says why the presumption does not hold here, where the method lets it be rebutted; then the scenarios
    decide.
    """

    clause: str
    facts: str
    rebuttal: str = ""
    origin: Origin = field(default_factory=Origin)

    def as_json(self) -> dict[str, Any]:
        rebutted = {"rebuttal": self.rebuttal} if self.rebuttal else {}
        return {"clause": self.clause, "facts": self.facts, **rebutted, **self.origin.as_json()}


@dataclass(frozen=True, slots=True)
class Precaution:
    """A level acted on because the risk is urgent and uncertain; it stands beside the computed one."""

    level: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"level": self.level, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Share:
    """An effectiveness or a coverage from 0 to 1: best estimate within low and high."""

    low: Fraction
    best: Fraction
    high: Fraction

    def as_json(self) -> Any:
        if self.low == self.best == self.high:
            return str(self.best)
        return {"low": str(self.low), "best": str(self.best), "high": str(self.high)}


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much a measure lowers one step's probability: p becomes p × (1 - effectiveness)."""

    scenario: str
    step: str
    effectiveness: Share

    def as_json(self) -> dict[str, Any]:
        return {"scenario": self.scenario, "step": self.step, "effectiveness": self.effectiveness.as_json()}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with its effects, the severities that it lowers, and the share of units that it reaches."""

    id: str
    title: Text
    kind: str
    effects: tuple[Effect, ...]
    severities: tuple[tuple[str, int], ...]
    coverage: Share
    origin: Origin = field(default_factory=Origin)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title.as_json(), "kind": self.kind, "coverage": self.coverage.as_json(),
            "effects": [e.as_json() for e in self.effects], "severity": dict(self.severities), **self.origin.as_json(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Residual:
    """The measures whose effect is assessed, and the level that is to be reached."""

    measures: tuple[Measure, ...]
    target: str = "low"

    def as_json(self) -> dict[str, Any]:
        return {"target": self.target, "measures": [m.as_json() for m in self.measures]}


@dataclass(frozen=True, slots=True)
class Annex:
    """A calculation by another method beside the scenarios: its inputs as given, worked out again at every reading."""

    id: str
    method: str
    title: Text
    input: Mapping[str, Any]
    origin: Origin

    def as_json(self) -> dict[str, Any]:
        """The annex as JSON; what is empty is left out."""
        whole = {
            "id": self.id,
            "method": self.method,
            "title": self.title.as_json(),
            "input": dict(self.input),
            **self.origin.as_json(),
        }
        return {k: v for k, v in whole.items() if v not in ("", None, {})} | {"input": dict(self.input)}


@dataclass(frozen=True)
class Document:
    """One assessment: everything that its result follows from.

    ``product``, ``considerations``, ``report`` (the written parts) and ``panel`` (an expert panel's own record) are
    carried along and never computed with. ``pinned`` is the fingerprint of the edition that the author meant, ``policy``
    that of headquarters' policy.
    """

    edition: Edition
    scenarios: tuple[Scenario, ...] = ()
    date: str = ""
    author: str = ""
    draws: int = DRAWS
    seed: int = SEED
    dependence: str = "independent"
    category: str = ""
    pinned: str = ""
    policy: str = ""
    product: Mapping[str, Any] = field(default_factory=dict)
    considerations: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, str] = field(default_factory=dict)
    presumption: Presumption | None = None
    precaution: Precaution | None = None
    residual: Residual | None = None
    panel: Mapping[str, Any] | None = None
    annexes: tuple[Annex, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The document as JSON; what is empty is left out."""
        whole = {"format": FORMAT, "method": self.edition.id, "edition": self.pinned, "policy": self.policy, "date": self.date,
                 "author": self.author, "category": self.category, "product": dict(self.product),
                 "considerations": dict(self.considerations), "report": dict(self.report),
                 "panel": self.panel, "scenarios": [s.as_json() for s in self.scenarios],
                 "annexes": [a.as_json() for a in self.annexes]}  # fmt: skip
        for name in ("presumption", "precaution", "residual"):
            part = getattr(self, name)
            whole[name] = part.as_json() if part else None
        return {k: v for k, v in whole.items() if v not in ("", None, {}, [])} | {
            "draws": self.draws, "seed": self.seed, "dependence": self.dependence}  # fmt: skip
