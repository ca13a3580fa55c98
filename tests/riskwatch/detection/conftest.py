"""A made-up world: two years of quiet weeks in the register and in a mass source, and an outbreak in the last weeks."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import numpy as np
import pytest

from riskwatch.collection import bulk
from riskwatch.connectors import intake, neiss, toronto_fires

LAST = date(2026, 3, 2)  # the Monday of the last full week before the tests' day
QUIET = 70
HEAD = ["来源", "标题", "内容", "商品编码", "发生日期", "外部编号", "危害", "原产地", "口岸", "生产企业"]


def weeks(number: int) -> list[date]:
    """The Mondays of the last weeks."""
    return [LAST - timedelta(weeks=n) for n in reversed(range(number))]


def intake_rows(seed: int, *, outbreak: int = 6) -> list[list[str]]:
    """Complaints on toys and kettles at a steady rate; in the last three weeks kettles of one maker shock people at several ports."""
    chance = np.random.default_rng(seed)
    rows: list[list[str]] = []

    def say(day: date, code: str, harm: str, port: str, maker: str) -> None:
        number = f"C{len(rows)}"
        rows.append(
            [
                "消费者投诉信息",
                f"投诉{number}",
                f"产品问题：{harm}",
                code,
                day.isoformat(),
                number,
                harm,
                "德国",
                port,
                maker,
            ]
        )

    for week in weeks(QUIET):
        for code, harm, rate in (
            ("950300", "小零件脱落误吞", 1.5),
            ("851650", "触电", 0.6),
            ("851660", "起火", 0.8),
            ("640299", "甲醛", 1.0),
        ):
            for _one in range(chance.poisson(rate)):
                day = week + timedelta(days=int(chance.integers(7)))
                say(
                    day, code, harm, ("浦江海关", "上海海关", "深圳海关")[chance.integers(3)], f"厂{chance.integers(6)}"
                )
    for week in weeks(3):
        for n in range(outbreak):
            say(week + timedelta(days=n % 7), "851650", "触电", ("浦江海关", "深圳海关")[n % 2], "厂9")
    return rows


def table(head: list[str], rows: list[list[str]]) -> bytes:
    """A CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def neiss_rows(seed: int, *, rise: int = 0) -> list[list[str]]:
    """Hospital visits, about four a week; in the last two weeks so many more with fire."""
    chance = np.random.default_rng(seed)
    rows = []
    for week in weeks(QUIET):
        extra = rise if week >= LAST - timedelta(weeks=1) else 0
        for n in range(chance.poisson(4) + extra):
            number = f"{week:%Y%m%d}{n:03d}"
            rows.append([number, "15.5" if n % 2 else "80.25", (week + timedelta(days=n % 7)).isoformat(), "8", "F", "", "1", "1",
                         "1" if n < extra else "0", "", "", "V", "41"])  # fmt: skip
    return rows


NEISS = [
    "id",
    "weight",
    "date",
    "age",
    "sex",
    "race",
    "disposition",
    "location",
    "fire",
    "alcohol",
    "drugs",
    "stratum",
    "psu",
]
FIRES = ["_id", "area_of_origin", "ignition_source", "possible_cause", "final_incident_type", "tfs_alarm_time"]


def fire_rows(seed: int) -> list[list[str]]:
    """Fires by source of ignition, steady."""
    chance = np.random.default_rng(seed)
    rows = []
    for week in weeks(QUIET):
        for kind, rate in (("12 - Oven", 2.0), ("43 - Clothes Dryer", 1.0), ("98 - Other", 1.0)):
            for _one in range(chance.poisson(rate)):
                rows.append(
                    [
                        f"{len(rows)}.0",
                        "28 - Office",
                        kind,
                        "52 - Electrical Failure",
                        "01 - Fire",
                        f"{week.isoformat()} 18:18:55+00:00",
                    ]
                )
    return rows


@pytest.fixture
def collect(cast, at):
    """Collect bytes of a source at headquarters, or elsewhere."""

    def collected(source, body: bytes, *, office="hq", by="hq-registrar", name="x.csv"):
        return bulk.collect(io.BytesIO(body), name, bulk.Batch(source, cast.orgs[office], cast[by], at))

    return collected


@pytest.fixture
def world(collect):
    """Register, hospital visits and fires with an outbreak of shocking kettles and a rise of fire injuries."""
    collect(intake.SOURCE, table(HEAD, intake_rows(1)))
    collect(neiss.SOURCE, table(NEISS, neiss_rows(2, rise=7)))
    collect(toronto_fires.SOURCE, table(FIRES, fire_rows(3)))


@pytest.fixture
def detector(cast):
    """The service that runs watches."""
    return cast["detector-service"]
