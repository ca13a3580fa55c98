"""Measures with their addressees, lines and versions; filings upward; instructions to inspection control."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from decree188 import disposal
from riskwatch.case.models import OnSheet
from riskwatch.look.words import choices

SERVICE = [("platform", _("平台送达")), ("direct", _("直接送达")), ("post", _("邮寄送达")), ("left", _("留置送达"))]


class Measure(OnSheet):
    """A warning or rapid response; which fields it needs is the rule book's."""

    product = models.CharField(_("产品"), max_length=300, blank=True)
    commodity_code = models.CharField(_("商品编码"), max_length=10, blank=True)
    risk = models.TextField(_("风险说明"), blank=True)
    text = models.TextField(_("正文"), blank=True)
    required_actions = models.TextField(_("要求采取的措施"), blank=True)
    compulsory = models.TextField(_("强制性措施"), blank=True)
    basis = models.TextField(_("依据"), blank=True)
    advice = models.TextField(_("消费和使用提示"), blank=True)
    grounds = models.TextField(_("事实和理由"), blank=True)
    order_kind = models.CharField(_("责令事项"), max_length=20, choices=choices(disposal.order_kinds), blank=True)
    perform_by = models.DateField(_("履行期限"), null=True, blank=True)
    regime_from = models.CharField(_("原监管模式"), max_length=60, blank=True)
    regime_to = models.CharField(_("新监管模式"), max_length=60, blank=True)
    scope = models.TextField(_("范围"), blank=True)
    plan = models.TextField(_("方案"), blank=True)
    facts = models.TextField(_("通报内容"), blank=True)
    proposal = models.TextField(_("协同处置建议"), blank=True)
    outcome = models.TextField(_("执行结果"), blank=True)
    lift_reason = models.TextField(_("解除理由"), blank=True)
    secrecy_reviewed = models.BooleanField(default=False)
    returned_because = models.TextField(_("退回原因"), blank=True)
    drafted_for = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, null=True, related_name="+")


class Addressee(models.Model):
    """To whom a measure goes, how and when it was served, and whether they acknowledged it."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="addressees")
    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    served_on = models.DateField(null=True, blank=True)
    service = models.CharField(max_length=10, choices=SERVICE, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    proof = models.CharField(max_length=200, blank=True)
    acknowledge_by = models.DateField(_("签收期限"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "organisation"], name="addressed_once")]


class Line(models.Model):
    """A batch under a measure and what became of it; quantities never exceed what is affected.

    A line names the addressee whose batch it is; one without concerns them all.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="lines")
    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.CharField(_("批次"), max_length=200)
    unit = models.CharField(_("单位"), max_length=20)
    affected = models.DecimalField(_("涉及数量"), max_digits=16, decimal_places=3)
    returned = models.DecimalField(_("退运"), max_digits=16, decimal_places=3, default=0)
    destroyed = models.DecimalField(_("销毁"), max_digits=16, decimal_places=3, default=0)
    recalled = models.DecimalField(_("召回"), max_digits=16, decimal_places=3, default=0)
    corrected = models.DecimalField(_("整改"), max_digits=16, decimal_places=3, default=0)
    unaccounted_reason = models.CharField(_("差额说明"), max_length=300, blank=True)
    lifted_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(affected__gte=F("returned") + F("destroyed") + F("recalled") + F("corrected")),
                name="no_more_than_affected",
            )
        ]

    @property
    def remaining(self) -> Decimal:
        """What is neither returned nor destroyed nor recalled nor corrected."""
        return self.affected - self.returned - self.destroyed - self.recalled - self.corrected


class Version(models.Model):
    """A measure as it was issued, adjusted or extended; never edited."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    reason = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "number"], name="version_once")]
        triggers = [pgtrigger.Protect(name="versions_stay", operation=pgtrigger.Update | pgtrigger.Delete)]


class Filing(OnSheet):
    """The report of a measure to the next higher customs."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="filings")
    superior = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    summary = models.TextField(_("备案内容"), blank=True)
    returned_because = models.TextField(blank=True)


class Instruction(models.Model):
    """A change of inspection regime on its way to inspection control, with every try and answer."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="instructions")
    key = models.CharField(max_length=80, unique=True)
    action = models.CharField(max_length=10)
    body = models.JSONField()
    tries = models.PositiveIntegerField(default=0)
    receipt = models.CharField(max_length=80, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    lots = models.PositiveIntegerField(null=True, blank=True)
    failed = models.PositiveIntegerField(null=True, blank=True)
