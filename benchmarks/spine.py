"""How fast the spine is: collecting files against a bare COPY, and pages under twenty users.

    .venv/bin/python benchmarks/spine.py collect FILE…     rows a second, parse and store, beside COPY of the same rows
    .venv/bin/python benchmarks/spine.py pages [INFO CASES SECONDS]     default 100000 10000 30

Each makes its own throw-away cluster (with durability on) and removes it.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from throwaway import clear, prepare


def collect(files):
    """Each file: parse alone, parse and store, and a bare COPY of the same two tables' rows."""
    cast = prepare()
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone
    from django.utils.module_loading import import_string

    from riskwatch.collection import bulk
    from riskwatch.collection.ports import Limits

    sources = [import_string(p) for p in settings.SOURCES]
    for path in files:
        body = Path(path).read_bytes()
        source = bulk.choose(sources, io.BytesIO(body), path)
        begun = time.perf_counter()
        rows = sum(1 for _ in source.read(io.BytesIO(body), Limits()))
        parse = time.perf_counter() - begun
        begun = time.perf_counter()
        done = bulk.collect(
            io.BytesIO(body), Path(path).name, bulk.Batch(source, cast.orgs["hq"], cast["hq-registrar"], timezone.now())
        )
        whole = time.perf_counter() - begun
        bare = _bare_copy(connection, done.pk)
        print(
            f"{Path(path).name}: {rows} rows, {done.added} stored | parse {rows / parse:,.0f} rows/s | parse+store {rows / whole:,.0f} rows/s "
            f"({whole:.1f} s) | bare COPY of the stored rows {done.added / bare:,.0f} rows/s ({bare:.1f} s) | ratio {whole / bare:.1f}x"
        )


