"""Choosing pieces of information on the list: one by one, or all that fit the list's filters up to a bound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from decree188.collection import source_kinds
from riskwatch.case.access import visible
from riskwatch.case.desk import DateInput
from riskwatch.case.models import Sheet
from riskwatch.case.words import STAGES
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection import finding
from riskwatch.look.asked import whole_number
from riskwatch.look.words import choices
from riskwatch.parties.models import Person

MOST = 1000  # pieces that one press acts on
ANY = ("", _("不限"))


def stages() -> list[tuple[str, Any]]:
    """The stages of information, in the order of the work."""
    return [
        ("received", STAGES["", "received"]),
        *((s, words) for (k, s), words in STAGES.items() if k == "information"),
    ]


class FilterForm(forms.Form):
    """What the list of information shows."""

    text = forms.CharField(label=_("产品、品牌、型号或编号"), required=False, max_length=120)
    stage = forms.ChoiceField(label=_("状态"), required=False)
    source_kind = forms.ChoiceField(label=_("信息来源"), required=False)
    hazard = forms.ChoiceField(label=_("危害"), required=False)
    code = forms.RegexField(r"^\d{1,10}$", label=_("商品编码开头"), required=False, max_length=10)
    by = forms.ChoiceField(
        label=_("日期按"), required=False, choices=[("received", _("收到")), ("event", _("发生或发布"))]
    )
    since = forms.DateField(label=_("自"), required=False, widget=DateInput())
    until = forms.DateField(label=_("至"), required=False, widget=DateInput())
    reference = forms.CharField(label=_("活动或召回编号"), required=False, max_length=200)
    file = forms.IntegerField(required=False, widget=forms.HiddenInput)
    office = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, said: Any) -> None:
        super().__init__(said)
        fields: Any = self.fields
        fields["stage"].choices = [ANY, *stages()]
        fields["source_kind"].choices = [ANY, *choices(source_kinds)]
        hazards = [(h.code, f"{'　' * bool(h.parent)}{h}") for h in catalogue.hazards()]
        fields["hazard"].choices = [ANY, *hazards, (finding.NONE, _("未识别"))]

    def wanted(self) -> finding.Wanted:
        """What is asked for; a filter that cannot be read asks for nothing in particular, and is marked on the page."""
        self.is_valid()
        return finding.Wanted.of(self.cleaned_data)

    def kept(self) -> str:
        """The filled-in filters as a query, for links and for acting on all that fit."""
        said = QueryDict(mutable=True)
        for name in self.fields:
            if value := str(self.data.get(name, "")).strip():
                said[name] = value
        return said.urlencode()


@dataclass(frozen=True, slots=True)
class Picked:
    """Chosen pieces.

    Attributes
    ----------
    rows : QuerySet of Sheet
        At most as many as one press acts on, oldest key first.
    hidden : list of (str, str)
        What a next page sends along to choose the same pieces again.
    """

    rows: QuerySet[Sheet]
    count: int
    more: bool
    hidden: list[tuple[str, str]]


def picked(said: QueryDict, *, to: Person, at: datetime, most: int = MOST, stages: tuple[str, ...] = ()) -> Picked:
    """The chosen pieces that a person may see; with ``stages`` only those that stand there.

    "All that fit" is fixed when it is first asked: pieces that arrive later are not acted on.
    """
    if said.get("all"):
        rows = finding.pieces(FilterForm(QueryDict(said.get("matching", ""))).wanted(), to=to, at=at)
        hidden = [("all", "1"), ("matching", said.get("matching", ""))]
        if (last := whole_number(said.get("last"))) is not None:
            rows = rows.filter(pk__lte=last)
    else:
        keys = [k for k in map(whole_number, said.getlist("sheet")[:most]) if k is not None]
        rows = visible(Sheet.objects.filter(kind="information", pk__in=keys), to=to, at=at).select_related("owner")
        hidden = [("sheet", str(k)) for k in keys]
    if stages:
        rows = rows.filter(stage__in=stages)
    count, more = finding.bounded(rows, most)
    rows = rows.order_by("pk")
    if said.get("all"):
        newest = rows.reverse().values_list("pk", flat=True).first() if last is None else last
        hidden.append(("last", str(newest or 0)))
    return Picked(rows[:most], count, more, hidden)
