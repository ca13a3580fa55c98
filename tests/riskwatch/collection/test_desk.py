"""What is known of a case stands in the forms that follow from it, and a collected piece tells where it came from."""

from __future__ import annotations

import io

import pytest
from django.test import Client

from riskwatch.case import desk
from riskwatch.case.models import Sheet
from riskwatch.collection import bulk
from riskwatch.connectors.intake import SOURCE, template
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db


def test_a_draft_begins_with_what_the_case_says_of_product_and_risk(cast, told, at):
    done = walk(cast, told[0], upto="decided", at=at)
    facts = told[0].facts
    form = desk.act("notice-draft").bind(None, subject=done.decision, by=cast["sh-case_officer"], at=at)
    assert form["product"].initial == f"{facts['brand']} {facts['product']} {facts['model']}"
    assert form["commodity_code"].initial == facts["commodity_code"]
    assert form["risk"].initial == facts["hazard_text"]
    client = Client()
    client.force_login(cast["sh-case_officer"])
    assert str(facts["hazard_text"]) in client.get(f"/office/sheets/{done.decision.pk}/notice-draft/").content.decode()


def test_a_change_is_told_with_the_fields_name_and_both_values_in_words(cast, told, at):
    from riskwatch.collection import actions as collection

    sheet = walk(cast, told[0], upto="received", at=at).information
    collection.amend(sheet, reason="笔误", hazard="fire.battery", model="新型号", by=cast["sh-registrar"], at=at)
    client = Client()
    client.force_login(cast["sh-registrar"])
    said = client.get(f"/office/sheets/{sheet.pk}/").content.decode()
    assert f"型号：{told[0].facts['model']} → 新型号" in said
    assert "→ 电池热失控" in said
    assert "fire.battery" not in said


def test_a_collected_piece_tells_its_file_and_the_batch_it_was_verified_in(cast, at):
    header = template().decode("utf-8-sig").splitlines()[0].split(",")
    row = {h: "" for h in header} | {"标题": "软管开裂", "内容": "软管低温开裂", "来源": "媒体舆情信息"}
    body = "\r\n".join([",".join(header), ",".join(row[h] for h in header)]).encode()
    batch = bulk.Batch(SOURCE, cast.orgs["sh"], cast["sh-registrar"], at)
    file = bulk.collect(io.BytesIO(body), "七月.csv", batch)
    assert file.added == 1, list(file.bad_rows.values_list("field", "reason"))
    piece = Sheet.objects.get(kind="information")
    verification.verify_batch([piece.pk], cast.orgs["sh"], result="verified", method="逐条核对", sample="全部", by=cast["sh-approver"],
                              at=at)  # fmt: skip
    client = Client()
    client.force_login(cast["sh-registrar"])
    said = client.get(f"/office/sheets/{piece.pk}/").content.decode()
    course = said.split("办理经过")[1]
    assert "七月.csv" in course
    assert "逐条核对" in course
