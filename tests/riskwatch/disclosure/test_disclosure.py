"""The public copy: asked for by itself, true to its measure, worded by one and released by another, and taken down."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.case import desk
from riskwatch.case.models import Sheet
from riskwatch.disclosure import actions as disclosure
from riskwatch.disclosure.models import Publication, Release
from riskwatch.disclosure.queries import has_ended, publications, versions
from riskwatch.disclosure.redaction import spots
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.doors.portal.ports import ask, hand_in
from riskwatch.measures import actions as measures
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def announcement(cast, at, told):
    made = walk(cast, told[0], upto="reviewed", at=at, office="hq", kind="announcement").measure
    measures.issue(made, by=cast["hq-issuer"], at=at + DAY)
    return made


@pytest.fixture
def published(announcement, cast, at):
    release = announcement.effects.get(kind="release")
    disclosure.publish(release, redacted=True, by=cast["hq-releaser"], at=at + 2 * DAY)
    return announcement


def shown(sheet):
    return {f.label: (f.value, f.alert) for f in desk.facts(sheet, "full")}["公开情况"]


def page(slug, query=""):
    return Client().get(reverse("portal:announcement", args=[slug]) + query).content.decode()


def test_issuing_an_announcement_asks_for_its_release_and_shows_it_in_red_until_published(announcement, cast, at):
    release = announcement.effects.get(kind="release")
    assert (release.stage, release.owner) == ("requested", cast.orgs["hq"])
    assert "停止进口" in Release.objects.get(pk=release.pk).body
    assert shown(announcement) == ("尚未公开", True)
    disclosure.publish(release, redacted=True, by=cast["hq-releaser"], at=at + 2 * DAY)
    assert shown(announcement) == ("已公开", False)


def test_an_officer_may_word_the_release_that_opened_by_itself_once(announcement, cast, at):
    said = {"title": "t", "body": "重写", "left_out": "无", "at": at + DAY}
    with pytest.raises(Refusal):
        disclosure.request(announcement, by=cast["sz-case_officer"], **said)
    release = disclosure.request(announcement, by=cast["hq-case_officer"], **said)
    assert release == announcement.effects.get(kind="release")
    assert Release.objects.get(pk=release.pk).body == "重写"
    with pytest.raises(Refusal) as twice:
        disclosure.request(announcement, by=cast["hq-case_officer"], **said)
    assert twice.value.code == "already_open"


def test_a_longer_term_is_public_at_once_and_a_changed_text_is_marked_until_released(published, cast, at):
    first_end = published.ends_on
    measures.extend(published, reason="r", ends_on=first_end + 30 * DAY, by=cast["hq-issuer"], at=at + 3 * DAY)
    row = Publication.objects.get(slug=f"p{published.pk}")
    assert row.ends_on == first_end + 30 * DAY
    assert not has_ended(row, first_end + 5 * DAY)
    measures.adjust(published, reason="r", compulsory="停止进口全部批次", by=cast["hq-issuer"], at=at + 4 * DAY)
    assert "内容已变更，更新待发布" in page(row.slug)
    assert shown(published) == ("内容已变更，更新待发布", True)
    waiting = published.effects.get(kind="release", stage="requested")
    assert waiting.due_on is not None
    assert "全部批次" in Release.objects.get(pk=waiting.pk).body
    disclosure.publish(waiting, redacted=True, by=cast["hq-releaser"], at=at + 5 * DAY)
    newest = versions(row.slug)[0]
    assert (newest.version, newest.stale_since, "全部批次" in newest.body) == (2, None, True)
    assert "更新待发布" not in page(row.slug)
    assert shown(published) == ("已公开", False)


def test_lifting_marks_the_public_copy_in_the_same_act(published, cast, at):
    measures.lift(published, reason="r", by=cast["hq-issuer"], at=at + 6 * DAY)
    row = Publication.objects.get(slug=f"p{published.pk}")
    assert (row.ended_on, row.ended_note) == ((at + 6 * DAY).date(), "已解除")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("联系人证件360426199101010071。", "身份证号码"),
        ("电话13912345678", "电话号码"),
        ("致电021-68890000", "电话号码"),
        ("属工作秘密", "涉密字样"),
    ],
)
def test_a_text_with_a_secret_is_refused_with_the_spot(text, what, announcement, cast, at):
    with pytest.raises(Refusal) as refused:
        disclosure.request(
            announcement, title="t", body=f"第一行\n{text}", left_out="无", by=cast["hq-case_officer"], at=at + DAY
        )
    assert refused.value.code == "not_redacted"
    assert what in refused.value.reason
    assert "第2行" in refused.value.reason
    assert list(refused.value.fields) == ["body"]


def test_a_declaration_number_and_an_offices_own_telephone_may_be_public():
    assert spots({"body": "报关单220120251000123456，热线12360"}) == []
    assert spots({"body": "电话010-65194114"}, public_numbers="总值班 010-65194114") == []
    assert [s.found for s in spots({"body": "电话010-65194115"}, public_numbers="010-65194114")] == ["010-65194115"]


def test_a_reporters_and_an_officers_name_stay_inside(cast, at):
    from riskwatch.case import actions as case
    from riskwatch.disclosure.redaction import people_of

    number, _secret = hand_in(cast.orgs["sh"], title="t", facts={"product": "p", "text": "x"},
                              who={"name": "诸葛小明", "proof": "360426199101010071", "phone": "1"}, files=[], at=at)  # fmt: skip
    info = Sheet.objects.get(number=number)
    folder = case.open_folder(
        title="t", owner=cast.orgs["sh"], direction="import", sheets=[info], by=cast["sh-case_officer"], at=at
    )
    probe = Sheet(folder_id=folder.pk, kind="notice")
    text = "据诸葛小明反映"
    assert [s.found for s in spots({"body": text}, names=people_of(probe, [text]))] == ["诸葛小明"]
    assert "诸葛小明" not in people_of(probe, ["没有提到谁"])


def test_one_releaser_words_a_correction_and_another_publishes_it(published, cast, at):
    from riskwatch.doors.jobs.simulator.cast import SINCE
    from riskwatch.parties.models import Membership

    sheet = Sheet.objects.get(number=ask(versions(f"p{published.pk}")[0], wrong="错", right="对", at=at + 3 * DAY)[0])
    now = at + 4 * DAY
    with pytest.raises(Refusal) as secret:
        disclosure.mend(sheet, title="t", body="电话13912345678", answer="a", by=cast["hq-releaser"], at=now)
    assert secret.value.code == "not_redacted"
    disclosure.mend(sheet, title="更正", body="对的正文", answer="已核对", by=cast["hq-releaser"], at=now)
    assert "对的正文" not in page(f"p{published.pk}")
    with pytest.raises(Refusal) as same_hand:
        disclosure.publish_correction(sheet, redacted=True, by=cast["hq-releaser"], at=now)
    assert same_hand.value.code == "same_hand"
    second = cast["hq-archivist"]
    with pytest.raises(Refusal) as no_post:
        disclosure.publish_correction(sheet, redacted=True, by=second, at=now)
    assert no_post.value.code == "no_post"
    Membership.objects.create(person=second, organisation=cast.orgs["hq"], role="releaser", since=SINCE)
    disclosure.publish_correction(sheet, redacted=True, withdraw_old=True, by=second, at=now)
    newest, oldest = versions(f"p{published.pk}")
    assert (newest.body, newest.current) == ("对的正文", True)
    assert (oldest.body, oldest.words) == ("", "")
    assert "本版已撤下" in page(newest.slug, "?version=1")


def test_a_version_is_taken_down_and_asked_for_again(published, cast, at):
    release = published.effects.get(kind="release")
    said = {"version": 1, "reason": "含个人信息", "at": at + 3 * DAY}
    for stranger in ("hq-case_officer", "sz-releaser", "firm-manager"):
        with pytest.raises(Refusal) as refused:
            disclosure.withdraw_version(release, by=cast[stranger], **said)
        assert refused.value.status == 403
    body = Release.objects.get(pk=release.pk).body
    disclosure.withdraw_version(release, by=cast["hq-releaser"], **said)
    assert body.split("\n")[0] not in page(f"p{published.pk}")
    assert "含个人信息" in page(f"p{published.pk}")
    assert not publications().filter(slug=f"p{published.pk}").exists()
    assert published.effects.filter(kind="release", stage="requested").count() == 1
    with pytest.raises(Refusal):
        disclosure.withdraw_version(release, by=cast["hq-releaser"], **said)
