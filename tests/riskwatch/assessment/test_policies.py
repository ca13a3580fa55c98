"""Headquarters' assessment policy: one proposes, another publishes, the day decides, and no old assessment changes."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from decree188.calendar import shanghai_date
from riskmethods import MethodError, assess
from riskmethods.policy import DEFAULT, from_json
from riskwatch.assessment import actions, effects, policies, policy_forms, policy_words, reporting
from riskwatch.assessment.models import PolicyEdition, Report
from riskwatch.doors.jobs.simulator.river import assessed, walk
from riskwatch.journal.models import Entry
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


def stricter(day, grade="high"):
    """The initial policy, but a high level is customs' highest grade from a day on."""
    rows = [row | {"grade": grade} if row["level"] == "high" else row for row in DEFAULT.as_json()["tables"][0]["rows"]]
    return policies.drafted({"rows": rows, "scales": [], "priority": None}, valid_from=day)


@pytest.fixture
def order(cast, at, told):
    return walk(cast, told[0], upto="working", at=at).assessment


def published(cast, at, *, days=0, grade="high"):
    day = shanghai_date(at) + timedelta(days=days)
    row = policies.propose(policy=stricter(day, grade), valid_from=day, reason="收紧", by=cast["hq-policy"], at=at)
    return policies.publish(row, by=cast["hq-decider"], at=at)


def test_the_librarys_own_policy_holds_before_the_first_edition(cast, at):
    assert policies.policy_on(shanghai_date(at)) == DEFAULT


def test_an_edition_holds_from_its_day_on_and_keeps_the_earlier_table(cast, at):
    row = published(cast, at, days=5)
    day = shanghai_date(at)
    assert policies.policy_on(day + timedelta(days=4)) == DEFAULT
    held = policies.policy_on(day + timedelta(days=5))
    assert held.sha256 == row.sha256
    assert held.grade("high", day=(day + timedelta(days=5)).isoformat()).grade == "high"
    assert held.grade("high", day=day.isoformat()) == DEFAULT.grade("high", day=day.isoformat())
    assert from_json(row.policy).sha256 == row.sha256


def test_nobody_publishes_what_they_wrote_and_only_headquarters_decides(cast, at):
    day = shanghai_date(at)
    row = policies.propose(policy=stricter(day), valid_from=day, reason="收紧", by=cast["hq-policy"], at=at)
    for name in ("hq-policy", "sh-decider", "tech-assessor", "firm-manager"):
        with pytest.raises(Refusal) as refused:
            policies.publish(row, by=cast[name], at=at)
        assert refused.value.status == 403, name
        assert not policies.may_publish(row, cast[name], at)
    for name in ("hq-decider", "sh-case_officer"):
        with pytest.raises(Refusal):
            policies.propose(policy=stricter(day), valid_from=day, reason="x", by=cast[name], at=at)
    with pytest.raises(Refusal):
        policies.reject(row, remark=" ", by=cast["hq-decider"], at=at)
    with pytest.raises(Refusal):
        policies.withdraw(row, by=cast["hq-decider"], at=at)
    policies.reject(row, remark="理由不足", by=cast["hq-decider"], at=at)
    with pytest.raises(Refusal) as refused:
        policies.publish(row, by=cast["hq-decider"], at=at)
    assert refused.value.code == "decided"
    assert policies.policy_on(day) == DEFAULT


