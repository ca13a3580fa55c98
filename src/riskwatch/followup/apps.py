"""Django's entry for this room."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "riskwatch.followup"
    label = "followup"
    verbose_name = "落实"
    default_auto_field = "django.db.models.BigAutoField"
