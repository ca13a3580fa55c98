"""Moving a sheet: look the step up, check standing, post, separation of duties, move, open what follows, journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import agents, families, journalling
from riskwatch.case.locking import hold as hold
from riskwatch.case.locking import lock as lock
from riskwatch.case.locking import refuse_shut as refuse_shut
from riskwatch.case.models import Cause, Concern, Enclosure, Folder, JointOffice, Recusal, Sheet
from riskwatch.case.standing import MOVABLE_AFTER_TERM, standing
from riskwatch.case.steps import NEW, STEPS, Step
from riskwatch.journal.queries import has_done
from riskwatch.look.templatetags.look import shanghai
from riskwatch.look.words import listed
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal

if TYPE_CHECKING:
    from riskwatch.parties.queries import Post

# Whoever acts in one of these posts judges, and must have no tie to those judged.
JUDGING = frozenset({"verifier", "approver", "decider", "issuer"})
RECEIVED = "information.receive"
BY_NAME: Mapping[tuple[str, str], Step] = {(step.kind, step.name): step for step in STEPS}
OF_KIND: Mapping[str, tuple[Step, ...]] = {
    kind: tuple(s for s in STEPS if s.kind == kind) for kind in dict.fromkeys(s.kind for s in STEPS)
}
FINAL: Mapping[str, frozenset[str]] = {
    kind: frozenset(s.enters for s in steps if s.final) for kind, steps in OF_KIND.items()
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's posts on a day, read once for many questions."""

    person: Person
    today: date
    posts: tuple[Post, ...]


def posts_of(person: Person, at: datetime) -> Standing:
    """Read a person's posts for the Shanghai day of a moment."""
    today = shanghai_date(at)
    return Standing(person, today, parties.posts(person, today))


def step(kind: str, name: str) -> Step:
    """The row of the table, or a clear error: an unknown step is a programming error."""
    return BY_NAME[kind, name]


def is_unfinished(sheet: Sheet) -> bool:
    """Whether a sheet still keeps its folder open."""
    return sheet.stage not in FINAL.get(sheet.kind, frozenset())