def test_a_proposal_names_its_day_its_reason_and_a_change(cast, at):
    day, by = shanghai_date(at), cast["hq-policy"]
    for policy, first, reason, code in (
        (stricter(day), day - timedelta(days=1), "x", "past"), (DEFAULT, day, "x", "unchanged"), (stricter(day), day, " ", "reason_missing"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            policies.propose(policy=policy, valid_from=first, reason=reason, by=by, at=at)
        assert refused.value.code == code
    published(cast, at, days=3)
    with pytest.raises(Refusal) as refused:
        policies.propose(
            policy=stricter(day + timedelta(days=9), "medium"),
            valid_from=day + timedelta(days=3),
            reason="x",
            by=by,
            at=at,
        )
    assert refused.value.code == "not_later"
    with pytest.raises(MethodError) as faulty:
        stricter(day + timedelta(days=3))
    assert faulty.value.place == "valid_from"


def test_of_two_proposals_over_one_edition_the_second_is_written_anew(cast, at):
    day = shanghai_date(at)
    first, second = (policies.propose(policy=stricter(day + timedelta(days=n), "high"), valid_from=day + timedelta(days=n), reason="x",
                                      by=cast["hq-policy"], at=at) for n in (1, 2))  # fmt: skip
    policies.publish(first, by=cast["hq-decider"], at=at)
    with pytest.raises(Refusal) as refused:
        policies.publish(second, by=cast["hq-decider"], at=at)
    assert refused.value.code == "overtaken"


def test_what_was_decided_and_what_was_proposed_cannot_be_altered_underneath(cast, at):
    row = published(cast, at)
    day = shanghai_date(at)
    other = policies.propose(policy=stricter(day + timedelta(days=9), "medium_high"), valid_from=day + timedelta(days=9), reason="x",
                             by=cast["hq-policy"], at=at)  # fmt: skip
    for pk, change in ((row.pk, {"remark": "x"}), (other.pk, {"policy": {}}), (other.pk, {"valid_from": day})):
        with pytest.raises(DatabaseError), transaction.atomic():
            PolicyEdition.objects.filter(pk=pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyEdition.objects.filter(pk=row.pk).delete()


def test_each_act_is_journalled_with_the_whole_policy(cast, at):
    published(cast, at)
    acts = list(Entry.objects.filter(act__startswith="policy_edition.").values_list("act", flat=True))
    assert acts == ["policy_edition.propose", "policy_edition.publish"]


def test_a_report_pins_the_policy_of_its_day_and_no_later_one_changes_it(order, cast, at):
    row = published(cast, at)
    reporting.submit(
        order, document=assessed() | {"policy": "f" * 64, "date": "2019-01-01"}, by=cast["tech-assessor"], at=at
    )
    report = Report.objects.get(assessment=order.pk)
    assert report.document["policy"] == report.result["policy_sha256"] == row.sha256
    assert report.document["date"] == shanghai_date(at).isoformat()
    assert report.result["grade"]["code"] == "high"
    later = at + timedelta(days=30)
    published(cast, later, grade="medium_high")
    again = reporting.assessed(report.document)
    assert again.data == report.result
    with pytest.raises(ValueError, match="another policy"):
        assess(report.document)
    shown = reporting.preview(
        report.assessment, report.document, by=cast["sh-case_officer"], at=later, lang="zh", submitted=True
    )
    assert row.sha256[:12] in str(shown["sections"])


def test_a_reassessment_begins_without_the_earlier_day_and_policy(order, cast, at):
    published(cast, at)
    reporting.submit(order, document=assessed(), by=cast["tech-assessor"], at=at)
    actions.accept(order, by=cast["sh-approver"], at=at)
    order.refresh_from_db()
    sheet = actions.reassess(order, trigger="spread", trigger_words="扩大", by=cast["sh-case_officer"], at=at)
    from riskwatch.assessment.models import Assessment

    begun = reporting.starting_document(Assessment.objects.get(pk=sheet.pk))
    assert "policy" not in begun
    assert "date" not in begun


def test_what_a_policy_or_an_edition_would_change_is_counted_and_nothing_is_stored(order, cast, at):
    reporting.submit(order, document=assessed(), by=cast["tech-assessor"], at=at)
    actions.accept(order, by=cast["sh-approver"], at=at)
    before = Report.objects.get(assessment=order.pk).result
    day = shanghai_date(at)
    effect = effects.of_policy(stricter(day), day=day.isoformat())
    assert (effect.counted, effect.table("zh"), effect.moved[0].sheet) == (1, [("中高", "高", 1)], order.pk)
    assert effects.of_policy(DEFAULT, day=day.isoformat()).moved == ()
    fewer = [row | {"measures": []} for row in DEFAULT.as_json()["tables"][0]["rows"]]
    other = policies.drafted({"rows": fewer, "scales": []}, valid_from=day)
    assert effects.of_policy(other, day=day.isoformat()).measures == 1
    from riskmethods.editions import edition, filled

    assert effects.of_edition(edition("uk-prism-2")).moved == ()
    gentle = filled("gb-22760-2020", ("LLLL",) * 8, source="made up")
    assert effects.of_edition(gentle).table("en") == [("high", "low", 1)]
    assert Report.objects.get(assessment=order.pk).result == before


def test_the_command_tells_the_same(order, cast, at, tmp_path):
    reporting.submit(order, document=assessed(), by=cast["tech-assessor"], at=at)
    actions.accept(order, by=cast["sh-approver"], at=at)
    row = policies.propose(
        policy=stricter(shanghai_date(at)), valid_from=shanghai_date(at), reason="x", by=cast["hq-policy"], at=at
    )

    def said(**asked):
        out = StringIO()
        call_command("rescore", stdout=out, **asked)
        return out.getvalue()

    assert "1份会不同" in said(policy=str(row.number))
    assert "0 would differ" in said(method="eu-2010-15", lang="en")
    assert f'"sheet": {order.pk}' in said(policy=str(row.number), json=True)
    wrong = tmp_path / "grid.json"
    wrong.write_text("[]")
    for asked in (
        {"method": "nothing"},
        {"policy": "999"},
        {"grid": wrong},
        {"policy": "absent.json"},
        {"method": "gb-22760-2020"},
    ):
        with pytest.raises(CommandError):
            said(**asked)


def filled_form(**changes):
    """What the page posts when nothing was changed."""
    form = policy_forms.initial(DEFAULT) | {
        "valid_from": shanghai_date(timezone.now()).isoformat(),
        "reason": "依据新文件",
        "do": "try",
    }
    rows = policy_forms.rows_of(DEFAULT)
    form |= {"row-TOTAL_FORMS": len(rows), "row-INITIAL_FORMS": len(rows)}
    for n, row in enumerate(rows):
        form |= {f"row-{n}-{key}": value for key, value in row.items()}
    return form | changes


def test_the_page_tries_proposes_and_a_second_person_publishes(cast):
    author, second = Client(), Client()
    author.force_login(cast["hq-policy"])
    second.force_login(cast["hq-decider"])
    address = reverse("office:assessment_policy_new")
    assert author.get(address).status_code == 200
    changes = {"row-1-grade": "high", "security.levels.0.zh": "单个事项", "security.likelihood.0.zh": ""}
    tried = author.post(address, filled_form(**changes)).content.decode()
    assert "单个事项" in tried
    assert "与上一版相比" in tried
    assert not PolicyEdition.objects.exists()
    made = author.post(address, filled_form(**changes, do="propose"), follow=True)
    assert "等待另一位" in made.content.decode()
    row = PolicyEdition.objects.get()
    page = reverse("office:assessment_policy_edition", args=[row.number])
    assert 'name="do" value="publish"' not in author.get(page).content.decode()
    assert author.post(page, {"do": "publish"}).status_code == 403
    assert 'name="do" value="publish"' in second.get(page).content.decode()
    second.post(page, {"do": "publish"})
    row.refresh_from_db()
    assert row.state == "published"
    assert policies.policy_on(row.valid_from).scale("security").levels[0].zh == "单个事项"
    for name in ("office:assessment_policy", "office:assessment_rescore"):
        assert second.get(reverse(name)).status_code == 200
    assert second.get(reverse("office:assessment_policy_data", args=[row.number])).json() == row.policy


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"row-0-grade": "low"}, "等级升高时海关等级不得下降"), ({"row-0-level": ""}, "缺少通用行"), ({"row-0-grade": ""}, "须选择海关等级"),
        ({"reason": ""}, "必填"), ({"valid_from": "2019-01-01", "row-1-grade": "high"}, "不能早于今天"), ({"valid_from": "soon"}, "日期"),
        ({"security.likelihood.0.zh": "常见", "security.likelihood.0.en": "common"}, "写满8行"), ({"priority": "{"}, "不是JSON"),
        ({"priority": "[]"}, "须是对象"), ({"priority": "{\"bands\": {}}"}, "缺少此项"), ({"security.levels.2.en": ""}, "必填"), ({}, "没有差别"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_what_was_typed_stays(cast, changes, said):
    browser = Client()
    browser.force_login(cast["hq-policy"])
    answer = browser.post(
        reverse("office:assessment_policy_new"), filled_form(**{"reason": "特别的理由", "do": "propose"} | changes)
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page or (said == "必填" and "text-danger" in page)
    assert not PolicyEdition.objects.exists()
    if "reason" not in changes:
        assert "特别的理由" in page


def test_differences_are_told_in_both_languages(cast, at):
    record = DEFAULT.as_json()
    from riskmethods.fmea import ACTION_PRIORITY

    loaded = ACTION_PRIORITY.as_json() | {"source": "handbook", "status": "verified"}
    loaded["cells"][4][4] = "LLLL"
    loaded["cells"][3][0] = "HMLL"
    levels = [{"zh": f"第{n}级", "en": f"grade {n}"} for n in (1, 2, 3, 4)]
    new = from_json(
        record | {"priority": loaded, "scales": [{"interest": "security", "levels": levels, "source": "notice 5"}]}
    )
    for lang, words in (("zh", ("国家安全", "FMEA行动优先级")), ("en", ("FMEA action priority",))):
        told = policy_words.differences(DEFAULT, new, lang)
        for word in words:
            assert any(word in what for what, _old, _new in told), (lang, word)
    assert policy_words.differences(DEFAULT, DEFAULT, "zh") == []


def test_operators_and_bodies_do_not_come_in(cast):
    for name, status in (("firm-manager", 403), ("tech-assessor", 403), ("sh-case_officer", 200)):
        browser = Client()
        browser.force_login(cast[name])
        assert browser.get(reverse("office:assessment_policy")).status_code == status, name
    for name in ("office:assessment_policy_new", "office:assessment_rescore"):
        assert browser.get(reverse(name)).status_code == 403
