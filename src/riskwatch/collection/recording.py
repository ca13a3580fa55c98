"""Checking the facts of a piece of information, putting them on its sheet, and the words by which it is found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from decree188.identifiers import InvalidIdentifier, check_commodity_code, check_declaration_number
from decree188.scope import excluded_products
from riskwatch.case.models import Sheet
from riskwatch.catalogue import queries as catalogue
from riskwatch.collection.models import Information
from riskwatch.look.words import clauses, either
from riskwatch.parties.models import Organisation
from riskwatch.refusals import Refusal, refuse_unless

FIELDS = (
    "source_kind", "source_words", "reference", "url", "occurred_on", "published_on", "direction", "text", "product",
    "brand", "model", "batch", "commodity_code", "quantity", "origin", "maker", "importer", "port", "declaration_number",
    "hazard", "hazard_text", "injuries", "deaths", "injured", "disposition", "aspects", "spread", "spread_reason",
)  # fmt: skip
# What a piece is found by; the long texts come last and are cut, so that a novel does not swell the index.
FOUND_BY = (
    "reference",
    "product",
    "brand",
    "model",
    "batch",
    "commodity_code",
    "declaration_number",
    "maker",
    "importer",
)
TOLD = ("hazard_text", "text")
MOST_NAMED, MOST_TOLD = 2000, 1200


def column(name: str) -> Any:
    """The column of a fact."""
    return Information._meta.get_field(name)


def checked(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with their codes checked; the field at fault is named."""
    clean = {k: v for k, v in facts.items() if k in FIELDS and v is not None}
    problems: dict[str, str] = {}
    for name, check in (("commodity_code", check_commodity_code), ("declaration_number", _declaration)):
        if clean.get(name):
            try:
                clean[name] = check(clean[name])
            except InvalidIdentifier as error:
                problems[name] = either(error.reason_zh, error.reason_en)
    if clean.get("source_kind") == "other" and not clean.get("source_words", "").strip():
        problems["source_words"] = _("来源为“其它”时须说明")
    if clean.get("spread") and not clean.get("spread_reason", "").strip():
        problems["spread_reason"] = _("判断影响范围须写明理由")
    if problems:
        raise Refusal(
            clauses(problems.values()), remedy=_("改正后再提交"), code="wrong_fields", status=422, fields=problems
        )
    return clean


def _declaration(text: str) -> str:
    exists = set(Organisation.objects.filter(kind="office").values_list("code", flat=True))
    return check_declaration_number(text, district_exists=exists.__contains__)


def words(facts: Mapping[str, Any]) -> str:
    """The words of a piece for search: its names and codes, then what is told of it, each bounded."""
    named = " ".join(str(facts[n]) for n in FOUND_BY if facts.get(n))[:MOST_NAMED]
    told = " ".join(dict.fromkeys(str(facts[n]).strip() for n in TOLD if facts.get(n)))[:MOST_TOLD]
    return f"{named} {told}".strip()


def put(sheet: Sheet, facts: dict[str, Any], *, at: datetime) -> Information:
    """Put facts on a sheet: hazard guessed when unsaid, scope and origin code computed."""
    answer = excluded_products(facts.get("commodity_code", ""))
    if not facts.get("hazard"):
        told = f"{sheet.title} {facts.get('hazard_text', '')} {facts.get('text', '')[:500]}"
        facts["hazard"] = catalogue.guess_hazard(told)
    return Information.objects.create(
        sheet=sheet, received_at=at, scope=str(answer.scope), scope_reason=answer.reason_zh,
        elsewhere=answer.elsewhere_zh, origin_code=catalogue.country(facts.get("origin", "")), **facts,
    )  # fmt: skip


def information(sheet: Sheet) -> Information:
    """The information on a sheet."""
    return Information.objects.select_related("sheet").get(pk=sheet.pk)


def refuse_no_receiver(office: Organisation) -> None:
    """Information is received by a customs office or a monitoring centre, and by nobody else."""
    refuse_unless(
        office.kind in (Organisation.Kind.OFFICE, Organisation.Kind.CENTRE),
        _("%(office)s不是海关或国家监测中心，不能接收风险信息") % {"office": office},
        remedy=_("改选海关或国家监测中心"),
        code="no_receiver",
        status=422,
    )
