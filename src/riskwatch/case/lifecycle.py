"""Moving a sheet: look the step up, check standing, post, separation of duties, move, open what follows, journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import journalling
from riskwatch.case.models import Cause, Folder, Recusal, Sheet
from riskwatch.case.standing import MOVABLE_AFTER_TERM, standing
from riskwatch.case.steps import NEW, STEPS, Step
from riskwatch.journal.queries import has_done
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation, Person
from riskwatch.refusals import Refusal

if TYPE_CHECKING:
    from riskwatch.parties.queries import Post

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


def is_official(person: Person, at: datetime) -> bool:
    """Whether a person acts for a customs office or a monitoring centre on a day."""
    return any(p.kind in ("office", "centre") for p in posts_of(person, at).posts if p.role != "collector")


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
    refuse_same_hand(locked, row, by, post.holder)
    locked.stage = row.enters
    locked.version += 1
    locked.moved_by, locked.moved_at = by, at
    locked.save(update_fields=["stage", "version", "moved_by", "moved_at"])
    journalling.record(locked, row.act, by=by, at=at, rule=row.rule, content=content, holder=post.holder)
    sheet.refresh_from_db()
    return sheet


def lock(sheet: Sheet) -> Sheet:
    """The sheet as it is now, its folder and itself locked until the transaction ends."""
    if sheet.folder_id:
        folder = Folder.objects.select_for_update().get(pk=sheet.folder_id)
        if folder.state != Folder.State.OPEN:
            raise Refusal(
                _("案卷%(number)s%(state)s，不能再办理")
                % {"number": folder.number, "state": folder.get_state_display()},
                remedy=_("先由原承办海关重新开启案卷"),
                code="folder_closed",
            )
    return Sheet.objects.select_for_update(of=("self",)).select_related("moved_by", "owner").get(pk=sheet.pk)


def _refuse_moved(sheet: Sheet, row: Step, expected: int | None) -> None:
    if sheet.stage in row.leaves and expected in (None, sheet.version):
        return
    raise Refusal(
        _("%(who)s已于%(when)s办理过这一步，现在的状态是“%(stage)s”")
        % {
            "who": sheet.moved_by,
            "when": f"{sheet.moved_at:%Y-%m-%d %H:%M}",
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

    names = "、".join(str(BY_CODE[r].name) for r in row.roles if r in BY_CODE)
    return Refusal(
        _("“%(step)s”须由%(office)s的%(roles)s办理") % {"step": row.zh, "office": _where(sheet, row), "roles": names},
        remedy=_("请有该岗位的同事办理，或由安全管理员授予岗位"),
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


def _held_at(place: str, post: Post, sheet: Sheet, today: date) -> bool:
    if place in ("owner", "only_owner"):
        if post.organisation == sheet.owner_id:
            return True
        return place == "owner" and post.kind == "office" and post.organisation in parties.above(sheet.owner_id, today)
    if place == "superior":
        return post.organisation in parties.above(sheet.owner_id, today)
    if place == "headquarters":
        return post.level == Organisation.Level.HEADQUARTERS
    if place == "clock":
        return False
    return sheet.concerns.filter(organisation=post.organisation, part=place).exists()


def refuse_same_hand(sheet: Sheet, row: Step, by: Person, holder: int) -> None:
    """Refuse a person who took a step that must be another's, here or in a sheet that led here, or who is recused."""
    people = {by.pk, holder}
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
    if sheet.folder_id and Recusal.objects.filter(folder=sheet.folder_id, person__in=people).exists():
        raise Refusal(_("您已在本案中回避"), remedy=_("请另一位有权限的同事办理"), code="recused", status=403)


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
    found = []
    for row in OF_KIND.get(sheet.kind, ()):
        if row.leaves == (NEW,) or sheet.stage not in row.leaves:
            continue
        post = post_for(sheet, row, me)
        if post is None or (standing(sheet, me.today) == "lapsed" and row.name not in MOVABLE_AFTER_TERM):
            continue
        try:
            refuse_same_hand(sheet, row, me.person, post.holder)
        except Refusal:
            continue
        found.append(row)
    return found


def stage_name(kind: str, stage: str) -> str:
    """A stage in the reader's language."""
    from riskwatch.case.words import STAGES

    return str(STAGES.get((kind, stage)) or STAGES.get(("", stage)) or stage)
