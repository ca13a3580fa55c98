"""From a recall file to the archive, on screen, each step by the person whom the regulation names."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import call_command

from riskwatch.case.models import Sheet
from riskwatch.doors.jobs.simulator.river import assessed
from tests.stories.verbs import PRESS, acts, fill, find, follow, go, number, refused, said, send, shot, take

pytestmark = pytest.mark.django_db(transaction=True)
REAL = Path(__file__).parents[3] / "shared" / "data" / "cpsc_recalls" / "cpsc_recalls_by_category.jsonl.gz"
GOOD = {
    "RecallID": 900001, "RecallNumber": "26999", "RecallDate": "2026-02-24T00:00:00", "Description": "Made-up magnet set.",
    "Title": "Sample Co. Recalls Magnet Sets Due to Ingestion Hazard", "Products": [{"Name": "Magnet sets", "NumberOfUnits": "About 1,200"}],
    "Manufacturers": [{"Name": "Sample Manufacturing"}], "ManufacturerCountries": [{"Country": "China"}],
    "Hazards": [{"Name": "Swallowed magnets attract each other."}], "Injuries": None, "Remedies": None,
}  # fmt: skip
BAD = GOOD | {"RecallID": 900002, "RecallNumber": "26998", "RecallDate": "2026-02-31T00:00:00"}
FIRM = "晨星玩具（上海）进出口有限公司"


def _collect(page, *recalls):
    """Upload recalls as the agency's API gives them."""
    go(page, "collect/")
    body = json.dumps(recalls).encode()
    page.set_input_files("[name=file]", {"name": "recalls.json", "mimeType": "application/json", "buffer": body})
    page.click(PRESS)
    return said(page)


def test_from_a_recall_file_to_the_archive(visit, clock, at):
    clock(at)
    found = _verified(visit)
    folder = _assessed(visit, found)
    notice = _warned(visit, folder, ends_on=at.date() + timedelta(days=60))
    officer = visit("sh-case_officer")
    officer.goto(folder)
    assert "未办结" in refused(officer, "folder-close", {"summary": "x"})
    clock(at + timedelta(days=10))
    _followed_up(visit, folder, notice)
    clock(at + timedelta(days=20))
    _lifted(visit, folder, notice)
    _archived(visit, folder)


def _verified(visit):
    """A file with a good recall and a bad one; the bad row is told, the good one verified and entered."""
    registrar, verifier, approver = visit("sh-registrar"), visit("sh-verifier"), visit("sh-approver")
    told = _collect(registrar, GOOD, BAD)
    for words in ("RecallDate", "2026-02-31"):
        assert words in told
    shot(registrar, "collected")
    follow(registrar, "text=查看和办理这些信息")
    follow(registrar, "text=Sample Co. Recalls")
    found = number(registrar)
    find(verifier, found)
    take(verifier, "information-begin", {"task": "到货现场查验"})
    take(
        verifier,
        "verification-report",
        {"method": "查验", "evidence": "照片", "reasons": "相符"},
        {"result": "verified"},
    )
    assert "verification-approve" not in acts(verifier)
    go(approver, "inbox/")
    approver.click(f"text={found}-H1")
    take(approver, "verification-approve")
    registrar.reload()
    take(registrar, "information-enter", {"commodity_code": "950300", "spread_reason": "多地销售"})
    assert "采集自" in said(registrar)  # the course names file and row
    return found


def _assessed(visit, found):
    officer, assessor, approver = visit("sh-case_officer"), visit("tech-assessor"), visit("sh-approver")
    find(officer, found)
    take(officer, "folder-open")
    folder = officer.url
    take(officer, "assessment-commission", {"question": "评估风险"}, selects={"assessor": "东海产品安全技术中心"})
    go(assessor, "inbox/")
    assessor.click("text=RA-2200-")
    take(assessor, "assessment-take_up", checks={"has_interest": "no"})
    assessor.goto(assessor.url + "assessment-submit/")
    fill(assessor, {"document": json.dumps(assessed(), ensure_ascii=False)})
    send(assessor)
    assert "高" in said(assessor)
    go(approver, "inbox/?kind=assessment")
    approver.click("text=RA-2200-")
    take(approver, "assessment-accept")
    return folder


