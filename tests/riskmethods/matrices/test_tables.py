"""Every readable cell of every matrix, written out once more as the sources print them; unreadable ones refuse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.errors import MethodError
from riskmethods.matrices import GRIDS, filled, frequency, from_json, grid

PRINTED = {
    "iso-tr-14121-2": (
        ("catastrophic", "serious", "moderate", "minor"),
        {"very likely": "high high high medium", "likely": "high high medium low", "unlikely": "medium medium low negligible",
         "remote": "low low negligible negligible"},
    ),
    "mil-std-882e": (
        ("catastrophic", "critical", "marginal", "negligible"),
        {"frequent": "high high serious medium", "probable": "high high serious medium", "occasional": "high serious medium low",
         "remote": "serious medium medium low", "improbable": "medium medium medium low"},
    ),
    "ansi-z590-3": (
        ("catastrophic", "critical", "marginal", "negligible"),
        {"frequent": "high high serious medium", "probable": "high high serious medium", "occasional": "high serious medium low",
         "remote": "serious medium medium low", "improbable": "medium low low low"},
    ),
    "r-map": (
        ("I", "II", "III", "IV"),
        {"> 1e-4": "B3 A1 A2 A3", "1e-4 to 1e-5": "B2 B3 A1 A2", "1e-5 to 1e-6": "B1 B2 B3 A1", "1e-6 to 1e-7": "C B1 B2 B3",
         "1e-7 to 1e-8": "C C B1 B2", "<= 1e-8": "C C C C"},
    ),
    "iec-62061": (
        ("1", "2", "3", "4"),
        {"3-4": "none none none SIL2", "5-7": "none none OM SIL2", "8-10": "none OM SIL1 SIL2", "11-13": "OM SIL1 SIL2 SIL3",
         "14-15": "SIL1 SIL2 SIL3 SIL3"},
    ),
    "cpsc-priority": (
        ("moderate", "serious", "death or grievous"),
        {"very likely": "B A A", "likely": "? B A", "possible": "C C B"},
    ),
}  # fmt: skip
CELLS = [
    (name, row, column, found)
    for name, (columns, rows) in PRINTED.items()
    for row, printed in rows.items()
    for column, found in zip(columns, printed.split(), strict=True)
]


@pytest.mark.parametrize(("name", "row", "column", "found"), CELLS)
def test_a_cell_is_as_printed(name, row, column, found):
    if found == "?":
        with pytest.raises(MethodError) as refused:
            grid(name).cell(row, column)
        assert refused.value.rule == "unstated"
    else:
        assert grid(name).cell(row, column) == found


def test_every_cell_of_every_readable_matrix_is_among_them():
    readable = {(g.id, row, column) for g in GRIDS.values() if g.cells for row in g.rows for column in g.columns}
    assert readable == {(name, row, column) for name, row, column, _ in CELLS}


@pytest.mark.parametrize("name", ["gb-22760-2020", "accc-nomograph"])
def test_an_unreadable_matrix_refuses_and_can_be_filled(name):
    slot = grid(name)
    for row in slot.rows:
        with pytest.raises(MethodError) as refused:
            slot.cell(row, slot.columns[0])
        assert refused.value.rule == "empty_slot"
    cells = tuple(("high",) * len(slot.columns) for _ in slot.rows)
    own = filled(slot, cells, scale=("low", "high"), source="made up for this test")
    assert own.cell(slot.rows[0], slot.columns[0]) == "high"
    assert own.status == "unverified"
    with pytest.raises(MethodError, match="do not match"):
        filled(slot, cells[1:], scale=("low", "high"), source="made up for this test")


@pytest.mark.parametrize(
    ("name", "number", "row"),
    [
        ("mil-std-882e", 1, "frequent"), ("mil-std-882e", "0.1", "frequent"), ("mil-std-882e", "0.099", "probable"),
        ("mil-std-882e", "0.01", "probable"), ("mil-std-882e", "1e-3", "occasional"), ("mil-std-882e", "1e-6", "remote"),
        ("mil-std-882e", "9.99e-7", "improbable"), ("mil-std-882e", 0, "improbable"),
        ("r-map", "1.01e-4", "> 1e-4"), ("r-map", "1e-4", "1e-4 to 1e-5"), ("r-map", "1e-8", "<= 1e-8"), ("r-map", 0, "<= 1e-8"),
        ("iec-62061", 15, "14-15"), ("iec-62061", 13, "11-13"), ("iec-62061", 3, "3-4"),
    ],
)  # fmt: skip
def test_numbers_find_their_row_edges_included(name, number, row):
    assert grid(name).row(number) == row


@given(
    st.sampled_from(["mil-std-882e", "r-map", "iec-62061"]),
    st.fractions(0, 20),
    st.fractions(0, 20),
    st.data(),
)
def test_results_never_fall_as_likelihood_or_severity_rises(name, one, other, data):
    g = grid(name)
    column, graver = sorted(
        data.draw(st.lists(st.sampled_from(range(len(g.columns))), min_size=2, max_size=2)), reverse=True
    )
    low, high = sorted((one, other))
    rank = g.scale.index
    assert rank(g.judge(low, g.columns[column])) <= rank(g.judge(high, g.columns[graver]))


def test_statuses_are_stated_and_data_come_back_equal():
    assert {g.id: g.status for g in GRIDS.values()} == {
        "iso-tr-14121-2": "unverified", "mil-std-882e": "unverified", "ansi-z590-3": "secondary", "r-map": "unverified",
        "iec-62061": "unverified", "cpsc-priority": "unverified", "gb-22760-2020": "empty", "accc-nomograph": "empty",
    }  # fmt: skip
    for g in GRIDS.values():
        assert from_json(g.as_json()) == g
        assert g.source


def test_a_frequency_is_exact():
    assert frequency(1, units=3, years="0.5") == Fraction(2, 3)
    with pytest.raises(MethodError) as refused:
        frequency(1, units=0, years=1)
    assert refused.value.place == "units"


def test_an_unknown_matrix_row_or_column_is_refused():
    for call in (lambda: grid("x"), lambda: grid("r-map").cell("x", "I"), lambda: grid("r-map").cell("<= 1e-8", "V"),
                 lambda: grid("iso-tr-14121-2").row(1), lambda: grid("r-map").row(-1), lambda: grid("r-map").row(float("nan"))):  # fmt: skip
        with pytest.raises(MethodError):
            call()
