"""Django's entry for this room."""

from django.apps import AppConfig


class EciqConfig(AppConfig):
    name = "riskwatch.connectors.eciq"
    label = "eciq"
    verbose_name = "E-CIQ"
    default_auto_field = "django.db.models.BigAutoField"
