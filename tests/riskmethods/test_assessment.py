"""The worked cases, the basis of a level, and one document one result."""

import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmethods import Refused, assess, edition
from riskmethods.editions import LEVELS
from riskmethods.limits import canonical
from tests.riskmethods.documents import POINTS, chair, documents, full, hammer, scenarios, step, toy


def test_the_folding_chair_is_low():
    found = assess(chair())
    scenario = found.data["scenarios"][0]
    assert (found.level, found.basis, scenario["probability"]["value"], scenario["probability"]["kind"]) == (
        "low",
        "computed",
        "1/500",
        "product",
    )
    assert scenario["probability"]["band_words"]["en"] == "> 1/1,000 (occasional)"
    assert found.data["grade"]["zh"] == "低"
    assert found.complete


def test_the_hammer_is_high():
    found = assess(hammer())
    assert (found.level, found.data["scenarios"][0]["probability"]["value"]) == ("high", "1/6000")
    assert found.data["interests"] == {
        "health": "high",
        "animals_plants": None,
        "environment": None,
        "security": None,
        "trade_rights": None,
    }
    assert found.data["grade"]["code"] == "medium_high"
    assert found.data["grade"]["decided"] is False


def test_the_toy_is_presumed_serious_and_no_probability_is_made_up():
    found = assess(toy())
    assert (found.level, found.basis, found.data["computed_level"]) == ("serious", "presumed", None)
    assert found.data["presumption"]["clause"] == "e.small_parts"
    assert found.data["scenarios"] == []
    assert found.data["uncertainty"] is None
    assert "probability" not in json.loads(found.as_json())
    assert found.data["grade"]["zh"] == "高"


def test_a_computed_level_stands_beside_a_presumption():
    found = assess(chair() | {"presumption": toy()["presumption"]})
    assert (found.level, found.basis, found.data["computed_level"]) == ("serious", "presumed", "low")


def test_prism_lets_a_presumption_be_rebutted_by_an_assessment():
    presumed = {"clause": "uk.ppe3", "facts": "label lacks the mark", "evidence": "A", "source": "inspection"}
    record = chair() | {"method": "uk-prism-2", "presumption": presumed}
    assert assess(record).level == "serious"
    found = assess(record | {"presumption": presumed | {"rebuttal": "protection was tested and holds"}})
    assert (found.level, found.basis) == ("low", "computed")
    with pytest.raises(Refused, match="at least one scenario"):
        assess(record | {"presumption": presumed | {"rebuttal": "holds"}, "scenarios": []})


@pytest.mark.parametrize(
    ("level", "expected"),
    [("serious", ("serious", "precautionary")), ("low", ("high", "computed")), ("high", ("high", "computed"))],
)
def test_precaution_only_raises(level, expected):
    found = assess(hammer() | {"precaution": {"level": level, "reason": "urgent"}})
    assert (found.level, found.basis) == expected
    assert found.data["computed_level"] == "high"


def test_precaution_stands_alone_where_nothing_could_be_computed():
    found = assess({"precaution": {"level": "high", "reason": "fires reported, cause unknown"}})
    assert (found.level, found.basis, found.data["computed_level"]) == ("high", "precautionary", None)
    assert found.data["uncertainty"] is None


def test_the_product_has_its_highest_scenario_and_interests_stand_apart():
    record = chair()
    record["scenarios"] += [scenario | {"interest": "trade_rights"} for scenario in hammer()["scenarios"]]
    found = assess(record)
    assert found.level == "high"
    assert (found.data["interests"]["health"], found.data["interests"]["trade_rights"]) == ("low", "high")
    assert found.data["scenarios"][1]["severity"]["policy_scale"] is True
    assert [w["rule"] for w in found.data["warnings"]] == ["policy_scale"]


def test_a_pinned_edition_is_checked():
    pinned = edition("eu-2024-3173").sha256
    assert assess(hammer() | {"edition": pinned}).data["method"]["sha256"] == pinned


def test_every_number_tells_where_it_comes_from():
    scenario = assess(full()).data["scenarios"][1]
    for number in [*scenario["steps"], scenario["severity"]]:
        assert number["author"] == "Zhang"
        assert number["evidence"]
        assert number["source"]
    assert scenario["steps"][0]["entered"] == {"dist": "lognormal", "median": "1/10", "ef": 3.0}


