"""What measures and filings say, to officials in full and to one organisation what concerns it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext as _

from decree188.calendar import shanghai_date
from decree188.scope import operator_roles
from riskwatch.case.desk import Fact
from riskwatch.case.models import Sheet
from riskwatch.look.words import aside, clauses, labelled, listed, said
from riskwatch.measures.checks import sent_up
from riskwatch.measures.drafting import TEXTS
from riskwatch.measures.models import Addressee, Filing, Line, Measure
from riskwatch.measures.words import instruction_words


def facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What a measure says; service, instructions and where it stands outside are the office's."""
    measure = Measure.objects.select_related("sheet__owner", "drafted_for").get(pk=sheet.pk)
    shown = [*_dates(sheet), *_texts(measure), _lines(measure, None)]
    if depth == "full":
        shown += [*_course(measure), _served(measure, None), *_outside(measure)]
    return [*shown, *_end(measure)]


def own_facts(sheet: Sheet, organisations: Collection[int]) -> list[Fact]:
    """What a measure says to an addressee: its own batches and everybody's, its own service, nobody else's."""
    measure = Measure.objects.select_related("sheet__owner").get(pk=sheet.pk)
    return [*_dates(sheet), *_texts(measure), _lines(measure, organisations), _served(measure, organisations), *_end(measure)]  # fmt: skip


def _dates(sheet: Sheet) -> list[Fact]:
    return [Fact(_("生效日期"), sheet.starts_on), Fact(_("实施期限至"), sheet.ends_on)]


def _texts(measure: Measure) -> list[Fact]:
    shown = []
    for name in TEXTS:
        value = measure.get_order_kind_display() if name == "order_kind" else getattr(measure, name)
        shown.append(Fact(Measure._meta.get_field(name).verbose_name, value, len(str(value or "")) > 60))  # type: ignore[union-attr]
    return shown


def _lines(measure: Measure, organisations: Collection[int] | None) -> Fact:
    rows = measure.lines.select_related("organisation").order_by("pk")
    if organisations is not None:
        rows = rows.filter(Q(organisation__in=organisations) | Q(organisation=None))
    several = measure.addressees.count() > 1
    return Fact(_("批次和数量"), "\n".join(_line(line, several=several) for line in rows), True)


def _line(line: Line, *, several: bool) -> str:
    whose = str(line.organisation) if line.organisation else _("全体主送对象") if several else ""
    parts = ((_("退运"), line.returned), (_("销毁"), line.destroyed), (_("召回"), line.recalled), (_("整改"), line.corrected),
             (_("剩余"), line.remaining))  # fmt: skip
    words = listed(f"{name} {amount.normalize():f}" for name, amount in parts)
    lifted = aside(f"{_('已解除')} {line.lifted_on}") if line.lifted_on else ""
    amounts = clauses(
        [f"{line.affected.normalize():f} {line.unit}", f"{words}{lifted} {line.unaccounted_reason}".rstrip()]
    )
    return labelled(f"{line.batch}{aside(whose)}", amounts)


def _course(measure: Measure) -> list[Fact]:
    up = ""
    if measure.drafted_for:
        up = _("%(office)s拟制，报请总署发布") % {"office": measure.drafted_for}
    elif measure.sheet.stage == "reviewed" and sent_up(measure.sheet.kind, measure.sheet.owner):
        up = _("须报请总署发布")
    return [Fact(_("发布"), up), Fact(_("退回原因"), measure.returned_because, True, alert=True)]


def _served(measure: Measure, organisations: Collection[int] | None) -> Fact:
    rows = measure.addressees.select_related("organisation", "acknowledged_by").order_by("pk")
    roles = dict(measure.sheet.concerns.exclude(role_in_case="").values_list("organisation", "role_in_case"))
    shown = [_service(a, roles.get(a.organisation_id, "")) for a in rows if organisations is None or a.organisation_id in organisations]  # fmt: skip
    hit = measure.sheet.concerns.filter(part="measured").select_related("organisation")
    shown += [labelled(_named(str(c.organisation), c.role_in_case), _("受影响的企业")) for c in hit
              if organisations is None or c.organisation_id in organisations]  # fmt: skip
    return Fact(_("送达与签收"), "\n".join(shown), True)


def _named(name: str, role: str) -> str:
    return f"{name}{aside(said(operator_roles[role]))}" if role else name


def _service(row: Addressee, role: str) -> str:
    served = f"{row.served_on} {row.get_service_display()}" if row.served_on else _("未送达")
    if row.acknowledged_at:
        signed = f"{_('已签收')} {row.acknowledged_by} {shanghai_date(row.acknowledged_at)}"
    else:
        by = [f"{_('签收期限')} {row.acknowledge_by}"] if row.acknowledge_by else []
        signed = clauses([_("未签收"), *by])
    return labelled(_named(str(row.organisation), role), clauses([served, signed]))


def _outside(measure: Measure) -> list[Fact]:
    rows = list(measure.instructions.order_by("pk"))
    sent = [
        labelled(
            instruction_words(i.action),
            f"{i.receipt or i.problem or _('等待发送')}{aside(_('尝试%(n)s次') % {'n': i.tries})}",
        )
        for i in rows
    ]
    refused = [i for i in rows if i.refused_at]
    lots, failed = sum(i.lots or 0 for i in rows), sum(i.failed or 0 for i in rows)
    seen = _("查验%(lots)s批，不合格%(failed)s批") % {"lots": lots, "failed": failed}
    found = [
        Fact(_("布控指令"), "\n".join(sent), True),
        Fact(_("布控反馈"), seen if any(i.lots is not None for i in rows) else ""),
    ]
    if refused:
        words = _("%(why)s。按原因调整措施后，将重新下达") % {"why": refused[-1].problem}
        found.append(Fact(_("布控被拒"), words, True, alert=True))
    return [*found, *_public(measure.sheet)]


def _public(sheet: Sheet) -> list[Fact]:
    """Where the public copy of an announcement stands, in red until it is out and true."""
    if sheet.kind != "announcement" or sheet.stage != "in_force":
        return []
    releases = dict(Sheet.objects.filter(kind="release", causes=sheet).order_by("pk").values_list("stage", "pk"))
    published = max((pk for stage, pk in releases.items() if stage in ("published", "ended")), default=None)
    if published is None:
        return [Fact(_("公开情况"), _("尚未公开"), alert=True)]
    if releases.get("requested", 0) > published:
        return [Fact(_("公开情况"), _("内容已变更，更新待发布"), alert=True)]
    return [Fact(_("公开情况"), _("已公开"))]


def _end(measure: Measure) -> list[Fact]:
    versions = [f"{v.number}. {shanghai_date(v.made_at)} {v.reason}" for v in measure.versions.order_by("number")]
    return [Fact(_("执行结果"), measure.outcome, True), Fact(_("解除理由"), measure.lift_reason, True),
            Fact(_("版本"), "\n".join(versions), True)]  # fmt: skip


def filing_facts(sheet: Sheet, depth: str) -> list[Fact]:
    """What a filing says."""
    row = Filing.objects.select_related("superior").get(pk=sheet.pk)
    return [Fact(_("备案机关"), str(row.superior)), Fact(_("措施版本"), row.version), Fact(_("备案内容"), row.summary, True),
            Fact(_("退回原因"), row.returned_because, True)]  # fmt: skip
