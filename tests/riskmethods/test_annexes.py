"""Other methods beside the scenarios: what they say is the library's own, faults are named at their field, same bytes same result."""

import json
from fractions import Fraction

import pytest

from riskmethods import MethodError, assess, check
from riskmethods.annexes import FORMS, calculate
from riskmethods.evidence.rates import Reporting, incident_rate, lifetime
from riskmethods.fmea import ACTION_PRIORITY, priority_table
from riskmethods.matrices import GRIDS, grid
from riskmethods.policy import DEFAULT, from_json
from tests.riskmethods.documents import chair

TREE = {"top": "T", "gates": [{"name": "T", "type": "and", "inputs": "F，R"}, {"name": "F", "type": "or", "inputs": "pad, fluid"},
                              {"name": "R", "type": "or", "inputs": ["cable", "fluid"]}],
        "events": [{"name": "pad", "p": "1/100"}, {"name": "cable", "p": "1/50"}, {"name": "fluid", "p": "1/1000"}, {}]}  # fmt: skip
SOUND = {
    "fault_tree": TREE,
    "incident_rate": {"incidents": "3", "unit_years": "20000", "reporting_a": "20", "reporting_b": 20, "years": "10"},
    "defect_share": {"defective": "0", "tested": "300"}, "expert_prior": {"median": "0.01", "p95": "5 %", "observations": "10"},
    "conflict": {"observed": 12, "probability": "1/100000", "units": "100000"},
    "expected_cases": {"probability": "1/6000", "units": "30000", "exposed": "2", "retrieved": "60 %"},
    "prevalence": {"strata": [{"name": "S", "units": 8000, "tested": "200", "defective": "4"}, {"name": "N", "units": "2000", "tested": 100, "defective": 5}]},
    "lot": {"lot": 50, "tested": 10, "defective": 1},
    "national_estimate": {"cases": [{"weight": w, "stratum": s, "hospital": h} for w, s, h in ((80, "S", "1"), (90, "S", "2"), (15, "V", "3"), (16, "V", "4"))],
                          "drawn": [{"stratum": "S", "hospitals": 3}, {"stratum": "V", "hospitals": "4"}]},
    "chemicals": {"routes": [{"name": "skin", "exposure": "2.5", "limit": "5"}, {"name": "oral", "exposure": "0.2", "exposure_low": "0.1", "exposure_high": "0.4", "limit": 1}],
                  "content": "0.3", "legal_limit": "0.1", "legal_source": "notice"},
    "dose": {"way": "contact", "content": "2.5", "amount": "100", "absorption": "10 %", "body_weight": "10"},
    "excess_risk": {"slope": "0.5", "dose": "2e-5"},
    "ahp": {"items": "a,b,c", "pairs": [{"first": "a", "second": "b", "times": "3"}, {"first": "c", "second": "a", "times": "1/5"}, {"first": "b", "second": "c", "times": 2}],
            "scores": [{"item": "a", "score": 1}, {"item": "b", "score": 0}, {"item": "c", "score": 0}, {}]},
    "fmea": {"form": "x", "modes": [{"id": "M2", "severity": 5, "occurrence": 6, "detection": 7, "occurrence_after": 2}, {"id": "M1", "severity": 9, "occurrence": "2", "detection": 1}]},
    "matrix": {"grid": "mil-std-882e", "likelihood": "0.001", "severity": "critical"},
    "iec_62061": {"severity": "3", "frequency": "5", "probability": "4", "avoidance": "3"},
    "fine_kinney": {"probability": "6", "exposure": "3", "consequence": "15"},
}  # fmt: skip


def values(code, **changes):
    return {row.en: row.value for row in calculate(code, SOUND[code] | changes).rows}


def document(*codes):
    return chair() | {
        "annexes": [{"method": c, "input": SOUND[c], "evidence": "A", "source": "T-1", "author": "Wu"} for c in codes]
    }


def test_every_method_has_its_form_its_source_and_an_example():
    assert set(SOUND) == {form.code for form in FORMS}
    for form in FORMS:
        assert form.source
        assert form.zh != form.en


@pytest.mark.parametrize("code", sorted(SOUND))
def test_what_is_said_stands_in_result_report_and_comparison(code):
    result = assess(document(code))
    (annex,) = result.data["annexes"]
    assert annex["rows"]
    assert assess(result.document.as_json()).as_json() == result.as_json()
    assert json.loads(result.as_json())["annexes"][0]["input_sha256"] == annex["input_sha256"]
    for lang in ("zh", "en"):
        assert annex["method"][lang] in result.text(lang)
    quantity = annex.get("quantity")
    if quantity:  # a step takes it as it is
        record = chair()
        record["scenarios"][0]["steps"][1]["quantity"] = quantity
        assert not check(record)


