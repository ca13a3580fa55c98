"""Where a measure stands on a day: computed from what people did, in one Python and one SQL form."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, F, Q, Value, When

from decree188.disposal import lapses
from riskwatch.case.models import Sheet
from riskwatch.case.steps import STEPS

IN_FORCE = "in_force"
LIVE = (IN_FORCE,)
# Steps that a measure past its term still allows: recording that it lapsed, and verified execution.
MOVABLE_AFTER_TERM = frozenset({"lapse", "fulfil"})

# kind -> stages at which its time limit has done its work: the ends of the table. Information has no end of its own:
# once it is verified or turned away, nothing is due on it.
_NO_END = {
    "information": ("verified", "entered", "refuted", "unverifiable", "out_of_scope", "transferred", "withdrawn"),
}
SETTLED = {
    kind: tuple({s.enters for s in STEPS if s.kind == kind and s.final} | set(_NO_END.get(kind, ())))
    for kind in dict.fromkeys(s.kind for s in STEPS)
}


def settled_on(today: date) -> Q:
    """Sheets on which nothing is due any more: at an end, decided without one, or lapsed by the day."""
    finished = Q(ends_by_itself=True, ends_on__lt=today, stage=IN_FORCE)
    for kind, stages in SETTLED.items():
        finished |= Q(kind=kind, stage__in=stages)
    return finished


def is_settled(sheet: Sheet, today: date) -> bool:
    """The same as `settled_on`, for one sheet."""
    lapsed = sheet.stage == IN_FORCE and sheet.ends_by_itself and lapses(sheet.ends_on, today)
    return lapsed or sheet.stage in SETTLED.get(sheet.kind, ())


def is_late(sheet: Sheet, today: date) -> bool:
    """Whether something is overdue on a sheet."""
    return sheet.due_on is not None and sheet.due_on < today and not is_settled(sheet, today)


def late_on(today: date) -> Q:
    """The same as `is_late`, as a condition over ``Sheet``."""
    return Q(due_on__lt=today) & ~settled_on(today)


def standing(sheet: Sheet, today: date) -> str:
    """A sheet's standing on a day.

    Returns
    -------
    str
        ``"lapsed"`` for a measure in force whose term ended by itself, ``"not_yet"`` before its first day,
        ``"overdue"`` for one past a term that does not end by itself, otherwise its stage.
    """
    if sheet.stage != IN_FORCE:
        return sheet.stage
    if sheet.ends_by_itself and lapses(sheet.ends_on, today):
        return "lapsed"
    if sheet.ends_on is not None and today > sheet.ends_on:
        return "overdue"
    if sheet.starts_on is not None and today < sheet.starts_on:
        return "not_yet"
    return IN_FORCE


def standing_on(today: date) -> Case:
    """The same as `standing`, as an SQL expression over ``Sheet``; a property test holds the two equal."""
    past = Q(stage=IN_FORCE, ends_on__lt=today)
    return Case(
        When(past & Q(ends_by_itself=True), then=Value("lapsed")),
        When(past, then=Value("overdue")),
        When(stage=IN_FORCE, starts_on__gt=today, then=Value("not_yet")),
        default=F("stage"),
        output_field=CharField(),
    )


def binding_on(today: date) -> Q:
    """Sheets that bind somebody on a day: in force, and not lapsed."""
    return Q(stage=IN_FORCE) & ~Q(ends_by_itself=True, ends_on__lt=today)
