"""Judging a report and deciding: options, conclusion, grounds; emergencies and their reviews."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from riskwatch.case.models import OnSheet

CONCLUSIONS = [("no_action", _("不采取措施")), ("measures", _("采取措施"))]


class Decision(OnSheet):
    """A judgement and the decision that follows from it."""

    deliberation = models.TextField(_("研判意见"), blank=True)
    options = models.TextField(_("考虑过的方案"), blank=True)
    conclusion = models.CharField(_("结论"), max_length=20, choices=CONCLUSIONS, blank=True)
    measures = models.TextField(_("拟采取的措施"), blank=True)
    grounds = models.TextField(_("理由和依据"), blank=True)
    conflict_checked = models.BooleanField(_("已核对利害关系"), default=False)
    returned_because = models.TextField(blank=True)
    emergency = models.BooleanField(default=False)
    urgent_reason = models.TextField(_("紧急理由"), blank=True)
    unknowns = models.TextField(_("尚不确定的事项"), blank=True)
    practice = models.TextField(_("参照的国际做法"), blank=True)


class EmergencyReview(OnSheet):
    """The compulsory review of an emergency decision."""

    findings = models.TextField(_("复核情况"), blank=True)
