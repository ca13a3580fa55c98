"""Django's entry for this room."""

from django.apps import AppConfig


class CaseConfig(AppConfig):
    name = "riskwatch.case"
    label = "case"
    verbose_name = "案卷"
    default_auto_field = "django.db.models.BigAutoField"
