"""Dated tables: commodity codes, hazards and short code lists."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language


class _Named(models.Model):
    name_zh = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=1000, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        return (self.name_en if english else self.name_zh) or self.name_zh or self.name_en


class Commodity(_Named):
    """A commodity code of two to ten digits, valid over dates; headquarters uploads newer ones."""

    code = models.CharField(max_length=10)
    section = models.CharField(max_length=6, blank=True)
    edition = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="commodity_once")]
        indexes = [models.Index(fields=["code"], name="commodity_code", opclasses=["varchar_pattern_ops"])]


class Hazard(_Named):
    """A hazard family, or a hazard within one; ``words`` are what texts call it."""

    code = models.CharField(max_length=40, unique=True)
    parent = models.CharField(max_length=40, blank=True)
    words = models.TextField(blank=True)


class Code(_Named):
    """One row of a short list, by table and code, valid over dates."""

    table = models.CharField(max_length=30)
    code = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "code", "valid_from"], name="code_once")]
