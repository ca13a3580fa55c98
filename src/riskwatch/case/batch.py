"""One act taken on many records: each by the act itself, in one transaction, with every refusal told by record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from riskwatch.case import desk
from riskwatch.case.models import Sheet
from riskwatch.look.words import clauses, labelled
from riskwatch.parties.models import Person
from riskwatch.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: the records on which the act was taken, and those refused with the reason."""

    done: tuple[Sheet, ...]
    refused: tuple[tuple[Sheet, Refusal], ...]


def common_form(one: desk.Act, subject: Sheet, said: Any = None, *, by: Person, at: datetime) -> desk.StepForm:
    """The form of an act for many records: without files, and without fields that differ from record to record."""
    form = one.bind(said, subject=subject, by=by, at=at)
    for name in (*form.own_fields, "files"):
        form.fields.pop(name, None)
    form.initial = {}
    return form


@transaction.atomic
def take_all(one: desk.Act, sheets: Iterable[Sheet], said: Any, *, by: Person, at: datetime) -> Outcome:
    """Take an act on each record in turn; one that is refused is left as it was and the others go on."""
    done, refused = [], []
    for sheet in sheets:
        try:
            with transaction.atomic():
                form = common_form(one, sheet, said, by=by, at=at)
                if not form.is_valid():
                    raise Refusal(clauses(_wrong(form)), remedy=_("改正后再提交"), code="wrong_fields", status=422)
                desk.take(one, sheet, form=form, by=by, at=at, expected_version=None)
        except Refusal as refusal:
            refused.append((sheet, refusal))
        else:
            done.append(sheet)
    return Outcome(tuple(done), tuple(refused))


def _wrong(form: desk.StepForm) -> list[str]:
    return [
        labelled(form.fields[n].label, e) if n in form.fields else str(e)
        for n, rows in form.errors.items()
        for e in rows
    ]
