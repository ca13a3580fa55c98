"""A quiet year of complaints and the rise at its end, for the watches: seeded, in our own words, collected as any file is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np

from decree188.calendar import shanghai_date
from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection import bulk
from riskwatch.collection.models import Information
from riskwatch.collection.ports import sources
from riskwatch.doors.jobs.simulator.cast import Cast
from riskwatch.verification import actions as verification

WEEKS = 56
HEAD = ("来源", "标题", "内容", "商品编码", "发生日期", "外部编号", "危害", "原产地", "口岸", "生产企业")
# Product, code, what happens, a week's mean.
STEADY = (
    ("充电宝", "850760", "起火", 0.5),
    ("电热水壶", "851610", "触电", 0.6),
    ("拼装玩具", "950300", "小零件脱落误吞", 1.0),
    ("运动鞋", "640299", "甲醛", 0.6),
)
MAKERS = ("北岭制造", "Ostberg", "汇明实业", "Lumen Works", "青禾")
PORTS = ("浦江海关", "上海海关", "深圳海关")
RISE, RISING, MAKER = 6, 3, "闪驰能源"  # cases a week, weeks, and whose power banks


def rows(seed: int, today: date) -> Iterator[tuple[str, ...]]:
    """Complaints of the weeks that are over, the newest last: a steady trickle, then one maker's power banks burn."""
    chance = np.random.default_rng(seed)
    monday = today - timedelta(days=today.weekday())
    number = 0
    for ago in range(WEEKS, 0, -1):
        week = monday - timedelta(weeks=ago)
        told = [
            (*one[:3], MAKERS[int(chance.integers(len(MAKERS)))])
            for one in STEADY
            for _ in range(chance.poisson(one[3]))
        ]
        told += [("充电宝", "850760", "起火", MAKER)] * (RISE if ago <= RISING else 0)
        for product, code, harm, maker in told:
            number += 1
            day = week + timedelta(days=int(chance.integers(7)))
            yield ("消费者投诉信息", f"{maker}{product}{harm}", f"{maker}生产的{product}在使用中{harm}，消费者投诉第{number}号。", code,
                   day.isoformat(), f"T{number:04d}", harm, "德国", PORTS[number % 3], maker)  # fmt: skip


def fill(cast: Cast, now: datetime, *, seed: int) -> int:
    """Collect, verify as a batch and enter them at headquarters; how many."""
    at = now - timedelta(hours=20)
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *rows(seed, shanghai_date(now))])
    batch = bulk.Batch(next(s for s in sources() if s.id == "intake"), cast.orgs["hq"], cast["hq-registrar"], at)
    file = bulk.collect(io.BytesIO(out.getvalue().encode()), "投诉汇总.csv", batch)
    keys = list(Information.objects.filter(file=file).values_list("pk", flat=True))
    verification.verify_batch(keys, cast.orgs["hq"], by=cast["hq-approver"], at=at + timedelta(hours=2), result="verified",
                              method="逐件电话回访", sample="抽取二十件核对购买凭证和照片")  # fmt: skip
    for sheet in Sheet.objects.filter(pk__in=keys):
        collection.enter(sheet, aspects=["safety"], spread="isolated", spread_reason="单起投诉", in_scope=True, reason="属于工业品",
                         by=cast["hq-registrar"], at=at + timedelta(hours=3))  # fmt: skip
    return len(keys)
