"""Pieces of risk information, the files they came in, reports by people, and reporters' sealed identities."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from decree188 import collection as law
from decree188 import scope
from riskwatch.case.models import Direction, OnSheet
from riskwatch.look.words import choices


class SourceFile(models.Model):
    """A file that was collected: its bytes, where it came from, and how far its reading got."""

    source = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey("documents.Attachment", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    fetched_at = models.DateTimeField()
    licence = models.CharField(max_length=300)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    renewed = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "source", "sha256"], name="file_once")]


class BadRow(models.Model):
    """A row that could not be taken: where, which field, why, and what stood there."""

    file = models.ForeignKey(SourceFile, on_delete=models.CASCADE, related_name="bad_rows")
    position = models.CharField(max_length=80)
    field = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    raw = models.TextField(blank=True)


class Information(OnSheet):
    """One piece of risk information."""

    source_kind = models.CharField(_("信息来源"), max_length=30, choices=choices(law.source_kinds))
    source_words = models.CharField(_("来源说明"), max_length=200, blank=True)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    revision = models.CharField(max_length=64, blank=True)
    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.CharField(max_length=80, blank=True)
    original = models.JSONField(null=True, blank=True)
    reference = models.CharField(_("文号"), max_length=200, blank=True)
    url = models.CharField(_("网址"), max_length=500, blank=True)
    language = models.CharField(max_length=10, blank=True)
    received_at = models.DateTimeField()
    occurred_on = models.DateField(_("发生日期"), null=True, blank=True)
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    direction = models.CharField(_("进出口"), max_length=10, choices=Direction, blank=True)
    text = models.TextField(_("内容"))
    product = models.CharField(_("产品"), max_length=300, blank=True)
    brand = models.CharField(_("品牌"), max_length=200, blank=True)
    model = models.CharField(_("型号"), max_length=500, blank=True)
    batch = models.CharField(_("批次"), max_length=500, blank=True)
    commodity_code = models.CharField(_("商品编码"), max_length=10, blank=True)
    quantity = models.CharField(_("数量"), max_length=200, blank=True)
    origin = models.CharField(_("原产地"), max_length=100, blank=True)
    origin_code = models.CharField(max_length=3, blank=True)
    maker = models.CharField(_("生产企业"), max_length=300, blank=True)
    importer = models.CharField(_("进口商"), max_length=300, blank=True)
    port = models.CharField(_("口岸"), max_length=100, blank=True)
    declaration_number = models.CharField(_("报关单号"), max_length=18, blank=True)
    hazard = models.CharField(_("危害"), max_length=40, blank=True)
    hazard_text = models.TextField(_("危害描述"), blank=True)
    injuries = models.TextField(_("伤害情况"), blank=True)
    deaths = models.PositiveIntegerField(_("死亡"), null=True, blank=True)
    injured = models.PositiveIntegerField(_("受伤"), null=True, blank=True)
    disposition = models.TextField(_("已采取的处置"), blank=True)
    aspects = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    spread = models.CharField(_("影响范围"), max_length=20, choices=choices(scope.spreads), blank=True)
    spread_reason = models.CharField(_("判断理由"), max_length=500, blank=True)
    scope = models.CharField(max_length=10, default="mixed")
    scope_reason = models.CharField(max_length=300, blank=True)
    elsewhere = models.CharField(max_length=200, blank=True)
    entered_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["external_id"], condition=~Q(external_id=""), name="collected_once")
        ]
        indexes = [
            models.Index(fields=["source_kind", "-received_at"], name="information_by_source"),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="information_by_reference"),
            # Filters and counts read these columns only, not the texts and originals beside them.
            models.Index(
                fields=["sheet"],
                include=["source_kind", "hazard", "origin", "port", "commodity_code", "occurred_on", "published_on"],
                name="information_register",
            ),
        ]


class Report(models.Model):
    """What an operator or a testing body adds when it reports: when it first knew, its own numbers, its batches."""

    information = models.OneToOneField(Information, on_delete=models.PROTECT, primary_key=True, related_name="report")
    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    role_in_case = models.CharField(_("本案角色"), max_length=20, choices=choices(scope.operator_roles), blank=True)
    first_known_at = models.DateTimeField(_("首次知悉时间"))
    reported_at = models.DateTimeField()
    severe = models.BooleanField(_("死亡、重伤或境外召回"), default=False)
    in_time = models.BooleanField()
    own_number = models.CharField(_("检测报告编号"), max_length=80, blank=True)
    qualification = models.ForeignKey(
        "parties.Qualification", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(_("海关答复"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="first_known_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("first_known_at", "reported_at"),
                func="RAISE EXCEPTION 'first-known time cannot be changed';",
            )
        ]


class Addition(models.Model):
    """Something said on a piece later: by whom, what it is, and who may read it."""

    class Kind(models.TextChoices):
        ADDITION = "addition", _("报告人补充")
        NOTE = "note", _("内部备注")
        ANSWER = "answer", _("海关答复")
        UPDATE = "update", _("来源更新")

    class Audience(models.TextChoices):
        INSIDE = "inside", _("仅内部")
        REPORTER = "reporter", _("报告人可见")

    information = models.ForeignKey(Information, on_delete=models.PROTECT, related_name="additions")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTE)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.INSIDE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField()
    at = models.DateTimeField()


class Amendment(OnSheet):
    """A proposed change of verified facts, which a second person approves; old and new value stand side by side."""

    information = models.ForeignKey(Information, on_delete=models.PROTECT, related_name="+")
    changes = models.JSONField()
    reason = models.TextField(_("更正理由"))
    answer = models.TextField(_("审核意见"), blank=True)


class Identity(models.Model):
    """Who reported: encrypted, apart from the report, opened only by the handling officer with a logged reason."""

    information = models.OneToOneField(Information, on_delete=models.PROTECT, primary_key=True, related_name="+")
    sealed = models.BinaryField()
    sealed_document = models.BinaryField(null=True, blank=True)
    secret_digest = models.CharField(max_length=64)
    consented_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "sealed_identity"
