"""Django's entry for this room."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "riskwatch.doors.counter"
    label = "counter"
    verbose_name = "窗口"
    default_auto_field = "django.db.models.BigAutoField"