def test_a_document_without_annexes_is_what_it_was():
    assert "annexes" not in assess(chair()).data
    assert "annexes" not in assess(chair()).document.as_json()


def test_numbers_are_the_librarys_own():
    rate = incident_rate(3, 20_000, reporting=Reporting(20, 20))
    assert calculate("incident_rate", SOUND["incident_rate"]).quantity == lifetime(rate, 10).quantity()
    assert values("incident_rate")["mean rate per unit-year"] == f"{rate.mean:.3g}"
    assert calculate("fault_tree", TREE).quantity == {"p": "5999/5000000"}
    assert values("ahp")["weighted score"] == "0.648"
    assert values("ahp")["λmax"] == "3.0037"
    assert values("matrix")["result"] == grid("mil-std-882e").cell("occasional", "critical")
    assert values("expected_cases")["expected cases after the recall"] == "4"
    assert values("conflict")["verdict"].startswith("事故显著多于")
    assert values("defect_share")["95 % upper bound with none found"] == f"{(1 - 0.05 ** (1 / 300)) * 100:.3g} %"
    assert values("chemicals")["risk characterisation ratio in all"] == "0.6 – 0.7 – 0.9"
    found = calculate("fmea", SOUND["fmea"]).table
    assert [row[0] for row in found.rows] == ["M1", "M2"]
    assert found.rows[1][4] == "66.7 %"


def test_a_groups_judgements_are_joined_by_their_geometric_mean():
    said = {
        "items": ["a", "b"],
        "pairs": [
            {"judge": "E1", "first": "a", "second": "b", "times": 4},
            {"judge": "E2", "first": "b", "second": "a", "times": 1},
        ],
    }
    rows = {row.en: row.value for row in calculate("ahp", said).rows}
    assert rows["weight of a"] == "0.667"


def test_priorities_that_headquarters_loaded_rank_the_modes():
    loaded = priority_table(
        ACTION_PRIORITY.as_json() | {"cells": [["HHHH"] * 5] * 5, "source": "handbook", "status": "verified"}
    )
    policy = from_json(DEFAULT.as_json() | {"priority": loaded.as_json()})
    annex = assess(document("fmea"), policy=policy).data["annexes"][0]
    assert annex["method"]["status"] == "verified"
    assert {row[5] for row in annex["table"]["rows"]} == {"H"}
    assert assess(document("fmea")).data["annexes"][0]["method"]["status"] == "unverified"


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_every_matrix_answers_or_refuses_at_its_field(name):
    one = GRIDS[name]
    if one.cells:
        said = calculate("matrix", {"grid": name, "likelihood": one.rows[0], "severity": one.columns[0]})
        assert [row.value for row in said.rows if row.en == "result"] == [one.cells[0][0]]
        with pytest.raises(MethodError) as refused:
            calculate(
                "matrix", {"grid": name, "likelihood": one.rows[0], "severity": "purple"}, place="annexes[0].input"
            )
        assert refused.value.place == "annexes[0].input.severity"
    else:
        with pytest.raises(MethodError) as refused:
            calculate("matrix", {"grid": name, "likelihood": "x", "severity": "y"}, place="annexes[0].input")
        assert (refused.value.place, refused.value.rule) == ("annexes[0].input.grid", "empty_slot")


