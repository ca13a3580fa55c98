"""FMEA: every action priority, the standard's warnings, and what may not be compared."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.errors import MethodError
from riskmethods.fmea import ACTION_PRIORITY, Ratings, from_json, priority_table, ranked

RATING = st.integers(1, 10)
PRINTED = {  # as the table is printed: severity band, then O 8-10, 6-7, 4-5, 2-3, 1; letters for D 7-10, 5-6, 2-4, 1
    range(9, 11): "HHHH HHHH HHHM HMLL LLLL", range(7, 9): "HHHH HHHM HMMM MMLL LLLL", range(4, 7): "HHMM MMML MLLL LLLL LLLL",
    range(2, 4): "MMLL LLLL LLLL LLLL LLLL", range(1, 2): "LLLL LLLL LLLL LLLL LLLL",
}  # fmt: skip
O_BANDS = [range(8, 11), range(6, 8), range(4, 6), range(2, 4), range(1, 2)]
D_BANDS = [range(7, 11), range(5, 7), range(2, 5), range(1, 2)]


def mode(name="M1", s=5, o=5, d=5, **more):
    return {"id": name, "severity": s, "occurrence": o, "detection": d} | more


def test_all_thousand_priorities_are_as_printed():
    for s, o, d in product(range(1, 11), repeat=3):
        row = next(cells for band, cells in PRINTED.items() if s in band).split()
        cell = row[next(n for n, band in enumerate(O_BANDS) if o in band)]
        assert (
            ACTION_PRIORITY.priority(Ratings(s, o, d)) == cell[next(n for n, band in enumerate(D_BANDS) if d in band)]
        )
    assert ACTION_PRIORITY.status == "unverified"


@given(RATING, RATING, RATING, RATING, RATING, RATING)
def test_numbers_and_priorities_never_fall_as_ratings_rise(s, o, d, more_s, more_o, more_d):
    low, high = Ratings(s, o, d), Ratings(max(s, more_s), max(o, more_o), max(d, more_d))
    assert low.rpn <= high.rpn
    assert "LMH".index(ACTION_PRIORITY.priority(low)) <= "LMH".index(ACTION_PRIORITY.priority(high))


@given(st.lists(st.tuples(RATING, RATING, RATING), min_size=1, max_size=8))
def test_no_detection_hides_a_severity_of_nine(ratings):
    rows = from_json({"form": "F", "modes": [mode(f"M{n}", *r) for n, r in enumerate(ratings)]}).ranked()
    severe = [row.mode.before.severity >= 9 for row in rows]
    assert severe == sorted(severe, reverse=True)
    for row in rows:
        assert row.must_act == (row.mode.before.severity >= 9)
        assert ("severe_whatever_rpn" in [w.code for w in row.warnings]) == row.must_act


def test_reduction_is_exact_and_what_makes_it_doubtful_is_said():
    row = from_json(
        {"form": "F", "modes": [mode(s=9, after={"severity": 7, "occurrence": 4, "detection": 5})]}
    ).ranked()[0]
    assert row.reduction == 1 - Fraction(140, 225)
    assert "severity_lowered" in [w.code for w in row.warnings]
    worse = from_json({"form": "F", "modes": [mode(after={"severity": 5, "occurrence": 6, "detection": 5})]}).ranked()[
        0
    ]
    assert worse.reduction == Fraction(-1, 5)
    assert "rpn_rose" in [w.code for w in worse.warnings]
    assert from_json({"form": "F", "modes": [mode()]}).ranked()[0].as_json()["rpn_after"] is None


def test_forms_are_never_compared():
    one, other = (from_json({"form": name, "modes": [mode()]}) for name in ("F1", "F2"))
    with pytest.raises(MethodError) as refused:
        ranked([one, other])
    assert refused.value.rule == "cross_form"


@pytest.mark.parametrize(
    ("document", "place", "rule"),
    [
        ({"form": "F", "modes": []}, "modes", "empty"),
        ({"form": "", "modes": [mode()]}, "form", "empty"),
        ({"form": "F", "modes": [mode(), mode()]}, "modes[1]", "duplicate"),
        ({"form": "F", "modes": [mode(s=0)]}, "modes[0].severity", "out_of_range"),
        ({"form": "F", "modes": [mode(o=11)]}, "modes[0].occurrence", "out_of_range"),
        ({"form": "F", "modes": [mode(d=2.5)]}, "modes[0].detection", "not_a_count"),
        ({"form": "F", "modes": [mode(d=float("nan"))]}, "modes[0].detection", "not_a_count"),
        ({"form": "F", "modes": [mode(after={"severity": 1})]}, "modes[0].after.occurrence", "missing"),
        ({"form": "F", "modes": [mode(rpn=1)]}, "modes[0].rpn", "unknown_key"),
    ],
)
def test_a_faulty_form_is_refused(document, place, rule):
    with pytest.raises(MethodError) as refused:
        from_json(document)
    assert (refused.value.place, refused.value.rule) == (place, rule)


def table(**changes):
    return {"source": "own", "status": "verified", "bands": {"severity": [[6, 10], [1, 5]], "occurrence": [[1, 10]], "detection": [[1, 10]]},
            "cells": [["H"], ["L"]]} | changes  # fmt: skip


def test_a_loaded_table_is_used_and_a_verified_one_needs_no_warning():
    own = priority_table(table())
    row = from_json({"form": "F", "modes": [mode(s=6)]}, table=own).ranked()[0]
    assert (row.priority, row.warnings) == ("H", ())


@pytest.mark.parametrize(
    "changes",
    [
        {"cells": [["L"], ["H"]]}, {"cells": [["H"]]}, {"cells": [["H"], ["X"]]}, {"cells": [["HH"], ["LL"]]},
        {"bands": table()["bands"] | {"severity": [[6, 10], [1, 4]]}}, {"bands": table()["bands"] | {"severity": [[5, 10], [1, 5]]}},
    ],
)  # fmt: skip
def test_a_faulty_table_is_refused(changes):
    with pytest.raises(MethodError) as refused:
        priority_table(table(**changes))
    assert refused.value.rule == "bad_grid"
