"""Acts in another's name: the agent stands on the record beside the principal, and may go on while the mandate lasts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from riskwatch.case import outbox
from riskwatch.case.models import Concern, Sheet
from riskwatch.parties import queries as parties
from riskwatch.parties.models import Organisation

PART = "agent"
# The parts of a record that somebody with a mandate may fill in the place of whose they are.
FILLED = ("reporter", "addressee")


def parts(part: str, principal: Organisation, agent: Organisation | None) -> dict[str, list[Organisation]]:
    """The parts of a record made by an organisation, through an agent or not."""
    return {part: [principal]} | ({PART: [agent]} if agent else {})


def named(agent: Organisation | None) -> dict[str, str]:
    """What the journal says of the agent."""
    return {"agent": agent.code} if agent else {}


def tell_principal(sheet: Sheet, principal: Organisation, agent: Organisation | None, *, at: datetime) -> None:
    """A principal learns of everything that is done in its name."""
    if agent is not None:
        words = _("%(agent)s以贵单位名义办理：%(title)s") % {"agent": agent, "title": sheet.title}
        outbox.tell([principal], subject=words, at=at, sheet=sheet)


def stands_in(sheet: Sheet, organisation: int, part: str, today: date) -> bool:
    """Whether an organisation is the agent on a record and still holds a mandate of whose part it is."""
    if part not in FILLED or not sheet.concerns.filter(organisation=organisation, part=PART).exists():
        return False
    theirs = sheet.concerns.filter(part=part).values_list("organisation", flat=True)
    return parties.mandated(organisation, theirs, today)


def stood_in_for(organisations: Iterable[int], part: str, today: date) -> Q:
    """The same as a condition on sheets, for the inbox."""
    mine = list(organisations)
    theirs = parties.principals_of(mine, today) if part in FILLED else []
    if not theirs:
        return Q(pk__in=[])
    agent = Concern.objects.filter(sheet=OuterRef("pk"), organisation__in=mine, part=PART)
    principal = Concern.objects.filter(sheet=OuterRef("pk"), organisation__in=theirs, part=part)
    return Q(Exists(agent)) & Q(Exists(principal))
