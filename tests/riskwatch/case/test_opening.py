"""A case begins with information; one that lies in an open case already is asked about; who may not open sees no button."""

from __future__ import annotations

import pytest
from django.test import Client

from riskwatch.case import actions as case
from riskwatch.case import desk, queries
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Folder
from riskwatch.collection import actions as collection
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.doors.portal.ports import hand_in
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def piece(cast, told, at):
    return walk(cast, told[0], upto="entered", at=at).information


def offered(cast, who, sheet, at):
    return {a.key for a in desk.offered(sheet, posts_of(cast[who], at), at)}


def client(cast, who):
    made = Client()
    made.force_login(cast[who])
    return made


def test_a_case_without_information_is_refused(cast, at):
    with pytest.raises(Refusal) as no:
        case.open_folder(title="t", owner=cast.orgs["sh"], direction="", sheets=[], by=cast["sh-case_officer"], at=at)
    assert no.value.code == "no_information"
    assert client(cast, "sh-case_officer").post("/office/folders/open/", {"title": "空案"}).status_code == 422
    assert not Folder.objects.exists()


def test_only_a_case_officer_of_the_area_is_offered_to_open(cast, at, piece):
    assert "folder-open" in offered(cast, "sh-case_officer", piece, at)
    assert "folder-open" in offered(cast, "hq-case_officer", piece, at)
    for stranger in ("sh-registrar", "sh-approver", "sz-case_officer", "firm-manager"):
        assert "folder-open" not in offered(cast, stranger, piece, at), stranger


def test_goods_turned_away_are_not_offered_for_a_case(cast, at):
    facts = {"source_kind": "media", "text": "某奶酪", "commodity_code": "0406"}
    sheet = collection.register(cast.orgs["sh"], title="奶酪", facts=facts, by=cast["sh-registrar"], at=at)
    collection.refuse_scope(sheet, reason="属食品", elsewhere="食品主管部门", by=cast["sh-registrar"], at=at)
    sheet.refresh_from_db()
    assert "folder-open" not in offered(cast, "sh-case_officer", sheet, at)


def test_a_second_case_on_the_same_information_is_confirmed_first(cast, at, piece):
    officer = client(cast, "sh-case_officer")
    path = f"/office/sheets/{piece.pk}/folder-open/"
    said = {"title": "第一案", "owner": cast.orgs["sh"].pk, "direction": "import"}
    assert officer.post(path, said).status_code == 302
    first = Folder.objects.get()
    again = officer.post(path, said | {"title": "第二案"})
    assert again.status_code == 422
    assert first.number in again.content.decode()
    assert Folder.objects.count() == 1
    assert officer.post(path, said | {"title": "第二案", "again": "on"}).status_code == 302
    assert set(queries.lying_in_open_cases([piece.pk])[piece.pk]) == set(Folder.objects.all())


def test_only_the_handling_officer_of_a_named_report_is_offered_the_identity(cast, at):
    number, _secret = hand_in(cast.orgs["sh"], title="水壶漏电", facts={"product": "水壶", "text": "漏电"},
                              who={"name": "某人", "proof": "360426199101010071", "phone": "1"}, files=[], at=at)  # fmt: skip
    sheet = queries.search(number, to=cast["sh-registrar"], at=at).get()
    assert "information-reveal_identity" not in offered(cast, "sh-registrar", sheet, at)
    assert "information-take_charge" in offered(cast, "sh-registrar", sheet, at)
    assert "information-take_charge" not in offered(cast, "sh-approver", sheet, at)
    collection.take_charge(sheet, by=cast["sh-registrar"], at=at)
    assert "information-reveal_identity" in offered(cast, "sh-registrar", sheet, at)
    assert "information-reveal_identity" not in offered(cast, "sh-verifier", sheet, at)
    with pytest.raises(Refusal) as page_only:
        desk.act("information-reveal_identity").do(sheet, by=cast["sh-registrar"], at=at, reason="联系")
    assert page_only.value.code == "page_only"


def test_a_cause_that_the_reader_may_not_see_is_no_beginning(cast, at, told):
    measure = walk(cast, told[0], upto="issued", at=at).measure
    said = client(cast, "firm-manager").get(f"/counter/sheets/{measure.pk}/").content.decode()
    assert "不在可查看范围" in said
    assert "这是起点" not in said
    beginning = walk(cast, told[1], upto="received", at=at).information
    assert "这是起点" in client(cast, "sh-registrar").get(f"/office/sheets/{beginning.pk}/").content.decode()
