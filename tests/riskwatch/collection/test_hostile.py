"""Hostile and broken files: one bad row harms no other, a bomb is refused within little memory, a killed run loses nothing."""

import gzip
import io
import os
import signal
import subprocess
import sys
import time
import zipfile

import openpyxl
import pytest
from django.db import connection

from riskwatch.case.models import Sheet
from riskwatch.collection import bulk
from riskwatch.collection.models import Information, SourceFile
from riskwatch.collection.ports import Limits, UnreadableFile
from riskwatch.connectors import cpsc_api, gacc_monthly, intake, safety_gate
from riskwatch.refusals import Refusal

HEAD = "来源,标题,内容,外部编号\n"
GOOD = '{"RecallNumber": "1", "Title": "好的一条"}'


@pytest.fixture
def batch(cast, at):
    return lambda source: bulk.Batch(source, cast.orgs["sh"], cast["sh-registrar"], at)


def read(source, body, limits=None):
    return list(source.read(io.BytesIO(body), limits or Limits()))


BAD_ROWS = {
    "an id beyond its column": (intake.SOURCE, HEAD + f"媒体舆情信息,甲,内容,{'x' * 300}\n" + "媒体舆情信息,好,内容,1\n", "external_id"),
    "not a number": (cpsc_api.SOURCE, '{"RecallNumber": "2", "Title": "t", "n": NaN}\n' + GOOD, ""),
    "a number beyond all numbers": (cpsc_api.SOURCE, '{"RecallNumber": "2", "Title": "t", "n": 1e999}\n' + GOOD, ""),
    "the same in an array": (cpsc_api.SOURCE, '[{"RecallNumber": "2", "Title": "t", "n": 1e999},' + GOOD + "]", ""),
    "half a character": (cpsc_api.SOURCE, '{"RecallNumber": "2", "Title": "\\ud800"}\n' + GOOD, "title"),
    "half a character kept aside": (cpsc_api.SOURCE, '{"RecallNumber": "2", "Title": "t", "x": "\\ud800"}\n' + GOOD, ""),
    "a number where a list belongs": (cpsc_api.SOURCE, '{"RecallNumber": "2", "Title": "t", "Products": 5}\n' + GOOD, "Products"),
    "a mapping where a list belongs": (cpsc_api.SOURCE, '{"RecallNumber": "2", "Title": "t", "Hazards": {"Name": 1}}\n' + GOOD, "Hazards"),
    "nine hundred levels": (cpsc_api.SOURCE, '{"RecallNumber": "2", "Title": "t", "x": ' + "[" * 900 + "]" * 900 + "}\n" + GOOD, ""),
    "nine hundred levels in an array": (cpsc_api.SOURCE, '[{"RecallNumber": "2", "Title": "t", "x": ' + "[" * 900 + "]" * 900 + "}," + GOOD + "]", ""),
    "a line without end": (cpsc_api.SOURCE, '{"RecallNumber": "2", "Title": "' + "x" * 2_000_000 + '"}\n' + GOOD, ""),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", BAD_ROWS)
def test_one_bad_row_is_told_and_the_good_one_goes_in(name, batch):
    source, body, field = BAD_ROWS[name]
    file = bulk.collect(io.BytesIO(body.encode()), "x", batch(source))
    assert (file.added, file.bad) == (1, 1)
    bad = file.bad_rows.get()
    assert bad.field == field
    assert bad.reason
    assert bad.position


@pytest.mark.django_db
def test_a_word_that_no_index_takes_does_not_keep_its_row_out(batch):
    body = HEAD + f"媒体舆情信息,{'长' * 200},{'w' * 3000},1\n媒体舆情信息,题,{'甲乙' * 3000}字,2\n"
    file = bulk.collect(io.BytesIO(body.encode()), "x", batch(intake.SOURCE))
    assert (file.added, file.bad) == (2, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("source", "body"),
    [
        (safety_gate.SOURCE, b'<?xml version="1.0" encoding="klingon"?><Safety-Gate/>'),
        (safety_gate.SOURCE, b"<Safety-Gate><notifications>"),
        (safety_gate.SOURCE, b"<Safety-Gate>" + b"<a>" * 100_000),
        (intake.SOURCE, gzip.compress(HEAD.encode() * 900, mtime=0)[:40] + b"\xff" * 200),
        (cpsc_api.SOURCE, gzip.compress(GOOD.encode() * 900, mtime=0)[:20] + b"\x00" * 50),
        (intake.SOURCE, HEAD.encode() + b'"' + b"x\n" * 2_000_000),
        (intake.SOURCE, HEAD.encode() + b"," * 3_000_000),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_reason_and_remedy(source, body, batch):
    with pytest.raises(Refusal) as refused:
        bulk.collect(io.BytesIO(body), "x", batch(source))
    assert refused.value.status == 422
    assert refused.value.reason
    assert refused.value.remedy


BOMBS = {
    "depth in an array": ("cpsc_api", b"", b"[", 50_000_000),
    "depth in mappings": ("cpsc_api", b"[", b'{"a":', 20_000_000),
    "depth on a line": ("cpsc_api", b"", b'{"a":', 20_000_000),
    "one text without end": ("cpsc_api", b'[{"a":"', b"x", 300_000_000),
    "one line without end": ("cpsc_api", b"{", b" ", 300_000_000),
    "elements without end": ("safety_gate", b"<Safety-Gate>", b"<a>", 50_000_000),
    "one cell without end": ("intake", "来源,标题,内容\n".encode(), b"x", 300_000_000),
    "cells without end": ("intake", "来源,标题,内容\n".encode(), b",", 300_000_000),
}
READER = """
import io, resource, sys
from riskwatch.collection.ports import Limits, UnreadableFile
from importlib import import_module
source = import_module(f"riskwatch.connectors.{sys.argv[1]}").SOURCE
body = io.BytesIO(sys.stdin.buffer.read())

limit = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize() + 64 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    rows = [type(row).__name__ for row in source.read(body, Limits())]
except UnreadableFile:
    rows = ["UnreadableFile"]
print(",".join(sorted(set(rows))))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is measured through /proc")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_sixty_four_megabytes(name):
    connector, head, repeated, times = BOMBS[name]
    body = gzip.compress(head + repeated * times, mtime=0)
    assert len(body) < 600_000
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", READER, connector],
        input=body,
        capture_output=True,
        timeout=120,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    assert done.stdout.decode().strip() in ("BadRow", "UnreadableFile")


def test_a_sheet_that_claims_to_be_huge_is_read_for_what_it_holds():
    book = openpyxl.Workbook()
    book.active.append(list(gacc_monthly.COLUMNS))
    book.active.append([1, "玩具", "甲", "1件", "乙公司", "越南", "小零件", "退运", "上海"])
    plain, claiming = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(claiming, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:I2"' in body
                body = body.replace(b'<dimension ref="A1:I2"', b'<dimension ref="A1:XFD1048576"')
                body = body.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            new.writestr(name, body)
    begun = time.process_time()
    rows = read(gacc_monthly.SOURCE, claiming.getvalue())
    assert [r.product for r in rows] == ["玩具"]
    # Believing the claim reads ten thousand million cells; the bound only tells that from not believing it.
    assert time.process_time() - begun < 20


def test_a_small_limit_on_unpacking_holds(settings):
    settings.COLLECTION_UPLOAD_LIMIT = 1000
    assert bulk._limits().bytes == 1000 * bulk.UNPACKS_TO
    with pytest.raises(UnreadableFile, match="过大"):
        read(intake.SOURCE, gzip.compress(HEAD.encode() + b"x\n" * 100_000), bulk._limits())


CHILD = """
import os, sys
sys.path[:0] = [p for p in os.environ["RISKWATCH_TEST_PATH"].split(os.pathsep) if p]
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["RISKWATCH_TEST_DB"]
django.setup()
from datetime import datetime
from riskwatch.collection import bulk
from riskwatch.connectors import intake
from riskwatch.parties.models import Organisation, Person
bulk.BLOCK = 10
def progress(file):
    if file.rows_read >= 20:
        print("twenty", flush=True)
        import time; time.sleep(60)
batch = bulk.Batch(intake.SOURCE, Organisation.objects.get(code="2200"), Person.objects.get(username="sh-registrar"),
                   datetime.fromisoformat(os.environ["RISKWATCH_TEST_AT"]))
bulk.collect(open(sys.argv[1], "rb"), "x.csv", batch, progress=progress)
"""


@pytest.mark.django_db(transaction=True)
def test_a_run_killed_by_the_system_loses_and_doubles_nothing(tmp_path, at, settings):
    from riskwatch.catalogue import loading as catalogue
    from riskwatch.doors.jobs.simulator import cast as standing
    from riskwatch.parties import loading as parties

    parties.load()
    catalogue.load()
    house = standing.make()
    path = tmp_path / "x.csv"
    path.write_text(HEAD + "".join(f"媒体舆情信息,t{n},内容,K{n}\n" for n in range(35)), encoding="utf-8")
    environment = {**os.environ, "RISKWATCH_TEST_DB": connection.settings_dict["NAME"], "RISKWATCH_TEST_AT": at.isoformat(),
                   "RISKWATCH_TEST_PATH": os.pathsep.join(sys.path), "DJANGO_SETTINGS_MODULE": "tests.settings"}  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout.readline() == b"twenty\n", child.stderr.read().decode()[-2000:]
    child.send_signal(signal.SIGKILL)
    assert child.wait(30) == -signal.SIGKILL
    child.stdout.close()
    child.stderr.close()
    half = SourceFile.objects.get()
    assert (half.done_at, Information.objects.count()) == (None, 20)
    batch = bulk.Batch(intake.SOURCE, house.orgs["sh"], house["sh-registrar"], at)
    done = bulk.collect(io.BytesIO(path.read_bytes()), "x.csv", batch)
    assert done.done_at
    assert (done.rows_read, done.added, done.known) == (35, 35, 20)
    assert sorted(Information.objects.values_list("external_id", flat=True)) == sorted(
        f"2200/intake:K{n}" for n in range(35)
    )
    assert Sheet.objects.filter(kind="information").count() == 35
    assert len(set(Sheet.objects.values_list("number", flat=True))) == 35
