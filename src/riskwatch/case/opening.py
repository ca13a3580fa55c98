"""Opening a case with information: the act on one piece, and the form that the list of information shares with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from riskwatch.case import actions, queries
from riskwatch.case.desk import Act, StepForm, enter
from riskwatch.case.lifecycle import posts_of
from riskwatch.case.models import Direction, Folder, Sheet
from riskwatch.parties.models import Organisation, Person

CLOSED_TO_CASES = ("out_of_scope", "transferred", "withdrawn")


class OpenForm(StepForm):
    """A new case; whoever opens a second one on information that lies in an open case says so."""

    title = forms.CharField(label=_("案由"), max_length=200)
    direction = forms.ChoiceField(label=_("进出口"), choices=[("", "—"), *Direction.choices], required=False)
    owner = forms.ModelChoiceField(Organisation.objects.none(), label=_("承办单位"))
    again = forms.BooleanField(
        label=_("知道这些信息已在办理中的案卷里，仍要另立一案"),
        error_messages={"required": _("请确认仍要另立一案，或改为放入已有案卷")},
    )

    def prepare(self) -> None:
        """Offer the person's own offices, and ask again where information lies in an open case already."""
        pieces: list[Sheet] = [self.subject] if isinstance(self.subject, Sheet) else list(self.subject)
        mine = offices_of(self.by, self.at)
        self.fields["owner"].queryset = Organisation.objects.filter(pk__in=mine)
        self.lying = queries.lying_in_open_cases(s.pk for s in pieces)
        if not self.lying:
            del self.fields["again"]
        else:
            named = sorted({f.number for folders in self.lying.values() for f in folders})
            self.fields["again"].help_text = _("所在案卷：") + "、".join(named[:10])
        self.initial = {"title": pieces[0].title[:200] if pieces else "", "owner": mine[0] if mine else None} | dict(
            self.initial
        )


def offices_of(person: Person, at: datetime) -> list[int]:
    """The offices in which a person may open a case."""
    return [p.organisation for p in posts_of(person, at).posts if p.role == "case_officer"]


def open_with(
    pieces: Iterable[Sheet],
    *,
    by: Person,
    at: datetime,
    title: str,
    owner: Organisation,
    direction: str = "",
    again: bool = False,
) -> Folder:
    """Open a case with some pieces; the form asked about those in open cases."""
    return actions.open_folder(title=title, owner=owner, direction=direction, sheets=pieces, by=by, at=at)


def _open(sheet: Sheet, **said: Any) -> Folder:
    return open_with([sheet], **said)


def _may_lie_in_a_case(subject: Sheet | Folder, at: object) -> bool:
    return isinstance(subject, Sheet) and subject.stage not in CLOSED_TO_CASES


def install() -> None:
    """Enter the act."""
    enter(
        Act("folder", "open", OpenForm, _open, begins_on=("information",), label=_("立案"), roles=("case_officer",), rule="own_area",
            place="owner|headquarters", when=_may_lie_in_a_case)
    )  # fmt: skip
