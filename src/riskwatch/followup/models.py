"""What operators owe and ask: duties, objections, applications to lift, traceability statements."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from decree188 import disposal
from riskwatch.case.models import OnSheet


class Duty(OnSheet):
    """One of the four duties of one operator, from knowledge or from service of a measure."""

    kind = models.CharField(_("义务"), max_length=20, choices=disposal.operator_duties.choices())
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
