"""Releases inside; outside, only what was copied out: publications and receipt states."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from riskwatch.case.models import OnSheet

# Why a publication ended, kept as it is; a page says it in the reader's language.
LAPSED, LIFTED = gettext_noop("期满自动解除"), gettext_noop("已解除")


class Release(OnSheet):
    """A wish to publish a measure, with what is left out, judged by a second person."""

    measure = models.ForeignKey("measures.Measure", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("公开标题"), max_length=200)
    body = models.TextField(_("公开内容"))
    left_out = models.TextField(_("不公开的内容及理由"), blank=True)
    refused_because = models.TextField(blank=True)


class Publication(models.Model):
    """What the public reads: a copy, with a permanent address and versions."""

    slug = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    number = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    office = models.CharField(max_length=200)
    office_en = models.CharField(max_length=240, blank=True)
    product = models.CharField(max_length=300)
    body = models.TextField()
    words = models.TextField(blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    published_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_note = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)
    release_id = models.BigIntegerField()
    current = models.BooleanField(default=True)
    stale_since = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="publication_once")]
        indexes = [models.Index(fields=["current", "-published_at"], name="publication_list")]


class ReceiptState(models.Model):
    """What a reporter learns with number and secret: copied out, in plain words, without the record."""

    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(
        max_length=12, default="report", choices=[("report", _("报告")), ("correction", _("更正请求"))]
    )
    closed = models.BooleanField(default=False)
    secret_digest = models.CharField(max_length=64)
    words = models.CharField(max_length=200)
    answer = models.TextField(blank=True)
    updated_at = models.DateTimeField()


class Correction(OnSheet):
    """Somebody asks to correct a publication."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    wrong = models.TextField(_("错误之处"))
    right = models.TextField(_("正确内容"))
    answer = models.TextField(_("答复"), blank=True)
    title = models.CharField(_("更正后的标题"), max_length=200, blank=True)
    body = models.TextField(_("更正后的内容"), blank=True)
    returned_because = models.TextField(_("退回原因"), blank=True)
