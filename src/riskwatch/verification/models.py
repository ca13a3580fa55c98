"""Looking into a piece of information: by whom, how, with what evidence and result."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from riskwatch.case.models import OnSheet

RESULTS = [("verified", _("属实")), ("refuted", _("不属实")), ("unverifiable", _("无法核实"))]


class Verification(OnSheet):
    """A verification task and its report."""

    task = models.TextField(_("核实要求"), blank=True)
    commissioned = models.ForeignKey(
        "parties.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    method = models.TextField(_("核实方法"), blank=True)
    evidence = models.TextField(_("证据"), blank=True)
    result = models.CharField(_("核实结论"), max_length=20, choices=RESULTS, blank=True)
    reasons = models.TextField(_("理由"), blank=True)
    returned_because = models.TextField(blank=True)
