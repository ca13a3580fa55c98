"""Collecting files: good rows go in, bad rows are named, twice adds nothing, half-way loses nothing; hostile files are refused."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskwatch.collection import bulk
from riskwatch.collection.models import Addition, Information
from riskwatch.collection.ports import Arrival, Limits, UnreadableFile
from riskwatch.connectors import cpsc_api, cpsc_csv, gacc_monthly, intake, nhtsa, safety_gate
from riskwatch.journal.queries import course_of_sheet
from riskwatch.refusals import Refusal

SOURCES = [cpsc_api.SOURCE, cpsc_csv.SOURCE, nhtsa.SOURCE, safety_gate.SOURCE, gacc_monthly.SOURCE, intake.SOURCE]
REAL = Path(__file__).parents[4] / "shared" / "data"
HEAD = "来源,标题,内容,商品编码,发生日期,外部编号\n"
real = pytest.mark.skipif(not REAL.exists(), reason="real data are not beside the project")


ROOMY = Limits()


def read(source, body, limits=ROOMY):
    return list(source.read(io.BytesIO(body), limits))


@pytest.fixture
def batch(cast, at):
    return lambda source: bulk.Batch(source, cast.orgs["sh"], cast["sh-registrar"], at)


@pytest.mark.django_db
def test_good_rows_go_in_and_bad_rows_are_told_with_row_field_and_reason(batch):
    body = (
        HEAD
        + "媒体舆情信息,甲,内容,950300,2026-01-05,A1\n报纸,乙,内容,,,A2\n媒体舆情信息,丙,内容,95,,A3\n媒体舆情信息,丁,内容,,2026-02-30,A4\n"
    ).encode()
    file = bulk.collect(io.BytesIO(body), "x.csv", batch(intake.SOURCE))
    assert (file.added, file.bad) == (1, 3)
    assert [(b.position, b.field) for b in file.bad_rows.order_by("pk")] == [
        ("第3行", "来源"),
        ("第4行", "商品编码"),
        ("第5行", "发生日期"),
    ]
    info = Information.objects.get()
    assert info.sheet.number.startswith("RI-2200-2026-")
    assert info.scope == "in"
    assert info.original["标题"] == "甲"


@pytest.mark.django_db
def test_the_same_file_twice_adds_nothing_and_other_bytes_with_known_rows_add_only_the_new(batch):
    first = (HEAD + "媒体舆情信息,甲,内容,,,A1\n").encode()
    more = (HEAD + "媒体舆情信息,甲,内容,,,A1\n媒体舆情信息,乙,内容,,,A2\n").encode()
    for _twice in range(2):
        bulk.collect(io.BytesIO(first), "x.csv", batch(intake.SOURCE))
    assert Information.objects.count() == 1
    assert bulk.collect(io.BytesIO(more), "y.csv", batch(intake.SOURCE)).added == 1


@pytest.mark.django_db
def test_a_renewed_item_is_added_to_visibly_not_silently(batch):
    for words in ("旧文", "新文"):
        bulk.collect(io.BytesIO((HEAD + f"媒体舆情信息,甲,{words},,,A1\n").encode()), "x.csv", batch(intake.SOURCE))
    added = Addition.objects.get()
    assert (added.text, added.kind, added.audience) == ("新文", "update", "inside")
    entry = course_of_sheet(added.information_id).last()
    assert (entry.act, entry.payload.content["text"]) == ("information.renew", "新文")
    assert Information.objects.count() == 1


@pytest.mark.django_db
def test_two_offices_own_number_one_are_two_pieces_and_neither_writes_into_the_others(cast, at):
    def collect(office, words):
        body = (HEAD + f"媒体舆情信息,{words},{words},,,1\n").encode()
        return bulk.collect(
            io.BytesIO(body), "x.csv", bulk.Batch(intake.SOURCE, cast.orgs[office], cast[f"{office}-registrar"], at)
        )

    first, second = collect("sh", "上海的"), collect("sz", "深圳的")
    assert (first.added, second.added, second.known) == (1, 1, 0)
    assert not Addition.objects.exists()
    assert collect("sz", "深圳改").renewed == 1
    assert Addition.objects.get().information.sheet.owner == cast.orgs["sz"]


@pytest.mark.django_db
def test_a_public_recall_collected_by_another_office_is_known_and_stays_as_its_owner_has_it(cast, at):
    def collect(office, words):
        body = f'{{"RecallNumber": "1", "Title": "{words}"}}\n'.encode()
        return bulk.collect(
            io.BytesIO(body), "x.json", bulk.Batch(cpsc_api.SOURCE, cast.orgs[office], cast[f"{office}-registrar"], at)
        )

    collect("sh", "旧")
    other = collect("sz", "新")
    assert (other.added, other.known, other.renewed) == (0, 1, 0)
    assert not Addition.objects.exists()


@pytest.mark.django_db
def test_a_stranger_may_not_collect_for_an_office(cast, at):
    with pytest.raises(Refusal) as refused:
        bulk.collect(
            io.BytesIO(HEAD.encode()), "x.csv", bulk.Batch(intake.SOURCE, cast.orgs["sh"], cast["sz-registrar"], at)
        )
    assert refused.value.status == 403


def test_the_monthly_list_is_read_with_title_line_header_variants_and_footnote():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某月进口工业产品安全风险信息"])
    sheet.append(["序号", "商品名称", "品牌", "数量", "进口商名称", "原产国", "不合格原因", "处置措施", "进境口岸"])
    sheet.append([1, "示例玩具", "甲", "100件", "示例公司", "越南", "小零件脱落", "退运", "上海"])
    sheet.append([2, "", "乙", "1件", "示例公司", "德国", "漏电", "销毁", "广东"])
    sheet.append(["注：仅指所列批次"])
    out = io.BytesIO()
    book.save(out)
    rows = read(gacc_monthly.SOURCE, out.getvalue())
    assert [type(r).__name__ for r in rows] == ["Arrival", "BadRow"]
    assert rows[0].origin == "越南"
    assert rows[1].field == "产品名称"


def test_a_recall_under_two_categories_is_one():
    line = (
        b'{"RecallID": 1, "RecallNumber": "26-001", "Title": "T", "RecallDate": "2026-01-02", "category_slug": "%s"}\n'
    )
    rows = read(cpsc_api.SOURCE, line % b"a" + line % b"b")
    assert len({r.external_id for r in rows}) == 1
    assert len({r.revision for r in rows}) == 1


def test_rows_before_a_break_in_json_are_delivered():
    rows = read(cpsc_api.SOURCE, b'[{"RecallNumber": "1", "Title": "T"}, {"RecallNumber": "2", "Ti')
    assert [type(r).__name__ for r in rows] == ["Arrival", "BadRow"]


def test_gb18030_is_understood():
    assert isinstance(read(intake.SOURCE, (HEAD + "媒体舆情信息,甲,内容,,,\n").encode("gb18030"))[0], Arrival)


def test_a_missing_column_is_named():
    with pytest.raises(UnreadableFile, match="内容"):
        read(intake.SOURCE, "来源,标题\n".encode())


def test_a_truncated_gzip_is_told():
    body = gzip.compress((HEAD + "媒体舆情信息,甲,内容,,,\n" * 50).encode())
    with pytest.raises(UnreadableFile):
        read(intake.SOURCE, body[: len(body) // 2])


def test_a_flood_out_of_a_small_file_is_refused():
    with pytest.raises(UnreadableFile, match="过大"):
        read(intake.SOURCE, gzip.compress(HEAD.encode() + b"a" * 10_000_000), Limits(bytes=1_000_000))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    with pytest.raises(UnreadableFile):
        read(gacc_monthly.SOURCE, out.getvalue(), Limits(bytes=1_000_000))


def test_xml_with_entities_is_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><Safety-Gate><notifications><caseNumber>&a;</caseNumber></notifications></Safety-Gate>'
    with pytest.raises(UnreadableFile, match="实体"):
        read(safety_gate.SOURCE, bomb)


def test_a_weekly_report_is_read_with_none_and_nil_as_empty():
    xml = """<Safety-Gate xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><report_date>02/10/2026</report_date><notifications>
    <caseNumber>SR/1/26</caseNumber><product><![CDATA[充电器]]></product><brand>None</brand><companyRecallCode xsi:nil="true"/></notifications>
    <notifications><product>x</product></notifications></Safety-Gate>"""
    first, second = read(safety_gate.SOURCE, xml.encode())
    assert (first.brand, str(first.published_on)) == ("", "2026-10-02")
    assert second.field == "caseNumber"


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.id)
@given(body=st.binary(max_size=400))
def test_whatever_the_bytes_a_reader_only_ever_says_unreadable(source, body):
    try:
        read(source, body)
    except UnreadableFile:
        return


def _xlsx(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


MONTHLY = (
    ["某月名单"],
    list(gacc_monthly.COLUMNS),
    [1, "玩具", "甲", "1件", "乙公司", "越南", "小零件", "退运", "上海"],
)
OWN = (list(intake.COLUMNS), ["媒体舆情信息", "题", "文", *[""] * 16])


@pytest.mark.parametrize("write", [_xlsx, _csv])
@pytest.mark.parametrize(("rows", "source"), [(MONTHLY, "gacc-monthly"), (OWN, "intake")])
def test_a_table_is_told_by_its_heading_whatever_it_is_written_in(write, rows, source):
    # The order of the sources does not decide.
    for known in (SOURCES, SOURCES[::-1]):
        assert bulk.choose(known, io.BytesIO(write(*rows)), "x").id == source


def test_a_large_workbook_is_told_by_its_heading_too():
    body = _xlsx(*OWN, *(["媒体舆情信息", f"题{n}", f"文{n * 7919 % 104729}", *[""] * 16] for n in range(8000)))
    assert len(body) > bulk.HEAD
    assert bulk.choose(SOURCES, io.BytesIO(body), "x.xlsx").id == "intake"


@pytest.mark.parametrize("body", [_xlsx(["甲", "乙"]), b"PK\x03\x04nothing", b"\x1f\x8bnothing", b"a,b\n"])
def test_what_no_source_knows_is_refused_with_the_way_out(body):
    with pytest.raises(Refusal) as refused:
        bulk.choose(SOURCES, io.BytesIO(body), "x.xlsx")
    assert refused.value.code == "unknown_format"
    assert refused.value.remedy


@pytest.mark.django_db
@pytest.mark.parametrize("write", [_xlsx, _csv])
def test_the_sample_of_the_monthly_list_goes_in(write, batch):
    sample = (Path(__file__).parents[3] / "docs" / "samples" / "gacc_monthly.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(sample)))
    file = bulk.collect(io.BytesIO(write(*rows)), "monthly", batch(bulk.choose(SOURCES, io.BytesIO(write(*rows)), "m")))
    assert (file.bad, file.added) == (0, len(rows) - 3)
    assert Information.objects.filter(port="洋山", origin="越南").exists()


@real
@pytest.mark.django_db
def test_the_real_recall_files_go_in_whole_and_once(batch):
    api = (REAL / "cpsc_recalls" / "cpsc_recalls_by_category.jsonl.gz").read_bytes()
    file = bulk.collect(io.BytesIO(api), "cpsc.jsonl.gz", batch(cpsc_api.SOURCE))
    assert (file.rows_read, file.added, file.bad) == (1943, 637, 0)
    toys = (REAL / "cpsc_recalls" / "export_csv" / "toys.csv.gz").read_bytes()
    again = bulk.collect(io.BytesIO(toys), "toys.csv.gz", batch(cpsc_csv.SOURCE))
    assert again.bad == 0
    assert again.added + again.known == 56
    assert again.known > 0
