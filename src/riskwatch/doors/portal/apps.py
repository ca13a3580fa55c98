"""Django's entry for this room."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "riskwatch.doors.portal"
    label = "portal"
    verbose_name = "公众"
    default_auto_field = "django.db.models.BigAutoField"
