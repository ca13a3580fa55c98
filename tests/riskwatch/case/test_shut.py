"""What is archived, or lies only in closed cases, stays as it is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from riskwatch.archive import actions as archive
from riskwatch.case import actions as case
from riskwatch.case import desk
from riskwatch.case.lifecycle import posts_of
from riskwatch.collection import actions as collection
from riskwatch.collection.models import Addition, Information
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db
CHANGES = {
    "amend": lambda s, c, at: collection.amend(s, brand="改", reason="r", by=c["sh-registrar"], at=at),
    "add": lambda s, c, at: collection.add_to(s, text="补", by=c["sh-registrar"], at=at),
    "answer": lambda s, c, at: collection.answer(s, text="答", by=c["sh-registrar"], at=at),
    "verify": lambda s, c, at: verification.begin_verification(s, task="t", by=c["sh-verifier"], at=at),
    "take charge": lambda s, c, at: collection.take_charge(s, by=c["sh-registrar"], at=at),
}


@pytest.mark.parametrize("change", CHANGES)
def test_archived_information_does_not_change(change, cast, at, told):
    sheet = walk(cast, told[0], upto="entered", at=at).information
    archive.file_information(sheet, retention_class="ordinary", by=cast["sh-archivist"], at=at)
    with pytest.raises(Refusal) as refused:
        CHANGES[change](sheet, cast, at)
    assert refused.value.code == "archived"
    assert refused.value.remedy
    assert not Addition.objects.filter(information=sheet.pk).exists()
    assert Information.objects.get(pk=sheet.pk).brand != "改"


@pytest.mark.parametrize("change", CHANGES)
def test_information_that_lies_only_in_closed_cases_does_not_change_until_one_is_open(change, cast, at, told):
    done = walk(cast, told[0], upto="opened", at=at)
    case.close(done.folder, by=cast["sh-case_officer"], at=at, summary="s")
    with pytest.raises(Refusal) as refused:
        CHANGES[change](done.information, cast, at)
    assert refused.value.code == "folder_closed"
    case.open_folder(
        title="另案", owner=cast.orgs["sh"], direction="", sheets=[done.information], by=cast["sh-case_officer"], at=at
    )
    collection.amend(done.information, brand="改", reason="r", by=cast["sh-registrar"], at=at)


def test_information_of_a_case_merged_into_an_open_one_may_still_change(cast, at, told):
    done, other = (walk(cast, told[n], upto="opened", at=at) for n in (0, 1))
    case.merge(done.folder, other.folder, by=cast["sh-case_officer"], at=at, reason="r")
    case.close(done.folder, by=cast["sh-case_officer"], at=at, summary="s")
    collection.amend(done.information, brand="改", reason="r", by=cast["sh-registrar"], at=at)


def test_the_page_offers_nothing_and_takes_no_file_on_archived_information(cast, at, told):
    sheet = walk(cast, told[0], upto="entered", at=at).information
    archive.file_information(sheet, retention_class="ordinary", by=cast["sh-archivist"], at=at)
    sheet.refresh_from_db()
    assert desk.offered(sheet, posts_of(cast["sh-registrar"], at), at) == []
    browser = Client()
    browser.force_login(cast["sh-registrar"])
    said = {"text": "t", "files": SimpleUploadedFile("a.txt", b"late evidence")}
    answer = browser.post(reverse("office:act", args=[sheet.pk, "information-add"]), said)
    assert answer.status_code == 409
    assert not sheet.files.exists()


def test_a_source_that_tells_an_archived_piece_anew_changes_nothing_and_its_office_is_told_once(cast, at):
    import io

    from riskwatch.case.models import Message, Sheet
    from riskwatch.collection import bulk
    from riskwatch.connectors import intake

    def collect(text, name):
        body = f"来源,标题,内容,外部编号\n媒体舆情信息,甲,{text},X1\n".encode()
        return bulk.collect(
            io.BytesIO(body), name, bulk.Batch(intake.SOURCE, cast.orgs["sh"], cast["sh-registrar"], at)
        )

    collect("一", "a.csv")
    sheet = Sheet.objects.get(kind="information")
    verification.verify_batch(
        [sheet.pk], cast.orgs["sh"], result="refuted", method="m", sample="s", by=cast["sh-approver"], at=at
    )
    sheet.refresh_from_db()
    archive.file_information(sheet, retention_class="ordinary", by=cast["sh-archivist"], at=at)
    for name in ("b.csv", "c.csv"):
        assert collect("二", name).renewed == 0
    assert not Addition.objects.filter(information=sheet.pk).exists()
    assert Message.objects.filter(sheet=sheet, to_organisation=cast.orgs["sh"], role="registrar").count() == 1
