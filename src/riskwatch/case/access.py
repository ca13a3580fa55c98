"""Who sees what: one table of (kind, audience, depth), and the narrowing that follows from it.

Audiences of a record:

- ``owner``: the owning office or centre, and every office above it; with it the offices handling the case jointly
- ``lower``: every office below the owner
- ``reporter``, ``addressee``, ``commissioned``, ``measured``, ``party``: organisations with that part in the sheet
- ``agent``: who filed it in another's name, under a mandate

Depths: ``full``; ``conclusion`` (outcome only); ``own`` (only what concerns this organisation);
``commissioned`` (no reporter, no other party);
``filed`` (what an agent filed while it was mandated, as it filed it, and nothing that came later). The public sees none of these rows: it reads what disclosure copied out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from decree188.calendar import shanghai_date
from riskwatch.case.models import Concern, Enclosure, Folder, JointOffice, Sheet
from riskwatch.parties import queries as parties
from riskwatch.parties import roles
from riskwatch.parties.models import Person
from riskwatch.parties.queries import Post

M = TypeVar("M", bound=Model)

# kind -> audience -> depth
ACCESS: dict[str, dict[str, str]] = {
    "information": {"owner": "full", "reporter": "own", "agent": "own", "commissioned": "commissioned"},
    "amendment": {"owner": "full"},
    "verification": {"owner": "full", "commissioned": "full"},
    "transfer": {"owner": "full", "addressee": "full"},
    "proposal": {"owner": "full"},
    "assessment": {"owner": "full", "commissioned": "full", "measured": "conclusion", "addressee": "full"},
    "reassessment_due": {"owner": "full"},
    "decision": {"owner": "full"},
    "emergency_review": {"owner": "full"},
    "circular": {"owner": "full", "addressee": "full"},
    "notice": {"owner": "full", "lower": "full", "addressee": "own"},
    "announcement": {"owner": "full", "lower": "full", "addressee": "full", "measured": "own"},
    "regime_change": {"owner": "full", "addressee": "full", "measured": "own"},
    "order": {"owner": "full", "addressee": "own"},
    "seizure": {"owner": "full", "addressee": "own"},
    "survey": {"owner": "full", "addressee": "full", "commissioned": "full"},
    "joint_handling": {"owner": "full", "addressee": "full"},
    "filing": {"owner": "full"},
    "duty": {"owner": "full", "addressee": "own", "agent": "own"},
    "objection": {"owner": "full", "addressee": "own", "agent": "own"},
    "lift_application": {"owner": "full", "addressee": "own", "agent": "own"},
    "traceability": {"owner": "full", "reporter": "own", "agent": "own"},
    "release": {"owner": "full"},
    "correction": {"owner": "full", "reporter": "own"},
    "archive_item": {"owner": "full"},
}
KINDS_SEEN_BELOW = tuple(kind for kind, row in ACCESS.items() if "lower" in row)
# Sent up to headquarters, they stay in sight of the office whose case they belong to.
OF_THE_CASE = ("announcement",)
AGENT = "agent"
# The parts of a record that somebody with a mandate may fill in the place of whose they are.
FILLED = ("reporter", "addressee")
# A sheet that is not yet issued is nobody's but the owner's.
UNISSUED = ("drafted", "reviewed", "cancelled")
CASE_WORK = frozenset(roles.OFFICIAL_WORK) - {"policy"} | {"collector"}


@dataclass(frozen=True, slots=True)
class Reader:
    """A person's reach on a day: offices in reach, offices above them, and organisations they belong to."""

    person: int
    offices: tuple[int, ...]
    above: tuple[int, ...]
    organisations: tuple[int, ...]
    headquarters: bool


def reader(person: Person, at: datetime) -> Reader:
    """Who is asking. Administrators and people without a post reach nothing."""
    today = shanghai_date(at)
    posts = [p for p in parties.posts(person, today) if p.role not in roles.ADMINISTRATORS and p.role != "policy"]
    offices = {p.organisation for p in posts if p.kind in ("office", "centre")}
    return Reader(
        person=person.pk,
        offices=tuple(sorted(offices)),
        above=tuple(sorted({a for p in posts if p.kind == "office" for a in parties.above(p.organisation, today)})),
        organisations=tuple(sorted({p.organisation for p in posts})),
        headquarters=any(_is_headquarters(p) for p in posts),
    )


def _is_headquarters(post: Post) -> bool:
    return post.level == "headquarters"


def visible(rows: QuerySet[M], *, to: Person, at: datetime) -> QuerySet[M]:
    """Narrow a queryset of sheets, or of any room's rows on sheets, to what a person may see."""
    prefix = "" if rows.model is Sheet else "sheet__"
    return rows.filter(seen_by(reader(to, at), at, prefix=prefix))


def seen_by(who: Reader, at: datetime, *, prefix: str = "") -> Q:
    """The condition itself, by subquery only, so that no row comes twice."""
    if not who.organisations:
        return Q(pk__in=[])
    return seen_through_part(who, prefix=prefix) | seen_by_office(who, at, prefix=prefix)


