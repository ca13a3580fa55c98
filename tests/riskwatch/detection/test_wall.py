"""The wall on screen: what an analyst reads, what an office sees of it, and that a stranger finds nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from lxml import html

from riskwatch.detection import actions
from riskwatch.detection.models import Signal, Watch
from riskwatch.journal.models import Entry
from tests.riskwatch.detection.conftest import LAST

pytestmark = pytest.mark.django_db
WALL = "/office/signals/"


@pytest.fixture
def run(world, detector, at):
    """The week after the outbreak, run nationally."""
    national = actions.national_watch(by=detector, at=at)
    return actions.run_watch(national, LAST, by=detector, at=at)


@pytest.fixture
def kettle(run):
    return next(s for s in run.signals.all() if s.product.startswith("8516"))


@pytest.fixture
def enter(cast):
    """``enter(username)`` gives a client of that person."""

    def entered(username):
        client = Client()
        client.force_login(cast[username])
        return client

    return entered


def page(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return html.fromstring(answer.content.decode())


def said(element):
    return " ".join(element.text_content().split())


def test_before_any_run_the_wall_tells_what_to_do(enter):
    shown = page(enter("hq-analyst").get(WALL))
    assert "riskwatch watch" in said(shown.get_element_by_id("content"))


def test_a_flag_says_why_with_band_ports_reports_and_acts(enter, run, kettle):
    shown = page(enter("hq-analyst").get(WALL))
    flag = shown.get_element_by_id(f"signal-{kettle.pk}")
    assert kettle.why_zh in said(flag)
    assert "8516" in said(flag.xpath(".//h2")[0])
    assert flag.xpath(".//svg[@role='img']/@aria-label")
    assert flag.xpath(".//svg//*[contains(@class,'band')]")
    assert flag.xpath(".//svg//polyline[@class='counts']")
    weeks = flag.xpath(".//table//tbody/tr")
    assert len(weeks) == len([n for n in kettle.series["lines"][0]["counts"] if n is not None])
    assert all(name in said(flag) for name in ("浦江海关", "深圳海关"))
    assert f"{kettle.reports['total']} 份" in said(flag)
    assert {b.get("data-act") for b in flag.xpath(".//*[@data-act]")} == {"accept", "refer", "watch", "dismiss"}
    places = [s.place for s in run.signals.filter(held=False).order_by("place")]
    assert [int(said(p)) for p in shown.xpath("//*[@class='flag-place']")] == places


def test_the_map_shows_excess_by_district_and_its_table_says_the_same(enter, kettle):
    shown = page(enter("hq-analyst").get(f"{WALL}{kettle.pk}/"))
    drawn = {
        c.get("data-district"): float(c.get("r"))
        for c in shown.xpath("//svg[@class='ports-map']//circle[@data-district]")
    }
    assert len(drawn) == 42
    lit = {code for code, r in drawn.items() if r > 0}
    assert {"2200", "5300"} <= lit <= {p["port"][:2] + "00" for p in kettle.by_port if p["port"]}
    rows = {said(r[0]): float(said(r[3])) for r in shown.xpath("//*[@data-map-rows]/tr")}
    for port in kettle.by_port:
        assert any(abs(v - max(0, port["cases"] - port["expected"])) < 0.06 for v in rows.values())
    assert len(rows) == len(kettle.by_port)


def test_filters_narrow_and_an_empty_result_says_so(enter, run, kettle):
    analyst = enter("hq-analyst")
    only = page(analyst.get(WALL, {"product": kettle.product}))
    assert {f.get("data-signal") for f in only.xpath("//*[@data-signal]")} == {str(kettle.pk)}
    none = page(analyst.get(WALL, {"product": "0101"}))
    assert "没有符合条件的信号" in said(none.get_element_by_id("content"))
    assert not none.xpath("//*[@data-signal]")
    wrong = page(analyst.get(WALL, {"week": "1900-13-77", "hazard": "nonsense", "page": "²", "watch": "x"}))
    assert wrong.xpath("//*[contains(@class,'invalid-feedback')]")


def test_a_signal_page_shows_every_number_the_parameters_and_the_reports(enter, run, kettle):
    text = said(page(enter("hq-analyst").get(f"{WALL}{kettle.pk}/")).get_element_by_id("content"))
    assert run.inputs in text
    assert run.engine in text
    assert '"budget": 20' in text
    assert len(re.findall(r"RI-0000-2026-\d+", text)) == min(50, len(kettle.reports["sheets"]))
    burnt = next(s for s in run.signals.all() if "neiss" in s.sources)
    text = said(page(enter("hq-analyst").get(f"{WALL}{burnt.pk}/")).get_element_by_id("content"))
    _source, file, _row = burnt.reports["rows"][0]
    assert file in text
    assert "原文件指纹" in text
    assert "stratum" in text
    assert "按权重约代表" in text


def test_replay_from_the_page_says_that_the_numbers_are_the_same(enter, kettle):
    shown = page(enter("hq-analyst").post(f"{WALL}{kettle.pk}/replay/"))
    assert "每个数字都相同" in said(shown.get_element_by_id("content"))


def test_accept_leads_into_the_case_with_the_reports_inside(enter, kettle):
    analyst = enter("hq-analyst")
    form = page(analyst.get(f"{WALL}{kettle.pk}/accept/"))
    assert form.xpath("//select[@name='owner']/option[@selected]")
    owner = form.xpath("//select[@name='owner']/option[@selected]/@value")[0]
    answer = analyst.post(f"{WALL}{kettle.pk}/accept/", {"title": "电热水壶触电", "owner": owner})
    kettle.refresh_from_db()
    assert kettle.state == "accepted"
    assert answer["Location"] == f"/office/folders/{kettle.folder_id}/"
    text = said(page(analyst.get(f"{WALL}{kettle.pk}/")).get_element_by_id("content"))
    assert kettle.folder.number in text
    assert "已立案" in text
    again = analyst.post(f"{WALL}{kettle.pk}/accept/", {"title": "x", "owner": owner})
    assert again.status_code == 409
    assert "已处理" in again.content.decode()


def test_dismissal_needs_ground_and_reason_and_is_kept_as_it_was_given(enter, kettle, cast):
    analyst = enter("hq-analyst")
    assert analyst.post(f"{WALL}{kettle.pk}/dismiss/", {"ground": "season", "reason": " "}).status_code == 422
    assert analyst.post(f"{WALL}{kettle.pk}/dismiss/", {"ground": "", "reason": "核对过"}).status_code == 422
    kettle.refresh_from_db()
    assert kettle.state == "new"
    answer = analyst.post(f"{WALL}{kettle.pk}/dismiss/", {"ground": "season", "reason": "每年此时都有"})
    assert answer["Location"].startswith("/office/signals/?week=2026-03-02")
    kettle.refresh_from_db()
    assert (kettle.state, kettle.ground, kettle.reason, kettle.decided_by) == (
        "dismissed",
        "season",
        "每年此时都有",
        cast["hq-analyst"],
    )
    text = said(page(analyst.get(f"{WALL}{kettle.pk}/")).get_element_by_id("content"))
    assert text.count("每年此时都有") >= 2  # the outcome, and the course


def test_many_are_dismissed_after_a_page_that_lists_them_and_refusals_are_told(enter, run, cast, at):
    analyst = enter("hq-analyst")
    keys = list(run.signals.filter(held=False).order_by("place").values_list("pk", flat=True))
    assert len(keys) >= 2
    listed = page(analyst.post(f"{WALL}dismiss/", {"signal": keys}))
    assert {int(i.get("value")) for i in listed.xpath("//main//input[@name='signal']")} == set(keys)
    assert set(Signal.objects.filter(pk__in=keys).values_list("state", flat=True)) == {"new"}
    actions.dismiss(Signal.objects.get(pk=keys[0]), ground="known", reason="另案", by=cast["hq-analyst"], at=at)
    answer = analyst.post(
        f"{WALL}dismiss/", {"signal": keys, "confirm": "1", "ground": "artefact", "reason": "系统切换"}
    )
    assert "未能排除的" in answer.content.decode()
    assert Entry.objects.filter(act="signal.dismiss").count() == len(keys)
    assert Signal.objects.get(pk=keys[0]).ground == "known"
    assert set(Signal.objects.filter(pk__in=keys[1:]).values_list("ground", flat=True)) == {"artefact"}


def test_what_was_decided_on_its_like_before_is_shown(enter, run, kettle, cast, at):
    from datetime import timedelta

    earlier = actions.run_watch(run.watch, LAST - timedelta(weeks=1), by=cast["detector-service"], at=at)
    like = next(s for s in earlier.signals.all() if s.product.startswith("8516"))
    actions.dismiss(like, ground="duplicate", reason="同一批投诉", by=cast["hq-analyst"], at=at)
    flag = page(enter("hq-analyst").get(WALL)).get_element_by_id(f"signal-{kettle.pk}")
    assert "同一事件重复报送" in said(flag)
    assert str(like.week) in said(flag)


def test_an_office_sees_signals_on_its_ports_with_its_own_counts_only(enter, run, kettle):
    office = enter("pj-case_officer")
    shown = page(office.get(f"{WALL}{kettle.pk}/"))
    rows = [said(r[0]) for r in shown.xpath("//*[@data-map-rows]/tr")]
    assert rows == ["浦江海关"]
    text = said(shown.get_element_by_id("content"))
    assert "深圳" not in re.sub(r"<svg.*?</svg>", "", text).replace(
        said(shown.xpath("//svg[@class='ports-map']")[0]), ""
    )
    assert run.inputs not in text
    assert not shown.xpath("//*[@id='replay']")
    assert office.post(f"{WALL}{kettle.pk}/replay/").status_code == 404
    assert {b.get("data-act") for b in shown.xpath("//*[@data-act]")} == {"accept"}
    assert office.get(f"{WALL}{kettle.pk}/dismiss/").status_code == 403
    assert office.post(f"{WALL}{kettle.pk}/dismiss/", {"ground": "season", "reason": "x"}).status_code == 403


STRANGERS = ("firm-manager", "tech-head", "lab-tester", "panel-chair", "hq-system", "hq-audit", "hq-policy")
PATHS = ("signals/", "signals/{pk}/", "signals/{pk}/accept/", "signals/back-test/", "watches/", "watches/make/")


def test_a_stranger_finds_no_wall_no_signal_and_no_watch(enter, kettle):
    for who in STRANGERS:
        stranger = enter(who)
        for door in ("/office", "/counter"):
            for path in PATHS:
                answer = stranger.get(f"{door}/{path.format(pk=kettle.pk)}")
                assert answer.status_code == 404, (who, door, path)
            ruled_out = stranger.post(f"{door}/signals/{kettle.pk}/dismiss/", {"ground": "season", "reason": "x"})
            assert ruled_out.status_code == 404, (who, door)
            assert stranger.post(f"{door}/signals/{kettle.pk}/replay/").status_code == 404, (who, door)
            assert stranger.post(f"{door}/signals/dismiss/", {"signal": [kettle.pk]}).status_code == 404, (who, door)
        assert "signals/" not in stranger.get("/counter/inbox/").content.decode(), who
    kettle.refresh_from_db()
    assert kettle.state == "new"


def test_an_office_without_the_port_gets_404(enter, run):
    burnt = next(s for s in run.signals.all() if not s.ports)
    assert enter("sz-case_officer").get(f"{WALL}{burnt.pk}/").status_code == 404


def test_a_centre_makes_and_ends_a_watch_inside_its_designation_only(enter, cast, at):
    analyst = enter("centre-analyst")
    shown = page(analyst.get("/counter/watches/"))
    assert "监测指定〔2026〕1号" in said(shown)
    plan = {
        "owner": cast.orgs["centre"].pk,
        "title": "磁力玩具",
        "name": "toys",
        "products": "9503",
        "starts_on": "2026-03-09",
        "budget": 5,
    }
    refused = analyst.post("/counter/watches/make/", plan | {"products": "8516"})
    assert refused.status_code == 403
    assert "超出本中心的指定范围" in refused.content.decode()
    assert analyst.post("/counter/watches/make/", plan | {"products": "95-03"}).status_code == 422
    assert analyst.post("/counter/watches/make/", plan).status_code == 302
    made = Watch.objects.get(name="toys")
    assert (made.products, made.budget, made.owner) == (["9503"], 5, cast.orgs["centre"])
    twice = analyst.post("/counter/watches/make/", plan)
    assert twice.status_code == 422
    assert "已有同名的监测" in twice.content.decode()
    assert enter("hq-analyst").post(f"/office/watches/{made.pk}/end/", {"reason": "x"}).status_code == 404
    assert enter("centre-registrar").post(f"/counter/watches/{made.pk}/end/", {"reason": "x"}).status_code == 404
    assert analyst.post(f"/counter/watches/{made.pk}/end/", {"reason": "活动结束"}).status_code == 302
    made.refresh_from_db()
    assert made.ended_reason == "活动结束"
    assert made.ended_by == cast["centre-analyst"]


def test_the_back_test_counts_false_alarms_and_names_the_grounds(enter, run, kettle, cast, at):
    actions.dismiss(kettle, ground="artefact", reason="重复导入", by=cast["hq-analyst"], at=at)
    shown = page(enter("hq-analyst").get("/office/signals/back-test/"))
    text = said(shown.get_element_by_id("content"))
    assert "1.00" in text
    assert "数据或报送方式变化" in text
    assert "误报" in text
    chart = shown.xpath("//*[@data-chart='weeks']")
    assert chart
    assert shown.xpath("//details//table//td[text()='2026-03-02']")
    empty = page(enter("hq-analyst").get("/office/signals/back-test/", {"since": "2001-01-01", "until": "2001-02-01"}))
    assert "riskwatch watch" in said(empty.get_element_by_id("content"))


def test_the_dashboard_counts_what_waits_and_the_side_leads_there(enter, run):
    shown = page(enter("hq-analyst").get("/office/dashboard/"))
    card = next(c for c in shown.xpath("//a[contains(@class,'card-link')]") if c.get("href") == WALL)
    assert str(run.signals.filter(held=False).count()) in said(card)
    assert shown.xpath(f"//aside//a[@href='{WALL}']")
    assert page(enter("centre-analyst").get("/counter/inbox/")).xpath("//aside//a[@href='/counter/signals/']")


def test_in_english_the_wall_holds_chinese_only_as_data(enter, run, kettle, cast, at):
    from django.conf import settings
    from django.utils.translation import override
    from django.utils.translation.reloader import translation_file_changed

    from riskwatch.doors.jobs import messages
    from tests.house.test_english import CHINESE, PACKAGE, Page, less, typed

    # The catalogue as it lies in the sources; whatever was read of an older one is forgotten.
    translation_file_changed(None, messages.compile_into(messages.catalogue_path(PACKAGE)))
    other = run.signals.exclude(pk=kettle.pk).first()
    actions.dismiss(other, ground="season", reason="供暖季", by=cast["hq-analyst"], at=at)
    reader = enter("hq-analyst")
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    pages = (
        "",
        f"{kettle.pk}/",
        f"{other.pk}/",
        *(f"{kettle.pk}/{key}/" for key in ("accept", "watch", "refer", "dismiss")),
        "back-test/",
    )
    data, left = typed(), []
    with override(settings.LANGUAGE_CODE):  # a page's language outlives its request
        for path in (*(WALL + p for p in pages), "/office/watches/", "/office/watches/make/", "/office/dashboard/"):
            answer = reader.get(path)
            assert answer.status_code == 200, path
            left += [(path, one[:120]) for one in Page(answer.content.decode()).said if CHINESE.search(less(one, data))]
    assert not left, left


def test_an_unusual_share_is_drawn_as_a_rate_with_its_interval(enter, collect, detector, at):
    from riskwatch.connectors import nhtsa
    from tests.riskwatch.detection.test_shares import WEEK, body, campaigns

    collect(nhtsa.SOURCE, body(campaigns(5, planted=14)))
    run = actions.run_watch(actions.national_watch(by=detector, at=at), WEEK, by=detector, at=at)
    ember = next(s for s in run.signals.all() if "EMBER" in s.product)
    found = ember.findings[0]
    flag = page(enter("hq-analyst").get(WALL)).get_element_by_id(f"signal-{ember.pk}")
    assert f"{found['ebgm']:.2f}" in said(flag)
    assert f"{found['eb05']:.2f}–{found['eb95']:.2f}" in said(flag)
    assert flag.xpath(".//svg//rect[@class='band']")
    shown = page(enter("hq-analyst").get(f"{WALL}{ember.pk}/"))
    assert "产品与危害同时被提到的比例" in said(shown.get_element_by_id("content"))
    assert page(enter("hq-analyst").get(f"{WALL}{ember.pk}/dismiss/")).xpath("//svg//rect[@class='band']")
