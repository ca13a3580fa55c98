"""The API: every act an operation with typed fields, things arrive over it, and bad bodies get problem documents."""

import base64
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from riskwatch.case import desk
from riskwatch.case.models import Sheet
from riskwatch.connectors.intake import template
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties.actions import issue_token

pytestmark = pytest.mark.django_db
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def header(person):
    return {"authorization": f"Bearer {issue_token(person, name='t', days=1, by=person, at=timezone.now())}"}


def post(path, body, person):
    return Client().post(f"/api{path}", body, content_type="application/json", headers=header(person))


def piece(office, **more):
    return {"office": office.code, "title": "充电宝冒烟", "source_kind": "media", "text": "网上有人说充电时冒烟",
            "facts": {"product": "充电宝", "commodity_code": "850760"}, **more}  # fmt: skip


def operations(schema):
    return {(path, how): one for path, rows in schema["paths"].items() for how, one in rows.items()}


def test_every_act_is_a_documented_operation_with_typed_fields():
    schema = Client().get("/api/openapi.json").json()
    found = operations(schema)
    for one in desk.acts():
        places = [where for where in ("sheets", "folders") if (f"/api/{where}/{{pk}}/{one.key}", "post") in found]
        assert places, one.key
        operation = found[f"/api/{places[0]}/{{pk}}/{one.key}", "post"]
        assert "·" in operation["summary"]
        assert {"403", "404", "409", "422"} <= set(operation["responses"])
    fields = schema["components"]["schemas"]["InformationEnterFields"]["properties"]
    assert "isolated" in fields["spread"]["enum"]
    assert fields["aspects"]["items"]["type"] == "string"
    assert fields["spread_reason"]["description"]


def test_information_registered_over_the_api_is_a_record_with_its_file(cast):
    files = [{"name": "p.png", "content": base64.b64encode(PNG).decode()}]
    made = post("/information", piece(cast.orgs["sh"], files=files), cast["sh-registrar"])
    assert made.status_code == 200, made.json()
    sheet = Sheet.objects.get(pk=made.json()["id"])
    assert sheet.number == made.json()["number"]
    assert sheet.files.get().attachment.media_type == "image/png"


def test_who_has_no_post_at_the_office_registers_nothing(cast):
    assert post("/information", piece(cast.orgs["sh"]), cast["sz-registrar"]).status_code == 403
    assert post("/information", piece(cast.orgs["sh"]), cast["firm-staff"]).status_code == 403
    assert not Sheet.objects.filter(title="充电宝冒烟").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"office": "nowhere"}, "office"), ({"source_kind": "gossip"}, "source_kind"), ({"colour": "red"}, "colour"),
     ({"files": [{"name": "p.png", "content": "%%%"}]}, "files.0.content"), ({"title": ""}, "title")],
)  # fmt: skip
def test_a_bad_body_gets_a_problem_document_that_names_the_field(change, field, cast):
    answer = post("/information", {**piece(cast.orgs["sh"]), **change}, cast["sh-registrar"])
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert any(key.endswith(field) for key in answer.json()["fields"]), answer.json()


def test_an_operators_report_over_the_api_keeps_its_first_known_time(cast):
    body = {"office": cast.orgs["sh"].code, "title": "发现电芯缺陷", "text": "同批三起", "first_known_at": "2026-03-09T10:00:00",
            "role_in_case": "consignee", "facts": {"product": "充电宝"}}  # fmt: skip
    made = post("/reports", body, cast["firm-staff"])
    assert made.status_code == 200, made.json()
    assert Client().get(f"/api/sheets/{made.json()['id']}", headers=header(cast["firm-staff"])).status_code == 200
    assert Client().get(f"/api/sheets/{made.json()['id']}", headers=header(cast["rival-manager"])).status_code == 404


def test_a_file_is_collected_over_the_api_once(cast):
    lines = template().decode("utf-8-sig").splitlines()
    heads = lines[0].split(",")
    row = {"来源": "媒体舆情信息", "标题": "头盔开裂", "内容": "跌落后开裂", "产品": "头盔", "外部编号": "A-1"}
    text = "\n".join([lines[0], ",".join(row.get(h.strip('"'), "") for h in heads)])
    for _turn in (1, 2):
        upload = SimpleUploadedFile("一批.csv", text.encode())
        answer = Client().post(
            "/api/files", {"office": cast.orgs["sh"].code, "file": upload}, headers=header(cast["sh-registrar"])
        )
        assert answer.status_code == 200, answer.json()
        assert (answer.json()["rows"], answer.json()["added"], answer.json()["bad"]) == (1, 1, 0)
    assert Sheet.objects.filter(title="头盔开裂").count() == 1


def test_an_act_with_a_version_that_moved_on_is_refused(cast, at, told):
    done = walk(cast, told[0], upto="issued", at=at)
    answer = post(f"/sheets/{done.measure.pk}/notice-adjust", {"fields": {}, "version": 0}, cast["sh-case_officer"])
    assert answer.status_code in (409, 422)
    assert answer.json()["title"]


def test_the_api_refuses_what_the_page_would_not_offer(cast, at, told):
    done = walk(cast, told[0], upto="issued", at=at)
    for one in desk.acts():
        if one.kind == done.measure.kind and one.row is not None:
            answer = post(f"/sheets/{done.measure.pk}/{one.key}", {"fields": {}}, cast["sh-registrar"])
            assert answer.status_code in (403, 404, 409, 422), (one.key, answer.status_code)


def test_nonsense_never_breaks_the_server(cast, at, told):
    done = walk(cast, told[0], upto="issued", at=at)
    schema = Client().get("/api/openapi.json").json()
    dice = random.Random(7)
    nonsense = [None, "", "x" * 9000, "\x00", -1, 2**70, 1.5, [], {}, [None], "2026-02-30", "；--", True]
    for (path, how), operation in sorted(operations(schema).items()):
        if (
            how != "post"
            or "requestBody" not in operation
            or "application/json" not in operation["requestBody"]["content"]
        ):
            continue
        target = path.replace("{pk}", str(done.measure.pk if "sheets" in path else done.measure.folder_id))
        shape = schema["components"]["schemas"][
            operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        ]
        inner = shape["properties"].get("fields", {})
        names = schema["components"]["schemas"].get(
            inner.get("$ref", inner.get("allOf", [{}])[0].get("$ref", "/")).split("/")[-1], {}
        )
        for _round in range(3):
            fields = {name: dice.choice(nonsense) for name in names.get("properties", {})}
            body = (
                {"fields": fields}
                if "fields" in shape["properties"]
                else {n: dice.choice(nonsense) for n in shape["properties"]}
            )
            answer = Client(raise_request_exception=True).post(
                target, body, content_type="application/json", headers=header(cast["sh-case_officer"])
            )
            assert answer.status_code < 500, (path, body)
            if answer.status_code >= 400:
                assert answer["Content-Type"] == "application/problem+json", path
