"""What is counted: unknown stays unknown, copies once, received and verified apart, declarations as the exposure of inspections."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from decree188.calendar import SHANGHAI
from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection.models import Information
from riskwatch.connectors import declarations, intake
from riskwatch.detection import actions, counting
from tests.riskwatch.detection.conftest import HEAD, LAST, QUIET, table, weeks

pytestmark = pytest.mark.django_db


@pytest.fixture
def national(cast, at, detector):
    return actions.national_watch(by=detector, at=at)


def complaint(number, day=LAST, code="851650", kind="消费者投诉信息", port="浦江海关", harm="触电"):
    return [kind, f"投诉{number}", f"内容：{harm}", code, day.isoformat(), number, harm, "德国", port, "厂1"]


def names(records, dimension):
    tree = records.trees[dimension]
    return [tree.names[n] for n in records.codes[counting.DIMENSIONS.index(dimension)].tolist()]


def test_what_is_not_stated_is_unknown_and_never_guessed(collect, national):
    collect(intake.SOURCE, table(HEAD, [[*complaint("A", code="", port="", harm="")[:7], "", "", ""]]))
    records = counting.gather(national, LAST + timedelta(days=6))
    assert [names(records, d) for d in counting.DIMENSIONS] == [["?"], ["?"], ["*"], ["*"], ["*"]]


def test_a_port_is_known_by_declaration_by_name_or_by_the_office(collect, national):
    collect(intake.SOURCE, table(HEAD, [complaint("A")]))
    collect(intake.SOURCE, table(HEAD, [complaint("B", port="")]), office="sz", by="sz-registrar")
    collect(intake.SOURCE, table(HEAD, [complaint("C", port="")]))
    records = counting.gather(national, LAST + timedelta(days=6))
    assert sorted(names(records, "port")) == ["*", "2201", "5300"]


def test_what_is_refuted_or_withdrawn_is_not_counted_and_what_is_verified_is_a_series_of_its_own(collect, national):
    collect(intake.SOURCE, table(HEAD, [complaint(str(n)) for n in range(6)]))
    keys = list(Sheet.objects.filter(kind="information").order_by("pk").values_list("pk", flat=True))
    Sheet.objects.filter(pk=keys[0]).update(stage="refuted")
    Sheet.objects.filter(pk=keys[1]).update(stage="withdrawn")
    Sheet.objects.filter(pk__in=keys[2:4]).update(stage="entered")
    records = counting.gather(national, LAST + timedelta(days=6))
    counts = {name: int((records.source == n).sum()) for n, name in enumerate(records.names)}
    assert counts == {"received:consumer_complaint": 4, "verified:consumer_complaint": 2}


def test_the_same_declaration_told_twice_is_one_item(cast, national, at):
    facts = {
        "source_kind": "inspection",
        "text": "不合格",
        "commodity_code": "851650",
        "declaration_number": "220120251000123456",
    }
    for title in ("查验不合格", "同一批再次登记"):
        collection.register(cast.orgs["sh"], title=title, facts=facts, by=cast["sh-registrar"], at=at)
    records = counting.gather(national, at.date())
    assert len(set(records.item.tolist())) == 1
    assert names(records, "port") == ["2201", "2201"]


def test_the_week_turns_at_midnight_in_shanghai(cast, national):
    facts = {"source_kind": "media", "text": "报道"}
    for minute in (datetime(2026, 3, 8, 23, 59, tzinfo=SHANGHAI), datetime(2026, 3, 9, 0, 1, tzinfo=SHANGHAI)):
        collection.register(cast.orgs["sh"], title="报道", facts=facts, by=cast["sh-registrar"], at=minute)
    records = counting.gather(national, date(2026, 3, 31))
    assert sorted(counting.monday(w) for w in records.week.tolist()) == [date(2026, 3, 2), date(2026, 3, 9)]


def test_a_watch_counts_its_products_areas_and_sources_only(collect, cast, at):
    rows = [
        complaint("A"),
        complaint("B", code="950300"),
        complaint("C", port="深圳海关"),
        complaint("D", kind="媒体舆情信息"),
    ]
    collect(intake.SOURCE, table(HEAD, rows))
    plan = actions.Plan("kettles", LAST, products=("8516",), areas=("2200",), sources=("consumer_complaint",))
    watch = actions.make_watch(cast.orgs["hq"], plan, by=cast["hq-analyst"], at=at)
    records = counting.gather(watch, LAST + timedelta(days=6))
    assert len(records) == 1
    assert Information.objects.get(pk=records.origin["sheet"][0].as_py()).external_id.endswith("A")


def failures(rate):
    """Failed inspections of kettles: so many a week, twice as many in the last four."""
    rows = []
    for n, week in enumerate(weeks(QUIET)):
        for k in range(rate * (2 if n >= QUIET - 4 else 1)):
            rows.append(complaint(f"I{n}-{k}", week + timedelta(days=k % 7), kind="进出口检验监管信息"))
    return rows


def declared():
    """Declarations of kettles from Germany: a hundred a week, twice as many in the last four."""
    rows = []
    for n, week in enumerate(weeks(QUIET + 2)):
        for _one in range(200 if n >= QUIET - 2 else 100):
            rows.append([str(len(rows)), week.isoformat(), "851650", "DE", "X", "1"])
    return rows


def test_twice_the_failures_among_twice_the_declarations_is_no_signal(collect, national, detector, at):
    collect(intake.SOURCE, table(HEAD, failures(5)))
    alone = actions.run_watch(national, LAST, by=detector, at=at)
    assert alone.raised == 1
    head = ["Declaration ID", "Date", "HS6 Code", "Country of Origin", "Importer ID", "Net Mass"]
    collect(declarations.SOURCE, table(head, declared()), name="d.csv")
    among = actions.run_watch(national, LAST, by=detector, at=at)
    assert among.pk != alone.pk
    assert among.signals.count() == 0


def test_exposures_are_counted_by_product_origin_and_week(collect):
    head = ["Declaration ID", "Date", "HS6 Code", "Country of Origin", "Importer ID", "Net Mass"]
    collect(declarations.SOURCE, table(head, [[str(n), "2026-03-02", "851650", "DE", "X", "1"] for n in range(3)]))
    found = counting.exposures(LAST + timedelta(days=6))
    assert found.tolist() == [("851650", "DEU", counting.week_of(LAST), 3)]
    assert len(counting.exposures(LAST - timedelta(days=1))) == 0
    assert found.dtype.names == ("product", "origin", "week", "number")
    assert np.issubdtype(found["number"].dtype, np.integer)
