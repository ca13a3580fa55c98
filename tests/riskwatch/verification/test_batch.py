"""A batch of one source is verified by a named person, piece by piece on record; nobody verifies what they brought in."""

import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from riskwatch.case.lifecycle import ancestry
from riskwatch.case.models import Sheet
from riskwatch.collection import bulk
from riskwatch.connectors import gacc_monthly, intake
from riskwatch.journal.queries import course_of_sheet, has_done
from riskwatch.parties.models import Deputy, Membership
from riskwatch.refusals import Refusal
from riskwatch.verification.actions import begin_verification, verify_batch
from riskwatch.verification.models import Verification

pytestmark = pytest.mark.django_db
HOW = {"result": "verified", "method": "核对海关记录", "sample": "抽查10%，全部属实"}


@pytest.fixture
def collected(cast, at):
    def collect(name="a", source=intake.SOURCE, by="sh-registrar"):
        body = "来源,标题,内容,商品编码,外部编号\n" + "".join(
            f"媒体舆情信息,{name}{n},内容,950300,{name}{n}\n" for n in range(3)
        )
        if source is gacc_monthly.SOURCE:
            body = "序号,产品名称,数量,不合格原因,处置措施\n1,玩具,1件,小零件,退运\n"
        file = bulk.collect(io.BytesIO(body.encode()), f"{name}.csv", bulk.Batch(source, cast.orgs["sh"], cast[by], at))
        return list(Sheet.objects.filter(pk__in=file_keys(file)).order_by("pk"))

    return collect


def file_keys(file):
    from riskwatch.collection.models import Information

    return list(Information.objects.filter(file=file).values_list("pk", flat=True))


def test_each_piece_has_its_own_entry_with_method_and_sample_and_points_to_the_report(collected, cast, at):
    rows = collected()
    Sheet.objects.filter(pk=rows[0].pk).update(version=5)
    assert verify_batch([s.pk for s in rows], cast.orgs["sh"], by=cast["sh-approver"], at=at, **HOW) == 3
    report = Verification.objects.select_related("sheet").get()
    assert (report.method, report.result, report.sheet.stage) == (HOW["method"], "verified", "approved")
    for sheet in rows:
        sheet.refresh_from_db()
        assert sheet.stage == "verified"
        entry = course_of_sheet(sheet.pk).last()
        assert (entry.act, entry.actor) == ("information.verify", cast["sh-approver"])
        assert entry.payload.content["method"] == HOW["method"]
        assert report.pk in ancestry(sheet)
    assert rows[0].version == 6
    assert has_done([cast["sh-approver"].pk], ["verification.report"], sheets=[report.pk])


def test_a_batch_comes_from_one_file_or_one_source(collected, cast, at):
    one, other, third = collected("a"), collected("b"), collected("c", gacc_monthly.SOURCE)
    both = {"office": cast.orgs["sh"], "by": cast["sh-approver"], "at": at}
    with pytest.raises(Refusal) as mixed:
        verify_batch([one[0].pk, third[0].pk], **both, **HOW)
    assert mixed.value.code == "several_sources"
    assert verify_batch([one[0].pk, other[0].pk], **both, **HOW) == 2


@pytest.mark.parametrize("name", ["sh-registrar", "sz-approver", "pj-approver", "centre-approver", "firm-manager"])
def test_strangers_verify_nothing(name, collected, cast, at):
    rows = collected()
    with pytest.raises(Refusal) as refused:
        verify_batch([s.pk for s in rows], cast.orgs["sh"], by=cast[name], at=at, **HOW)
    assert refused.value.status == 403
    assert not Sheet.objects.filter(stage="verified").exists()


def test_method_and_sample_are_needed_and_a_piece_that_moved_refuses_all(collected, cast, at):
    rows = collected()
    with pytest.raises(Refusal):
        verify_batch([s.pk for s in rows], cast.orgs["sh"], by=cast["sh-approver"], at=at, **HOW | {"sample": " "})
    begin_verification(rows[0], task="t", by=cast["sh-verifier"], at=at)
    with pytest.raises(Refusal) as moved:
        verify_batch([s.pk for s in rows], cast.orgs["sh"], by=cast["sh-approver"], at=at, **HOW)
    assert moved.value.code == "moved"


def _also_approver(cast, name):
    Membership.objects.create(person=cast[name], organisation=cast.orgs["sh"], role="approver", since=date(2020, 1, 1))


def _deputy(cast, absent, deputy, at):
    day = at.date()
    Deputy.objects.create(absent=cast[absent], deputy=cast[deputy], since=day, until=day + timedelta(days=5), reason="r",
                          named_by=cast["hq-security"])  # fmt: skip


def test_the_collector_does_not_verify_in_an_absent_approvers_place(collected, cast, at):
    rows = collected()
    _deputy(cast, "sh-approver", "sh-registrar", at)
    with pytest.raises(Refusal) as refused:
        verify_batch([s.pk for s in rows], cast.orgs["sh"], by=cast["sh-registrar"], at=at, **HOW)
    assert refused.value.code == "same_hand"


def test_nobody_verifies_in_the_absent_collectors_place(collected, cast, at):
    rows = collected()
    _also_approver(cast, "sh-registrar")
    _deputy(cast, "sh-registrar", "sh-verifier", at)
    with pytest.raises(Refusal) as refused:
        verify_batch([s.pk for s in rows], cast.orgs["sh"], by=cast["sh-verifier"], at=at, **HOW)
    assert refused.value.code == "same_hand"


def test_a_deputy_of_a_third_person_verifies_and_the_journal_names_both(collected, cast, at):
    rows = collected()
    _deputy(cast, "sh-approver", "sh-verifier", at)
    verify_batch([s.pk for s in rows], cast.orgs["sh"], by=cast["sh-verifier"], at=at, **HOW)
    entry = course_of_sheet(rows[0].pk).last()
    assert (entry.actor, entry.on_behalf_of) == (cast["sh-verifier"], cast["sh-approver"])


def test_a_whole_file_is_verified_on_screen(collected, cast):
    from riskwatch.collection.models import SourceFile

    rows = collected()
    file = SourceFile.objects.get()
    browser = Client()
    browser.force_login(cast["sh-approver"])
    assert "verify_file" in browser.get(reverse("office:collected", args=[file.pk])).content.decode()
    page = browser.post(reverse("office:verify_batch"), {"file": file.pk})
    assert page.context["count"] == len(rows)
    done = browser.post(reverse("office:verify_batch"), {"file": file.pk, "office": cast.orgs["sh"].pk, **HOW})
    assert done.status_code == 302
    assert Sheet.objects.filter(kind="information", stage="verified").count() == len(rows)
