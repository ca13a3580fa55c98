"""Decisions on a small world whose outbreaks are known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from riskstats.decide import Evidence, RecentExcess, Rules, decide, replay
from riskstats.decide.deciding import gates
from riskstats.inputs import InputError
from tests.riskstats.decide.world import PLAN, World

RULES = Rules(level=0.05)


def decided(cell, size, *, seed=1, rules=RULES):
    world = World(seed)
    if size:
        world.plant(cell, size)
    return decide(world.evidence(), rules)


@pytest.mark.parametrize(("cell", "size", "extent"), [
    ({"product": "g12", "hazard": "h01"}, 60, {"systemic"}),
    ({"product": "g12", "hazard": "h01", "port": "p3"}, 40, {"regional"}),
    ({"product": "g12", "hazard": "h01", "maker": "m7"}, 30, {"systemic"}),  # one maker, many ports
    ({"product": "g1", "hazard": "h01"}, 120, {"systemic"}),
])  # fmt: skip
def test_an_outbreak_is_one_flag_at_its_own_node_with_its_extent(cell, size, extent):
    decision = decided(cell, size)
    assert decision.flags[0].cell == cell
    assert decision.flags[0].extent in extent
    assert len(decision.flags) <= 2
    assert decision.rejected > len(decision.flags)
    for flag in decision.flags:
        for other in flag.explains:
            assert other != flag.cell


def test_two_outbreaks_are_two_flags():
    world = World(3)
    world.plant({"product": "g12", "hazard": "h01", "port": "p3"}, 40)
    world.plant({"product": "g30", "hazard": "h20"}, 60)
    found = [flag.cell for flag in decide(world.evidence(), RULES).flags]
    assert {"product": "g12", "hazard": "h01", "port": "p3"} in found
    assert {"product": "g30", "hazard": "h20"} in found


def test_without_outbreaks_hardly_any_week_has_flags():
    weeks = [decided({}, 0, seed=s) for s in range(100, 112)]
    assert sum(bool(d.flags) for d in weeks) <= 3


def test_severity_exposure_and_budget_rank_and_cut():
    world = World(3)
    world.plant({"product": "g12", "hazard": "h01", "port": "p3"}, 40)
    world.plant({"product": "g30", "hazard": "h20"}, 60)
    evidence = world.evidence()
    plain = decide(evidence, RULES)
    severe = decide(evidence, replace(RULES, severity={"h0": 50.0}, budget=1))
    assert plain.flags[0].cell == {"product": "g30", "hazard": "h20"}
    assert severe.flags[0].cell == {"product": "g12", "hazard": "h01", "port": "p3"}  # h01 inherits from h0
    assert (severe.flags[0].severity, len(severe.flags)) == (50.0, 1)
    assert plain.flags[0].cell in [flag.cell for flag in severe.held]
    reach = decide(evidence, RULES, exposure=lambda cell: 100.0 if cell.get("port") == "p3" else 1.0)
    assert reach.flags[0].exposure == 100.0


def test_a_flag_replays_number_for_number_and_says_when_it_cannot():
    world = World(2)
    world.plant({"product": "g12", "hazard": "h01"}, 60)
    evidence = world.evidence()
    flag = decide(evidence, RULES).flags[0]
    again = world.evidence()
    assert again is not evidence
    assert replay(flag, again, RULES).to_json() == flag.to_json()
    stored = json.loads(flag.to_json())
    assert (stored["inputs"], stored["engine"]) == (evidence.sha256, "riskstats.decide/1")
    with pytest.raises(InputError, match="parameters are not"):
        replay(flag, evidence, replace(RULES, level=0.1))
    with pytest.raises(InputError, match="not the recorded"):
        replay(flag, World(9).evidence(), RULES)
    with pytest.raises(InputError, match="made by"):
        replay(replace(flag, engine="other/0"), evidence, RULES)
    with pytest.raises(InputError, match="same numbers"):
        replay(replace(flag, rank=flag.rank + 1), evidence, RULES)


def test_the_fingerprint_changes_with_every_input():
    base = World(2).evidence()
    one = base.sources[0]
    series, week = one.series.copy(), one.week.copy()
    series[0, 0] += 1
    week[0] -= 1
    changed = [
        replace(one, series=series),
        replace(one, week=week),
        replace(one, name="x"),
        replace(one, exposure=np.ones(series.shape)),
    ]
    prints = {Evidence(PLAN, base.now, base.span, (c, *base.sources[1:])).sha256 for c in changed}
    assert len(prints | {base.sha256}) == 5


def test_another_scorer_plugs_in_and_is_checked():
    world = World(2)
    world.plant({"product": "g12", "hazard": "h01"}, 60)
    evidence = world.evidence()
    seen = []

    def never(counts, exposure):
        seen.append(counts.shape)
        return np.ones(len(counts))

    assert decide(evidence, RULES, score=never).rejected == 0
    assert seen == [one.series.shape for one in evidence.sources]
    with pytest.raises(InputError, match="p-values are needed"):
        decide(evidence, RULES, score=lambda counts, exposure: np.ones(3))
    with pytest.raises(InputError, match="not from 0 to 1"):
        decide(evidence, RULES, score=lambda counts, exposure: np.full(len(counts), 2.0))


def test_exposure_turns_counts_into_rates():
    world = World(2)
    world.plant({"product": "g12", "hazard": "h01"}, 60)
    evidence = world.evidence()
    parts = []
    for one in evidence.sources:
        exposure = np.ones(one.series.shape)
        exposure[:, -4:] = 8.0  # eight times the declarations explain it
        parts.append(replace(one, exposure=exposure))
    assert decide(Evidence(PLAN, evidence.now, evidence.span, tuple(parts)), RULES).rejected == 0


def test_bad_rules_are_refused():
    evidence = World(2).evidence()
    for rules, message in [
        (replace(RULES, severity={"zz": 1.0}), "no such node"),
        (replace(RULES, severity={"h0": float("inf")}), "not a finite number"),
        (replace(RULES, budget=0), "1 or more"),
        (replace(RULES, spread=(("moon", 1),)), "there are"),
        (replace(RULES, level=1.5), "strictly between"),
        (replace(RULES, baseline=RecentExcess(recent=500)), "more than the 500"),
    ]:
        with pytest.raises(InputError, match=message):
            decide(evidence, rules)


def test_a_gate_opens_for_what_lies_beneath():
    parents = [[], [0], [0], [1]]
    gate = gates(parents, np.array([0, 1, 1, 2]), np.array([0.5, 0.6, 0.7, 1e-8]))
    assert gate[3] == 1e-8
    assert gate[1] < 1e-7
    assert gate[0] < 1e-6
    assert gate[2] == 0.7
