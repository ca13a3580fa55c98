"""What is a probability as entered, and what is not."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmethods.errors import MethodError
from riskmethods.numbers import decimal, one_in, parse, percent


@pytest.mark.parametrize(
    "entered",
    ["1/50", " 1 / 50 ", "0.02", ".02", "2%", "2 %", "２％", "20‰", "2e-2", "2E-2", 0.02, Decimal("0.02"), Fraction(1, 50), "+0.02"],
)  # fmt: skip
def test_a_probability_is_exact_however_entered(entered):
    assert parse(entered) == Fraction(1, 50)


def test_thousands_may_be_marked():
    assert parse("1/6,000") == parse("1/6 000") == Fraction(1, 6000)


@pytest.mark.parametrize(
    "entered",
    [
        0,
        "0",
        "0/5",
        -0.1,
        "-1/2",
        1.0001,
        "3/2",
        "101 %",
        2,
        "1e-101",
        "1/1" + "0" * 50 + "1e5",
        "0." + "1" * 50 + "e-60",
    ],
)
def test_zero_or_above_one_is_refused(entered):
    with pytest.raises(MethodError) as refused:
        parse(entered, place="here")
    assert refused.value.place == "here"
    assert refused.value.rule in ("probability", "not_a_number")


@pytest.mark.parametrize(
    "entered",
    ["", " ", "often", "1/0", "1/2/3", "1,5", "nan", "inf", "0x1", "1e9999", "1" * 61, float("nan"), float("inf"), None, True, [], {}],
)  # fmt: skip
def test_what_is_no_number_is_refused(entered):
    with pytest.raises(MethodError) as refused:
        parse(entered)
    assert refused.value.rule == "not_a_number"
    assert refused.value.zh


def test_zero_is_a_share_but_no_probability():
    assert parse("0", zero=True) == 0


@given(st.fractions(min_value=0, max_value=1, max_denominator=10**9).filter(lambda p: p > 0))
def test_a_fraction_survives_its_text(p):
    assert parse(str(p)) == p


@given(st.floats(min_value=1e-80, max_value=1))
def test_a_float_is_its_shortest_decimal(p):
    assert float(parse(p)) == p


def test_words_for_people():
    assert (decimal(Fraction(1, 6000)), percent(Fraction(1, 500)), one_in(Fraction(2, 9))) == (
        "0.000166667",
        "0.2 %",
        "about 1 in 4.5",
    )
