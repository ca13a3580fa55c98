"""Reading folders and sheets: the inbox, what keeps a case open, the chain of causes, search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from riskwatch.case import access, agents, families
from riskwatch.case.access import folders_visible, visible
from riskwatch.case.lifecycle import FINAL, Standing, stage_name
from riskwatch.case.models import Concern, Enclosure, Folder, JointOffice, Message, MessageRead, Sheet
from riskwatch.case.standing import binding_on
from riskwatch.case.steps import MEASURES, NEW, STEPS
from riskwatch.case.words import KINDS
from riskwatch.parties import queries as parties
from riskwatch.parties import roles
from riskwatch.parties.models import OfficeReach, Person

SEE_NO_CASES = frozenset({*roles.ADMINISTRATORS, "policy"})
# Columns that only the database reads; lists leave them there.
UNSHOWN = ("words", "tokens", "readers")


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that keeps a case open."""

    sheet: Sheet | None
    what: str
    why: str


def of_folder(folder: Folder) -> QuerySet[Sheet]:
    """Every sheet of a case, those of cases merged into it, and the information enclosed in them."""
    folders = families.merged_in(folder.pk)
    inside = families.enclosed(folders)
    keys = [*inside, *families.attached(inside)]
    # Keys first, so that the database joins two index scans instead of reading every sheet.
    return Sheet.objects.filter(Q(folder__in=folders) | Q(pk__in=keys)).select_related("owner").defer(*UNSHOWN)


def lying_in_open_cases(sheets: Iterable[int]) -> dict[int, list[Folder]]:
    """The open cases in which some pieces of information lie already, by piece."""
    rows = Enclosure.objects.filter(sheet__in=list(sheets), taken_out_at=None, folder__state=Folder.State.OPEN)
    found: dict[int, list[Folder]] = {}
    for row in rows.select_related("folder").order_by("folder__number"):
        found.setdefault(row.sheet_id, []).append(row.folder)
    return found


def unfinished(folder: Folder, *, at: datetime) -> list[Sheet]:
    """The folder's own sheets at a stage that is not final; a lapsed measure is finished."""
    lapsed = Q(ends_by_itself=True, ends_on__lt=shanghai_date(at), stage="in_force")
    return [
        sheet
        for sheet in Sheet.objects.filter(folder=folder).exclude(lapsed).order_by("pk")
        if sheet.stage not in FINAL.get(sheet.kind, frozenset())
    ]


def keeps_open(folder: Folder, *, at: datetime) -> list[Left]:
    """Everything that forbids closing: sheets without an end, and enclosed information still undecided."""
    left = [
        Left(s, f"{KINDS[s.kind]} {s.number or s.title}", stage_name(s.kind, s.stage))
        for s in unfinished(folder, at=at)
    ]
    waiting = Sheet.objects.filter(
        enclosures__folder=folder, enclosures__taken_out_at=None, stage__in=("received", "verifying")
    )
    left += [Left(s, f"{KINDS['information']} {s.number}", stage_name(s.kind, s.stage)) for s in waiting]
    left += [Left(s, f"{KINDS[s.kind]} {s.number}", stage_name(s.kind, s.stage)) for s in own_duties(folder)]
    merged = Folder.objects.filter(merged_into=folder, state=Folder.State.OPEN)
    left += [Left(None, _("并入的案卷 %(number)s") % {"number": f.number}, _("办理中")) for f in merged]
    return left


def own_duties(folder: Folder) -> list[Sheet]:
    """Open duties that operators took on from their own knowledge and that belong to this case.

    They lie in it, or stem from information that does, or are an operator's of this case on a product of its
    information and lie in no other case.
    """
    open_ones = Sheet.objects.filter(kind="duty", folder=None).exclude(stage__in=FINAL["duty"]).order_by("pk")
    pieces = Sheet.objects.filter(enclosures__folder=folder, enclosures__taken_out_at=None)
    inside = list(pieces.filter(kind="information").only("pk", "title", "words"))
    named = Concern.objects.filter(Q(sheet__in=inside) | Q(sheet__folder=folder), organisation__kind="operator")
    theirs = Concern.objects.filter(part="addressee", organisation__in=named.values("organisation")).values("sheet")
    lying = Exists(Enclosure.objects.filter(sheet=OuterRef("pk"), taken_out_at=None))
    found = {s.pk: s for s in open_ones.filter(Q(pk__in=pieces.filter(kind="duty")) | Q(causes__in=inside)).distinct()}
    for sheet in open_ones.filter(~lying, pk__in=theirs):
        if any(_on_product(sheet.words, piece) for piece in inside):
            found[sheet.pk] = sheet
    return list(found.values())


