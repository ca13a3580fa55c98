"""The table of steps, read and walked in full: every kind × stage × step × role."""

import pytest

import decree188
from riskwatch.case import desk
from riskwatch.case.access import ACCESS
from riskwatch.case.lifecycle import BY_NAME, FINAL, OF_KIND, Standing, post_for
from riskwatch.case.models import Sheet
from riskwatch.case.steps import NEW, STEPS
from riskwatch.case.words import KINDS, STAGES
from riskwatch.parties.queries import Post
from riskwatch.parties.roles import BY_CODE

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
    from datetime import date

    for role in BY_CODE:
        for org, kind, level in (
            (sh, "office", "direct"),
            (sz, "office", "direct"),
            (hq, "office", "headquarters"),
            (firm, "operator", ""),
        ):
            me = Standing(cast["hq-policy"], date(2026, 3, 10), (Post(org.pk, kind, level, role, 0),))
            here = {"owner": org in (sh, hq), "only_owner": org == sh, "superior": org == hq, "headquarters": org == hq}
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
