"""The register's statistics in words, by office and period, and as files that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.test import Client

from riskwatch.archive import exports, queries
from riskwatch.collection import actions as collection

pytestmark = pytest.mark.django_db
YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}


@pytest.fixture
def register(cast, at):
    """One product from one country, written in four ways, one of them by a stranger's office."""
    for n, origin in enumerate(("中国", "China", "CHN", "China; Vietnam", "某地", "中国")):
        office = "sz" if n == 5 else "sh"
        facts = {
            "source_kind": "foreign_recall",
            "text": "t",
            "origin": origin,
            "port": "=HYPERLINK(1)" if n == 4 else "浦江",
        }
        collection.register(
            cast.orgs[office], title="磁力玩具小磁铁", facts=facts, by=cast[f"{office}-registrar"], at=at
        )


def test_one_country_is_one_row_however_it_was_written(cast, at, register):
    rows = queries.statistics(to=cast["sh-archivist"], at=at, **YEAR).tables["origin"]
    assert [(r.words, r.received) for r in rows] == [("中国", 3), ("中国、越南", 1), ("某地", 1)]


def test_values_are_told_in_words(cast, at, register):
    tables = queries.statistics(to=cast["sh-archivist"], at=at, **YEAR).tables
    assert tables["source_kind"][0].words == "境外通报召回信息"
    assert tables["stage"][0].words == "已收到"
    assert all("." not in r.words and "_" not in r.words for r in tables["hazard"])


def test_an_office_counts_its_own_area_and_headquarters_everything(cast, at, register):
    def received(who, **more):
        return queries.statistics(to=cast[who], at=at, **(YEAR | more)).received

    assert (received("sh-archivist"), received("sz-archivist"), received("hq-decider")) == (5, 1, 6)
    assert received("hq-decider", office=cast.orgs["sz"]) == 1
    assert received("sz-archivist", office=cast.orgs["sh"]) == 0
    assert received("firm-manager") == 0
    assert received("hq-decider", since=date(2026, 3, 11)) == 0


def test_every_month_of_the_period_has_its_place(cast, at, register):
    months = queries.statistics(to=cast["hq-decider"], at=at, **YEAR).months
    assert [m.code for m in months] == [f"2026-{n:02d}" for n in range(1, 13)]
    assert [m.received for m in months] == [0, 0, 6] + [0] * 9


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell):
    assert exports.harmless(cell).startswith("'")


def test_the_files_hold_the_period_and_no_formula(cast, at, register):
    client = Client()
    client.force_login(cast["sh-archivist"])
    query = "?since=2026-01-01&until=2026-12-31&by=received"
    text = client.get("/office/archive/statistics.csv" + query).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][1] == "2026-01-01 — 2026-12-31"
    assert ["口岸", "'=HYPERLINK(1)", "'=HYPERLINK(1)", "1", "0"] in rows
    book = openpyxl.load_workbook(io.BytesIO(client.get("/office/archive/statistics.xlsx" + query).content))
    cells = [c for row in book.active.iter_rows() for c in row]
    assert any(c.value == "=HYPERLINK(1)" for c in cells)
    assert all(c.data_type != "f" for c in cells)


def test_a_period_that_runs_backwards_is_marked_on_the_page(cast, at, register):
    client = Client()
    client.force_login(cast["sh-archivist"])
    assert "截止日期早于开始日期" in client.get("/office/archive/?since=2026-02-01&until=2026-01-01").content.decode()
    assert client.get("/office/archive/statistics.csv?since=2026-02-01&until=2026-01-01")["Content-Type"].startswith(
        "text/html"
    )
