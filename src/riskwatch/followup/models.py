"""What operators owe and ask: duties, objections, applications to lift, traceability statements."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from decree188 import disposal
from riskwatch.case.models import OnSheet
from riskwatch.look.words import choices


class Duty(OnSheet):
    """One of the four duties of one operator, from knowledge or from service of a measure."""

    kind = models.CharField(_("义务"), max_length=20, choices=choices(disposal.operator_duties))
    operator = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    measure = models.ForeignKey("measures.Measure", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    known_at = models.DateTimeField(_("知悉时间"))
    plan = models.TextField(_("方案"), blank=True)
    measures_taken = models.TextField(_("采取的措施"), blank=True)
    results = models.TextField(_("结果"), blank=True)
    told_whom = models.TextField(_("通报对象"), blank=True)
    told_on = models.DateField(_("通报日期"), null=True, blank=True)
    told_text = models.TextField(_("通报内容"), blank=True)
    proof = models.TextField(_("凭证"), blank=True)
    customs_note = models.TextField(_("海关核实情况"), blank=True)
    product = models.CharField(_("产品"), max_length=300, blank=True)


class Figure(models.Model):
    """What an operator reports to have become of one batch; the parts and what remains add up to what is affected."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="figures")
    line = models.ForeignKey("measures.Line", on_delete=models.PROTECT, related_name="+")
    returned = models.DecimalField(_("退运"), max_digits=16, decimal_places=3, default=0)
    destroyed = models.DecimalField(_("销毁"), max_digits=16, decimal_places=3, default=0)
    recalled = models.DecimalField(_("召回"), max_digits=16, decimal_places=3, default=0)
    corrected = models.DecimalField(_("整改"), max_digits=16, decimal_places=3, default=0)
    remaining = models.DecimalField(_("剩余"), max_digits=16, decimal_places=3, default=0)
    reason = models.CharField(_("差额说明"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "line"], name="figure_once")]


VISITS = [("inquiry", _("书面询问")), ("visit", _("现场核查"))]


class Visit(models.Model):
    """What customs asked of an operator, or the visit it paid; the operator's answer, or its refusal to cooperate."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(_("方式"), max_length=10, choices=VISITS)
    asked_on = models.DateField(_("日期"))
    what = models.TextField(_("要求或核查内容"))
    answer_by = models.DateField(_("答复期限"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.TextField(_("拒绝配合的情况"), blank=True)
    refused_on = models.DateField(null=True, blank=True)


class Objection(OnSheet):
    """An addressee contests a measure."""

    measure = models.ForeignKey("measures.Measure", on_delete=models.PROTECT, related_name="+")
    operator = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    grounds = models.TextField(_("异议理由"))
    answer = models.TextField(_("答复"), blank=True)


class LiftApplication(OnSheet):
    """An operator asks to lift a measure, with a reduction report judged on authenticity and conformity."""

    measure = models.ForeignKey("measures.Measure", on_delete=models.PROTECT, related_name="+")
    operator = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    lines = models.ManyToManyField("measures.Line", related_name="+", blank=True)
    report = models.TextField(_("风险消减评价报告"))
    authentic = models.BooleanField(_("真实性"), null=True)
    authentic_why = models.TextField(_("真实性评估意见"), blank=True)
    conforms = models.BooleanField(_("符合性"), null=True)
    conforms_why = models.TextField(_("符合性评估意见"), blank=True)
    returned_because = models.TextField(_("退回重新评估的原因"), blank=True)
    answer = models.TextField(_("答复"), blank=True)


class Traceability(OnSheet):
    """An operator's statement of how lots can be traced, one step up and one down."""

    operator = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    product = models.CharField(_("产品"), max_length=300)
    lots = models.TextField(_("批次及数量"))
    supplier = models.TextField(_("上一环节"))
    customers = models.TextField(_("下一环节"))
    records = models.TextField(_("记录保存"))
    note = models.TextField(_("海关意见"), blank=True)
