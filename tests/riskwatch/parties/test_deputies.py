"""Deputies are named on one's own page; administrators stay out; the journal names both persons."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from riskwatch.journal.models import Entry
from riskwatch.parties import actions, queries
from riskwatch.parties.models import Deputy, Membership
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def name(cast, absent, deputy, by=None):
    today = timezone.localdate()
    return actions.name_deputy(cast[absent], cast[deputy], since=today, until=today + timedelta(9), reason="出差", by=cast[by or absent],
                               at=timezone.now())  # fmt: skip


def test_a_deputy_is_named_and_ended_on_ones_own_page(cast):
    today = timezone.localdate()
    me = browser(cast["sh-decider"])
    said = {"deputy": "sh-supervisor", "since": today, "until": today + timedelta(5), "reason": "出差"}
    assert me.post("/office/account/deputy-name/", said).status_code == 302
    assert "出差" in me.get("/office/account/").content.decode()
    assert "decider" in {p.role for p in queries.posts(cast["sh-supervisor"], today)}
    row = Deputy.objects.get()
    me.post("/office/account/deputy-end/", {"term": row.pk})
    assert "decider" not in {p.role for p in queries.posts(cast["sh-supervisor"], today)}
    named = Entry.objects.filter(act="deputy.name").get()
    assert {named.payload.content["absent"], named.payload.content["deputy"]} == {
        cast["sh-decider"].pk,
        cast["sh-supervisor"].pk,
    }


def test_what_a_deputy_does_names_both_in_the_journal(cast):
    from riskwatch.collection.actions import register

    name(cast, "sh-registrar", "sh-archivist")
    now = timezone.now()
    made = register(
        cast.orgs["sh"], title="代理登记", facts={"source_kind": "media", "text": "x"}, by=cast["sh-archivist"], at=now
    )
    entry = Entry.objects.filter(sheet_id=made.pk).order_by("pk").first()
    assert (entry.actor, entry.on_behalf_of) == (cast["sh-archivist"], cast["sh-registrar"])


def test_a_file_that_a_deputy_collects_names_both(cast):
    """The office's strand of the file, and a piece that is renewed by it."""
    from riskwatch.collection import bulk
    from riskwatch.connectors import intake

    name(cast, "sh-registrar", "sh-archivist")

    def collect(words):
        body = f"来源,标题,内容,外部编号\n媒体舆情信息,头盔,{words},A-1\n".encode()
        batch = bulk.Batch(intake.SOURCE, cast.orgs["sh"], cast["sh-archivist"], timezone.now())
        return bulk.collect(io.BytesIO(body), f"{words}.csv", batch)

    collect("开裂")
    assert collect("又开裂").renewed == 1
    acts = Entry.objects.filter(actor=cast["sh-archivist"]).values_list("act", "on_behalf_of__username")
    assert set(acts) == {(f"information.{act}", "sh-registrar") for act in ("collect", "collected", "renew")}


def test_acts_on_a_case_by_a_deputy_name_both(cast, at, told):
    from riskwatch.case import actions as case
    from riskwatch.doors.jobs.simulator.river import walk

    done = walk(cast, told[0], upto="opened", at=at)
    other = walk(cast, told[1], upto="entered", at=at).information
    actions.name_deputy(cast["sh-case_officer"], cast["sh-supervisor"], since=at.date(), until=at.date() + timedelta(9), reason="出差",
                        by=cast["sh-case_officer"], at=at)  # fmt: skip
    me = {"by": cast["sh-supervisor"], "at": at + timedelta(days=1)}
    case.enclose(done.folder, [other], **me)
    case.take_out(done.folder, other, reason="r", **me)
    made = case.open_folder(title="另案", owner=cast.orgs["sh"], direction="import", sheets=[other], **me)
    case.merge(made, done.folder, reason="r", **me)
    case.unmerge(made, reason="r", **me)
    case.close(made, summary="s", **me)
    case.reopen(made, reason="r", **me)
    acts = Entry.objects.filter(actor=cast["sh-supervisor"]).values_list("act", "on_behalf_of__username")
    assert len(acts) == 9
    assert {who for _act, who in acts} == {"sh-case_officer"}


def test_ones_own_post_comes_before_one_filled_for_somebody(cast):
    name(cast, "hq-registrar", "hq-decider")
    Membership.objects.create(
        person=cast["hq-decider"], organisation=cast.orgs["hq"], role="registrar", since="2020-01-01"
    )
    held = [p for p in queries.posts(cast["hq-decider"], timezone.localdate()) if p.role == "registrar"]
    assert [p.holder for p in held] == [cast["hq-decider"].pk, cast["hq-registrar"].pk]


@pytest.mark.parametrize("pair", [("hq-decider", "hq-audit"), ("hq-audit", "hq-decider"), ("hq-security", "hq-audit")])
def test_an_administrator_is_nobodys_deputy_and_has_none(pair, cast):
    with pytest.raises(Refusal) as refused:
        name(cast, *pair)
    assert (refused.value.code, bool(refused.value.rule), bool(refused.value.remedy)) == ("administrator", True, True)


def test_a_deputy_gets_no_administrators_post(cast):
    name(cast, "hq-decider", "hq-supervisor")
    Membership.objects.filter(person=cast["hq-supervisor"]).update(until="2020-01-01")
    with pytest.raises(Refusal) as refused:
        actions.grant(cast["hq-supervisor"], cast.orgs["hq"], "audit_admin", since=timezone.localdate(), by=cast["hq-security"],
                      at=timezone.now())  # fmt: skip
    assert refused.value.code == "combined"


@pytest.mark.parametrize("deputy", ["sz-decider", "firm-manager", "tech-head"])
def test_a_deputy_comes_from_the_same_house(deputy, cast):
    with pytest.raises(Refusal) as refused:
        name(cast, "sh-decider", deputy)
    assert refused.value.code == "stranger"


def test_a_stranger_names_no_deputy_for_another(cast):
    with pytest.raises(Refusal) as refused:
        name(cast, "sh-decider", "sh-supervisor", by="sh-case_officer")
    assert refused.value.status == 403
    row = name(cast, "sh-decider", "sh-supervisor", by="hq-security")
    with pytest.raises(Refusal):
        actions.end_deputy(row, by=cast["sh-supervisor"], at=timezone.now())
    assert (
        browser(cast["sh-case_officer"]).get(f"/office/people/{cast['sh-decider'].pk}/deputy-name/").status_code == 404
    )


def test_a_term_that_is_over_or_runs_backwards_is_refused(cast):
    today = timezone.localdate()
    for since, until in (
        (today, today - timedelta(1)),
        (today - timedelta(9), today - timedelta(1)),
        (today, today + timedelta(400)),
    ):
        with pytest.raises(Refusal) as refused:
            actions.name_deputy(cast["sh-decider"], cast["sh-supervisor"], since=since, until=until, reason="x", by=cast["sh-decider"],
                                at=timezone.now())  # fmt: skip
        assert refused.value.code == "wrong_term"
    assert not Deputy.objects.exists()


def test_an_act_on_an_organisation_by_a_deputy_names_both_too(cast):
    from riskwatch.parties.organisations import designate

    name(cast, "hq-policy", "hq-registrar")
    today = timezone.localdate()
    designate(cast.orgs["centre"], number="代〔2026〕1号", products=[], areas=[], valid_from=today, valid_until=today, by=cast["hq-registrar"],
              at=timezone.now())  # fmt: skip
    entry = Entry.objects.get(act="centre.designate")
    assert (entry.actor, entry.on_behalf_of) == (cast["hq-registrar"], cast["hq-policy"])
