"""Before and after a measure, by arithmetic done by hand, and the effectiveness needed, by trying it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.editions import LEVELS, edition
from riskmethods.reading import read
from riskmethods.residual import after
from tests.riskmethods.documents import hammer

EU = edition("eu-2024-3173")
UNIT = st.fractions(min_value=0, max_value=1, max_denominator=1000)


def measure(name="recall", *, e="1", c="1", step="1", **more):
    effects = [{"scenario": "eye", "step": step, "effectiveness": e}] if step else []
    return {"id": name, "title": name, "coverage": c, "effects": effects, "evidence": "B", "source": "s", **more}


def outcome(*measures, target="low"):
    document, faults = read(hammer() | {"residual": {"target": target, "measures": list(measures)}})
    assert not faults, [str(f) for f in faults]
    return after(EU, document.scenarios[0], document.scenarios[0].probability, document.residual)


def test_coverage_mixes_units_reached_and_not_reached():
    found = outcome(measure(e="9/10", c="3/4"))
    expected = Fraction(1, 4) / 6000 + Fraction(3, 4) / 6000 * Fraction(1, 10)
    assert found.masses == ((3, expected),)
    assert found.before == "high"
    assert found.levels["best"] == EU.level(expected, 3) == "medium"
    assert found.reached == EU.level(Fraction(1, 60000), 3)


def test_a_lowered_severity_leaves_the_units_not_reached_at_the_old_one():
    found = outcome(measure(step="", c="1/2", severity={"eye": 1}))
    assert found.masses == ((1, Fraction(1, 12000)), (3, Fraction(1, 12000)))
    assert found.levels["best"] == "medium"
    assert found.reached == "low"


def test_measures_reach_independently():
    found = outcome(measure(e="1/2", c="1/2"), measure("guard", e="1/2", c="1/2", step="2"))
    assert found.masses == ((3, Fraction(9, 16) / 6000),)


def test_what_removes_all_leaves_the_lowest_level():
    found = outcome(measure())
    assert (found.masses, found.levels["best"], found.reached) == ((), "low", "low")


def test_ends_of_the_stated_range():
    found = outcome(measure(e={"low": 0, "best": "1/2", "high": 1}, c={"low": "1/2", "best": "3/4", "high": 1}))
    assert found.levels == {"best": "high", "pessimistic": "high", "optimistic": "low"}


@given(UNIT, UNIT, UNIT, st.sampled_from(LEVELS[:3]))
def test_the_needed_effectiveness_just_reaches_the_target(c, other_e, other_c, target):
    guard = measure("guard", e=str(other_e), c=str(other_c), step="2")
    needed = outcome(measure(e="1/2", c=str(c)), guard, target=target).needed[0].effectiveness
    reaches = lambda e: LEVELS.index(outcome(measure(e=str(e), c=str(c)), guard).levels["best"]) <= LEVELS.index(target)  # noqa: E731
    if needed is None:
        assert not reaches(1)
    else:
        assert reaches(needed)
        if needed > 0:
            assert not reaches(max(Fraction(0), needed - Fraction(1, 10**9)))


def test_the_reduction_needed_of_all_units():
    assert outcome(measure()).reduction == 1 - Fraction(6000, 100_000)
    assert outcome(measure(), target="serious").reduction == 0


@given(UNIT, UNIT)
def test_a_measure_never_raises_the_level(e, c):
    found = outcome(measure(e=str(e), c=str(c)))
    assert LEVELS.index(found.levels["best"]) <= LEVELS.index(found.before)
    assert LEVELS.index(found.levels["optimistic"]) <= LEVELS.index(found.levels["pessimistic"])


@pytest.mark.parametrize("needed", ["scenario", "reached", "unreached", "needed", "reduction_needed"])
def test_the_outcome_as_data(needed):
    assert needed in outcome(measure()).as_json()
