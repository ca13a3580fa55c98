"""Acts in another's name: the agent stands on the record beside the principal, and may go on while the mandate lasts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from riskwatch.case import outbox
from riskwatch.case.access import AGENT, FILLED
from riskwatch.case.models import Concern, Sheet
from riskwatch.journal import queries as journal
from riskwatch.look.words import Sentence, sentence
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Membership, Organisation


def parts(part: str, principal: Organisation, agent: Organisation | None) -> dict[str, list[Organisation]]:
    """The parts of a record made by an organisation, through an agent or not."""
    return {part: [principal]} | ({AGENT: [agent]} if agent else {})


def named(agent: Organisation | None) -> dict[str, str]:
    """What the journal says of the agent."""
    return {"agent": agent.code} if agent else {}


def tell_principal(sheet: Sheet, principal: Organisation, agent: Organisation | None, *, at: datetime) -> None:
    """A principal learns of everything that is done in its name."""
    if agent is not None:
        words = sentence("%(agent)s以贵单位名义办理：%(title)s", agent=agent, title=sheet.title)
        outbox.tell([principal], subject=words, at=at, sheet=sheet)


def tell_of_act(sheet: Sheet, part: str, organisation: int, words: Sentence, *, at: datetime) -> None:
    """Whose part it is learns what somebody of another organisation did on its record in its place."""
    theirs = sheet.concerns.filter(part=part).exclude(organisation=organisation).select_related("organisation")
    mine = sheet.concerns.filter(part=part, organisation=organisation).exists()
    if not mine:
        outbox.tell([c.organisation for c in theirs], subject=words, at=at, sheet=sheet)


def filed(sheet: Sheet, acts: Iterable[str], organisations: Iterable[int]) -> dict[str, Any]:
    """What people of some organisations said when they last did one of some acts on a record; empty when nothing is kept."""
    people = Membership.objects.filter(organisation__in=list(organisations)).values("person")
    entry = journal.filed(sheet.pk, acts, people)
    return dict(entry.payload.content) if entry else {}


def stands_in(sheet: Sheet, organisation: int, part: str, today: date) -> bool:
    """Whether an organisation is the agent on a record and still holds a mandate of whose part it is."""
    if part not in FILLED or not sheet.concerns.filter(organisation=organisation, part=AGENT).exists():
        return False
    theirs = sheet.concerns.filter(part=part).values_list("organisation", flat=True)
    return parties.mandated(organisation, theirs, today)


def stood_in_for(organisations: Iterable[int], part: str, today: date) -> Q:
    """The same as a condition on sheets, for the inbox."""
    mine = list(organisations)
    theirs = parties.principals_of(mine, today) if part in FILLED else []
    if not theirs:
        return Q(pk__in=[])
    agent = Concern.objects.filter(sheet=OuterRef("pk"), organisation__in=mine, part=AGENT)
    principal = Concern.objects.filter(sheet=OuterRef("pk"), organisation__in=theirs, part=part)
    return Q(Exists(agent)) & Q(Exists(principal))
