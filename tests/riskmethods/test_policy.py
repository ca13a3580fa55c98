"""Headquarters' own tables: dated, edited as data, checked, and only ever proposals."""

import pytest

from riskmethods import MethodError, assess
from riskmethods.injuries import SCALES
from riskmethods.policy import DEFAULT, from_json
from riskmethods.vocabulary import codes
from tests.riskmethods.documents import chair, hammer


def edited(**changes):
    record = DEFAULT.as_json()
    record["tables"].append(record["tables"][0] | {"id": "stricter", "valid_from": "2027-01-01"} | changes)
    return record


@pytest.mark.parametrize(
    ("level", "p95", "grade"),
    [("serious", "serious", "high"), ("high", "serious", "medium_high"), ("medium", "medium", "medium"), ("low", "medium", "medium_low"), ("low", "low", "low")],
)  # fmt: skip
def test_the_initial_table(level, p95, grade):
    graded = DEFAULT.grade(level, p95, day="2026-11-24")
    assert graded.grade == grade
    assert set(graded.measures) <= set(codes("responses"))


def test_the_table_in_force_on_the_assessments_day_holds():
    rows = [row | {"grade": "high"} for row in DEFAULT.as_json()["tables"][0]["rows"]]
    policy = from_json(edited(rows=rows))
    assert assess(hammer(), policy=policy).data["grade"]["table"] == "initial"
    assert assess(hammer() | {"date": "2027-01-01"}, policy=policy).data["grade"]["code"] == "high"
    assert assess(hammer() | {"date": "2017-01-01"}, policy=policy).data["grade"] is None
    assert assess(hammer(), policy=policy).data["policy_sha256"] != assess(hammer()).data["policy_sha256"]


def test_a_scale_of_headquarters_replaces_ours():
    levels = [{"zh": f"第{n}级", "en": f"grade {n}"} for n in (1, 2, 3, 4)]
    policy = from_json(
        DEFAULT.as_json() | {"scales": [{"interest": "security", "levels": levels, "source": "notice 5"}]}
    )
    record = chair()
    record["scenarios"][0]["interest"] = "security"
    assert assess(record, policy=policy).data["scenarios"][0]["severity"]["meaning"] == {"zh": "第1级", "en": "grade 1"}


def test_ours_are_marked_as_policy_where_no_source_has_a_scale():
    assert {scale.interest for scale in SCALES if scale.policy} == {"security", "trade_rights"}
    assert {scale.interest for scale in SCALES} == set(codes("interests"))


@pytest.mark.parametrize(
    "record",
    [
        None, {}, {"tables": []}, {"tables": [{"id": "x"}]}, edited(valid_from="2017-01-01"), edited(valid_from="soon"), edited(valid_from=2027), edited(rows=[]),
        edited(rows=[{"level": "low", "grade": "low", "measures": []}]),
        edited(rows=[{"level": lv, "grade": g, "measures": []} for lv, g in zip(("low", "medium", "high", "serious"), ("high", "low", "high", "high"), strict=True)]),
        edited(rows=[{"level": "extreme", "grade": "low", "measures": []}]),
        edited(rows=[{"level": "low", "grade": "purple", "measures": []}]),
        edited(rows=[{"level": "low", "grade": "low", "measures": ["prayer"]}]),
        DEFAULT.as_json() | {"scales": [{"interest": "security", "levels": []}]},
    ],
)  # fmt: skip
def test_a_bad_policy_is_refused(record):
    with pytest.raises(MethodError) as refused:
        from_json(record)
    assert refused.value.rule in ("bad_policy", "unknown_code", "bad_scale")


def test_a_document_keeps_the_policy_that_it_pins():
    pinned = hammer() | {"policy": DEFAULT.sha256}
    assert assess(pinned).data["policy_sha256"] == DEFAULT.sha256
    other = from_json(edited())
    with pytest.raises(MethodError) as refused:
        assess(pinned, policy=other)
    assert (refused.value.place, refused.value.rule) == ("policy", "policy_changed")
    assert assess(hammer() | {"policy": other.sha256}, policy=other).document.as_json()["policy"] == other.sha256


def test_likelihood_in_headquarters_own_words_stands_beside_the_rows():
    rows = [{"zh": f"第{n}档", "en": f"row {n}"} for n in range(1, 9)]
    levels = [{"zh": f"第{n}级", "en": f"grade {n}"} for n in (1, 2, 3, 4)]
    scale = {"interest": "security", "levels": levels, "likelihood": rows, "source": "notice 5"}
    policy = from_json(DEFAULT.as_json() | {"scales": [scale]})
    assert from_json(policy.as_json()) == policy
    record = chair()
    record["scenarios"][0]["interest"] = "security"
    found = assess(record, policy=policy)
    p = found.data["scenarios"][0]["probability"]
    assert p["policy_words"] == rows[p["band"]]
    assert rows[p["band"]]["zh"] in found.text("zh")
    for bad in (rows[:7], [*rows[:7], {"zh": "x", "en": " "}], "often"):
        with pytest.raises(MethodError) as refused:
            from_json(DEFAULT.as_json() | {"scales": [scale | {"likelihood": bad}]})
        assert refused.value.place == "scales[0].likelihood"


def test_loaded_priorities_are_read_back_and_checked():
    from riskmethods.fmea import ACTION_PRIORITY

    policy = from_json(DEFAULT.as_json() | {"priority": ACTION_PRIORITY.as_json()})
    assert policy.priority == ACTION_PRIORITY
    assert policy.sha256 != DEFAULT.sha256
    assert "priority" not in DEFAULT.as_json()
    wrong = ACTION_PRIORITY.as_json()
    wrong["cells"][0][0] = "LLLL"
    with pytest.raises(MethodError) as refused:
        from_json(DEFAULT.as_json() | {"priority": wrong})
    assert refused.value.place.startswith("priority.cells")