def _on_product(product: str, piece: Sheet) -> bool:
    """Whether information speaks of a product that a duty names."""
    wanted = product.strip().lower()
    return bool(wanted) and wanted in f"{piece.title} {piece.words}".lower()


def in_force(folder: Folder, *, at: datetime) -> QuerySet[Sheet]:
    """The measures of a case that bind somebody now."""
    return Sheet.objects.filter(binding_on(shanghai_date(at)), folder=folder, kind__in=MEASURES)


def inbox(me: Standing, *, at: datetime) -> QuerySet[Sheet]:
    """Sheets at a stage where this person has a step to take, overdue first: one query for all rooms."""
    condition = Q(pk__in=[])
    for role in {p.role for p in me.posts}:
        posts = [p for p in me.posts if p.role == role]
        for place, work in _WORK.get(role, {}).items():
            kinds = [Q(kind=kind, stage__in=stages) for kind, stages in work.items()]
            condition |= reduce(or_, kinds) & _held(place, posts, me.today)
    lapsed = Q(ends_by_itself=True, ends_on__lt=me.today, stage="in_force")
    # A measure in force is no work by itself: only once something on it is due, or it is past its term.
    resting = Q(kind__in=MEASURES, stage="in_force", due_on=None) & (Q(ends_on=None) | Q(ends_on__gte=me.today))
    return (
        visible(Sheet.objects.filter(condition).exclude(lapsed).exclude(resting), to=me.person, at=at)
        .select_related("owner")
        .defer(*UNSHOWN)
        .order_by(F("due_on").asc(nulls_last=True), "-moved_at", "pk")
    )


def counts(rows: QuerySet[Sheet]) -> dict[str, int]:
    """How many sheets of each kind are among some."""
    return dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))


# Steps that stand open all the time (a measure in force can always be lifted) make no work by themselves.
STANDING_OFFERS = frozenset(
    {
        "adjust",
        "extend",
        "lift",
        "lift_lines",
        "redraft",
        "supersede",
        "withdraw",
        "withdraw_by_receipt",
        "cancel",
        "end",
        "appraise_keep",
        "appraise_destroy",
        "transfer_out",
        "leave_open",
        "void",
        "release",
        "record",
        "spare",
    }
)
QUIET_STAGES = (("information", "refuted"), ("information", "unverifiable"), ("archive_item", "kept"))


def _work_by_role() -> dict[str, dict[str, dict[str, list[str]]]]:
    """role -> place -> kind -> stages at which that role has work; read off the table once."""
    table: dict[str, dict[str, dict[str, list[str]]]] = {}
    for row in STEPS:
        if row.leaves == (NEW,) or row.name in STANDING_OFFERS:
            continue
        stages = [s for s in row.leaves if (row.kind, s) not in QUIET_STAGES]
        if row.kind == "information" and row.name in ("verify", "refute"):
            stages = ["verifying"]
        for place in row.at.split("|"):
            for role in row.roles:
                kinds = table.setdefault(role, {}).setdefault(place, {})
                kinds[row.kind] = sorted({*kinds.get(row.kind, []), *stages})
    return table


_WORK = _work_by_role()


def _held(place: str, posts: Sequence[parties.Post], today: date) -> Q:
    organisations = [p.organisation for p in posts]
    if place in ("owner", "lead", "only_owner"):
        shared = _shared(organisations) if place == "owner" else []
        return Q(owner__in=organisations) | Q(folder__in=shared) if shared else Q(owner__in=organisations)
    if place == "superior":
        return Q(owner__in=_next_below(organisations, today))
    if place == "headquarters":
        return Q() if any(p.level == "headquarters" for p in posts) else Q(pk__in=[])
    mine = Concern.objects.filter(sheet=OuterRef("pk"), organisation__in=organisations, part=place)
    return Q(Exists(mine)) | agents.stood_in_for(organisations, place, today)


