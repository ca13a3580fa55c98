"""Django's entry for this room."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "riskwatch.look"
    label = "look"
    verbose_name = "界面"
    default_auto_field = "django.db.models.BigAutoField"
