"""What a new policy or a new method edition would change: accepted assessments scored again, nothing stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from riskmethods import Edition, Policy, regrade, rescore
from riskmethods.vocabulary import term
from riskmethods.wording import level_words
from riskwatch.assessment.models import Assessment, Report

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """One accepted assessment that would come out otherwise.

    ``before`` and ``after`` are levels, or customs' grades; ``after`` is empty where the edition refuses, for ``why``.
    """

    sheet: int
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True)
class Effect:
    """What would change among the accepted assessments.

    Attributes
    ----------
    counted : int
        Accepted assessments scored again.
    moves : Counter of (before, after)
        How many go from which level (or grade) to which; equal ones included.
    moved : tuple of Moved
    measures : int
        Of those whose grade stays, how many would be proposed other measures.
    """

    counted: int
    moves: Counter[tuple[str, str]]
    moved: tuple[Moved, ...]
    measures: int = 0

    def table(self, lang: str) -> list[tuple[str, str, int]]:
        """The moves in words, the most frequent first."""
        rows = sorted(self.moves.items(), key=lambda row: (-row[1], row[0]))
        return [(worded(a, lang), worded(b, lang), n) for (a, b), n in rows]


def worded(code: str, lang: str) -> str:
    """A level or a grade in words; a dash for none."""
    if code.startswith("grade:"):
        one = term("grades", code.removeprefix("grade:"))
        return one.zh if lang == "zh" else one.en
    return level_words(code, lang)


def current() -> QuerySet[Report]:
    """The newest report of every accepted assessment that was made as a document."""
    newest = Report.objects.filter(assessment=OuterRef("pk")).order_by("-version").values("pk")[:1]
    accepted = Assessment.objects.filter(sheet__stage="accepted").annotate(newest=Subquery(newest))
    return Report.objects.filter(pk__in=accepted.values("newest")).exclude(result={}).order_by("pk")


def _stored() -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield from current().values_list(F("assessment_id"), "result").iterator(chunk_size=CHUNK)


def of_policy(policy: Policy, *, day: str) -> Effect:
    """Customs' grades of accepted assessments if this policy held on an ISO day; levels stay."""
    moves: Counter[tuple[str, str]] = Counter()
    moved, other_measures = [], 0
    for sheet, result in _stored():
        (one,) = regrade([result], policy, day=day)
        before, after = (f"grade:{code}" if code else "" for code in (one.before, one.after))
        moves[before, after] += 1
        if before != after:
            moved.append(Moved(sheet, before, after))
        elif one.changed:
            other_measures += 1
    return Effect(moves.total(), moves, tuple(moved), other_measures)


def of_edition(edition: Edition, *, lang: str = "zh") -> Effect:
    """Levels of accepted assessments under another method edition.

    Raises
    ------
    MethodError
        The edition has no readable grid.
    """
    moves: Counter[tuple[str, str]] = Counter()
    moved = []
    for sheet, result in _stored():
        (one,) = rescore([result], edition)
        moves[one.before, one.after] += 1
        if one.changed:
            why = "" if one.refused is None else one.refused.zh if lang == "zh" else one.refused.en
            moved.append(Moved(sheet, one.before, one.after, why))
    return Effect(moves.total(), moves, tuple(moved))
