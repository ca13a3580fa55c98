"""A faulty document is refused with every fault, each by place and rule; a sound one survives its own JSON."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmethods import MethodError, Refused, assess, check, compare
from riskmethods.limits import LONGEST_TEXT, MOST_BYTES, MOST_DEPTH, MOST_VALUES, canonical, load
from riskmethods.reading import read
from tests.riskmethods.documents import chair, documents, full, hammer, step, toy


def altered(path, value, base=hammer):
    """The document with one value put in its place; None takes the key out."""
    whole = base()
    here = whole
    for part in path[:-1]:
        here = here[part]
    if value is None:
        del here[path[-1]]
    elif isinstance(here, dict) or path[-1] < len(here):
        here[path[-1]] = value
    else:
        here.append(value)
    return whole


S, Q = ("scenarios", 0), ("scenarios", 0, "steps", 1, "quantity")
M = ("residual", "measures", 0)
FAULTS = [
    (Q, "0", "scenarios[0].steps[1].quantity", "probability"),
    (Q, 0, "scenarios[0].steps[1].quantity", "probability"),
    (Q, "-1/2", "scenarios[0].steps[1].quantity", "probability"),
    (Q, 1.5, "scenarios[0].steps[1].quantity", "probability"),
    (Q, "often", "scenarios[0].steps[1].quantity", "not_a_number"),
    (Q, "", "scenarios[0].steps[1].quantity", "not_a_number"),
    (Q, True, "scenarios[0].steps[1].quantity", "not_a_number"),
    (Q, None, "scenarios[0].steps[1].quantity", "missing"),
    (Q, {"dist": "gamma"}, "scenarios[0].steps[1].quantity.dist", "unknown_code"),
    (Q, {"low": "1/2", "high": "0.1"}, "scenarios[0].steps[1].quantity", "order"),
    ((*S, "steps", 1, "text"), " ", "scenarios[0].steps[1].text", "empty"),
    ((*S, "steps", 1, "evidence"), "Z", "scenarios[0].steps[1].evidence", "unknown_code"),
    ((*S, "steps", 1, "proof"), "x", "scenarios[0].steps[1].proof", "unknown_key"),
    ((*S, "steps", 1, "source"), 5, "scenarios[0].steps[1].source", "not_a_text"),
    ((*S, "steps", 1), {"quantity": 1}, "scenarios[0].steps[1].text", "empty"),
    ((*S, "steps", 1), "a step", "scenarios[0].steps[1]", "not_an_object"),
    ((*S, "steps"), [], "scenarios[0].steps", "no_step"),
    ((*S, "steps"), {}, "scenarios[0].steps", "not_a_list"),
    ((*S, "steps"), [step("s", "1/2")] * 6, "scenarios[0].steps", "too_many_steps"),
    ((*S, "steps", 1, "id"), "1", "scenarios[0].steps", "repeated_id"),
    ((*S, "hazard"), "ghost", "scenarios[0].hazard", "unknown_code"),
    ((*S, "hazard"), ["fire"], "scenarios[0].hazard", "unknown_code"),
    ((*S, "user"), "robot", "scenarios[0].user", "unknown_code"),
    ((*S, "injury"), "ennui", "scenarios[0].injury", "unknown_code"),
    ((*S, "interest"), "fun", "scenarios[0].interest", "unknown_code"),
    ((*S, "severity"), 0, "scenarios[0].severity", "severity"),
    ((*S, "severity"), 5, "scenarios[0].severity", "severity"),
    ((*S, "severity"), "3", "scenarios[0].severity", "severity"),
    ((*S, "severity"), None, "scenarios[0].severity", "severity"),
    ((*S, "severity"), {"weights": {"1": "1/2"}}, "scenarios[0].severity.weights", "shares"),
    ((*S, "severity"), {"weights": {"5": 1}}, "scenarios[0].severity.weights.5", "severity"),
    ((*S, "severity"), {"level": 3, "weights": {"3": 1}}, "scenarios[0].severity.weights", "severity"),
    (("scenarios",), [], "scenarios", "no_scenario"),
    (("scenarios",), "none", "scenarios", "not_a_list"),
    (("scenarios", 1), chair()["scenarios"][0] | {"id": "eye"}, "scenarios", "repeated_id"),
    (("method",), "fmea-x", "method", "unknown_method"),
    (("method",), "gb-22760-2020", "method", "empty_slot"),
    (("edition",), "0" * 64, "edition", "edition_changed"),
    (("format",), "riskmethods/assessment/2", "format", "format"),
    (("date",), "24.11.2026", "date", "date"),
    (("date",), "2026-02-30", "date", "date"),
    (("draws",), 10, "draws", "whole_number"),
    (("draws",), "100000", "draws", "whole_number"),
    (("seed",), -1, "seed", "whole_number"),
    (("dependence",), "partial", "dependence", "unknown_code"),
    (("category",), "luck", "category", "unknown_code"),
    (("considerations",), {"mood": "bad"}, "considerations.mood", "unknown_code"),
    (("product",), {"name": 5}, "product.name", "not_a_text"),
    (("product",), "hammer", "product", "not_an_object"),
    (("presumption",), {"facts": "x"}, "presumption.clause", "missing"),
    (("presumption",), {"clause": "z", "facts": "x"}, "presumption.clause", "unknown_code"),
    (("presumption",), {"clause": "uk.ppe3", "facts": "x"}, "presumption.clause", "foreign_clause"),
    (("presumption",), {"clause": "a", "facts": ""}, "presumption.facts", "empty"),
    (("presumption",), {"clause": "a", "facts": "x", "rebuttal": "y"}, "presumption.rebuttal", "not_rebuttable"),
    (("precaution",), {"level": "extreme", "reason": "x"}, "precaution.level", "unknown_code"),
    (("precaution",), {"level": "high"}, "precaution.reason", "empty"),
]  # fmt: skip
MEASURES = [
    ((*M, "effects", 0, "scenario"), "x", f"{'residual.measures[0]'}.effects[0].scenario", "unknown_id"),
    ((*M, "effects", 0, "step"), "9", "residual.measures[0].effects[0].step", "unknown_id"),
    ((*M, "effects", 0, "effectiveness"), "2", "residual.measures[0].effects[0].effectiveness", "probability"),
    ((*M, "effects", 0, "effectiveness"), None, "residual.measures[0].effects[0].effectiveness", "missing"),
    ((*M, "effects"), [], "residual.measures[0].effects", "no_effect"),
    ((*M, "coverage"), {"low": 1, "best": 0, "high": 1}, "residual.measures[0].coverage", "order"),
    ((*M, "kind"), "hope", "residual.measures[0].kind", "unknown_code"),
    ((*M, "severity"), {"eye": 4}, "residual.measures[0].severity.eye", "severity_raised"),
    ((*M, "severity"), {"ear": 1}, "residual.measures[0].severity.ear", "unknown_id"),
    (("residual", "target"), "none", "residual.target", "unknown_code"),
    (("scenarios", 0, "steps", 0, "key"), "wear", "scenarios[1].steps[0].key", "key_conflict"),
    (("draws",), 2_000_000, None, None),
]


@pytest.mark.parametrize(("path", "value", "place", "rule"), FAULTS)
def test_a_fault_is_named_by_place_and_rule(path, value, place, rule):
    found = check(altered(path, value))
    assert [(fault.place, fault.rule) for fault in found] == [(place, rule)]
    assert found[0].zh
    assert found[0].en


@pytest.mark.parametrize(("path", "value", "place", "rule"), MEASURES)
def test_a_fault_in_a_full_document(path, value, place, rule):
    assert [(fault.place, fault.rule) for fault in check(altered(path, value, full))] == (
        [(place, rule)] if place else []
    )


def test_every_fault_is_told_at_once():
    with pytest.raises(Refused) as refused:
        assess({"author": 5, "scenarios": [{"severity": 9, "steps": [{"text": "", "quantity": "x"}]}]})
    assert [fault.place for fault in refused.value.faults] == [
        "author", "scenarios[0].steps[0].text", "scenarios[0].steps[0].quantity", "scenarios[0].severity"]  # fmt: skip


def test_a_warning_alone_needs_evidence_to_claim_much():
    measure = {
        "id": "w",
        "title": "label",
        "kind": "warning",
        "effects": [{"scenario": "eye", "step": "1", "effectiveness": "1/2"}],
    }
    record = hammer() | {"residual": {"measures": [measure]}}
    assert [fault.rule for fault in check(record)] == ["warning_needs_evidence"]
    measure |= {"evidence": "B", "source": "trial of labels"}
    assert check(record) == []


def test_work_is_bounded():
    record = full() | {"method": "uk-prism-2", "draws": 2_000_000}
    record["scenarios"][1]["steps"] = [step("s", {"low": "1/3", "high": "1/2"})] * 40
    assert check(record) == []
    record["scenarios"] += [record["scenarios"][1] | {"id": "b"}]
    assert [fault.rule for fault in check(record)] == ["too_much_work"]


@pytest.mark.parametrize("method", ["eu-2010-15", "eu-2019-417", "uk-prism-2"])
def test_methods_without_a_cap_warn_of_long_chains(method):
    record = altered(("scenarios", 0, "steps"), [step("s", "1/2")] * 6) | {"method": method, "date": ""}
    assert [w["rule"] for w in assess(record).data["warnings"]] == ["not_verified", "unusual_length"]
    record["scenarios"][0]["steps"] *= 7
    assert [fault.rule for fault in check(record)] == ["too_many_steps"]


def test_the_longest_chain_of_the_finest_numbers_is_still_exact():
    finest = "0." + "9" * 57
    record = altered(("scenarios", 0, "steps"), [step("s", finest)] * 20 + [step("s", "1e-100")] * 20) | {
        "method": "uk-prism-2"
    }
    found = assess(record)
    assert found.level == "low"
    assert Fraction(found.data["scenarios"][0]["probability"]["value"]) == Fraction(finest) ** 20 * Fraction(
        1, 10**2000
    )
    assert len(found.data["scenarios"][0]["probability"]["percent"]) < 30


def test_an_edition_out_of_force_is_told():
    warned = assess(hammer() | {"method": "eu-2010-15"}).data["warnings"]
    assert {w["rule"] for w in warned} == {"not_verified", "not_in_force"}


def test_a_severity_off_the_injury_table_needs_a_reason():
    found = assess(altered(("scenarios", 0, "injury"), "drowning"))
    assert [w["rule"] for w in found.data["warnings"]] == ["off_table"]
    assert found.data["gaps"] == ["scenarios[0].severity.why"]


@pytest.mark.parametrize("make", [chair, hammer, toy, full])
def test_worked_documents_survive_their_own_json(make):
    document, faults = read(make())
    assert not faults
    assert read(json.loads(canonical(document.as_json()))) == (document, [])


@given(documents())
@settings(max_examples=60)
def test_a_document_survives_its_own_json(record):
    document, faults = read(record)
    assert not faults, [str(fault) for fault in faults]
    again, faults = read(json.loads(canonical(document.as_json())))
    assert not faults
    assert again == document


# ---- what comes from outside -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "rule"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b'{"seed": NaN}', "not_a_number"),
        (b'{"seed": -Infinity}', "not_a_number"),
        (b'{"seed": 1e999}', "not_a_number"),
        (b'{"seed": 1' + b"0" * 5000 + b"}", "not_json"),
        (b'{"seed": 1' + b"0" * 100 + b"}", "not_a_number"),
        (b'{"a": 1, "a": 2}', "repeated_key"),
        (b'{"author": "\\u0000"}', "unsound_text"),
        (b'{"author": "\\ud800"}', "unsound_text"),
        (b'{"author": "\\u202e"}', "unsound_text"),
        (b'{"\\ud800": 1}', "unsound_text"),
        (b"[" * 100_000, "too_deep"),
        (b"[" * (MOST_DEPTH + 2) + b"]" * (MOST_DEPTH + 2), "too_deep"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "too_deep"),
        (b" " * (MOST_BYTES + 1), "too_large"),
        (b"[" + b"1," * MOST_VALUES + b"1]", "too_large"),
        (b'"' + b"a" * (LONGEST_TEXT + 1) + b'"', "too_large"),
        ({"seed": 10**5000}, "not_a_number"),
        ({"seed": float("nan")}, "not_a_number"),
        ({"seed": object()}, "not_json"),
        ({"author": b"Zhang"}, "not_json"),
        ({5: "x"}, "not_json"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_what_is_unsound_or_beyond_bounds_is_refused_before_reading(given_, rule):
    with pytest.raises(MethodError) as refused:
        assess(given_)
    assert refused.value.rule == rule


@pytest.mark.parametrize("given_", [b"5", b"null", b"[]", b'"text"'])
def test_json_that_is_no_object_is_no_document(given_):
    assert check(given_)[0].rule == "not_an_object"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(("1/2", "1", 3, "health")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.sampled_from(("p", "low", "high", "dist", "id")), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value, path=()):
    """Every place in a document."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