def _shared(offices: list[int]) -> list[int]:
    """Keys of the cases that some offices handle jointly: few, and as keys the database joins index scans."""
    return list(JointOffice.objects.filter(office__in=offices, until=None).values_list("folder", flat=True))


def _next_below(offices: Iterable[int], today: date) -> QuerySet[OfficeReach, int]:
    return parties.reach(offices, today).filter(depth=1)


def chain(sheet: Sheet) -> tuple[list[Sheet], list[Sheet]]:
    """Where a sheet came from and what came of it: causes and effects, nearest first."""
    causes = list(Sheet.objects.filter(effects=sheet).select_related("owner").order_by("pk"))
    effects = list(Sheet.objects.filter(causes=sheet).select_related("owner").order_by("pk"))
    return causes, effects


def holding(text: str, *, to: Person, at: datetime) -> Q:
    """Sheets that hold a text, as far as a person may know: Chinese and English words, numbers and codes.

    A number or code is matched from its beginning, and a record's whole number finds that record and those numbered
    after it; words are matched by the word index; what the index does not cut the same way (parts of a model number)
    by trigrams. Who sees a record only through a part in it is answered by its number and title, never by words that
    they may not read; and whether a number exists is asked among what they see.
    """
    wanted = text.strip()[:120]
    who = access.reader(to, at)
    condition = Q(number__istartswith=wanted)
    if not _names_a_record(wanted, to=to, at=at):
        condition |= _holds(wanted) & access.seen_by_office(who, at) if who.offices else Q(pk__in=[])
        if not who.headquarters:
            condition |= Q(title__icontains=wanted) & access.seen_through_part(who)
    return condition


def search(text: str, *, to: Person, at: datetime, kinds: Iterable[str] = ()) -> QuerySet[Sheet]:
    """Sheets that a person may see and that hold a text."""
    wanted = text.strip()[:120]
    if not wanted:
        return Sheet.objects.none()
    found = Sheet.objects.filter(holding(wanted, to=to, at=at))
    rows = visible(found, to=to, at=at).select_related("owner").defer(*UNSHOWN)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    # Newest first by key, so that the database can stop at the first page of a common word; the few records under one
    # whole number are sorted, that record before those numbered after it.
    named = _names_a_record(wanted, to=to, at=at)
    exact = [Case(When(number__iexact=wanted, then=0), default=1)] if named else []
    return rows.order_by(*exact, "-pk")


def _names_a_record(wanted: str, *, to: Person, at: datetime) -> bool:
    return visible(Sheet.objects.filter(number__iexact=wanted), to=to, at=at).exists()


def _holds(wanted: str) -> Q:
    from riskwatch.case.sheets import tokens

    condition = Q(pk__in=[])
    if words := tokens(wanted).split():
        condition |= Q(tokens=reduce(and_, (SearchQuery(w, config="simple") for w in words)))
    if len(wanted) >= 3:
        condition |= Q(words__icontains=wanted)
    return condition


def search_folders(text: str, *, to: Person, at: datetime) -> QuerySet[Folder]:
    """Cases that a person may see, by the beginning of their number or by a part of their title."""
    wanted = text.strip()[:120]
    if not wanted:
        return Folder.objects.none()
    rows = Folder.objects.filter(Q(number__istartswith=wanted) | Q(title__icontains=wanted))
    return folders_visible(rows, to=to, at=at).select_related("owner").order_by("-pk")


def messages(person: Person, *, at: datetime) -> QuerySet[Message]:
    """A person's messages: to them, or to an organisation in which they hold the named role.

    Administrators and rule keepers see no cases, so what is told to their office is not told to them.
    """
    mine = Q(to_person=person)
    for post in parties.posts(person, shanghai_date(at)):
        if post.role not in SEE_NO_CASES:
            mine |= Q(to_organisation=post.organisation) & (Q(role="") | Q(role=post.role))
    return Message.objects.filter(mine).select_related("sheet", "to_organisation").order_by("-sent_at", "-pk")


def unread(person: Person, *, at: datetime) -> QuerySet[Message]:
    """Those of a person's messages that this person has not marked as read; what colleagues read counts for them alone."""
    mine = MessageRead.objects.filter(message=OuterRef("pk"), person=person)
    return messages(person, at=at).filter(~Exists(mine))
