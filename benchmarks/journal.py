"""How fast the journal takes entries from twenty writers, alone and beside a bulk collection.

    .venv/bin/python benchmarks/journal.py [SECONDS]     default 15

The bare limit in the same run: the same twenty writers insert one row of the same size into a plain table and commit.
Half the writers share one case (they wait for its head), half write to cases of their own.
"""

from __future__ import annotations

import csv
import io
import os
import statistics
import sys
import threading
import time

WRITERS = 20
os.environ["DB_POOL"] = str(WRITERS + 4)  # every writer has a connection of its own

from throwaway import clear, prepare  # noqa: E402

CONTENT = {"reason": "复核后确认" * 20, "stage": "verified", "version": 7}


def entry(cast, number):
    """One act's entry, as an act writes it."""
    from django.db import transaction
    from django.utils import timezone

    from riskwatch.journal.actions import write

    strand = "folder:shared" if number % 2 else f"folder:own-{number}"
    with transaction.atomic():
        write(strand, "benchmark.step", by=cast["sh-registrar"], at=timezone.now(), content=CONTENT)


def bare(cast, number):
    """One row of the same size into a plain table."""
    import json

    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare (strand, body, hash) VALUES (%s, %s, %s)",
                       [number, json.dumps(CONTENT), bytes(96)])  # fmt: skip


def race(one, cast, seconds):
    """Twenty threads repeat one write until the time is over: each write's seconds."""
    from django.db import connection

    until = time.monotonic() + seconds
    times: list[float] = []

    def writer(number):
        while time.monotonic() < until:
            begun = time.perf_counter()
            one(cast, number)
            times.append(time.perf_counter() - begun)
        connection.close()

    threads = [threading.Thread(target=writer, args=(n,)) for n in range(WRITERS)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return times


def say(name, times, seconds):
    """One line: how many a second, median, p95, slowest."""
    times.sort()
    print(
        f"{name}: {len(times) / seconds:,.0f} a second, median {statistics.median(times) * 1000:.1f} ms, "
        f"p95 {times[int(len(times) * 0.95)] * 1000:.1f} ms, slowest {times[-1] * 1000:.0f} ms",
        flush=True,
    )


def file_of(rows):
    """An intake file of made-up pieces."""
    from riskwatch.doors.jobs.simulator.events import events

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["来源", "标题", "内容", "产品", "品牌", "型号", "批次", "商品编码", "外部编号"])
    for n, e in enumerate(events(9, rows)):
        f = e.facts
        writer.writerow(["媒体舆情信息", e.title, f["text"], f["product"], f["brand"], f["model"], f["batch"],
                         f["commodity_code"], f"J{n}"])  # fmt: skip
    return out.getvalue().encode()


def main(seconds):
    """Bare rows, entries alone, entries beside a collection; then every link is verified."""
    cast = prepare()
    from django.db import connection
    from django.utils import timezone

    from riskwatch.collection import bulk
    from riskwatch.connectors import intake
    from riskwatch.journal.actions import seal
    from riskwatch.journal.verification import verify

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, strand int, body text, hash bytea)")
    say("bare rows, 20 writers", race(bare, cast, seconds), seconds)
    say("journal entries, 20 writers", race(entry, cast, seconds), seconds)

    body = file_of(40_000)
    collected = {}

    def collection():
        begun = time.perf_counter()
        done = bulk.collect(io.BytesIO(body), "beside.csv",
                            bulk.Batch(intake.SOURCE, cast.orgs["hq"], cast["hq-registrar"], timezone.now()))  # fmt: skip
        collected["rate"] = done.rows_read / (time.perf_counter() - begun)
        connection.close()

    beside = threading.Thread(target=collection)
    beside.start()
    say("journal entries, 20 writers beside a bulk collection", race(entry, cast, seconds), seconds)
    beside.join()
    print(f"the collection beside them: {collected['rate']:,.0f} rows a second")
    seal(at=timezone.now())
    begun = time.perf_counter()
    report = verify()
    print(f"verified afterwards in {time.perf_counter() - begun:.1f} s: {report}")


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]) if sys.argv[1:] else 15)
    finally:
        clear()
