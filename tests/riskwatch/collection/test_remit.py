"""A centre acts inside product, area and period only: each act against each way of being outside."""

from datetime import date, timedelta

import pytest

from riskwatch.assessment import actions as assessment
from riskwatch.case.models import Sheet
from riskwatch.collection import actions as collection
from riskwatch.collection.models import Information
from riskwatch.doors.jobs.simulator.river import walk
from riskwatch.parties.models import Designation
from riskwatch.refusals import Refusal
from riskwatch.verification import actions as verification

pytestmark = pytest.mark.django_db
INSIDE = {"source_kind": "hospital_injury", "text": "t", "product": "p", "commodity_code": "950300", "port": "上海"}
KNOWN = {"name": "某人", "proof_kind": "resident_id", "proof": "360426199101010071"}


@pytest.fixture
def designated(cast):
    Designation.objects.filter(centre=cast.orgs["centre"]).delete()
    return Designation.objects.create(
        centre=cast.orgs["centre"], number="试〔2026〕9号", products=["9503"], areas=["2200"], valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31), designated_by=cast["hq-policy"],
    )  # fmt: skip


def _register(cast, at, facts):
    return collection.register(cast.orgs["centre"], title="玩具", facts=facts, by=cast["centre-registrar"], at=at)


def _report(cast, at, facts):
    said = {k: v for k, v in facts.items() if k != "source_kind"}
    return collection.report_as_organisation(cast.orgs["firm"], cast.orgs["centre"], title="t", facts=said, first_known_at=at, severe=False,
                                             by=cast["firm-staff"], at=at)  # fmt: skip


def _report_as_person(cast, at, facts):
    said = {k: v for k, v in facts.items() if k != "source_kind"}
    return collection.report_as_person(
        cast.orgs["centre"], title="t", facts=said, who=KNOWN, by=cast["portal-service"], at=at
    )[0]


def _later(facts):
    """What a piece says once it lies at the centre, whatever it said when it came."""
    return {"commodity_code": facts.get("commodity_code", ""), "port": facts.get("port", ""), "declaration_number": ""}


def _begin(cast, at, facts):
    sheet = _register(cast, at.replace(year=2026), INSIDE)
    Information.objects.filter(pk=sheet.pk).update(**_later(facts))
    return verification.begin_verification(sheet, task="t", by=cast["centre-verifier"], at=at)


def _enter(cast, at, facts):
    sheet = _register(cast, at.replace(year=2026), INSIDE)
    Sheet.objects.filter(pk=sheet.pk).update(stage="verified")
    Information.objects.filter(pk=sheet.pk).update(**_later(facts))
    sheet.refresh_from_db()
    return collection.enter(
        sheet, aspects=["safety"], spread="regional", spread_reason="r", by=cast["centre-registrar"], at=at
    )


def _commission(cast, at, facts):
    from riskwatch.doors.jobs.simulator.events import events

    done = walk(cast, next(events(1, 1)), upto="opened", at=at - timedelta(days=1))
    Information.objects.filter(pk=done.information.pk).update(**_later(facts))
    Sheet.objects.filter(pk=done.information.pk).update(owner=cast.orgs["sh"] if facts.get("port") else cast.orgs["sz"])
    return assessment.commission(
        done.folder, assessor=cast.orgs["centre"], question="q", by=cast["sh-case_officer"], at=at
    )


ACTS = [_register, _report, _report_as_person, _begin, _enter, _commission]
OUTSIDE = {
    "产品": (INSIDE | {"commodity_code": "851679"}, 2026),
    "区域": (INSIDE | {"port": "深圳"}, 2026),
    "时段": (INSIDE, 2027),
}


@pytest.mark.parametrize("act", ACTS)
def test_inside_its_designation_a_centre_acts(act, designated, cast, at):
    assert act(cast, at, INSIDE)


@pytest.mark.parametrize("why", OUTSIDE)
@pytest.mark.parametrize("act", ACTS)
def test_outside_each_act_is_refused_with_what_failed(act, why, designated, cast, at):
    facts, year = OUTSIDE[why]
    with pytest.raises(Refusal) as refused:
        act(cast, at.replace(year=year), facts)
    assert refused.value.code == "outside_remit"
    assert why in refused.value.reason
    assert "第五条" in refused.value.rule.cite("zh")


@pytest.mark.parametrize("act", [_register, _report, _begin, _enter])
def test_an_unknown_area_fails_where_the_designation_sets_areas(act, designated, cast, at):
    facts = {k: v for k, v in INSIDE.items() if k != "port"}
    with pytest.raises(Refusal) as refused:
        act(cast, at, facts)
    assert "区域" in refused.value.reason
    Designation.objects.update(areas=[])
    assert act(cast, at, facts)


def test_a_member_of_the_public_need_not_know_code_or_district_but_the_centre_may_not_go_on_without(
    designated, cast, at
):
    sheet = _report_as_person(cast, at, {"text": "t", "product": "玩具"})
    with pytest.raises(Refusal) as refused:
        verification.begin_verification(sheet, task="t", by=cast["centre-verifier"], at=at)
    assert refused.value.code == "outside_remit"


def test_a_file_collected_by_a_centre_brings_only_rows_inside(designated, cast, at):
    import io

    from riskwatch.collection import bulk
    from riskwatch.connectors import intake

    body = "来源,标题,内容,商品编码,口岸,外部编号\n媒体舆情信息,甲,内容,950300,上海,1\n媒体舆情信息,乙,内容,851679,上海,2\n媒体舆情信息,丙,内容,950300,深圳,3\n"
    batch = bulk.Batch(intake.SOURCE, cast.orgs["centre"], cast["centre-registrar"], at)
    done = bulk.collect(io.BytesIO(body.encode()), "x.csv", batch)
    assert (done.added, [b.position for b in done.bad_rows.order_by("pk")]) == (1, ["第3行", "第4行"])
    with pytest.raises(Refusal) as late:
        bulk.collect(
            io.BytesIO(body.encode()), "y.csv", bulk.Batch(intake.SOURCE, batch.office, batch.by, at.replace(year=2027))
        )
    assert late.value.code == "outside_remit"
