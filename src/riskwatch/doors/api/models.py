"""What the API answered to a call that may come twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Answer(models.Model):
    """The answer to a call that carried an idempotency key, kept to be given again to the same caller for a while."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    media = models.CharField(max_length=80, blank=True)
    body = models.BinaryField(default=bytes)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="answered_once")]