def test_a_number_without_origin_is_a_gap():
    record = hammer()
    del record["scenarios"][0]["steps"][2]["source"], record["scenarios"][0]["severity"]["evidence"], record["author"]
    assert set(assess(record).data["gaps"]) >= {
        "scenarios[0].steps[2].source",
        "scenarios[0].severity.evidence",
        "scenarios[0].steps[0].author",
    }


def test_prisms_outcome_keeps_level_uncertainty_and_population_apart():
    prism = assess(full()).data["prism"]
    assert set(prism) == {"level", "level_words", "uncertainty", "population"}
    assert prism["uncertainty"]["stated"] == "two tests only"
    assert prism["uncertainty"]["computed"]["level_at_median"] in LEVELS
    assert prism["population"]["units"] == "20 000 sold"


def test_residual_risk_of_the_full_document():
    residual = assess(full()).data["residual"]
    assert residual["unreached"] == residual["before"]
    assert LEVELS.index(residual["optimistic"]) <= LEVELS.index(residual["after"]) <= LEVELS.index(residual["before"])
    assert [needed["measure"] for needed in residual["scenarios"][0]["needed"]] == ["recall", "goggles"]


@pytest.mark.parametrize("make", [chair, hammer, toy, full])
def test_the_same_document_gives_the_same_bytes(make):
    once = assess(make()).as_json()
    assert once == assess(json.dumps(make(), indent=2).encode()).as_json() == canonical(json.loads(once))


@given(documents())
@settings(max_examples=30)
def test_a_document_read_again_gives_the_same_bytes(record):
    once = assess(record)
    assert assess(canonical(once.document.as_json())).as_json() == once.as_json()


def test_a_changed_input_changes_the_fingerprint():
    changed = hammer()
    changed["scenarios"][0]["steps"][0]["source"] = "other"
    assert assess(hammer()).data["inputs_sha256"] != assess(changed).data["inputs_sha256"]


@given(st.lists(scenarios(POINTS), min_size=1, max_size=3), st.randoms())
@settings(max_examples=25)
def test_the_order_of_scenarios_and_steps_does_not_matter(made, random):
    record = {"draws": 10_000, "scenarios": [s | {"id": str(n)} for n, s in enumerate(made)]}
    shuffled = json.loads(json.dumps(record))
    random.shuffle(shuffled["scenarios"])
    for scenario in shuffled["scenarios"]:
        random.shuffle(scenario["steps"])
    one, other = assess(record), assess(shuffled)
    assert one.level == other.level
    values = [{s["id"]: (s["probability"]["value"], s["level"]) for s in r.data["scenarios"]} for r in (one, other)]
    assert values[0] == values[1]


@given(documents(), POINTS)
@settings(max_examples=25)
def test_a_step_added_to_a_document_never_raises_its_level(record, p):
    record = record | {"scenarios": [s | {"steps": s["steps"][:4]} for s in record["scenarios"]]}
    longer = record | {"scenarios": [s | {"steps": [*s["steps"], step("one more", p)]} for s in record["scenarios"]]}
    assert LEVELS.index(assess(longer).level) <= LEVELS.index(assess(record).level)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("style", ["table", "narrative"])
@pytest.mark.parametrize("make", [chair, hammer, toy, full])
def test_every_result_can_be_worded(make, style, lang):
    text = assess(make()).text(lang, style=style)
    assert make()["product"]["name"] in text
    assert ("严重风险" in text or "低风险" in text or "高风险" in text) == (lang == "zh")
    assert "None" not in text


def test_the_words_say_what_matters():
    text = assess(full()).text("en")
    for words in ("Level: serious (precautionary", "Computed level: ", "Residual risk: before", "Customs grade (proposed): high",
                  "a rise by a factor of 6 makes it serious; steps that can alone: 1, 2, 4", "statement of uncertainty: two tests only"):  # fmt: skip
        assert words in text, text


def test_faults_travel_between_processes():
    with pytest.raises(Refused) as refused:
        assess({"scenarios": []})
    again = pickle.loads(pickle.dumps(refused.value))
    assert str(again) == str(refused.value)
    assert [fault.as_json() for fault in again.faults] == [fault.as_json() for fault in refused.value.faults]
