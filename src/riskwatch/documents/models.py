"""Files, series of numbers, and papers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Attachment(models.Model):
    """A file that came in, kept once under its hash; the record outlives lawful destruction of the bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    purpose = models.CharField(max_length=40)
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stored_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """A run of numbers without gaps: one kind, one office, one year."""

    kind = models.CharField(max_length=30)
    office = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "office", "year"], name="series_once")]


class Paper(models.Model):
    """A numbered PDF made from a record, with the content it was made from and its hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=30)
    number = models.CharField(max_length=80)
    sheet_id = models.BigIntegerField(db_index=True)
    addressee_id = models.BigIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet_id", "kind", "version", "addressee_id"], nulls_distinct=False, name="paper_once"
            )
        ]