def _warned(visit, folder, *, ends_on):
    officer, decider, approver, issuer = (visit(f"sh-{r}") for r in ("case_officer", "decider", "approver", "issuer"))
    officer.goto(folder)
    take(officer, "decision-judge", {"deliberation": "风险高", "options": "通告或公告"})
    proposal = {"measures": "通告进口商", "grounds": "评估等级高"}
    take(officer, "decision-propose", proposal, {"conclusion": "measures", "conflict_checked": True})
    go(decider, "inbox/")
    decider.click("text=RD-2200-")
    take(decider, "decision-decide")
    officer.goto(decider.url)
    words = {
        "title": "关于磁力玩具的通告",
        "product": "磁力玩具",
        "risk": "误吞",
        "required_actions": "停止销售并召回",
        "ends_on": ends_on,
    }
    take(officer, "notice-draft", words, selects={"addressees": FIRM})
    for page, act, checks in ((approver, "notice-review", {"secrecy_reviewed": True}), (issuer, "notice-issue", {})):
        page.goto(officer.url)
        take(page, act, checks=checks)
    assert "上海关预警通告" in said(issuer)
    return issuer.url


def _followed_up(visit, folder, notice):
    """The firm acknowledges and fulfils its duties; the office verifies that and files the notice upward."""
    firm, officer, headquarters = visit("firm-manager"), visit("sh-case_officer"), visit("hq-registrar")
    go(firm, "inbox/")
    firm.click("text=关于磁力玩具的通告")
    take(firm, "notice-acknowledge")
    assert visit("rival-manager").goto(notice.replace("/office/", "/counter/")).status == 404
    for _duty in range(2):
        go(firm, "inbox/")
        firm.click("main table >> nth=0 >> text=关于磁力玩具的通告")
        take(firm, "duty-report", rest="已召回并通知经销商")
    for _left in range(3):
        officer.goto(folder)
        follow(officer, "a:has-text('待核实'), a:has-text('待报送')")
        take(officer, "duty-verify" if "duty-verify" in acts(officer) else "filing-file", rest="经核实属实")
    go(headquarters, "inbox/?kind=filing")
    headquarters.click("text=关于磁力玩具的通告")
    take(headquarters, "filing-receipt")


def _lifted(visit, folder, notice):
    firm, officer, issuer = visit("firm-manager"), visit("sh-case_officer"), visit("sh-issuer")
    firm.goto(notice.replace("/office/", "/counter/"))
    take(firm, "lift_application-apply", {"report": "已召回并改进设计，检测合格"})
    go(officer, "inbox/")
    officer.click("text=LA-2200-")
    take(officer, "lift_application-evaluate", checks={"authentic": "yes", "conforms": "yes"}, rest="经核对属实")
    issuer.goto(officer.url)
    take(issuer, "lift_application-grant", {"answer": "风险已消减"}, {"release_duties": True})
    firm.reload()
    assert "已同意" in firm.inner_text(".heading")


def _archived(visit, folder):
    officer, archivist = visit("sh-case_officer"), visit("sh-archivist")
    officer.goto(folder)
    assert "结案前还须办结" not in said(officer)
    take(officer, "folder-close", {"summary": "风险已消减"})
    go(archivist, "inbox/")
    take(archivist, "archive_item-file")
    assert number(archivist).startswith("AR-2200-")
    shot(archivist, "archived")
    officer.goto(folder)
    assert "已归档" in officer.inner_text(".heading")
    assert not acts(officer)


@pytest.mark.skipif(not REAL.exists(), reason="the real CPSC recalls are not beside the project (../shared/data)")
def test_real_recalls_collected_by_command_are_found_and_verified_together_on_screen(
    visit, clock, at, tmp_path, capsys
):
    clock(at)
    some = tmp_path / "real.jsonl"
    with gzip.open(REAL, "rt", encoding="utf-8") as lines:
        some.write_text("".join(islice(lines, 150)), encoding="utf-8")
    call_command("collect", str(some), "--office", "2200", "--by", "sh-registrar")
    count = Sheet.objects.filter(kind="information").count()
    assert f" {count} added" in capsys.readouterr().out
    approver = visit("sh-approver")
    go(approver, "collect/")
    approver.click("text=real.jsonl")
    approver.click("[data-act=verify_file]")
    fill(approver, {"method": "与发布机构网页核对", "sample": "抽查10条，全部相符"})
    send(approver)
    assert f"已核实{count}条" in said(approver)
    assert not Sheet.objects.filter(kind="information").exclude(stage="verified").exists()
