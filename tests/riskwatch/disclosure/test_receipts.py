"""Who asks to correct an announcement holds a receipt, looks it up, and reads the answer."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from riskwatch.case.models import Sheet
from riskwatch.disclosure import actions as disclosure
from riskwatch.doors.jobs.simulator.cast import SINCE
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast, told):
    now = timezone.now()
    done = walk(cast, told[0], upto="issued", at=now - timezone.timedelta(days=5), office="hq", kind="announcement")
    release = disclosure.request(
        done.measure, title="公告", body="正文", left_out="无", by=cast["hq-case_officer"], at=now
    )
    disclosure.publish(release, redacted=True, by=cast["hq-releaser"], at=now)
    said = {"wrong": "型号写错", "right": "应为K2"}
    page = Client().post(reverse("portal:correct", args=[f"p{done.measure.pk}"]), said)
    return page.context["number"], page.context["secret"]


def _look(number, secret):
    return Client().post(reverse("portal:receipt"), {"number": number, "secret": secret}).content.decode()


@pytest.mark.parametrize("mended", [True, False])
def test_the_asker_looks_the_request_up_and_reads_the_answer(mended, asked, cast):
    number, secret = asked
    assert number.startswith("CR-")
    assert "已收到" in _look(number, secret)
    sheet = Sheet.objects.get(number=number)
    if mended:
        disclosure.mend(
            sheet, title="公告", body="正文K2", answer="已改为K2", by=cast["hq-releaser"], at=timezone.now()
        )
        assert "已改为K2" not in _look(number, secret)
        second = cast["hq-archivist"]
        Membership.objects.create(person=second, organisation=cast.orgs["hq"], role="releaser", since=SINCE)
        disclosure.publish_correction(sheet, redacted=True, by=second, at=timezone.now())
    else:
        disclosure.decline_correction(sheet, answer="型号无误", by=cast["hq-releaser"], at=timezone.now())
    page = _look(number, secret)
    assert ("已改为K2" if mended else "型号无误") in page
    assert ("已更正" if mended else "未予更正") in page
    wrong = _look(number, "WRONGWRONG12")
    assert "编号或查询码不对" in wrong
    assert "型号无误" not in wrong


def test_a_request_to_correct_is_not_withdrawn_or_added_to_as_if_it_were_a_report(asked):
    number, secret = asked
    said = {"number": number, "secret": secret, "do": "withdraw", "reason": "x"}
    page = Client().post(reverse("portal:receipt"), said).content.decode()
    assert 'value="withdraw"' not in page
    assert Sheet.objects.get(number=number).stage == "received"
