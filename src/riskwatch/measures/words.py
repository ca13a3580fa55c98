"""A measure as content, as paper, and the words of its number."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from decree188.measure_rules import MEASURE_RULES
from riskwatch.look.words import kept
from riskwatch.measures.models import Measure
from riskwatch.parties.models import Organisation, Person

_SERIES = {"circular": "关预警通报", "notice": "关预警通告", "announcement": "关预警公告", "order": "关责令",
           "regime_change": "关监管调整", "survey": "关专项调查", "joint_handling": "关协同"}  # fmt: skip
_SHOWN = ("product", "commodity_code", "risk", "grounds", "order_kind", "compulsory", "required_actions", "perform_by", "text",
          "regime_from", "regime_to", "scope", "plan", "facts", "proposal", "basis", "advice")  # fmt: skip
_NUMERALS = "一二三四五六七八九十"


def series_of(kind: str, office: Organisation) -> str:
    """The words before the year of a paper's number, for example ``浦江关预警通告``; headquarters says ``署``."""
    words = _SERIES[kind]
    if office.is_headquarters:
        return "署" + words.removeprefix("关")
    return office.name_zh.removesuffix("海关") + words


def instruction_words(action: str) -> str:
    """What an instruction to inspection control asks for."""
    if action.startswith("v") and action[1:].isdecimal():
        return _("改按第%(n)s版布控") % {"n": action[1:]}
    return {"start": _("开始布控"), "stop": _("解除布控")}.get(action, action)


@kept
def content_of(measure: Measure) -> dict[str, Any]:
    """Everything a version keeps, ready for JSON."""
    sheet = measure.sheet
    texts = {name: str(getattr(measure, name)) for name in _SHOWN if getattr(measure, name)}
    return texts | {
        "title": sheet.title, "number": sheet.number, "starts_on": str(sheet.starts_on or ""), "ends_on": str(sheet.ends_on or ""),
        "addressees": [str(a.organisation) for a in measure.addressees.select_related("organisation")],
        "lines": [[line.batch, str(line.affected.normalize()), line.unit] for line in measure.lines.order_by("pk")],
    }  # fmt: skip


@kept
def paper_content(measure: Measure, *, by: Person, addressee: Organisation | None = None) -> dict[str, Any]:
    """A measure as printed; for one addressee with that addressee's batches and everybody's, no others."""
    shown = []
    for name in _SHOWN:
        value = getattr(measure, name)
        if value:
            text = measure.get_order_kind_display() if name == "order_kind" else str(value)
            shown.append([str(Measure._meta.get_field(name).verbose_name), text])  # type: ignore[union-attr]
    lines = measure.lines.order_by("pk")
    if addressee is not None:
        lines = lines.filter(Q(organisation=addressee) | Q(organisation=None))
    rows = [[line.batch, f"{line.affected.normalize():f}", line.unit] for line in lines]
    sections: list[list[Any]] = [["事由", measure.sheet.title], *shown]
    if rows:
        sections.append(["批次和数量", [["批次", "数量", "单位"], *rows]])
    if measure.sheet.ends_on:
        sections.append(["实施期限", f"{measure.sheet.starts_on} 至 {measure.sheet.ends_on}"])
    numbered = [[f"{_NUMERALS[n] if n < 10 else n + 1}、{heading}", body] for n, (heading, body) in enumerate(sections)]
    office = measure.sheet.owner
    rules = MEASURE_RULES[measure.sheet.kind]
    remedy = (
        "不服本通知的，可以在知道之日起六十日内申请行政复议，或者在六个月内提起行政诉讼"
        if rules.audience == "named"
        else ""
    )
    addressees = [
        a.organisation.name_zh
        for a in measure.addressees.select_related("organisation")
        if addressee is None or a.organisation_id == addressee.pk
    ]
    return {"organ": office.full_name_zh or office.name_zh, "addressees": addressees or ["各有关单位"], "sections": numbered,
            "signer": str(by), "note": remedy}  # fmt: skip
