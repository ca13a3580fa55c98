"""A national centre acts inside its designation only: products, area, period, asked wherever a centre acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

import decree188
from decree188.scope import Remit, centre_remit
from riskwatch.case.models import Sheet
from riskwatch.collection.recording import information
from riskwatch.look.words import listed
from riskwatch.parties.models import Designation, Organisation
from riskwatch.refusals import Refusal


def area_of(declaration_number: str, port: str, owner: Organisation) -> str:
    """Customs district of a piece: by declaration, by port's name, else its office; empty when nothing says it."""
    if declaration_number:
        return declaration_number[:4]
    if port:
        named = Organisation.objects.filter(kind="office", name_zh__startswith=port[:20]).order_by("code").first()
        if named:
            return named.code
    return owner.code if owner.kind == Organisation.Kind.OFFICE else ""


def refuse_outside(
    centre: Organisation, *, product: str, area: str, today: date, known_only: bool = False
) -> Designation:
    """The designation under which a centre may act on a product of an area; refused when none fits.

    What is unknown fails where the designation names it; with ``known_only`` it passes, because a member of the
    public cannot be asked for a commodity code.
    """
    failed: tuple[str, ...] = ("product", "area", "period")
    for one in Designation.objects.filter(centre=centre, withdrawn_on=None).select_related("centre").order_by("pk"):
        answer = _judge(one, product, area, today, known_only=known_only)
        if answer.allowed:
            return one
        failed = min(failed, answer.failed, key=len)
    words = {"product": _("产品不在指定范围"), "area": _("区域不在指定范围"), "period": _("不在指定时段")}
    raise Refusal(_("监测中心无权办理：%(why)s") % {"why": listed(words[f] for f in failed)},
                  remedy=_("写明商品编码和口岸；确实超出指定范围的，移送主管海关，或由总署调整指定"), rule=decree188.by_name("centre_remit"),
                  code="outside_remit", status=403)  # fmt: skip


def _judge(one: Designation, product: str, area: str, today: date, *, known_only: bool) -> Remit:
    products = [] if known_only and not product else one.products
    areas = [] if known_only and not area else one.areas
    return centre_remit(product=product, area=area, day=today, products=products, areas=areas,
                        valid_from=one.valid_from, valid_until=one.valid_until)  # fmt: skip


def refuse_foreign_arrival(
    owner: Organisation, facts: Mapping[str, Any], today: date, *, known_only: bool = False
) -> None:
    """Refuse what would arrive at a centre outside its designation; offices take everything of their area."""
    if owner.kind == Organisation.Kind.CENTRE:
        area = area_of(str(facts.get("declaration_number") or ""), str(facts.get("port") or ""), owner)
        product = str(facts.get("commodity_code") or "")
        refuse_outside(owner, product=product, area=area, today=today, known_only=known_only)


def remit(centre: Organisation, sheet: Sheet, today: date) -> Designation:
    """The designation under which a centre may act on a piece of information; refused when none fits."""
    info = information(sheet)
    area = area_of(info.declaration_number, info.port, sheet.owner)
    return refuse_outside(centre, product=info.commodity_code, area=area, today=today)


def refuse_outside_remit(sheet: Sheet, today: date) -> None:
    """Refuse a centre to go on with its own piece when that lies outside its designation, or the designation ended."""
    if sheet.owner.kind == Organisation.Kind.CENTRE:
        remit(sheet.owner, sheet, today)