@pytest.mark.parametrize(
    ("code", "changes", "place", "rule"),
    [
        ("defect_share", {"tested": "0"}, "tested", "out_of_range"), ("defect_share", {"tested": "several"}, "tested", "not_a_count"),
        ("defect_share", {"defective": "301"}, "defective", "out_of_range"), ("defect_share", {"defective": ""}, "defective", "missing"),
        ("defect_share", {"extra": 1}, "extra", "unknown_key"), ("incident_rate", {"unit_years": 0}, "unit_years", "out_of_range"),
        ("incident_rate", {"unit_years": float("nan")}, "unit_years", "not_a_number"), ("incident_rate", {"reporting": "0.5"}, "reporting", "ambiguous"),
        ("incident_rate", {"reporting_a": "0.4"}, "reporting_a", "improper"), ("incident_rate", {"reporting_a": "", "reporting_b": "", "reporting": "0"}, "reporting", "out_of_range"),
        ("expert_prior", {"p95": "0.001"}, "p95", "order"), ("expert_prior", {"median": "1"}, "median", "out_of_range"),
        ("expert_prior", {"observations": "1e9"}, "observations", "strengthens"), ("conflict", {"probability": "2"}, "probability", "probability"),
        ("conflict", {"life_observed": "0"}, "life_observed", "out_of_range"), ("expected_cases", {"retrieved": "101 %"}, "retrieved", "probability"),
        ("prevalence", {"strata": []}, "strata", "empty"), ("prevalence", {"strata": [{"name": "S", "units": 10, "tested": 5, "defective": 1, "basis": "targeted"}]}, "strata[0].basis", "targeted"),
        ("prevalence", {"strata": [{"name": "S", "units": 10, "tested": 11, "defective": 1}]}, "strata[0].tested", "out_of_range"),
        ("prevalence", {"strata": ["x"]}, "strata[0]", "not_an_object"), ("lot", {"tested": 51}, "tested", "out_of_range"),
        ("national_estimate", {"drawn": [{"stratum": "S", "hospitals": 1}]}, "drawn.S", "out_of_range"),
        ("chemicals", {"legal_source": ""}, "legal_source", "missing"), ("chemicals", {"routes": [{"name": "x", "exposure": 1, "limit": 0}]}, "routes[0].limit", "out_of_range"),
        ("chemicals", {"routes": [{"name": "x", "exposure": 1, "exposure_low": 2, "limit": 1}]}, "routes[0].exposure", "order"),
        ("dose", {"way": "osmosis"}, "way", "unknown_code"), ("dose", {"released": "0.5"}, "released", "unknown_key"), ("excess_risk", {"dose": "-1"}, "dose", "out_of_range"),
        ("ahp", {"pairs": SOUND["ahp"]["pairs"][:2]}, "pairs", "missing"), ("ahp", {"items": "a,b,d"}, "pairs[1].first", "unknown_code"),
        ("ahp", {"pairs": [*SOUND["ahp"]["pairs"], {"first": "b", "second": "a", "times": 2}]}, "pairs[3].first", "duplicate"),
        ("ahp", {"pairs": [{"first": "a", "second": "b", "times": 5}, {"first": "b", "second": "c", "times": 5}, {"first": "a", "second": "c", "times": "1/5"}]}, "pairs", "inconsistent"),
        ("ahp", {"items": "a,a"}, "items[1]", "duplicate"), ("ahp", {"items": ",".join("abcdefghijk")}, "items", "too_large"), ("ahp", {"scores": [{"item": "a", "score": 1}]}, "scores", "missing"),
        ("fmea", {"modes": [{"id": "M1", "severity": 11, "occurrence": 1, "detection": 1}]}, "modes[0].severity", "out_of_range"),
        ("fmea", {"modes": SOUND["fmea"]["modes"] * 2}, "modes[2]", "duplicate"), ("matrix", {"grid": "astrology"}, "grid", "unknown_method"),
        ("matrix", {"likelihood": "often"}, "likelihood", "not_a_number"), ("iec_62061", {"avoidance": "4"}, "avoidance", "out_of_range"),
        ("fine_kinney", {"probability": "4"}, "probability", "unknown_code"), ("fault_tree", {"top": ""}, "top", "missing"),
        ("fault_tree", {"events": [{"name": "pad"}]}, "events[0].p", "missing"), ("fault_tree", {"gates": [*TREE["gates"], TREE["gates"][0]]}, "gates[3].name", "duplicate"),
        ("fault_tree", {"gates": [{"name": "T", "type": "or", "inputs": "T"}]}, "gates.T", "cycle"), ("fault_tree", {"events": [{"name": "pad", "p": "2"}]}, "events.pad", "probability"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_at_its_field(code, changes, place, rule):
    record = chair() | {"annexes": [{"method": code, "input": SOUND[code] | changes}]}
    faults = [f for f in check(record) if f.rule not in ("unsound",)]
    found = [(f.place, f.rule) for f in faults]
    if rule == "not_a_number" and changes.get("unit_years"):  # a document with NaN is no JSON at all
        assert found[0][0].endswith(place)
        return
    assert found, "taken"
    assert found[0][0].startswith(f"annexes[0].input.{place}"), found
    assert found[0][1] == rule, found
    assert faults[0].zh != faults[0].en


def test_an_unknown_method_two_of_one_id_and_missing_grounds():
    assert [(f.place, f.rule) for f in check(chair() | {"annexes": [{"method": "tarot", "input": {}}]})] == [
        ("annexes[0].method", "unknown_method")
    ]
    assert check(chair() | {"annexes": [{"method": "lot", "input": []}]})[0].place == "annexes[0].input"
    twice = document("lot", "dose")
    for one in twice["annexes"]:
        one["id"] = "A1"
    assert [(f.place, f.rule) for f in check(twice)] == [("annexes", "repeated_id")]
    bare = document("lot")
    del bare["annexes"][0]["source"]
    assert "annexes[0].source" in assess(bare).data["gaps"]


def test_a_probability_is_a_number_an_interval_or_a_steps_quantity():
    for said, best in (
        ("1/6000", "5"),
        ("1/6000 – 1/600", "5 – 50"),
        ("1/6000~1/600", "5 – 50"),
        ({"low": "1/6000", "high": "1/600"}, "5 – 50"),
    ):
        assert values("expected_cases", probability=said, units=Fraction(15000), exposed="2")["expected cases"] == best
