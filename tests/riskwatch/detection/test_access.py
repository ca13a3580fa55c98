"""Who sees and judges signals: headquarters, a port, another port, a centre inside and outside its designation, strangers."""

from datetime import date

import pytest

from riskwatch.case.models import Folder, Message
from riskwatch.detection import actions, queries
from riskwatch.detection.models import Run, Signal, Watch
from riskwatch.journal.models import Entry
from riskwatch.parties.models import Designation
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
WEEK = date(2026, 3, 2)


@pytest.fixture
def made(cast, at, detector):
    """A signal of the national watch on a product and some ports; what the engine computes does not matter here."""
    watch = actions.national_watch(by=detector, at=at)
    run = Run.objects.create(watch=watch, week=WEEK, inputs="0" * 64, parameters={}, engine="e", digest="1" * 64, by=detector, at=at,
                             seconds=1, records=1, undated=0, cells=1, tested=1, rejected=1, raised=1, held=0)  # fmt: skip

    def signal(product="851650", ports=("2200", "2201"), hazard="electrical", **said):
        place = Signal.objects.count() + 1
        cell = {"product": product, "hazard": hazard}
        rows = [{"port": p, "cases": n, "expected": 0.5} for n, p in enumerate(ports, 2) if not p.endswith("00")]
        return Signal.objects.create(**{
            "run": run, "week": WEEK, "place": place, "cell": cell, "cell_key": f"{place:064d}", "product": product, "hazard": hazard,
            "sources": ["consumer_complaint"], "observed": 9, "expected": 2.0, "low": 0, "high": 5, "excess": 3, "p": 1e-4, "rank": 9,
            "severity": 3, "exposure": 1, "extent": "systemic", "spread": [], "findings": [], "series": {"weeks": [], "lines": []},
            "by_port": rows, "ports": list(ports), "reports": {"sheets": [], "rows": [], "total": 0}, "why_zh": "因", "why_en": "why",
            "record": "{}"} | said)  # fmt: skip

    return signal


def seen(cast, name, at):
    return {s.pk for s in queries.signals_visible(cast[name], at)}


def test_headquarters_sees_all_and_an_office_what_touches_its_ports(made, cast, at):
    shanghai, shenzhen, nowhere = made(), made(ports=("5300", "5301")), made(ports=())
    assert seen(cast, "hq-analyst", at) == seen(cast, "hq-decider", at) == {shanghai.pk, shenzhen.pk, nowhere.pk}
    assert seen(cast, "sh-case_officer", at) == seen(cast, "pj-case_officer", at) == {shanghai.pk}
    assert seen(cast, "sz-supervisor", at) == {shenzhen.pk}


@pytest.mark.parametrize(
    "name", ["hq-security", "hq-audit", "hq-policy", "tech-assessor", "panel-chair", "firm-manager", "rival-manager"]
)
def test_administrators_bodies_and_operators_see_none(made, cast, at, name):
    made()
    assert seen(cast, name, at) == set()
    assert not queries.watches_visible(cast[name], at).exists()


def test_an_office_reads_the_counts_of_its_own_ports_only(made, cast, at):
    signal = made(ports=("2200", "2201", "2202", "5300", "5301"))
    assert {p.code for p in queries.ports_of(signal, to=cast["hq-analyst"], at=at)} == {"2201", "2202", "5301"}
    assert {p.code for p in queries.ports_of(signal, to=cast["pj-case_officer"], at=at)} == {"2201"}
    assert {p.code for p in queries.ports_of(signal, to=cast["sz-case_officer"], at=at)} == {"5301"}


def test_a_centre_sees_and_judges_inside_its_designation_only(made, cast, at):
    toys, kettles, coarse = made(product="950300"), made(), made(product="95")
    assert seen(cast, "centre-analyst", at) == {toys.pk}
    assert actions.keep_watching(toys, by=cast["centre-analyst"], at=at).state == "watched"
    for outside in (kettles, coarse):
        with pytest.raises(Refusal) as refused:
            actions.dismiss(outside, ground="chance", reason="x", by=cast["centre-analyst"], at=at)
        assert refused.value.status == 404
    Designation.objects.filter(centre=cast.orgs["centre"]).update(withdrawn_on=at.date())
    assert seen(cast, "centre-analyst", at) == set()


def test_a_centres_area_narrows_by_ports(made, cast, at):
    Designation.objects.filter(centre=cast.orgs["centre"]).update(areas=["5300"])
    made(product="950300")
    south = made(product="950300", ports=("5300", "5304"))
    assert seen(cast, "centre-analyst", at) == {south.pk}


@pytest.mark.parametrize("act", ["keep_watching", "dismiss", "refer"])
@pytest.mark.parametrize(
    "name", ["sh-case_officer", "sh-supervisor", "hq-decider", "centre-registrar", "firm-staff", "hq-security"]
)
def test_judging_is_the_analysts_and_a_stranger_is_told_nothing(made, cast, at, act, name):
    signal = made(product="950300")
    said = {
        "keep_watching": {},
        "dismiss": {"ground": "chance", "reason": "x"},
        "refer": {"office": cast.orgs["sh"], "reason": "x"},
    }[act]
    with pytest.raises(Refusal) as refused:
        getattr(actions, act)(signal, by=cast[name], at=at, **said)
    assert refused.value.status == (404 if name in ("firm-staff", "hq-security") else 403)
    signal.refresh_from_db()
    assert signal.state == "new"


