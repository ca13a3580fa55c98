"""Archived cases and information: class, term, hold, package, destruction."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from decree188 import records
from riskwatch.case.models import OnSheet
from riskwatch.look.words import choices


class ArchiveItem(OnSheet):
    """One archived case, or one piece of information that belonged to none."""

    holds_folder = models.ForeignKey("case.Folder", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    holds_sheet = models.ForeignKey("case.Sheet", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retention = models.CharField(_("保存类别"), max_length=12, choices=choices(records.retention_classes))
    closed_on = models.DateField()
    keep_until = models.DateField(null=True, blank=True)
    on_hold = models.BooleanField(default=False)
    hold_reason = models.CharField(max_length=300, blank=True)
    appraisal = models.TextField(_("鉴定意见"), blank=True)
    package = models.ForeignKey(
        "documents.Attachment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    destroyed_at = models.DateTimeField(null=True, blank=True)
    certificate = models.JSONField(null=True, blank=True)
