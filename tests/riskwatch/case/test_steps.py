"""The table of steps, read and walked in full: every kind × stage × step × role."""

from datetime import date
from itertools import product

import pytest
from django.db import transaction

import decree188
from riskwatch.case import desk
from riskwatch.case.access import ACCESS
from riskwatch.case.lifecycle import BY_NAME, FINAL, OF_KIND, Standing, advance, post_for
from riskwatch.case.models import Cause, Concern, Sheet
from riskwatch.case.steps import NEW, STEPS
from riskwatch.case.words import KINDS, STAGES
from riskwatch.parties.queries import Post, remembering
from riskwatch.parties.roles import BY_CODE
from riskwatch.refusals import Refusal

pytestmark = pytest.mark.django_db
MACHINE = {"clock"}


def test_no_step_is_told_twice():
    assert len(BY_NAME) == len(STEPS)


def test_every_step_cites_a_rule_that_exists():
    for step in STEPS:
        if step.rule:
            assert decree188.by_name(step.rule).cite("zh"), step


def test_every_role_exists_and_every_step_apart_exists():
    for step in STEPS:
        assert set(step.roles) <= set(BY_CODE) | MACHINE, step
        for act in step.apart_from:
            assert tuple(act.split(".")) in BY_NAME or act in ("information.receive",), step


def test_every_stage_can_be_reached_and_left_or_ends():
    for kind, steps in OF_KIND.items():
        entered = {s.enters for s in steps}
        left = {stage for s in steps for stage in s.leaves if stage != NEW}
        opened = {"pending", "open"}
        assert left <= entered | opened, kind
        assert FINAL[kind] or kind == "information", kind


def test_every_kind_and_stage_has_words_and_an_access_row():
    for step in STEPS:
        assert step.kind in KINDS
        assert (step.kind, step.enters) in STAGES or ("", step.enters) in STAGES, step
        assert step.kind in ACCESS


def test_every_step_that_people_take_lies_on_the_desk():
    held = {(a.kind, a.step) for a in desk.acts()}
    elsewhere = {  # taken on pages of their own, by bulk, or by another act
        ("information", "receive"), ("information", "submit"), ("information", "verify"), ("information", "refute"),
        ("information", "leave_open"), ("verification", "assign"), ("assessment", "supersede"), ("duty", "know"), ("duty", "impose"),
        ("traceability", "file"), ("correction", "ask"), ("information", "withdraw_by_receipt"), ("amendment", "propose"),
    }  # fmt: skip
    for step in STEPS:
        if step.at == "clock" or (step.kind, step.name) in elsewhere or step.kind == "seizure":
            continue
        assert (step.kind, step.name) in held, step


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.act)
def test_a_step_opens_only_to_its_roles_at_its_place(step, cast):
    """Every role of the house, held in the owning office, a foreign office, or a body, against every step."""
    sh, sz, hq, firm = (cast.orgs[n] for n in ("sh", "sz", "hq", "firm"))
    sheet = Sheet(kind=step.kind, owner=sh, stage=step.leaves[0])
    places = step.at.split("|")
    for role in BY_CODE:
        for org, kind, level in (
            (sh, "office", "direct"),
            (sz, "office", "direct"),
            (hq, "office", "headquarters"),
            (firm, "operator", ""),
        ):
            me = Standing(cast["hq-policy"], date(2026, 3, 10), (Post(org.pk, kind, level, role, 0),))
            here = {
                "owner": org in (sh, hq),
                "lead": org in (sh, hq),
                "only_owner": org == sh,
                "superior": org == hq,
                "headquarters": org == hq,
            }
            allowed = role in step.roles and any(here.get(p, False) for p in places)
            if any(p in ("commissioned", "addressee", "reporter") for p in places):
                sheet_saved = _concerned(step, sh, firm, places)
                allowed = allowed or (role in step.roles and org == firm)
                assert bool(post_for(sheet_saved, step, me)) == allowed, (step.act, role, org)
            else:
                assert bool(post_for(sheet, step, me)) == allowed, (step.act, role, org)


def _concerned(step, owner, firm, places):
    from datetime import UTC, datetime

    from riskwatch.case.models import Concern
    from riskwatch.parties.models import Person

    who = Person.objects.first()
    now = datetime(2026, 3, 10, tzinfo=UTC)
    sheet = Sheet.objects.create(
        kind=step.kind,
        owner=owner,
        stage=step.leaves[0] or "x",
        title="t",
        made_by=who,
        made_at=now,
        moved_by=who,
        moved_at=now,
    )
    part = next(p for p in places if p in ("commissioned", "addressee", "reporter"))
    Concern.objects.create(sheet=sheet, organisation=firm, part=part)
    return sheet


MOVED, NO_POST, DONE = "moved", "no_post", "done"
PARTS = ("commissioned", "addressee", "reporter")


