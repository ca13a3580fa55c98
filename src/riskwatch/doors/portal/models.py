"""How often something was tried: one row per thing and window."""

from __future__ import annotations

from django.db import models


class Tries(models.Model):
    """Tries at one thing (an address at a form, a receipt number) until a window closes; then counting begins anew."""

    key = models.CharField(max_length=80, primary_key=True)
    until = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
