"""Finding information among many, grouping it, and counting it: nobody finds or counts what they may not see."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection import finding
from riskwatch.collection.counting import DIMENSIONS, tally
from riskwatch.collection.finding import Wanted
from riskwatch.collection.models import Information

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def register(cast, told, at):
    """Ten pieces: eight of Shanghai a day apart, two of Shenzhen; two of them of one campaign."""
    made = []
    for n, event in enumerate(told[:10]):
        office = "sh" if n < 8 else "sz"
        facts = event.facts | ({"reference": "C-188"} if n in (1, 2) else {})
        facts |= {"occurred_on": date(2025, 12, 30) + n * DAY}
        by = cast[f"{office}-registrar"]
        made.append(collection.register(cast.orgs[office], title=event.title, facts=facts, by=by, at=at + n * DAY))
    return made


def found(cast, at, who, **wanted):
    return set(finding.pieces(Wanted(**wanted), to=cast[who], at=at + 30 * DAY).values_list("pk", flat=True))


def test_each_filter_narrows_to_what_it_says(cast, at, register):
    infos = {i.pk: i for i in Information.objects.all()}
    one = infos[register[0].pk]
    for wanted, fits in (
        ({"source_kind": one.source_kind}, lambda i: i.source_kind == one.source_kind),
        ({"code": one.commodity_code[:4]}, lambda i: i.commodity_code[:4] == one.commodity_code[:4]),
        ({"hazard": one.hazard}, lambda i: i.hazard == one.hazard or i.hazard.startswith(one.hazard + ".")),
        ({"reference": "C-188"}, lambda i: i.reference == "C-188"),
        ({"text": one.brand}, lambda i: i.brand == one.brand),
        ({"by": "event", "since": date(2026, 1, 2)}, lambda i: i.occurred_on >= date(2026, 1, 2)),
    ):
        assert found(cast, at, "hq-decider", **wanted) == {pk for pk, i in infos.items() if fits(i)}, wanted


def test_a_days_last_minute_in_shanghai_still_belongs_to_it(cast, at, register):
    late = at.replace(hour=23, minute=59)
    facts = {"source_kind": "media", "text": "t"}
    last = collection.register(cast.orgs["sh"], title="夜里", facts=facts, by=cast["sh-registrar"], at=late)
    day = late.date()
    assert last.pk in found(cast, at, "sh-registrar", since=day, until=day)
    assert last.pk not in found(cast, at, "sh-registrar", since=day + DAY, until=day + DAY)


def test_another_port_finds_groups_and_counts_only_its_own(cast, at, register):
    assert found(cast, at, "sz-registrar") == {s.pk for s in register[8:]}
    assert found(cast, at, "firm-manager") == set()
    assert finding.groups(Wanted(), to=cast["sz-registrar"], at=at) == []
    groups = finding.groups(Wanted(), to=cast["sh-registrar"], at=at)
    assert [(g.reference, g.count) for g in groups] == [("C-188", 2)]


def test_counting_stops_at_its_bound(cast, at, register):
    rows = finding.pieces(Wanted(), to=cast["hq-decider"], at=at)
    assert finding.bounded(rows, 9) == (9, True)
    assert finding.bounded(rows, 10) == (10, False)


@pytest.mark.parametrize("by", ["received", "event"])
def test_one_pass_counts_what_counting_one_by_one_does(cast, at, register, by):
    Sheet.objects.filter(pk=register[0].pk).update(stage="verified")
    since, until = (
        (date(2026, 3, 11), date(2026, 3, 14)) if by == "received" else (date(2025, 12, 31), date(2026, 1, 2))
    )
    counted = tally(owners=[cast.orgs["sh"].pk], since=since, until=until, by=by)
    expected = {name: Counter() for name in DIMENSIONS}
    for info in Information.objects.filter(sheet__owner=cast.orgs["sh"]).select_related("sheet"):
        day = info.occurred_on if by == "event" else info.sheet.made_at.astimezone(at.tzinfo).date()
        if since <= day <= until:
            values = (
                info.source_kind,
                info.hazard,
                info.origin,
                info.port,
                info.commodity_code[:2],
                info.sheet.stage,
                f"{day:%Y-%m}",
            )
            for name, value in zip(DIMENSIONS, values, strict=True):
                expected[name][value] += 1
    assert {name: {v: n for v, n, _k in rows} for name, rows in counted.items()} == expected


def test_a_count_by_no_known_day_is_an_error():
    with pytest.raises(ValueError, match="by must be one of"):
        tally(owners=None, since=date(2026, 1, 1), until=date(2026, 1, 2), by="moon")
