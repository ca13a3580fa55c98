"""Django's entry for this room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "riskwatch.parties"
    label = "parties"
    verbose_name = "主体"
    default_auto_field = "django.db.models.BigAutoField"
