"""Acts on many pieces: a page with count and sample first, then each by its own act; strangers' pieces are not touched."""

from __future__ import annotations

import pytest
from django.test import Client

from riskwatch.case.models import Enclosure, Folder, Sheet
from riskwatch.collection import actions as collection
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.doors.office import picking
from riskwatch.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def pieces(cast, told, at):
    facts = [e.facts | {"source_kind": "media"} for e in told[:5]]
    return [
        collection.register(cast.orgs["sh"], title=e.title, facts=f, by=cast["sh-registrar"], at=at)
        for e, f in zip(told[:5], facts, strict=True)
    ]


@pytest.fixture
def registrar(cast):
    client = Client()
    client.force_login(cast["sh-registrar"])
    return client


def stages(sheets):
    return list(Sheet.objects.filter(pk__in=[s.pk for s in sheets]).order_by("pk").values_list("stage", flat=True))


BEGIN = "/office/information/together/information-begin/"


def test_all_that_fit_are_shown_first_and_then_begun_one_by_one(registrar, pieces):
    everything = {"all": "1", "matching": "stage=received"}
    shown = registrar.post(BEGIN, everything)
    assert "5 条" in shown.content.decode()
    assert stages(pieces) == ["received"] * 5
    done = registrar.post(BEGIN, everything | {"last": str(pieces[-1].pk), "confirm": "1", "task": "查验"})
    assert "已办理 5 条" in done.content.decode()
    assert stages(pieces) == ["verifying"] * 5
    assert Entry.objects.filter(act="information.begin").count() == 5


def test_a_piece_that_came_after_the_confirmation_is_left_alone(registrar, pieces, cast, at):
    facts = {"source_kind": "media", "text": "t"}
    later = collection.register(cast.orgs["sh"], title="后来", facts=facts, by=cast["sh-registrar"], at=at)
    registrar.post(BEGIN, {"all": "1", "matching": "", "last": str(pieces[-1].pk), "confirm": "1", "task": "查验"})
    assert stages([*pieces, later]) == ["verifying"] * 5 + ["received"]


def test_refusals_are_told_piece_by_piece_and_the_others_are_done(registrar, pieces, cast, at):
    food = collection.register(cast.orgs["sh"], title="奶酪", facts={"source_kind": "media", "text": "t", "commodity_code": "0406"},
                               by=cast["sh-registrar"], at=at)  # fmt: skip
    said = {
        "sheet": [s.pk for s in (*pieces[:2], food)],
        "confirm": "1",
        "reason": "属食品",
        "elsewhere": "食品主管部门",
    }
    answer = registrar.post("/office/information/together/information-refuse_scope/", said).content.decode()
    assert "已办理 1 条" in answer
    assert "未办理 2 条" in answer
    assert "属于工业品" in answer
    assert stages([*pieces[:2], food]) == ["received", "received", "out_of_scope"]


def test_a_field_of_one_piece_is_not_written_over_the_others(registrar, cast, told, at):
    verified = [walk(cast, e, upto="verified", at=at).information for e in told[:3]]
    from riskwatch.collection.models import Information

    before = dict(Information.objects.values_list("pk", "commodity_code"))
    said = {"sheet": [s.pk for s in verified], "confirm": "1", "aspects": ["safety"], "spread": "regional", "spread_reason": "多地",
            "commodity_code": "999999"}  # fmt: skip
    registrar.post("/office/information/together/information-enter/", said)
    assert stages(verified) == ["entered"] * 3
    assert dict(Information.objects.values_list("pk", "commodity_code")) == before


def test_a_strangers_pieces_are_not_touched_and_a_stranger_to_the_post_is_refused(pieces, cast):
    for who in ("sz-registrar", "sh-decider"):
        client = Client()
        client.force_login(cast[who])
        client.post(BEGIN, {"sheet": [s.pk for s in pieces], "confirm": "1", "task": "查验"})
        client.post(BEGIN, {"all": "1", "matching": "", "confirm": "1", "task": "查验"})
        assert stages(pieces) == ["received"] * 5, who


def test_no_more_are_taken_at_once_than_the_bound(registrar, pieces, monkeypatch):
    monkeypatch.setattr(picking.picked, "__kwdefaults__", picking.picked.__kwdefaults__ | {"most": 3})
    shown = registrar.post(BEGIN, {"all": "1", "matching": "", "confirm": "1", "task": "查验"}).content.decode()
    assert "已办理 3 条" in shown
    assert "接着办理其余的" in shown
    assert sorted(stages(pieces)) == ["received"] * 2 + ["verifying"] * 3


def test_an_act_that_is_not_for_many_is_not_there(registrar, pieces):
    assert registrar.post("/office/information/together/information-amend/", {"sheet": pieces[0].pk}).status_code == 404


def test_pieces_go_into_a_case_that_is_found_by_its_title(cast, told, at, pieces):
    folder = walk(cast, told[7], upto="opened", at=at).folder
    other = walk(cast, told[8], upto="opened", at=at, office="sz").folder
    officer = Client()
    officer.force_login(cast["sh-case_officer"])
    keys = [s.pk for s in pieces[:2]]
    found = officer.post("/office/information/enclose/", {"sheet": keys, "q": folder.title[:6]}).content.decode()
    assert folder.number in found
    assert other.number not in found
    officer.post("/office/information/enclose/", {"sheet": keys, "confirm": "1", "folder": other.pk})
    assert not Enclosure.objects.filter(folder=other, sheet__in=keys).exists()
    officer.post("/office/information/enclose/", {"sheet": keys, "confirm": "1", "folder": folder.pk})
    assert Enclosure.objects.filter(folder=folder, sheet__in=keys).count() == 2


def test_the_list_links_a_collected_file_to_its_pieces_and_keeps_its_filters(registrar, pieces):
    page = registrar.get("/office/information/?stage=received&source_kind=media&page=1").content.decode()
    assert "选中符合条件的全部 5 条" in page
    assert "stage=received&amp;source_kind=media" in page
    assert registrar.get("/office/information/?stage=nonsense&since=never&page=²").status_code == 200


def test_a_case_of_all_that_fit_begins_with_all_of_them(cast, pieces):
    officer = Client()
    officer.force_login(cast["sh-case_officer"])
    said = {"all": "1", "matching": "source_kind=media", "title": "一起立案", "owner": cast.orgs["sh"].pk}
    officer.post("/office/folders/open/", said)
    assert Folder.objects.get().enclosures.count() == 5