def _bare_copy(connection, file):
    """COPY the very same rows, already translated, into copies of the two tables with their indexes."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare_sheet, bare_information")
        cursor.execute("CREATE TABLE bare_sheet (LIKE case_sheet INCLUDING ALL)")
        cursor.execute("CREATE TABLE bare_information (LIKE collection_information INCLUDING ALL)")
        parts = []
        for query in (
            "SELECT s.* FROM case_sheet s JOIN collection_information i ON i.sheet_id = s.id WHERE i.file_id = "
            + str(file),
            "SELECT * FROM collection_information WHERE file_id = " + str(file),
        ):
            with cursor.copy(f"COPY ({query}) TO STDOUT") as out:
                parts.append(b"".join(bytes(b) for b in out))
        begun = time.perf_counter()
        for table, body in zip(("bare_sheet", "bare_information"), parts, strict=True):
            with cursor.copy(f"COPY {table} FROM STDIN") as into:
                into.write(body)
        return time.perf_counter() - begun


def fill(cast, informations, cases):
    """Made-up pieces through the collector; cases with their sheets written in blocks."""
    from django.db import transaction
    from django.utils import timezone

    from riskwatch.case.models import Enclosure, Folder, Sheet
    from riskwatch.case.sheets import index_words
    from riskwatch.collection import bulk
    from riskwatch.connectors import intake
    from riskwatch.doors.jobs.simulator.events import events

    now = timezone.now()
    out = io.StringIO()
    import csv

    writer = csv.writer(out)
    writer.writerow(["来源", "标题", "内容", "产品", "品牌", "型号", "批次", "商品编码", "外部编号"])
    for n, e in enumerate(events(5, informations)):
        f = e.facts
        writer.writerow(
            [
                "媒体舆情信息",
                e.title,
                f["text"],
                f["product"],
                f["brand"],
                f["model"],
                f["batch"],
                f["commodity_code"],
                f"E{n}",
            ]
        )
    offices = [cast.orgs[o] for o in ("sh", "pj", "sz", "hq")]
    people = [cast[f"{o}-registrar"] for o in ("sh", "pj", "sz", "hq")]
    lines = out.getvalue().splitlines(keepends=True)
    share = informations // 4
    for k in range(4):
        body = (lines[0] + "".join(lines[1 + k * share : 1 + (k + 1) * share])).encode()
        bulk.collect(io.BytesIO(body), f"{k}.csv", bulk.Batch(intake.SOURCE, offices[k], people[k], now))
    sheets = list(Sheet.objects.filter(kind="information").order_by("pk")[:cases])
    with transaction.atomic():
        folders = Folder.objects.bulk_create(
            [
                Folder(number=f"RC-B-{n:06d}", title=s.title[:200], owner=s.owner, officer=people[0], opened_at=now)
                for n, s in enumerate(sheets)
            ],
            batch_size=2000,
        )
        Enclosure.objects.bulk_create(
            [
                Enclosure(folder=f, sheet=s, put_in_by=people[0], put_in_at=now)
                for f, s in zip(folders, sheets, strict=True)
            ],
            batch_size=2000,
        )
        made = [
            Sheet(
                kind=kind,
                number=f"{kind[:2].upper()}-B-{f.pk}",
                folder=f,
                owner=f.owner,
                stage=stage,
                title=f.title,
                made_by=people[0],
                made_at=now,
                moved_by=people[0],
                moved_at=now,
                due_on=now.date(),
            )
            for f in folders
            for kind, stage in (("decision", "void"), ("decision", "judging" if f.pk % 200 == 0 else "void"))
        ]
        Sheet.objects.bulk_create(made, batch_size=2000)
    from riskwatch.decision.models import Decision

    Decision.objects.bulk_create(
        [Decision(sheet_id=s.pk) for s in Sheet.objects.filter(kind="decision")], batch_size=2000
    )
    index_words([s.pk for s in made[:2000]])
    Sheet.objects.filter(kind="information").exclude(
        pk__in=Sheet.objects.filter(kind="information").order_by("pk").values("pk")[:5000]
    ).update(stage="entered")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [f.pk for f in folders[:2000]]


def pages(informations, cases, seconds):
    """Twenty users, one click a second each, on inbox, search and case page."""
    cast = prepare()
    begun = time.perf_counter()
    folders = fill(cast, informations, cases)
    print(f"filled {informations} pieces and {cases} cases in {time.perf_counter() - begun:.0f} s")
    cookies = _sessions(cast)
    port = 8765
    web = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "2",
        "--no-ws",
        "--log-level",
        "error",
        "riskwatch.config.wsgi:application",
    ]
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    server = subprocess.Popen(web)
    try:
        time.sleep(6)
        times = _click(port, cookies, folders, seconds)
    finally:
        server.terminate()
        server.wait(20)
    for name, rows in sorted(times.items()):
        rows.sort()
        print(
            f"{name}: {len(rows)} clicks, median {statistics.median(rows) * 1000:.0f} ms, p95 {rows[int(len(rows) * 0.95)] * 1000:.0f} ms, max {rows[-1] * 1000:.0f} ms"
        )


def _sessions(cast):
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    found = []
    for n in range(20):
        person = cast[("sh-case_officer", "sh-registrar", "hq-case_officer", "sh-approver", "sz-case_officer")[n % 5]]
        store = SessionStore()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.create()
        found.append((person, store.session_key))
    return found


def _click(port, cookies, folders, seconds):
    from django.utils import timezone

    from riskwatch.case.access import folders_visible
    from riskwatch.case.models import Folder

    times = {"inbox": [], "search": [], "case page": []}
    words = ["磁力积木", "Kestrel", "充电宝", "RI-2200-2026-000123", "9503", "涂层重金属", "B2405", "头盔"]
    measured_from = time.monotonic() + 5  # the first clicks wake the workers up
    until = measured_from + seconds
    mine = {
        p.pk: list(
            folders_visible(Folder.objects.filter(pk__in=folders), to=p, at=timezone.now()).values_list(
                "pk", flat=True
            )[:300]
        )
        for p, _k in cookies
    }

    def user(number):
        person, key = cookies[number]
        time.sleep(number / 20)
        turn = number
        while time.monotonic() < until:
            turn += 1
            name = ("inbox", "search", "case page")[turn % 3]
            own = mine[person.pk]
            if name == "case page" and not own:
                name = "inbox"
            path = {
                "inbox": "/office/inbox/",
                "search": "/office/search/?q=" + urllib.request.quote(words[turn % len(words)]),
                "case page": f"/office/folders/{own[turn % len(own)] if own else 0}/",
            }[name]
            begun = time.perf_counter()
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": f"sessionid={key}"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                body = answer.read()
                assert "login" not in answer.url, answer.url
                assert len(body) > 3000
            spent = time.perf_counter() - begun
            if time.monotonic() > measured_from:
                times[name].append(spent)
            time.sleep(max(0, 1 - spent))

    threads = [threading.Thread(target=user, args=(n,)) for n in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return times


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["collect"]:
            collect(sys.argv[2:])
        else:
            numbers = [int(a) for a in sys.argv[2:]]
            pages(*(numbers + [100_000, 10_000, 30][len(numbers) :]))
    finally:
        clear()
