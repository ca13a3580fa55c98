"""Every readable cell of every grid, the edges, and what a loaded grid must satisfy."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.editions import LEVELS, checked, edition, filled, from_json, scenario_methods
from riskmethods.errors import MethodError

# Copied by hand from Regulation (EU) 2024/3173, Annex II 3.4.4 and 3.6.2: band's lower edge, then severity 1 to 4.
TABLE = [
    ("1/2", "high", "serious", "serious", "serious"),
    ("1/10", "medium", "serious", "serious", "serious"),
    ("1/100", "medium", "serious", "serious", "serious"),
    ("1/1000", "low", "high", "serious", "serious"),
    ("1/10000", "low", "medium", "high", "serious"),
    ("1/100000", "low", "low", "medium", "high"),
    ("1/1000000", "low", "low", "low", "medium"),
    ("0", "low", "low", "low", "low"),
]
METHODS = ("eu-2024-3173", "eu-2019-417", "eu-2010-15", "uk-prism-2")
CELLS = [(m, n, s) for m in METHODS for n in range(8) for s in (1, 2, 3, 4)]
# Pinned for ever: a stored assessment names its edition by this; a correction is a new edition under a new id.
PINNED = {
    "eu-2024-3173": "adb3d1ee98b9ab0e44b2aca1ab18e2f43cc2ca0878b42648aa2b325f91c1baaa",
    "eu-2019-417": "052711e7c83b7fda8bb102d66885da33b32cf9a3b015023065d5d03aa953a71f",
    "eu-2010-15": "447e6481cc5c1b0ab1e587d727c75463ad56c137469b55b26224a0febb8a9790",
    "uk-prism-2": "cc7e9719fc5df03db7272e49c7bdd618798603febb750927529ff30fccccdb6e",
}
FRACTIONS = st.fractions(min_value=0, max_value=1, max_denominator=10**8).filter(lambda p: p > 0)


@pytest.mark.parametrize(("method", "row", "severity"), CELLS)
def test_every_cell_of_every_grid(method, row, severity):
    lower, upper = Fraction(TABLE[row][0]), Fraction(TABLE[row - 1][0]) if row else Fraction(1)
    expected = TABLE[row][severity]
    for p in (lower + (upper - lower) / 10**6, (lower + upper) / 2, upper):  # a band's upper edge still belongs to it
        assert edition(method).level(p, severity) == expected, p


def test_the_register_holds_these_methods_the_default_first():
    assert [one.id for one in scenario_methods()] == [*METHODS, "gb-22760-2020"]
    assert [one.most_steps for one in scenario_methods()][:4] == [5, None, None, None]


@pytest.mark.parametrize("method", PINNED)
def test_a_published_edition_never_changes(method):
    assert edition(method).sha256 == PINNED[method]


def test_an_unread_grid_refuses_every_judgement():
    with pytest.raises(MethodError, match="no readable grid") as refused:
        edition("gb-22760-2020").level(Fraction(1, 2), 1)
    assert refused.value.rule == "empty_slot"


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(MethodError, match="eu-2024-3173, eu-2019-417") as refused:
        edition("rapex")
    assert (refused.value.place, refused.value.rule) == ("method", "unknown_method")


@pytest.mark.parametrize(
    ("p", "band"),
    [("1", 0), ("500001/1000000", 0), ("1/2", 1), ("1/10", 2), ("1/1000", 4), ("1/1000000", 7), ("1/999999", 6)],
)
def test_on_an_edge_the_lower_band_holds(p, band):
    assert edition("eu-2024-3173").band(Fraction(p)) == band


@given(FRACTIONS, FRACTIONS, st.sampled_from((1, 2, 3)), st.sampled_from(METHODS))
def test_a_level_never_falls_when_probability_or_severity_rises(p, q, severity, method):
    one, low, high = edition(method), min(p, q), max(p, q)
    assert LEVELS.index(one.level(low, severity)) <= LEVELS.index(one.level(high, severity))
    assert LEVELS.index(one.level(p, severity)) <= LEVELS.index(one.level(p, severity + 1))


@given(st.sampled_from(LEVELS), st.sampled_from((1, 2, 3, 4)), FRACTIONS)
def test_the_highest_p_of_a_level_is_the_border(target, severity, p):
    one = edition("eu-2024-3173")
    most = one.highest_p(target, severity)
    assert (LEVELS.index(one.level(p, severity)) <= LEVELS.index(target)) == (most is not None and p <= most)


@pytest.mark.parametrize(
    "grid",
    [("SSSS",) * 7, ("SSS",) * 8, ("XSSS",) + ("SSSS",) * 7, ("LSSS", *("SSSS",) * 7), ("SHSS",) + ("LLLL",) * 7],
    ids=["too few rows", "too few columns", "unknown letter", "level rises with rarity", "level falls with severity"],
)
def test_a_bad_grid_is_refused(grid):
    with pytest.raises(MethodError) as refused:
        filled("gb-22760-2020", grid, source="")
    assert refused.value.rule == "bad_grid"


def test_edges_must_fall():
    record = edition("eu-2024-3173").as_json()
    with pytest.raises(MethodError, match="edges"):
        from_json(record | {"bands": record["bands"][::-1]})
    with pytest.raises(MethodError, match="missing"):
        from_json({"id": "x"})


@pytest.mark.parametrize("one", scenario_methods()[:4], ids=lambda one: one.id)
def test_an_edition_survives_its_data_form(one):
    assert from_json(one.as_json()) == checked(one) == one
