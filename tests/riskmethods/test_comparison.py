"""Two versions told apart."""

import copy

from riskmethods import assess, compare
from tests.riskmethods.documents import full, hammer, step


def test_the_same_has_no_difference():
    told = compare(full(), full())
    assert told.inputs == ()
    assert not told.level_changed
    assert told.text("zh") == "等级不变：严重风险\n"


def test_a_changed_probability_and_its_level_in_words():
    after = hammer()
    after["scenarios"][0]["steps"][3] |= {"quantity": "1/2", "source": "test of 9 June"}
    told = compare(assess(hammer()), after)
    assert (told.levels, told.scenarios) == (("high", "serious"), (("eye", "high", "serious"),))
    assert [change.place for change in told.inputs] == [
        "scenarios[eye].steps[4].source",
        "scenarios[eye].steps[4].quantity",
    ]
    assert told.text("zh").splitlines() == [
        "等级：高风险 → 严重风险", "情景eye：高风险 → 严重风险",
        "情景eye · 步骤4 · 来源：panel of 3 May → test of 9 June", "情景eye · 步骤4 · 概率：1/20 → 1/2"]  # fmt: skip
    assert "scenario eye · step 4 · probability: 1/20 → 1/2" in told.text("en")


def test_what_comes_and_goes_is_told_once():
    before, after = full(), full()
    del after["scenarios"][1]
    after["scenarios"][0]["steps"].insert(0, step("is bought", "1/2") | {"id": "new"})
    for n, one in enumerate(after["scenarios"][0]["steps"][1:], 1):
        one["id"] = str(n)
    told = compare(before, after)
    assert [(change.place, change.before is None, change.after is None) for change in told.inputs] == [
        ("scenarios[eye].steps[new]", True, False), ("scenarios[river]", False, True)]  # fmt: skip
    assert "情景river：删除 coating leaches" in told.text()


def test_a_wider_range_changes_what_is_credible_though_not_the_level():
    after = hammer()
    after["scenarios"][0]["steps"][0]["quantity"] = {"low": "1/100", "high": "1"}
    told = compare(hammer(), after)
    assert not told.level_changed
    assert told.credible == (("high",), ("medium", "high", "serious"))
    assert told.credible_changed


def test_every_part_of_a_document_is_told_in_words():
    after = copy.deepcopy(full())
    after |= {"seed": 8, "category": "environment", "panel": {"members": ["A"]}, "report": {"limits": "outdoor"},
              "considerations": {}, "dependence": "perfect"}  # fmt: skip
    after["residual"]["measures"][0]["coverage"] = "1"
    del after["precaution"]
    told = compare(full(), after)
    assert {change.path[0] for change in told.inputs} == {
        "seed", "category", "panel", "report", "considerations", "dependence", "residual", "precaution"}  # fmt: skip
    assert told.bases == ("precautionary", "computed")
    for lang in ("zh", "en"):
        assert len(told.text(lang).splitlines()) >= len(told.inputs)
    assert all(change["zh"] and change["en"] for change in told.as_json()["inputs"])