def seen_through_part(who: Reader, *, prefix: str = "") -> Q:
    """What people see because their organisation has a part in it, perhaps at a limited depth."""
    if not who.organisations:
        return Q(pk__in=[])
    return Q(**{f"{prefix}readers__overlap": list(who.organisations)}) & ~Q(**{f"{prefix}stage__in": UNISSUED})


def seen_by_office(who: Reader, at: datetime, *, prefix: str = "") -> Q:
    """What officials see in full because of where it lies: in reach, handled jointly, enclosed, or issued from above."""
    if not who.offices:
        return Q(pk__in=[])
    p = prefix
    if who.headquarters:
        return Q(**{f"{p}owner__isnull": False})
    reach = parties.reach(who.offices, shanghai_date(at))
    joint = JointOffice.objects.filter(office__in=list(who.offices), until=None).values("folder")
    lies_in = Q(folder__owner__in=reach) | Q(folder__in=joint)
    enclosed = Exists(Enclosure.objects.filter(lies_in, sheet=OuterRef("pk"), taken_out_at=None))
    cases = Folder.objects.filter(owner__in=reach).values("pk")
    of_the_case = Q(**{f"{p}kind__in": OF_THE_CASE, f"{p}folder__in": cases})
    below = Q(**{f"{p}kind__in": KINDS_SEEN_BELOW, f"{p}owner__in": list(who.above)})
    own = Q(**{f"{p}owner__in": reach}) | Q(**{f"{p}owner__in": list(who.offices)})
    lies_here = own | Q(**{f"{p}folder__in": joint}) | Q(enclosed) | of_the_case
    return lies_here | below & ~Q(**{f"{p}stage__in": UNISSUED})


def folders_visible(folders: QuerySet[Folder], *, to: Person, at: datetime) -> QuerySet[Folder]:
    """Narrow folders to a person: own and lower offices' cases, and those handled jointly. Outsiders see sheets only."""
    who = reader(to, at)
    if not who.offices:
        return folders.none()
    if who.headquarters:
        return folders
    joint = JointOffice.objects.filter(office__in=list(who.offices), until=None).values("folder")
    reach = parties.reach(who.offices, shanghai_date(at))
    return folders.filter(Q(owner__in=reach) | Q(owner__in=list(who.offices)) | Q(pk__in=joint))


def depth(sheet: Sheet, *, to: Person, at: datetime) -> str | None:
    """How much of a sheet a person sees: a depth of the table, or None when they may not see it at all."""
    if not visible(Sheet.objects.filter(pk=sheet.pk), to=to, at=at).exists():
        return None
    who = reader(to, at)
    row = ACCESS[sheet.kind]
    offices = set(who.offices)
    if offices and (who.headquarters or _reaches(offices, sheet, at)):
        return "full"
    parts = set(sheet.concerns.filter(organisation__in=who.organisations).values_list("part", flat=True))
    depths = {row[part] for part in parts if part in row}
    if parts == {AGENT} and not still_mandated(sheet, who, at):
        return "filed" if AGENT in row else None
    for wanted in ("full", "commissioned", "own", "conclusion"):
        if wanted in depths:
            return wanted
    return row.get("lower", "full") if offices else None


def still_mandated(sheet: Sheet, who: Reader, at: datetime) -> bool:
    """Whether an agent on a record holds a mandate of whose part it is on that day."""
    theirs = list(sheet.concerns.filter(part__in=FILLED).values_list("organisation", flat=True))
    return any(parties.mandated(own, theirs, shanghai_date(at)) for own in who.organisations)


def filed_only(sheets: Iterable[Sheet], *, to: Person, at: datetime) -> set[int]:
    """Keys of those among some sheets that a person sees only as they filed them: as an agent whose mandate is over."""
    who = reader(to, at)
    keys = [s.pk for s in sheets]
    mine = Concern.objects.filter(sheet__in=keys, organisation__in=who.organisations)
    if who.offices or not mine.filter(part=AGENT).exists():
        return set()
    return {s.pk for s in sheets if depth(s, to=to, at=at) == "filed"}


def _reaches(offices: set[int], sheet: Sheet, at: datetime) -> bool:
    holders = {sheet.owner_id}
    if sheet.kind in OF_THE_CASE and sheet.folder is not None:
        holders.add(sheet.folder.owner_id)
    if any(offices & {h, *parties.above(h, shanghai_date(at))} for h in holders):
        return True
    joint = JointOffice.objects.filter(folder=sheet.folder_id, office__in=offices, until=None)
    return bool(sheet.folder_id) and joint.exists()


def readers_of(sheet: Sheet) -> list[int]:
    """The organisations that the table lets read a sheet through their part in it."""
    allowed = set(ACCESS[sheet.kind])
    rows = sheet.concerns.filter(part__in=allowed).values_list("organisation", flat=True)
    return sorted(set(rows))
