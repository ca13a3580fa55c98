"""Reports by organisations and people: received by offices and centres only, proof checked by its kind, source as it is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection import identities
from riskwatch.collection.models import Identity, Information
from riskwatch.parties.actions import issue_token
from riskwatch.parties.models import Qualification
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def api(cast):
    def post(name, path, body):
        key = issue_token(cast[name], name="t", days=1, by=cast[name], at=timezone.now())
        return Client().post(
            f"/api/{path}", body, content_type="application/json", headers={"authorization": f"Bearer {key}"}
        )

    return post


@pytest.mark.parametrize("place", ["firm", "rival", "tech", "panel"])
def test_what_is_no_office_or_centre_receives_nothing_over_the_api(place, api, cast):
    code, moment = cast.orgs[place].code, "2026-03-10T09:00:00+08:00"
    bodies = {
        "reports": {"office": code, "title": "t", "text": "x", "first_known_at": moment},
        "knowledge": {"office": code, "product": "p", "known_at": moment},
        "traceability": {
            "office": code,
            "product": "p",
            "lots": "l",
            "supplier": "s",
            "customers": "c",
            "records": "r",
        },
    }
    for path, body in bodies.items():
        refused = api("firm-manager", path, body)
        assert refused.status_code == 422, path
        assert list(refused.json()["fields"]) == ["office"], path
    assert (
        api(
            "sh-registrar", "information", {"office": code, "title": "t", "text": "x", "source_kind": "media"}
        ).status_code
        == 422
    )
    assert not Sheet.objects.exists()


def test_nor_through_the_actions(cast, at):
    with pytest.raises(Refusal) as refused:
        collection.report_as_organisation(cast.orgs["firm"], cast.orgs["firm"], title="t", facts={"text": "x"}, first_known_at=at,
                                          severe=False, by=cast["firm-staff"], at=at)  # fmt: skip
    assert refused.value.code == "no_receiver"


@pytest.mark.parametrize(("place", "who", "kind"), [("firm", "firm-staff", "operator_report"), ("lab", "lab-tester", "testing_body"),
                                                    ("tech", "tech-head", "testing_body")])  # fmt: skip
def test_a_report_counts_as_what_its_reporter_is(place, who, kind, cast, at):
    paper = Qualification.objects.filter(organisation=cast.orgs[place]).first()
    sheet = collection.report_as_organisation(cast.orgs[place], cast.orgs["sh"], title="t", facts={"text": "x"}, first_known_at=at, severe=False,
                                              own_number="R-1", qualification=paper, by=cast[who], at=at)  # fmt: skip
    assert Information.objects.get(pk=sheet.pk).source_kind == kind


def _post(cast, **said):
    fill = {"office": cast.orgs["sh"].pk, "product": "水壶", "text": "漏电", "name": "某人", "proof_kind": "resident_id", "phone": "1",
            "proof": "360426199101010071", "consent": "on"}  # fmt: skip
    return Client().post(reverse("portal:report"), fill | said)


@pytest.mark.parametrize(("kind", "proof"), [
    ("resident_id", "aaaaaa"), ("resident_id", "360426199101010072"), ("resident_id", "P1234567"), ("uscc", "360426199101010071"),
    ("uscc", "aaaaaa"), ("passport", "aaaaaa"), ("passport", "E1"), ("other", " "), ("nothing", "360426199101010071"),
])  # fmt: skip
def test_a_proof_that_is_not_of_its_kind_is_refused_and_nothing_is_kept(kind, proof, cast):
    response = _post(cast, proof_kind=kind, proof=proof, contact="c", document=SimpleUploadedFile("p.pdf", PDF))
    assert response.status_code == 422
    assert not Sheet.objects.exists()


def test_an_organisation_reports_with_its_credit_code_as_the_source_that_it_is(cast):
    said = {"proof_kind": "uscc", "proof": cast.orgs["firm"].uscc, "name": "某某医院", "source_kind": "hospital_injury"}
    assert _post(cast, **said).status_code == 422
    done = _post(cast, **said, contact="李医生")
    assert done.status_code == 200
    info = Information.objects.get(sheet__number=done.context["number"])
    assert info.source_kind == "hospital_injury"


@pytest.mark.parametrize(("kind", "proof"), [("passport", "EA1234567"), ("other", "军证 001")])
def test_a_paper_that_no_digit_checks_must_be_shown_and_lies_sealed(kind, proof, cast, at):
    assert _post(cast, proof_kind=kind, proof=proof).status_code == 422
    done = _post(cast, proof_kind=kind, proof=proof, document=SimpleUploadedFile("p.pdf", PDF))
    assert done.status_code == 200
    sheet = Sheet.objects.get(number=done.context["number"])
    row = Identity.objects.get(information=sheet.pk)
    assert b"%PDF" not in bytes(row.sealed_document)
    assert not sheet.files.exists()
    collection.take_charge(sheet, by=cast["sh-registrar"], at=at)
    with pytest.raises(Refusal):
        identities.reveal_document(sheet, reason="r", by=cast["sh-verifier"], at=at)
    assert identities.reveal_document(sheet, reason="r", by=cast["sh-registrar"], at=at) == (
        "p.pdf",
        "application/pdf",
        PDF,
    )


def test_no_source_beyond_the_publics_may_be_claimed(cast, at):
    with pytest.raises(Refusal):
        collection.report_as_person(cast.orgs["sh"], title="t", facts={"text": "x", "source_kind": "inspection"}, by=cast["portal-service"], at=at,
                                    who={"name": "n", "proof": "360426199101010071"})  # fmt: skip
