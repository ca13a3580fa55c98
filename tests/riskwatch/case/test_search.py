"""Search finds what a person may read, and tells nobody what they may not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.case import actions as case
from riskwatch.case.models import Sheet
from riskwatch.case.queries import search, search_folders
from riskwatch.collection import actions as collection
from riskwatch.doors.jobs.simulator.river import walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def told_piece(cast, at):
    facts = {
        "source_kind": "media",
        "text": "用户称外壳突然爆裂，碎片划伤面部",
        "hazard_text": "高压锅限压阀堵塞",
        "product": "高压锅",
        "commodity_code": "732393",
    }
    return collection.register(cast.orgs["sh"], title="厨具", facts=facts, by=cast["sh-registrar"], at=at)


@pytest.mark.parametrize("word", ["爆裂", "限压阀", "碎片划伤", "高压锅"])
def test_words_of_the_text_and_of_the_hazard_are_found(word, told_piece, cast, at):
    assert told_piece in search(word, to=cast["sh-verifier"], at=at)
    assert told_piece not in search(word, to=cast["sz-verifier"], at=at)


def test_words_of_a_collected_file_are_found_too(cast, at):
    import io

    from riskwatch.collection import bulk
    from riskwatch.connectors import intake

    body = ("来源,标题,内容,危害\n媒体舆情信息,厨具,外壳突然爆裂" + "很长" * 20_000 + ",限压阀堵塞\n").encode()
    bulk.collect(io.BytesIO(body), "x.csv", bulk.Batch(intake.SOURCE, cast.orgs["sh"], cast["sh-registrar"], at))
    sheet = Sheet.objects.get(kind="information")
    assert len(sheet.words) < 4000
    assert sheet in search("爆裂", to=cast["sh-verifier"], at=at)
    assert sheet in search("限压阀", to=cast["sh-verifier"], at=at)


def test_a_limited_reader_is_answered_by_number_and_title_but_not_by_hidden_words(cast, at, told):
    done = walk(cast, told[0], upto="accepted", at=at)
    info = done.information
    Sheet.objects.filter(pk=info.pk).update(words="甲公司 秘密供货商", title="积木脱落")
    from riskwatch.case.sheets import index_words

    index_words([info.pk])
    assessor, later = cast["tech-assessor"], at + timedelta(days=1)
    assert info not in search("秘密供货商", to=assessor, at=later)
    assert info in search("秘密供货商", to=cast["sh-verifier"], at=later)
    assert info in search("积木脱落", to=assessor, at=later)
    assert info in search(info.number, to=assessor, at=later)


def test_a_number_that_a_person_may_not_see_changes_no_answer(cast, at):
    facts = {"source_kind": "media", "text": "t", "product": "p"}
    hidden = collection.register(cast.orgs["sh"], title="t", facts=facts, by=cast["sh-registrar"], at=at)
    own = collection.register(
        cast.orgs["sz"],
        title=f"参见{hidden.number}",
        facts=facts | {"reference": hidden.number},
        by=cast["sz-registrar"],
        at=at,
    )
    assert list(search(hidden.number, to=cast["sz-verifier"], at=at)) == [own]
    missing = hidden.number[:-1] + ("9" if hidden.number[-1] != "9" else "8")
    Sheet.objects.filter(pk=own.pk).update(words=missing)
    assert list(search(missing, to=cast["sz-verifier"], at=at)) == [own]


def test_cases_are_found_by_title_where_they_may_be_seen(cast, at, told):
    piece = walk(cast, told[0], upto="entered", at=at).information
    folder = case.open_folder(
        title="磁力玩具误吞系列", owner=cast.orgs["sh"], direction="", sheets=[piece], by=cast["sh-case_officer"], at=at
    )
    assert list(search_folders("误吞", to=cast["sh-decider"], at=at)) == [folder]
    assert not search_folders("误吞", to=cast["sz-decider"], at=at).exists()
    browser = Client()
    browser.force_login(cast["sh-decider"])
    assert folder.number in browser.get(reverse("office:search"), {"q": "误吞"}).content.decode()


def test_a_whole_number_brings_that_record_before_those_numbered_after_it(cast, at, told):
    info = walk(cast, told[0], upto="reported", at=at).information
    task = info.effects.get(kind="verification")
    assert task.number.startswith(info.number)
    assert list(search(info.number, to=cast["sh-verifier"], at=at))[:2] == [info, task]
    assert search(info.number.lower(), to=cast["sh-verifier"], at=at).first() == info