@pytest.fixture
def actors(cast):
    """For every role of the house one person who holds nothing else: at the owning office, or in a concerned body."""
    from riskwatch.parties.models import Membership, Person

    homes = {
        "office": "sh",
        "centre": "centre",
        "technical_body": "tech",
        "testing_body": "lab",
        "panel": "panel",
        "operator": "firm",
    }
    found = {}
    for code, role in BY_CODE.items():
        home = cast.orgs[homes[role.kinds[0]]]
        person = Person.objects.create(username=f"only-{code}", name_zh=code)
        Membership.objects.create(person=person, organisation=home, role=code, since=date(2020, 1, 1))
        found[code] = (person, home)
    return found


def _sheet(kind, stage, owner, who, at, concerned=()):
    sheet = Sheet.objects.create(
        kind=kind, owner=owner, stage=stage, title="t", made_by=who, made_at=at, moved_by=who, moved_at=at
    )
    Concern.objects.bulk_create([Concern(sheet=sheet, organisation=o, part=part) for o in concerned for part in PARTS])
    return sheet


def _expected(step, stage, role, home, owner):
    """Read off the row alone: where it leaves from, who takes it, where that post is held."""
    if stage not in step.leaves:
        return MOVED
    places = set(step.at.split("|"))
    at_owner = home == owner and bool(places & {"owner", "lead", "only_owner"})
    in_a_part = home != owner and bool(places & set(PARTS))
    return DONE if role in step.roles and (at_owner or in_a_part) else NO_POST


def _try(sheet, step, person, at):
    """What becomes of a step; nothing of it stays. The test's own transaction stands in for the act's."""
    point = transaction.savepoint() if sheet.stage in step.leaves else None
    try:
        moved = advance.__wrapped__(Sheet(pk=sheet.pk, kind=sheet.kind), step.name, by=person, at=at)
        return DONE if moved.stage == step.enters else moved.stage
    except Refusal as refused:
        return refused.code
    finally:
        if point:
            transaction.savepoint_rollback(point)


@pytest.mark.parametrize("kind", OF_KIND)
def test_every_stage_times_step_times_role_through_advance(kind, actors, cast, at):
    """One sheet of the kind, put at every stage; every person tries every step that there is for it."""
    owner = cast.orgs["sh"]
    bodies = {home for _person, home in actors.values()} - {owner}
    sheet = _sheet(kind, "x", owner, cast["hq-policy"], at, bodies)
    steps = [s for s in OF_KIND[kind] if s.leaves != (NEW,)]
    stages = sorted({s.enters for s in OF_KIND[kind]} | {stage for s in steps for stage in s.leaves})
    wrong, tried = [], 0
    with remembering():  # who holds which post does not change while the table is walked
        for stage, step in product(stages, steps):
            sheet.stage = stage
            sheet.save(update_fields=["stage"])
            for role, (person, home) in actors.items():
                found, wanted = _try(sheet, step, person, at), _expected(step, stage, role, home, owner)
                tried += 1
                if found != wanted:
                    wrong.append((stage, step.name, role, found, wanted))
    assert not wrong
    assert tried == len(stages) * len(steps) * len(BY_CODE)


APART = [(step, act) for step in STEPS for act in step.apart_from if step.leaves != (NEW,)]


@pytest.mark.parametrize(("step", "act"), APART, ids=lambda v: v if isinstance(v, str) else v.act)
def test_whoever_did_the_step_before_is_refused_and_a_colleague_is_not(step, act, cast, at):
    """On the sheet itself, on a sheet that led to it, and for the person for whom a deputy acts."""
    from riskwatch.journal import actions as journal
    from riskwatch.parties.actions import name_deputy
    from riskwatch.parties.models import Membership, Person

    owner, today = cast.orgs["sh"], date(2026, 3, 10)
    people = [Person.objects.create(username=f"p{n}", name_zh=f"p{n}") for n in range(4)]
    for person in people[:2]:
        Membership.objects.create(person=person, organisation=owner, role=step.roles[0], since=date(2020, 1, 1))
    first, colleague, deputy, maker = people
    elsewhere = next(role for role in ("supervisor", "archivist") if role not in step.roles)
    Membership.objects.create(person=deputy, organisation=owner, role=elsewhere, since=date(2020, 1, 1))
    sheet, cause = (_sheet(step.kind, step.leaves[0], owner, maker, at) for _n in range(2))
    Cause.objects.create(effect=sheet, cause=cause)
    for place in (sheet, cause):
        point = transaction.savepoint()
        journal.write(place.strand, act, by=first, at=at, sheet=place.pk)
        assert _try(sheet, step, first, at) == "same_hand"
        assert _try(sheet, step, colleague, at) == DONE
        name_deputy(first, deputy, since=today, until=today, reason="r", by=first, at=at)
        assert _try(sheet, step, deputy, at) == "same_hand"
        transaction.savepoint_rollback(point)
    assert _try(sheet, step, first, at) == DONE


def test_every_separation_of_the_table_was_tried():
    """A step that creates has nothing before it on its own sheet; the table sets none apart."""
    assert len(APART) == sum(len(step.apart_from) for step in STEPS)
