"""Django's entry for this room."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "riskwatch.doors.office"
    label = "office"
    verbose_name = "海关"
    default_auto_field = "django.db.models.BigAutoField"
