"""The twin's own memory, standing in for the partner's; nothing else reads it."""

from __future__ import annotations

from django.db import models


class TwinInstruction(models.Model):
    """What the twin was told."""

    key = models.CharField(max_length=80, unique=True)
    body = models.JSONField()
    receipt = models.CharField(max_length=80)
    calls = models.PositiveIntegerField(default=1)
