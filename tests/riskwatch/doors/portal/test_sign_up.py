"""A firm asks for an account; the officer sees the licence and the checks; the applicant learns the answer."""

import base64
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from riskwatch.doors.jobs.simulator.cast import _uscc
from riskwatch.parties import signups
from riskwatch.parties.models import Membership, SignUp
from riskwatch.parties.ports import Verified
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CODE = _uscc("91310115MA1TE5T55")


class Agrees:
    def verify(self, *, name, number):
        return Verified(True, f"{name} {number}")


class Disagrees:
    def verify(self, *, name, number):
        return Verified(False, "登记名称不同")


class Fails:
    def verify(self, *, name, number):
        raise TimeoutError("no answer")


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def ask(cast, **change):
    said = {"uscc": CODE, "name_zh": "新来贸易有限公司", "legal_representative": "甲", "region_office": cast.orgs["pj"].pk,
            "applicant_name": "乙", "applicant_phone": "021", "applicant_email": "yi@example.com", "username": "newcomer",
            "password": "Riskwatch-new-9", "proof": SimpleUploadedFile("执照.png", PNG, "image/png")}  # fmt: skip
    return Client().post("/sign-up/", said | change)


def receipt(answer):
    page = answer.content.decode()
    return re.search(r"SU-[\d-]+", page).group(), re.search(r'id="receipt-secret">(\w+)', page).group(1)


def look(number, secret):
    return Client().post("/receipt/", {"number": number, "secret": secret}).content.decode()


def test_the_officer_sees_the_licence_and_the_applicant_learns_the_answer(cast, django_capture_on_commit_callbacks):
    answer = ask(cast)
    assert answer["Cache-Control"] == "no-store"
    number, secret = receipt(answer)
    assert "待审核" in look(number, secret)
    row = SignUp.objects.get()
    assert secret not in row.secret_digest
    officer = browser(cast["pj-registrar"])
    page = officer.get("/office/signups/").content.decode()
    assert f"/office/signups/{row.pk}/proof/" in page
    licence = officer.get(f"/office/signups/{row.pk}/proof/")
    assert licence["Content-Type"] == "image/png"
    assert licence["Content-Disposition"].startswith("inline")
    assert licence["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in licence["Content-Security-Policy"]
    with django_capture_on_commit_callbacks(execute=True):
        officer.post("/office/signups/", {"request": row.pk, "do": "approve", "reason": ""})
    assert mail.outbox[0].to == ["yi@example.com"]
    assert number in mail.outbox[0].body
    assert "已通过" in look(number, secret)
    assert Membership.objects.get(person__username="newcomer").role == "operator_manager"


def test_a_refusal_reaches_the_applicant_with_its_reason(cast, django_capture_on_commit_callbacks):
    number, secret = receipt(ask(cast))
    row = SignUp.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        signups.decide_sign_up(row, approve=False, reason="执照已注销", by=cast["sh-registrar"], at=row.asked_at)
    assert "执照已注销" in mail.outbox[0].body
    assert "执照已注销" in look(number, secret)
    assert "执照已注销" not in look(number, "WRONGSECRET2")


@pytest.mark.parametrize("who", ["sz-registrar", "hq-system", "sh-decider"])
def test_other_desks_do_not_see_the_licence(who, cast):
    ask(cast)
    row = SignUp.objects.get()
    assert browser(cast[who]).get(f"/office/signups/{row.pk}/proof/").status_code == 404
    assert browser(cast["firm-manager"]).get(f"/office/signups/{row.pk}/proof/").status_code == 403
    assert Client().get(f"/office/signups/{row.pk}/proof/").status_code == 302
    with pytest.raises(Refusal):
        signups.decide_sign_up(row, approve=True, reason="", by=cast[who], at=row.asked_at)


@pytest.mark.parametrize(
    ("verifier", "shown"), [("Agrees", "一致"), ("Disagrees", "登记名称不同"), ("Fails", "未能核验")]
)
def test_a_sites_verifier_of_identities_is_asked_and_shown(verifier, shown, cast, settings, monkeypatch):
    from riskwatch.parties import ports

    monkeypatch.setattr(
        ports, "import_string", lambda path: {"Agrees": Agrees(), "Disagrees": Disagrees(), "Fails": Fails()}[path]
    )
    settings.IDENTITY_VERIFIER = verifier
    ask(cast)
    assert shown in browser(cast["pj-registrar"]).get("/office/signups/").content.decode()
    row = SignUp.objects.get()
    if verifier == "Disagrees":
        with pytest.raises(Refusal) as refused:
            signups.decide_sign_up(row, approve=True, reason="", by=cast["pj-registrar"], at=row.asked_at)
        assert refused.value.code == "reason_missing"


def test_the_settings_name_the_verifier_by_its_path(settings):
    from riskwatch.parties.ports import identity_verifier

    assert identity_verifier() is None
    settings.IDENTITY_VERIFIER = "decimal.ROUND_DOWN"
    assert identity_verifier() == "ROUND_DOWN"


def test_a_firm_that_is_known_already_is_pointed_out(cast):
    ask(cast, uscc=cast.orgs["rival"].uscc)
    assert "该企业已有账号" in browser(cast["pj-registrar"]).get("/office/signups/").content.decode()
