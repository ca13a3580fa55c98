"""Fault trees that feed a step, and incidents that contradict a scenario."""

import json
from fractions import Fraction

import pytest

from riskmethods import Refused, assess, compare
from riskmethods.evidence import conflict
from riskmethods.faulttree import analyse, from_json
from riskmethods.uncertain import from_json as quantity

TREE = {
    "top": "shock",
    "gates": {"shock": {"type": "and", "inputs": ["insulation", "touch"]}, "insulation": {"type": "or", "inputs": ["wear", "defect"]}},
    "events": {"wear": "1/100", "defect": "1/1000", "touch": "1/10"},
}  # fmt: skip


def _document(steps, **more):
    return {"scenarios": [{"id": "s", "severity": 3, "steps": [{"text": "x", "quantity": q} for q in steps], **more}]}


def test_a_fault_trees_top_event_is_a_steps_exact_probability():
    top = 1 - (1 - Fraction(1, 100)) * (1 - Fraction(1, 1000))
    result = assess(_document([{"fault_tree": TREE}, "1/2", "1"]))
    scenario = result.data["scenarios"][0]
    assert Fraction(scenario["probability"]["value"]) == top / 10 / 2
    assert scenario["steps"][0]["fault_tree"]["cut_sets"] == [list(c) for c in analyse(from_json(TREE)).cut_sets]
    again = assess(result.document.as_json())
    assert again.as_json() == result.as_json()


def test_an_uncertain_tree_makes_the_step_uncertain():
    tree = TREE | {"events": TREE["events"] | {"wear": {"dist": "lognormal", "median": "1/100", "ef": 3}}}
    result = assess(_document([{"fault_tree": tree}, "1/2", "1"]))
    assert not result.data["scenarios"][0]["steps"][0]["certain"]


def test_a_cyclic_tree_is_refused_with_its_place():
    tree = TREE | {"gates": TREE["gates"] | {"insulation": {"type": "or", "inputs": ["shock", "defect"]}}}
    with pytest.raises(Refused) as refused:
        assess(_document([{"fault_tree": tree}]))
    assert refused.value.faults[0].place.startswith("scenarios[0].steps[0].quantity.fault_tree")


def test_incidents_far_beyond_what_is_predicted_ask_for_a_reassessment():
    seen = {"incidents": 40, "units": 10_000, "source": "伤害监测"}
    result = assess(_document(["1/100", "1/10"], observed=seen))
    told = result.data["scenarios"][0]["observed"]
    assert told == conflict(40, quantity("1/1000"), units=10_000).as_json()
    assert (told["contradicts"], told["reassess"]) == ("more", True)
    assert "contradicted" in {w["rule"] for w in result.data["warnings"]}
    calm = assess(_document(["1/100", "1/10"], observed=seen | {"incidents": 11}))
    assert not calm.data["scenarios"][0]["observed"]["reassess"]


def test_an_uncertain_scenario_is_contradicted_later_than_a_certain_one():
    seen = {"incidents": 22, "units": 10_000}
    certain = assess(_document(["1/1000", "1"], observed=seen)).data["scenarios"][0]["observed"]
    unsure = assess(_document([{"dist": "lognormal", "median": "1/1000", "ef": 5}, "1"], observed=seen)).data[
        "scenarios"
    ][0]["observed"]
    assert certain["contradicts"] == "more"
    assert unsure["contradicts"] == ""


@pytest.mark.parametrize(("field", "value"), [("incidents", -1), ("incidents", 1.5), ("units", 0), ("life_observed", 2), ("reporting", 0),
                                              ("reporting", [1, 0]), ("units", "many")])  # fmt: skip
def test_faulty_observations_are_named(field, value):
    with pytest.raises(Refused) as refused:
        assess(_document(["1/100", "1/10"], observed={"incidents": 1, "units": 100} | {field: value}))
    assert refused.value.faults[0].place.startswith(f"scenarios[0].observed.{field}")


def test_what_was_observed_is_kept_and_compared():
    before = _document(["1/100"], observed={"incidents": 1, "units": 100, "reporting": [2, 8]})
    kept = assess(before).document.as_json()
    assert json.loads(json.dumps(kept["scenarios"][0]["observed"])) == {
        "incidents": 1, "units": 100.0, "exposed": 1.0, "life_observed": 1.0, "reporting": [2.0, 8.0]}  # fmt: skip
    after = _document(["1/100"], observed={"incidents": 3, "units": 100, "reporting": [2, 8]})
    assert any("观察到的事故" in change.words("zh") for change in compare(before, after).inputs)