def test_a_dismissal_needs_ground_and_reason_and_is_journalled_with_its_rule(made, cast, at):
    signal = made()
    for wrong in (
        {"ground": "", "reason": "x"},
        {"ground": "chance", "reason": "  "},
        {"ground": "nonsense", "reason": "x"},
    ):
        with pytest.raises(Refusal):
            actions.dismiss(signal, by=cast["hq-analyst"], at=at, **wrong)
    actions.dismiss(signal, ground="season", reason="春节", by=cast["hq-analyst"], at=at)
    entry = Entry.objects.get(act="signal.dismiss")
    assert entry.rule == "talk_with_customs_head"
    assert entry.actor_id == cast["hq-analyst"].pk


def test_a_referral_tells_the_office_once_and_decides_nothing(made, cast, at):
    signal = made()
    for _twice in range(2):
        actions.refer(signal, cast.orgs["sh"], reason="请立案", by=cast["hq-analyst"], at=at)
    assert Message.objects.filter(to_organisation=cast.orgs["sh"], role="case_officer").count() == 1
    signal.refresh_from_db()
    assert signal.state == "new"


@pytest.mark.parametrize("name", ["sh-registrar", "sz-case_officer", "centre-analyst", "firm-manager"])
def test_a_case_is_opened_by_a_case_officer_who_sees_the_signal(made, cast, at, name):
    signal = made()
    with pytest.raises(Refusal):
        actions.accept(signal, owner=cast.orgs["sh"], title="案", by=cast[name], at=at)
    assert not Folder.objects.exists()
    assert "accept" not in queries.acts(signal, to=cast[name], at=at) or name == "sz-case_officer"


def test_what_a_person_may_do_is_what_is_offered(made, cast, at):
    signal = made()
    assert queries.acts(signal, to=cast["hq-analyst"], at=at) == {"watch", "dismiss", "refer", "accept"}
    assert queries.acts(signal, to=cast["sh-case_officer"], at=at) == {"accept"}
    assert queries.acts(signal, to=cast["sz-case_officer"], at=at) == set()
    actions.dismiss(signal, ground="season", reason="春节", by=cast["hq-analyst"], at=at)
    signal.refresh_from_db()
    assert queries.acts(signal, to=cast["hq-analyst"], at=at) == set()


def test_computed_numbers_cannot_be_changed_and_signals_not_deleted(made, db):
    from django.db import transaction
    from django.db.utils import DatabaseError

    signal = made()
    for change in (
        lambda: Signal.objects.filter(pk=signal.pk).update(observed=1),
        lambda: Signal.objects.filter(pk=signal.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def plan(**said):
    return actions.Plan(
        **({"name": "toys", "starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 31), "products": ("9503",)} | said)
    )


def test_a_centres_watch_lies_inside_its_designation(cast, at):
    centre, analyst = cast.orgs["centre"], cast["centre-analyst"]
    made = actions.make_watch(centre, plan(), by=analyst, at=at)
    assert Entry.objects.get(act="watch.make").rule == "centre_remit"
    outside = [plan(name="a", products=()), plan(name="b", products=("9503", "8516")), plan(name="c", starts_on=date(2019, 1, 1)),
               plan(name="d", ends_on=date(2036, 1, 1))]  # fmt: skip
    for wrong in outside:
        with pytest.raises(Refusal) as refused:
            actions.make_watch(centre, wrong, by=analyst, at=at)
        assert refused.value.code == "outside_remit"
    assert list(queries.watches_visible(analyst, at)) == [made]
    ended = actions.end_watch(made, reason="任务完成", by=analyst, at=at)
    assert ended.ends_on == at.date()


@pytest.mark.parametrize("name", ["hq-analyst", "centre-registrar", "sh-case_officer", "firm-manager"])
def test_a_centres_watch_is_made_and_ended_by_its_own_analyst(cast, at, name):
    with pytest.raises(Refusal) as refused:
        actions.make_watch(cast.orgs["centre"], plan(), by=cast[name], at=at)
    assert refused.value.code == "no_post"
    made = actions.make_watch(cast.orgs["centre"], plan(), by=cast["centre-analyst"], at=at)
    with pytest.raises(Refusal):
        actions.end_watch(made, reason="x", by=cast[name], at=at)


def test_a_malformed_watch_names_every_field_at_fault(cast, at):
    wrong = plan(name="玩 具", products=("95O3",), areas=("9999",), ends_on=date(2020, 1, 1), budget=0)
    with pytest.raises(Refusal) as refused:
        actions.make_watch(cast.orgs["hq"], wrong, by=cast["hq-analyst"], at=at)
    assert set(refused.value.fields) == {"name", "products", "areas", "ends_on", "budget"}
    assert not Watch.objects.filter(name="玩 具").exists()


def test_running_a_watch_is_its_analysts_or_the_services(cast, at, detector):
    made = actions.make_watch(cast.orgs["centre"], plan(), by=cast["centre-analyst"], at=at)
    assert actions.run_watch(made, WEEK, by=cast["centre-analyst"], at=at).short
    with pytest.raises(Refusal):
        actions.run_watch(made, WEEK, by=cast["sh-case_officer"], at=at)
    with pytest.raises(Refusal) as refused:
        actions.run_watch(made, date(2025, 12, 1), by=detector, at=at)
    assert refused.value.code == "outside_term"