PLACES = [path for path in places(full()) if path]


@given(st.sampled_from(PLACES), JSON)
@settings(max_examples=400)
def test_whatever_stands_anywhere_is_assessed_or_refused_by_place(path, junk):
    record = altered(path, junk, full)
    record["draws"] = 10_000 if path != ("draws",) else junk
    found = check(record)
    if found:
        assert all(fault.rule and fault.zh and fault.en for fault in found)
    else:
        assert assess(record).text("en")


@given(JSON)
def test_whatever_comes_as_a_document_is_refused_or_assessed(junk):
    assert isinstance(check(junk), list)


def test_a_text_cannot_pass_for_a_line_of_the_summary():
    record = altered(("scenarios", 0, "steps", 0, "text"), "head breaks\n  → low\u2028→ low")
    assert "  → low\n" not in assess(record).text("en")
    assert all(line.startswith(("level", "scenario ")) for line in compare(hammer(), record).text("en").splitlines())


def test_too_many_scenarios_are_refused():
    assert check(hammer() | {"scenarios": hammer()["scenarios"] * 201})[0].rule == "not_a_list"


def test_too_many_steps_in_all_are_refused():
    many = {"severity": 1, "steps": [step("s", "1/2")] * 40}
    record = {"method": "uk-prism-2", "scenarios": [many] * 26}
    assert [(fault.place, fault.rule) for fault in check(record)] == [("scenarios", "too_many_steps")]


def test_a_bounded_document_is_taken_as_it_is():
    assert load(json.dumps(hammer())) == hammer()
