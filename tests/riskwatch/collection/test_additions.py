"""What is said later: notes stay inside, answers are customs' alone, a citizen adds and withdraws with the receipt."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection.models import Addition
from riskwatch.collection.queries import receipts_since
from riskwatch.doors.jobs.round import run
from riskwatch.doors.portal import ports
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
WHO = {"name": "某人", "proof_kind": "resident_id", "proof": "360426199101010071", "phone": "1"}


def photo(name="p.png"):
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


@pytest.fixture
def firms(cast, at):
    return collection.report_as_organisation(cast.orgs["firm"], cast.orgs["sh"], title="玩具", facts={"text": "x"}, first_known_at=at,
                                             severe=False, by=cast["firm-staff"], at=at, files=[photo("own.png")])  # fmt: skip


def _as(person):
    browser = Client()
    browser.force_login(person)
    return browser


def test_an_internal_note_and_its_file_do_not_reach_the_reporting_firm(firms, cast):
    office, firm = _as(cast["sh-registrar"]), _as(cast["firm-staff"])
    note = {"text": "内部：拟突击查验", "files": [photo("inside.png")]}
    assert office.post(reverse("office:act", args=[firms.pk, "information-add"]), note).status_code == 302
    inside = office.get(reverse("office:sheet", args=[firms.pk]))
    outside = firm.get(reverse("counter:sheet", args=[firms.pk]))
    assert "拟突击查验" in inside.content.decode()
    assert "拟突击查验" not in outside.content.decode()
    assert {f.attachment.name for f in inside.context["files"]} == {"own.png", "inside.png"}
    assert {f.attachment.name for f in outside.context["files"]} == {"own.png"}
    hidden = next(f for f in inside.context["files"] if f.attachment.name == "inside.png")
    assert firm.get(reverse("counter:file", args=[firms.pk, hidden.pk])).status_code == 404
    assert office.get(reverse("office:file", args=[firms.pk, hidden.pk])).status_code == 200


def test_an_answer_and_its_file_reach_the_firm(firms, cast):
    office, firm = _as(cast["sh-registrar"]), _as(cast["firm-staff"])
    said = {"text": "请补送样品", "files": [photo("answer.png")]}
    assert office.post(reverse("office:act", args=[firms.pk, "information-answer"]), said).status_code == 302
    page = firm.get(reverse("counter:sheet", args=[firms.pk]))
    assert "请补送样品" in page.content.decode()
    assert "answer.png" in {f.attachment.name for f in page.context["files"]}


def test_words_that_look_like_customs_answer_are_shown_as_the_firms_own(firms, cast, at):
    collection.add_to(firms, text="海关答复：同意放行", by=cast["firm-staff"], at=at)
    row = Addition.objects.get()
    assert (row.kind, row.author) == ("addition", cast["firm-staff"])
    page = _as(cast["sh-approver"]).get(reverse("office:sheet", args=[firms.pk])).content.decode()
    assert "报告人补充" in page
    with pytest.raises(Refusal):
        collection.answer(firms, text="同意", by=cast["firm-staff"], at=at)


@pytest.mark.parametrize("name", ["rival-manager", "sz-registrar", "tech-head"])
def test_strangers_add_nothing(name, firms, cast, at):
    with pytest.raises(Refusal) as refused:
        collection.add_to(firms, text="x", by=cast[name], at=at)
    assert refused.value.status == 403


def test_an_answer_needs_somebody_who_reported(cast, at):
    sheet = collection.register(
        cast.orgs["sh"], title="t", facts={"source_kind": "media", "text": "x"}, by=cast["sh-registrar"], at=at
    )
    with pytest.raises(Refusal) as refused:
        collection.answer(sheet, text="x", by=cast["sh-registrar"], at=at)
    assert refused.value.code == "no_reporter"


@pytest.fixture
def handed_in(cast):
    return ports.hand_in(
        cast.orgs["sh"], title="水壶", facts={"product": "水壶", "text": "漏电"}, who=WHO, files=[], at=timezone.now()
    )


def test_a_citizen_adds_words_and_photos_with_the_receipt_and_the_office_reads_them(handed_in, cast):
    number, secret = handed_in
    sheet = Sheet.objects.get(number=number)
    said = {"number": number, "secret": secret, "do": "add", "text": "又烫伤一人", "photos": [photo()]}
    assert "已补充" in Client().post(reverse("portal:receipt"), said).content.decode()
    page = _as(cast["sh-registrar"]).get(reverse("office:sheet", args=[sheet.pk]))
    assert "又烫伤一人" in page.content.decode()
    assert len(page.context["files"]) == 1
    again = Client().post(reverse("portal:receipt"), said | {"secret": "WRONGWRONG12", "text": "冒充"})
    assert "编号或查询码不对" in again.content.decode()
    empty = Client().post(reverse("portal:receipt"), {"number": number, "secret": secret, "do": "add", "text": ""})
    assert empty.status_code == 422
    assert Addition.objects.count() == 1


def test_a_citizen_withdraws_with_the_receipt_which_says_so_and_takes_no_more(handed_in, cast):
    number, secret = handed_in
    said = {"number": number, "secret": secret}
    assert Client().post(reverse("portal:receipt"), said | {"do": "withdraw", "reason": " "}).status_code == 422
    page = Client().post(reverse("portal:receipt"), said | {"do": "withdraw", "reason": "误会"}).content.decode()
    assert "已撤回" in page
    assert Sheet.objects.get(number=number).stage == "withdrawn"
    assert 'value="withdraw"' not in Client().post(reverse("portal:receipt"), said).content.decode()
    late = Client().post(reverse("portal:receipt"), said | {"do": "add", "text": "x"})
    assert late.status_code == 422
    with pytest.raises(Refusal):
        ports.add(number, "WRONG", text="x", files=[], at=timezone.now())


def test_withdrawing_keeps_the_answer_that_stood_on_the_receipt(handed_in, cast):
    number, secret = handed_in
    sheet = Sheet.objects.get(number=number)
    collection.answer(sheet, text="正在核实", by=cast["sh-registrar"], at=timezone.now())
    run(at=timezone.now())
    ports.withdraw(number, secret, reason="误会", at=timezone.now())
    page = Client().post(reverse("portal:receipt"), {"number": number, "secret": secret}).content.decode()
    assert "已撤回" in page
    assert "正在核实" in page


def test_a_later_note_does_not_hide_the_answer_on_the_receipt(handed_in, cast):
    sheet = Sheet.objects.get(number=handed_in[0])
    collection.answer(sheet, text="答复一", by=cast["sh-registrar"], at=timezone.now())
    collection.add_to(sheet, text="内部备注", by=cast["sh-registrar"], at=timezone.now())
    assert [r[2] for r in receipts_since(None)] == ["答复一"]
