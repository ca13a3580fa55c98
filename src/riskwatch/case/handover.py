"""A leaver's open cases and unfinished records go to a successor, who is told; then the account is closed."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import decree188
from decree188.calendar import shanghai_date
from riskwatch.case import journalling, outbox
from riskwatch.case.lifecycle import is_unfinished, posts_of
from riskwatch.case.models import Folder, Sheet
from riskwatch.look.words import aside, kept, listed, sentence
from riskwatch.parties import actions, desk
from riskwatch.parties import queries as parties
from riskwatch.parties.forms import PartyForm, PersonField
from riskwatch.parties.models import Person
from riskwatch.parties.queries import Post
from riskwatch.refusals import Refusal, refuse_unless

# Information has no last stage of its own; at these somebody still has to do something with it.
WAITING = ("received", "verifying", "verified")


def folders_of(person: Person) -> QuerySet[Folder]:
    """The open cases whose officer a person is."""
    return Folder.objects.filter(officer=person, state=Folder.State.OPEN).select_related("owner")


def sheets_of(person: Person) -> list[Sheet]:
    """The unfinished records that a person handles."""
    rows = (
        Sheet.objects.filter(handler=person).select_related("owner").defer("words", "tokens", "readers").order_by("pk")
    )
    rows = rows.exclude(~Q(stage__in=WAITING), kind="information")
    return [s for s in rows if is_unfinished(s)]


@transaction.atomic
def leave(person: Person, *, hand_over_to: Person | None, by: Person, at: datetime) -> int:
    """Close a leaver's account; what they handle goes to a successor, without whom it is refused. Returns posts ended."""
    actions.refuse_foreign(person, by=by, at=at)
    folders, sheets = list(folders_of(person)), sheets_of(person)
    if folders or sheets:
        _refuse_unfit(person, hand_over_to, folders, sheets, at=at)
    count = actions.leave(person, hand_over_to=hand_over_to, by=by, at=at)
    if hand_over_to is None or not (folders or sheets):
        return count
    Folder.objects.filter(pk__in=[f.pk for f in folders]).update(officer=hand_over_to)
    Sheet.objects.filter(pk__in=[s.pk for s in sheets]).update(handler=hand_over_to)
    words = sentence("%(who)s离岗，由您接手：案卷%(f)d件、记录%(s)d件", who=person, f=len(folders), s=len(sheets))
    numbers = [f.number for f in folders] + [s.number or str(s.pk) for s in sheets]
    outbox.tell_person(hand_over_to, subject=words, at=at, body=kept(listed)(numbers)[:2000])
    content = {"from": person.pk, "to": hand_over_to.pk}
    for folder in folders:
        journalling.record_on_folder(folder, "folder.hand_over", by=by, at=at, content=content)
    for sheet in sheets:
        journalling.record(sheet, "sheet.hand_over", by=by, at=at, content=content)
    return count


def _refuse_unfit(
    person: Person, successor: Person | None, folders: list[Folder], sheets: list[Sheet], *, at: datetime
) -> None:
    rule = decree188.by_name("officers")
    if successor is None:
        words = _("%(who)s还有办理中的案卷%(f)d件、记录%(s)d件，须指定接手人") % {
            "who": person,
            "f": len(folders),
            "s": len(sheets),
        }
        raise Refusal(words, remedy=_("选定接手人后再办理"), rule=rule, code="successor_missing", status=422,
                      fields={"hand_over_to": words})  # fmt: skip
    refuse_unless(successor.is_active and successor.pk != person.pk, _("接手人须是另一位在岗人员"), remedy=_("另选接手人"), rule=rule,
                  code="wrong_successor", status=422)  # fmt: skip
    me = posts_of(successor, at)
    officer = {p.organisation for p in me.posts if p.role == "case_officer"}
    unfit = [f.number for f in folders if not officer & {f.owner_id, *parties.above(f.owner_id, me.today)}]
    held = {p.organisation for p in me.posts if p.role not in ("system_admin", "security_admin", "audit_admin")}
    unfit += [s.number for s in sheets if not held & {s.owner_id, *parties.above(s.owner_id, me.today)}]
    refuse_unless(not unfit, _("%(who)s没有接手这些事项的岗位：%(what)s") % {"who": successor, "what": listed(unfit[:8])},
                  remedy=_("另选接手人，或先授予岗位"), rule=rule, code="wrong_successor", status=422)  # fmt: skip


class LeaveForm(PartyForm):
    """Who takes over; needed only when something is open."""

    hand_over_to = PersonField(label=gettext_lazy("接手人用户名"), required=False)

    def prepare(self) -> None:
        """Say what is open, and offer those who could take it."""
        folders, sheets = folders_of(self.subject), sheets_of(self.subject)
        field = self.fields["hand_over_to"]
        field.required = bool(folders or sheets)
        field.help_text = _("办理中：案卷%(f)d件、记录%(s)d件") % {"f": len(folders), "s": len(sheets)}
        if names := _colleagues(self.subject, self.at):
            field.widget = forms.Select(choices=[("", "—"), *names], attrs={"data-filter": "1"})


def _colleagues(person: Person, at: datetime) -> list[tuple[str, str]]:
    today = shanghai_date(at)
    found = {
        h.username: f"{h.name_zh}{aside(h.username)}"
        for p in parties.posts(person, today)
        for h in parties.holders(p.organisation, p.role, today)
    }
    found.pop(person.username, None)
    return sorted(found.items())


def _offered(subject: Person, posts: tuple[Post, ...], person: Person) -> bool:
    if not subject.is_active or subject.pk == person.pk:
        return False
    return any(p.role in ("system_admin", "operator_manager") for p in posts)


def _leave(person: Person, *, by: Person, at: datetime, hand_over_to: Person | None) -> Person:
    leave(person, hand_over_to=hand_over_to, by=by, at=at)
    person.refresh_from_db()
    return person


def install() -> None:
    """Enter leaving among the acts on people."""
    desk.enter(desk.PartyAct("person", "leave", LeaveForm, _leave, gettext_lazy("离岗停用"), _offered))
