"""What documents may hold, and what is refused with its place and rule."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from riskmethods import inputs
from riskmethods.errors import MethodError


@pytest.mark.parametrize(
    ("given", "value"),
    [("1/3", Fraction(1, 3)), ("0.1", Fraction(1, 10)), (0.1, Fraction(1, 10)), ("-2e-3", Fraction(-1, 500)), (7, 7)],
)
def test_a_number_is_kept_exactly(given, value):
    assert inputs.exact(given, above=None) == value


@pytest.mark.parametrize(
    "given", ["", "x", "1/0", "nan", "inf", float("nan"), float("inf"), True, None, [], "1" * 61, "1e9999"]
)
def test_what_is_no_number_is_refused(given):
    with pytest.raises(MethodError) as refused:
        inputs.exact(given, "here")
    assert (refused.value.place, refused.value.rule) == ("here", "not_a_number")


@pytest.mark.parametrize("given", [0, -1, "-0.5"])
def test_a_positive_number_is_above_zero(given):
    with pytest.raises(MethodError, match="above 0") as refused:
        inputs.positive(given, "here")
    assert refused.value.rule == "out_of_range"


@pytest.mark.parametrize("given", ["1e999", "1e-999", "-1e101", Fraction(1, 10**101)])
def test_a_size_that_nobody_measures_is_refused(given):
    for read in (inputs.real, inputs.positive, inputs.zero_or_more):
        with pytest.raises(MethodError, match=r"1e100|below 0") as refused:
            read(given, "here")
        assert refused.value.rule == "out_of_range"


def test_counts_are_whole_and_bounded():
    assert inputs.count(np.int64(4)) == 4
    for given, rule in (
        (True, "not_a_count"),
        (1.0, "not_a_count"),
        ("1", "not_a_count"),
        (-1, "out_of_range"),
        (10**16, "out_of_range"),
    ):
        with pytest.raises(MethodError) as refused:
            inputs.count(given)
        assert refused.value.rule == rule


def test_a_share_lies_strictly_between_zero_and_one():
    assert inputs.share("80 %") == 0.8
    for given in (0, 1, "100 %", -0.1):
        with pytest.raises(MethodError):
            inputs.share(given)


def test_lists_and_objects_are_bounded_and_exact():
    for call in (
        lambda: inputs.listed("abc"), lambda: inputs.listed([]), lambda: inputs.listed([1] * 3, most=2),
        lambda: inputs.fields([], "p", needed=()), lambda: inputs.fields({}, "p", needed=("a",)),
        lambda: inputs.distinct(["a", "b", "a"], "p"), lambda: inputs.text("x" * 2_001), lambda: inputs.text("  "),
    ):  # fmt: skip
        with pytest.raises(MethodError):
            call()
