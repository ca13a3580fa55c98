"""The law library: every place is a rule or left to people, and rules answer as the vectors say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import decree188
from decree188 import identifiers, lawmap, measure_rules
from decree188.calendar import Certainty, WorkCalendar, add_months, shanghai_date
from decree188.related import DEADLINES, fine_grade

DAYS = st.dates(date(2018, 1, 1), date(2026, 12, 1))


def test_there_are_59_places_41_paragraphs_and_18_items():
    assert len(decree188.PLACES) == 59
    assert sum(p.item == 0 for p in decree188.PLACES) == 41


def test_every_place_is_a_rule_or_left_to_people_never_both():
    for row in lawmap.rows():
        assert bool(row.rules) != bool(row.left_to_people), row


def test_gists_are_ours_and_in_both_languages():
    assert all(p.gist_zh and p.gist_en.isascii() for p in decree188.PLACES)


@pytest.mark.parametrize(
    ("key", "label"),
    [("21.1", "第二十一条第一款"), ("17.1.2", "第十七条第（二）项"), ("10.2", "第十条第二款"), ("5.1", "第五条")],
)
def test_a_place_is_cited_as_lawyers_do(key, label):
    assert decree188.place(key).label() == label


def test_the_basis_follows_the_day():
    assert decree188.basis_on(date(2018, 4, 27)).id == "decree188-2017"
    assert decree188.basis_on(date(2018, 4, 28)).authority_zh == "海关总署"
    with pytest.raises(decree188.NotYetInForce):
        decree188.basis_on(date(2017, 3, 31))


@pytest.mark.parametrize("code", ["91110000600037341L", "91440300MA5FHK4H1F", "N2330100MF0123456C"])
def test_lawful_credit_codes_pass(code):
    assert identifiers.check_uscc(code) == code


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_any_changed_character_makes_a_credit_code_invalid(position, character):
    code = "N2330100MF0123456C"
    if code[position] == character:
        return
    with pytest.raises(identifiers.InvalidIdentifier):
        identifiers.check_uscc(code[:position] + character + code[position + 1 :])


def test_resident_ids():
    assert identifiers.check_resident_id("360426199101010071")
    with pytest.raises(identifiers.InvalidIdentifier):
        identifiers.check_resident_id("230307196304054513")


@pytest.mark.parametrize(
    "wrong", ["220120257000123456", "999920251000123456", "22012025100012345", "2201202510001234５6"]
)
def test_wrong_declaration_numbers_are_refused(wrong):
    with pytest.raises(identifiers.InvalidIdentifier):
        identifiers.check_declaration_number(wrong, district_exists=lambda code: code == "2201")


def test_commodity_codes_keep_leading_zeros():
    assert identifiers.check_commodity_code("0101.21") == "010121"


@pytest.mark.parametrize(
    ("code", "scope"), [("9503", "in"), ("0406", "out"), ("3304", "out"), ("3306", "mixed"), ("2501", "mixed")]
)
def test_scope_by_chapter(code, scope):
    assert decree188.scope.excluded_products(code).scope == scope


def test_a_centre_acts_only_inside_its_designation():
    remit = dict(products=["9503"], areas=["2200"], valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))
    ask = decree188.scope.centre_remit
    assert ask(product="950300", area="2201", day=date(2026, 5, 1), **remit).allowed
    assert ask(product="8516", area="5301", day=date(2027, 1, 1), **remit).failed == ("product", "area", "period")


def test_a_term_ends_after_its_last_day_and_no_term_never_ends():
    lapses = decree188.disposal.lapses
    assert not lapses(date(2027, 3, 31), date(2027, 3, 31))
    assert lapses(date(2027, 3, 31), date(2027, 4, 1))
    assert not lapses(None, date(2999, 1, 1))


def test_retention_vectors():
    assert decree188.records.retention(date(2027, 5, 10), "ordinary") == date(2030, 5, 10)
    assert decree188.records.retention(date(2027, 5, 10), "permanent") is None


@pytest.mark.parametrize(
    ("amount", "grade"),
    [
        ("8999.99", "lighter"),
        ("9000", "ordinary"),
        ("14999.99", "ordinary"),
        ("15000", "heavier"),
        ("30000", "heavier"),
    ],
)
def test_fine_grades(amount, grade):
    assert fine_grade(Decimal(amount), Decimal(30000)) == grade


def test_a_fine_above_the_maximum_is_refused():
    with pytest.raises(ValueError):
        fine_grade(Decimal("30000.01"), Decimal(30000))
    missing = decree188.liability.may_fine(
        order_served=True, term_over=True, refused=True, serious=False, amount=Decimal("30000.01")
    )
    assert missing == ("consequence", "amount")


def test_an_emergency_is_headquarters_own_and_needs_a_review_day():
    missing = decree188.disposal.emergency(
        is_headquarters=False, urgent_reason="x", unknowns="y", practice="z", review_on=None
    )
    assert missing == ("headquarters", "review_on")


def test_a_moment_without_zone_has_no_date_and_shanghai_is_ahead_of_utc():
    with pytest.raises(ValueError):
        shanghai_date(datetime(2026, 1, 1))
    assert shanghai_date(datetime(2026, 3, 31, 16, 0, tzinfo=UTC)) == date(2026, 4, 1)
    assert shanghai_date(datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 31)


def test_adjusted_working_days_are_known():
    calendar = WorkCalendar()
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.knows(2026) is Certainty.OFFICIAL
    assert calendar.knows(2027) is Certainty.FALLBACK
    assert WorkCalendar({date(2027, 10, 1): True}).is_working_day(date(2027, 10, 1))


@given(DAYS, st.integers(1, 60))
def test_adding_and_counting_working_days_agree(start, count):
    calendar = WorkCalendar()
    end = calendar.add_working_days(start, count)
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(start, end) == count


@given(DAYS, st.sampled_from(sorted(DEADLINES)))
def test_a_rolling_term_ends_on_a_working_day_and_never_earlier(start, key):
    limit = DEADLINES[key]
    due = WorkCalendar().add(start, limit)
    assert due.day > start
    if limit.rolls:
        assert WorkCalendar().is_working_day(due.day)
    elif limit.unit == "calendar_days":
        assert due.day == start + timedelta(days=limit.length)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_never_spill_over(start, months):
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months


def test_a_statutory_limit_cannot_be_changed():
    with pytest.raises(ValueError):
        DEADLINES["seizure_term"].with_length(10, "working_days")
    assert DEADLINES["verification"].with_length(3, "working_days").length == 3


def test_seizure_refuses_in_the_rule_book():
    assert measure_rules.MEASURE_RULES["seizure"].refuses


def test_every_time_limit_is_said_and_cited_in_english():
    for limit in DEADLINES.values():
        for said in (limit.words("en"), limit.starts_words("en"), limit.cite("en")):
            assert said
            assert said.isascii(), said
