"""What a run is computed with: roll-ups, floors, severities, the scorer. All of it is written onto the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskstats.decide import ENGINE as DECIDE
from riskstats.decide import RecentExcess, Rules, combine
from riskstats.inputs import Floats
from riskstats.lattice import Dimension, Plan, Schema
from riskstats.surveillance import early_warning
from riskstats.trees import Tree

ROOM = "riskwatch.detection/1"  # raise it whenever the same inputs may give other signals
ENGINE = f"{DECIDE} {ROOM}"
DIMENSIONS = ("product", "hazard", "origin", "port", "maker")
# Levels: product chapter, heading, six digits; hazard family, hazard; origin; direct customs, subordinate; maker.
ROLLUPS = (
    (1, 0, 0, 0, 0), (2, 0, 0, 0, 0), (3, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 2, 0, 0, 0), (1, 1, 0, 0, 0), (2, 1, 0, 0, 0),
    (2, 2, 0, 0, 0), (3, 1, 0, 0, 0), (3, 2, 0, 0, 0), (1, 0, 1, 0, 0), (2, 0, 1, 0, 0), (2, 1, 1, 0, 0), (1, 0, 0, 1, 0),
    (2, 0, 0, 1, 0), (2, 1, 0, 1, 0), (2, 1, 0, 2, 0), (2, 0, 0, 0, 1), (2, 1, 0, 0, 1), (3, 0, 0, 0, 1),
)  # fmt: skip
RECENT, HISTORY, SPAN = 4, 320, 56  # weeks: tested, counted back, kept record by record
LEAST_WEEKS = 12  # a source known for less is not tested
FLOOR, SEVERE_FLOOR, SEVERE = 5, 3, 3.0
HELD_MOST = 200
# Weight of harm by hazard, inherited by those beneath; 1 where nothing stands. Kept on every run; a change raises ROOM.
SEVERITY = {
    "asphyxia": 3.0, "explosion": 3.0, "fire": 3.0, "electrical": 3.0, "vehicle_control": 3.0, "chemical": 2.0, "radiation": 2.0,
    "biological": 2.0, "thermal": 2.0, "mechanical.small_parts": 3.0, "ergonomic": 0.5, "labelling": 0.5, "environment": 0.5,
    "fraud": 0.5, "trade_rights": 0.3,
}  # fmt: skip
# Kinds of source that come of looking at declared goods: for them declarations are the exposure.
DECLARED = ("inspection", "certification", "random_inspection", "returned_export")


@dataclass(frozen=True)
class Seasonal:
    """Scores recent weeks by the seasonal detector where the history can tell a season, else by the plain comparison.

    Attributes
    ----------
    baseline : RecentExcess
    weeks : int
        History from which a season can be told.
    cases : int
        Cases in it, at least.
    """

    baseline: RecentExcess
    weeks: int = 156
    cases: int = 30

    def seasons(self, counts: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Which series are scored with a season."""
        if counts.shape[1] < self.weeks:
            return np.zeros(len(counts), dtype=bool)
        return np.asarray(counts[:, : -self.baseline.recent].sum(axis=1) >= self.cases)

    def __call__(self, counts: NDArray[np.integer], exposure: Floats | None) -> Floats:
        """P-values of an excess in the recent weeks, taken together by Cauchy's rule."""
        p = self.baseline(counts, exposure)
        rows = self.seasons(counts)
        if rows.any():
            weeks = list(range(-self.baseline.recent, 0))
            looked = None if exposure is None else exposure[rows]
            found = early_warning(counts[rows], weeks=weeks, exposure=looked).pvalue
            assert found is not None
            known = np.isfinite(found).all(axis=1)
            p[np.flatnonzero(rows)[known]] = combine(found[known], "cauchy")
        return p

    def as_json(self) -> dict[str, Any]:
        """The scorer as plain data."""
        return {"name": "seasonal", "weeks": self.weeks, "cases": self.cases}


def plan_of(trees: Mapping[str, Tree]) -> Plan:
    """The roll-ups that these trees are deep enough for."""
    schema = Schema(tuple(Dimension(name, trees[name]) for name in DIMENSIONS))
    heights = [d.tree.height for d in schema.dimensions]
    fitting = [r for r in ROLLUPS if all(level <= height for level, height in zip(r, heights, strict=True))]
    return Plan.of(schema, fitting)


def floors_of(hazards: Tree) -> dict[str, int]:
    """Lower floors for severe hazards, for every node of the tree beneath one."""
    return {name: SEVERE_FLOOR for name in hazards.names if severity_of(name) >= SEVERE}


def rules_of(hazards: Tree, budget: int) -> Rules:
    """The engine's rules for a run."""
    known = {name: weight for name, weight in SEVERITY.items() if name in hazards.names}
    return Rules(budget=budget, severity=known, baseline=RecentExcess(recent=RECENT))


def severity_of(hazard: str) -> float:
    """A hazard's weight, its family's where it has none."""
    family = hazard.partition(".")[0]
    return SEVERITY.get(hazard, SEVERITY.get(family, 1.0))


def as_json(rules: Rules, scorer: Seasonal, plan: Plan) -> dict[str, Any]:
    """All parameters as plain data."""
    return {
        "rules": rules.as_json(), "scorer": scorer.as_json(), "rollups": [list(r) for r in plan.rollups], "recent": RECENT,
        "history": HISTORY, "span": SPAN, "floor": FLOOR, "severe_floor": SEVERE_FLOOR, "least_weeks": LEAST_WEEKS,
    }  # fmt: skip


def from_json(said: Mapping[str, Any]) -> tuple[Rules, Seasonal]:
    """Rules and scorer from what :func:`as_json` wrote."""
    plain = dict(said["rules"])
    baseline = RecentExcess(**plain.pop("baseline"))
    spread = tuple((str(name), int(level)) for name, level in plain.pop("spread"))
    scorer = Seasonal(baseline, said["scorer"]["weeks"], said["scorer"]["cases"])
    return Rules(**plain, spread=spread, baseline=baseline), scorer