@transaction.atomic
def advance(
    sheet: Sheet,
    name: str,
    *,
    by: Person,
    at: datetime,
    content: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> Sheet:
    """Move a sheet one step: refuse, change, journal in one transaction.

    Locks the folder, then the sheet. ``content`` goes into the journal. With ``expected_version`` (what the
    person's screen showed) a sheet that someone else moved since is refused, naming who and when.

    Raises
    ------
    Refusal
        The step does not leave this stage, the term is over, the person has no post for it, took a step that
        must be another's, or is recused.
    """
    row = step(sheet.kind, name)
    locked = lock(sheet)
    me = posts_of(by, at)
    _refuse_moved(locked, row, expected_version)
    _refuse_standing(locked, row, me.today)
    post = post_for(locked, row, me)
    if post is None:
        raise no_post(locked, row)
    refuse_same_hand(locked, row, by, post.holder, me.today)
    locked.stage = row.enters
    locked.version += 1
    locked.moved_by, locked.moved_at = by, at
    locked.save(update_fields=["stage", "version", "moved_by", "moved_at"])
    if row.ends:
        _end_along(locked, BY_NAME[tuple(row.ends.split(".", 1))], by=by, at=at, content=content)  # type: ignore[index]
    journalling.record(locked, row.act, by=by, at=at, rule=row.rule, content=content, holder=post.holder)
    sheet.refresh_from_db()
    return sheet


def _end_along(cause: Sheet, row: Step, *, by: Person, at: datetime, content: Mapping[str, Any] | None) -> None:
    """Take a step on every sheet that rests on one and stands where the step leaves; nobody's post is asked."""
    resting = Sheet.objects.select_for_update(of=("self",)).filter(kind=row.kind, causes=cause, stage__in=row.leaves)
    for sheet in resting.order_by("pk"):
        sheet.stage, sheet.version, sheet.moved_by, sheet.moved_at = row.enters, sheet.version + 1, by, at
        sheet.save(update_fields=["stage", "version", "moved_by", "moved_at"])
        said = dict(content or {}) | {"because_of": cause.pk}
        journalling.record(sheet, row.act, by=by, at=at, rule=row.rule, content=said)


def _refuse_moved(sheet: Sheet, row: Step, expected: int | None) -> None:
    if sheet.stage in row.leaves and expected in (None, sheet.version):
        return
    raise Refusal(
        _("%(who)s已于%(when)s办理过这一步，现在的状态是“%(stage)s”")
        % {
            "who": sheet.moved_by,
            "when": shanghai(sheet.moved_at),
            "stage": stage_name(sheet.kind, sheet.stage),
        },
        remedy=_("刷新页面后按现在的状态办理"),
        rule=rule_of(row),
        code="moved",
    )


def _refuse_standing(sheet: Sheet, row: Step, today: date) -> None:
    over = standing(sheet, today) == "lapsed" and row.name not in MOVABLE_AFTER_TERM
    if over:
        raise Refusal(
            _("实施期限已于%(day)s届满，措施已自动解除") % {"day": sheet.ends_on},
            remedy=_("需要继续采取措施的，重新作出决定"),
            rule=decree188.by_name("lapses"),
            code="lapsed",
        )


def no_post(sheet: Sheet, row: Step) -> Refusal:
    from riskwatch.parties.roles import BY_CODE

    names = listed(BY_CODE[r].name for r in row.roles if r in BY_CODE)
    return Refusal(
        _("“%(step)s”须由%(office)s的%(roles)s办理") % {"step": row.zh, "office": _where(sheet, row), "roles": names},
        remedy=_("报请海关总署办理") if row.at == "headquarters" else _("请有该岗位的同事办理，或由安全管理员授予岗位"),
        rule=rule_of(row),
        code="no_post",
        status=403,
    )


def _where(sheet: Sheet, row: Step) -> str:
    words = {
        "superior": _("上一级海关"),
        "headquarters": _("海关总署"),
        "commissioned": _("受托机构"),
        "addressee": _("相对人或接收单位"),
        "reporter": _("报告单位"),
        "clock": _("系统时钟"),
    }
    return words.get(row.at.split("|")[0], str(sheet.owner))


def rule_of(row: Step) -> Any:
    """The law's rule that a step cites, or None."""
    return decree188.by_name(row.rule) if row.rule else None


def post_for(sheet: Sheet, row: Step, me: Standing) -> Post | None:
    """The post in which a person may take a step on a sheet, or None. Reads the office tree only when needed."""
    fitting = [p for p in me.posts if p.role in row.roles]
    for place in row.at.split("|"):
        for post in fitting:
            if _held_at(place, post, sheet, me.today):
                return post
    return None


def part_post(sheet: Sheet, part: str, roles: Iterable[str], me: Standing) -> Post | None:
    """The post in which a person fills a part of a sheet, or stands in for whose it is under a mandate, or None."""
    wanted = set(roles)
    return next((p for p in me.posts if p.role in wanted and _held_at(part, p, sheet, me.today)), None)


def _held_at(place: str, post: Post, sheet: Sheet, today: date) -> bool:
    if place in ("owner", "lead", "only_owner"):
        if post.organisation == sheet.owner_id:
            return True
        if place == "only_owner" or post.kind != "office":
            return False
        return post.organisation in parties.above(sheet.owner_id, today) or (
            place == "owner" and post.organisation in joint_offices(sheet)
        )
    if place == "superior":
        return post.organisation in parties.above(sheet.owner_id, today)
    if place == "headquarters":
        return post.level == Organisation.Level.HEADQUARTERS
    if place == "clock":
        return False
    if sheet.concerns.filter(organisation=post.organisation, part=place).exists():
        return True
    return agents.stands_in(sheet, post.organisation, place, today)


def joint_offices(subject: Sheet | Folder) -> frozenset[int]:
    """The offices that handle a case, or the case of a sheet, together with its owner; asked once per object."""
    known: frozenset[int] | None = subject.__dict__.get("_joint_offices")
    if known is None:
        rows = JointOffice.objects.filter(until=None)
        if isinstance(subject, Folder) or subject.folder_id:
            rows = rows.filter(folder=subject.pk if isinstance(subject, Folder) else subject.folder_id)
        else:
            lies = Enclosure.objects.filter(sheet__in=[subject.pk, *_caused_by(subject)], taken_out_at=None)
            rows = rows.filter(folder__in=lies.values("folder"))
        known = subject.__dict__["_joint_offices"] = frozenset(rows.values_list("office", flat=True))
    return known


def _caused_by(sheet: Sheet) -> list[int]:
    """The information that a verification looks into; asked for sheets outside any folder only."""
    return list(Cause.objects.filter(effect=sheet.pk).values_list("cause", flat=True)) if sheet.pk else []


def refuse_same_hand(sheet: Sheet, row: Step, by: Person, holder: int, today: date) -> None:
    """Refuse a person who took a step that must be another's, here or in a sheet that led here, or who is recused."""
    people = {by.pk, holder}
    refuse_tied(sheet, row, people, today)
    if row.apart_from:
        done = earlier_hand(sheet, row, people)
        if done:
            earlier = BY_NAME[tuple(done.split(".", 1))].zh  # type: ignore[index]
            raise Refusal(
                _("您已办理过“%(earlier)s”，不能再办理“%(step)s”") % {"earlier": earlier, "step": row.zh},
                remedy=_("请另一位有权限的同事办理"),
                rule=decree188.by_name("separation_of_duties"),
                code="same_hand",
                status=403,
            )
    refuse_recused(people, sheet)


def recused(people: Iterable[int], subject: Sheet | Folder) -> set[int]:
    """Which of some people stay out of a case: of the folder, of any it was merged with, of those that a piece lies in."""
    rows = list(Recusal.objects.filter(person__in=list(people)).values_list("folder", "person"))
    if not rows:
        return set()
    folders = [subject.pk] if isinstance(subject, Folder) else families.folders_of(subject)
    related = {f for folder in folders for f in families.family(folder)}
    return {person for folder, person in rows if folder in related}


def refuse_recused(people: Iterable[int], subject: Sheet | Folder) -> None:
    """Refuse when one of some people (the one who acts, and the one for whom they act) stays out of the case."""
    if recused(people, subject):
        raise Refusal(
            _("您（或您所代理的人）已在本案中回避"),
            remedy=_("请另一位有权限的同事办理"),
            rule=decree188.by_name("officers"),
            code="recused",
            status=403,
        )


def refuse_tied(sheet: Sheet, row: Step, people: set[int], today: date) -> None:
    """Refuse whoever has a declared tie to an operator of the case, where they would verify, approve, decide or issue."""
    if not JUDGING & set(row.roles) or not parties.have_ties(people, today):
        return
    tie = parties.tied(people, operators_of(sheet), today)
    if tie is not None:
        raise Refusal(
            _("%(who)s与%(firm)s有利害关系（%(nature)s），不能办理“%(step)s”")
            % {"who": tie.person, "firm": tie.operator, "nature": tie.nature, "step": row.zh},
            remedy=_("请回避，由另一位有权限的同事办理"),
            rule=decree188.by_name("officers"),
            code="tied",
            status=403,
        )


def operators_of(sheet: Sheet) -> list[int]:
    """The operators that a sheet's case concerns: by its own parts, its folder's, those of what led to it and lies with it."""
    keys = [sheet.pk, *ancestry(sheet)]
    folders = Folder.objects.filter(
        Q(pk=sheet.folder_id) | Q(enclosures__sheet__in=keys, enclosures__taken_out_at=None)
    )
    inside = Sheet.objects.filter(Q(folder__in=folders.values("pk")) | Q(enclosures__folder__in=folders.values("pk")))
    concerned = Concern.objects.filter(Q(sheet__in=keys) | Q(sheet__in=inside.values("pk"))).values("organisation")
    return list(Organisation.objects.filter(kind="operator", pk__in=concerned).values_list("pk", flat=True))


def earlier_hand(sheet: Sheet, row: Step, people: set[int]) -> str:
    """The act by which one of these people bars themselves from a step, or nothing.

    Who brought a piece in is read off the piece itself: a file's rows are journalled on the file, not on each piece.
    """
    sheets = [sheet.pk, *ancestry(sheet)]
    done = has_done(people, row.apart_from, sheets=sheets)
    if done is not None:
        return done.act
    if (
        RECEIVED in row.apart_from
        and Sheet.objects.filter(pk__in=sheets, kind="information", made_by__in=people).exists()
    ):
        return RECEIVED
    return ""


def ancestry(sheet: Sheet) -> list[int]:
    """Keys of the sheets that led to this one, however far back, and of the verifications of information among them.

    A verification is an effect of the information that it looks into, yet what follows rests on it.
    """
    seen: set[int] = set()
    front = [sheet.pk]
    while front and len(seen) < 500:
        causes = set(Cause.objects.filter(effect__in=front).values_list("cause_id", flat=True))
        front = list(causes - seen)
        seen |= causes
    looked_into = Cause.objects.filter(
        cause__in=[sheet.pk, *seen], cause__kind="information", effect__kind="verification"
    )
    return list(seen | set(looked_into.values_list("effect", flat=True)) - {sheet.pk})


def possible(sheet: Sheet, me: Standing) -> list[Step]:
    """The steps that a person may take on a sheet today, for buttons; asking never changes anything."""
    found: list[Step] = []
    if sheet.destroyed_at or sheet.archived_at or recused([me.person.pk], sheet):
        return found
    for row in OF_KIND.get(sheet.kind, ()):
        if row.leaves == (NEW,) or sheet.stage not in row.leaves:
            continue
        post = post_for(sheet, row, me)
        if post is None or (standing(sheet, me.today) == "lapsed" and row.name not in MOVABLE_AFTER_TERM):
            continue
        try:
            refuse_same_hand(sheet, row, me.person, post.holder, me.today)
        except Refusal:
            continue
        found.append(row)
    return found


def stage_name(kind: str, stage: str) -> str:
    """A stage in the reader's language."""
    from riskwatch.case.words import STAGES

    return str(STAGES.get((kind, stage)) or STAGES.get(("", stage)) or stage)
