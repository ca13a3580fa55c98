"""A centre's own desk at the counter: handle, open identities, collect by file, archive and statistics; nobody else's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection.models import SourceFile
from riskwatch.doors.portal.ports import hand_in

pytestmark = pytest.mark.django_db
BODY = "来源,标题,内容,商品编码\n媒体舆情信息,甲,内容,950300\n媒体舆情信息,乙,内容,851679\n".encode()


def _as(person):
    browser = Client()
    browser.force_login(person)
    return browser


@pytest.fixture
def reported(cast):
    number, _secret = hand_in(cast.orgs["centre"], title="积木", facts={"product": "积木", "text": "x"}, files=[], at=timezone.now(),
                              who={"name": "张三丰", "proof": "360426199101010071", "phone": "1"})  # fmt: skip
    return Sheet.objects.get(number=number)


def test_a_centre_takes_charge_and_opens_the_identity_with_a_reason(reported, cast):
    page = _as(cast["centre-registrar"])
    sheet = reverse("counter:sheet", args=[reported.pk])
    assert "information-take_charge" in page.get(sheet).content.decode()
    assert page.post(reverse("counter:reveal", args=[reported.pk]), {"reason": "r"}).status_code == 403
    page.post(reverse("counter:act", args=[reported.pk, "information-take_charge"]), {"remark": ""})
    assert 'data-act="information-reveal_identity"' in page.get(sheet).content.decode()
    opened = page.post(reverse("counter:reveal", args=[reported.pk]), {"reason": "核实"})
    assert "张三丰" in opened.content.decode()
    assert opened["Cache-Control"] == "no-store"
    for name in ("centre-approver", "firm-manager", "tech-assessor"):
        assert _as(cast[name]).post(reverse("counter:reveal", args=[reported.pk]), {"reason": "r"}).status_code in (
            403,
            404,
        )


def test_a_centres_approver_hands_a_piece_on(reported, cast):
    collection.take_charge(reported, by=cast["centre-registrar"], at=timezone.now())
    said = {"to": cast["centre-verifier"].pk, "reason": "改派"}
    done = _as(cast["centre-approver"]).post(reverse("counter:act", args=[reported.pk, "information-hand_on"]), said)
    assert done.status_code == 302
    reported.refresh_from_db()
    assert reported.handler == cast["centre-verifier"]


def test_a_centre_collects_by_file_and_sees_what_was_not_taken(cast):
    page = _as(cast["centre-registrar"])
    sent = page.post(
        reverse("counter:collect"), {"office": cast.orgs["centre"].pk, "file": SimpleUploadedFile("x.csv", BODY)}
    )
    assert sent.status_code == 302
    file = SourceFile.objects.get()
    assert (file.added, file.bad, file.office) == (1, 1, cast.orgs["centre"])
    assert "产品不在指定范围" in page.get(reverse("counter:collected", args=[file.pk])).content.decode()
    assert page.get(reverse("counter:template")).status_code == 200
    for name in ("firm-manager", "tech-assessor"):
        stranger = _as(cast[name])
        assert stranger.get(reverse("counter:collected", args=[file.pk])).status_code == 404
        refused = stranger.post(
            reverse("counter:collect"), {"office": cast.orgs["centre"].pk, "file": SimpleUploadedFile("x.csv", BODY)}
        )
        assert refused.status_code != 302
    assert SourceFile.objects.count() == 1


def test_a_centre_has_its_own_archive_and_statistics(reported, cast):
    page = _as(cast["centre-approver"]).get(reverse("counter:archive"))
    assert page.status_code == 200
    assert [row.received for row in dict(page.context["tables"])["来源"]] == [1]
    assert _as(cast["firm-manager"]).get(reverse("counter:archive")).status_code == 403
